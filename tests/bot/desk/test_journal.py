"""What a turn leaves in the journal, and that it is decided again byte for byte."""

import datetime as dt
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from journalled import BEIJING, NEW_END, NOW, OLD_END, World, corrected, journalling

from bot.journalling import Journalling
from bot.mind import Mind
from bot.privacy import kept, mask, restored
from bot.sealing import Sealer
from bot.staff.journal import Outcome, Sought
from intents.evaluate import read as read_cases

ROOT = Path(__file__).parents[3]
IDENTITY, MOBILE = "11010519491231002X", "13812345678"


@pytest.fixture
async def world(mind: Mind, tmp_path: Path) -> AsyncIterator[World]:
    async with journalling(mind, tmp_path) as found:
        yield found


async def test_a_turn_is_journalled(world: World) -> None:
    reply = await world.say("乐山什么时候缴费")
    (line,) = await world.journal.lines(Sought())
    assert (line.at, line.channel, line.edition, line.kind) == (NOW, "web", 1, "answer")
    assert (line.topic, line.region, line.exam) == ("payment_window", "CN-5111", "health")
    assert (line.question, line.is_exact, line.helpful) == ("乐山什么时候缴费", True, None)
    assert line.reply is not None
    assert (line.reply.text, line.reply.id, line.reply_id) == (reply.text, "", reply.id)


async def test_nobody_is_named(world: World) -> None:
    """The user is a mark, the same each time and another one for another user or channel."""
    for user, channel in (
        ("openid-geheim", "wechat"),
        ("openid-geheim", "wechat"),
        ("openid-geheim", "web"),
        ("b", "web"),
    ):
        await world.say("什么时候缴费", user, channel)
    marks = [each.who for each in await world.journal.lines(Sought())]
    assert len(set(marks)) == 3
    assert marks[2] == marks[3]
    assert all(len(mark) == 32 for mark in marks)
    assert world.query("select count(*) from journal where who like '%openid%'") == [(0,)]


@pytest.mark.parametrize("text", [f"我的身份证{IDENTITY}，乐山什么时候缴费", f"{MOBILE}", "我叫张三丰，在乐山怎么缴费"])
async def test_nothing_personal_is_journalled(world: World, text: str) -> None:
    await world.say(text)
    raw = world.raw()
    for each in (IDENTITY, MOBILE, "张三丰"):
        assert each.encode() not in raw


async def test_the_conversation_before_is_encrypted(world: World) -> None:
    """It opens with the key, for this line only."""
    await world.say("我在乐山")
    await world.say("什么时候缴费")
    second, first = await world.journal.lines(Sought())
    before = world.journalling.before(second.before, second.who, second.reply_id)
    assert b"CN-5111" in before.conversation
    assert b"CN-5111" not in second.before
    with pytest.raises(Exception, match="seal"):
        world.journalling.before(second.before, second.who, first.reply_id)


async def test_of_ones_own_state_kind_and_topic_stay(world: World) -> None:
    """No question, no reply, no region, no conversation."""
    await world.say("乐山，我的审核通过了吗")
    (line,) = await world.journal.lines(Sought())
    assert (line.kind, line.question, line.region, line.exam, line.reply, line.before) == (
        "status",
        "",
        "",
        "",
        None,
        b"",
    )
    replayed = await world.journal.replay(line.id)
    assert replayed is not None
    assert replayed.outcome is Outcome.OWN_STATE


async def test_who_unbinds_leaves_a_line_of_nobody(world: World) -> None:
    await world.say("怎么解绑")
    await world.say("确定解绑")
    assert [bool(each.who) for each in await world.journal.lines(Sought())] == [False, True]


async def test_who_leaves_is_forgotten(world: World) -> None:
    await world.say("什么时候缴费", "a", "wechat")
    await world.say("什么时候缴费", "b", "wechat")
    await world.responder.forget("wechat", "a")
    (line,) = await world.journal.lines(Sought())
    assert line.who == world.journalling.who("wechat", "b")


async def test_without_a_key_nothing_is_journalled(mind: Mind) -> None:
    """As in the terminal."""
    assert Journalling(None).who("web", "u") == ""


CONVERSATIONS = (
    ("乐山什么时候缴费",),
    ("什么时候缴费", "乐山", "那要多少钱", "1"),
    ("缴费", "2"),
    ("量子力学怎么学", "都不是", "都不是"),
    ("你好", "上海报名条件", "不是上海，是四川", "主管护师要几年"),
    ("学历不符怎么办", "湛江"),
    (f"{IDENTITY} 这个号乐山的什么时候可以打印准考证啊请问", "谢谢"),
    ("２０２４年　上海什么时候考试？",),
)


@pytest.mark.parametrize("texts", CONVERSATIONS, ids=lambda texts: texts[0])
async def test_a_replay_is_the_same_byte_for_byte(world: World, texts: tuple[str, ...]) -> None:
    """With what was remembered then, on another day."""
    for text in texts:
        await world.say(text, region="乐山" if len(texts) == 1 else "")
    world.now += dt.timedelta(days=40)
    lines = await world.journal.lines(Sought())
    assert len(lines) == len(texts)
    for line in lines:
        replayed = await world.journal.replay(line.id)
        assert replayed is not None
        assert line.is_exact or line.reply is None
        assert replayed.outcome is (Outcome.SAME if line.reply else Outcome.OWN_STATE), line.question


async def test_labelled_questions_are_replayed_byte_for_byte(world: World) -> None:
    """Every fifth of a file, turns and page's region included."""
    cases = read_cases((ROOT / "tests/cases/leshan.jsonl").read_text("utf-8"))[::5]
    for number, case in enumerate(cases):
        for text in case.turns:
            await world.say(text, f"u{number}", region=case.region)
    world.now = dt.datetime(2024, 3, 1, tzinfo=BEIJING)
    lines = [each for each in await world.journal.lines(Sought(limit=1000)) if each.reply]
    outcomes = {line.question: await world.journal.replay(line.id) for line in lines}
    assert len(lines) > len(cases) / 2
    assert [question for question, each in outcomes.items() if each and each.outcome is not Outcome.SAME] == []


async def test_another_edition_says_another_thing(world: World, mind: Mind) -> None:
    told = await world.say("乐山什么时候缴费")
    world.publish(corrected(mind, 2))
    (line,) = await world.journal.lines(Sought())
    same, other = await world.journal.replay(line.id), await world.journal.replay(line.id, 2)
    assert same is not None
    assert other is not None
    assert (same.outcome, other.outcome) == (Outcome.SAME, Outcome.DIFFERENT)
    assert other.said is not None
    assert OLD_END in told.text
    assert NEW_END in other.said.text
    assert NEW_END not in told.text


async def test_what_cannot_be_replayed_says_why(world: World) -> None:
    await world.say("什么时候缴费", region="四川乐山")  # of the page there is something to keep
    (line,) = await world.journal.lines(Sought())
    gone = await world.journal.replay(line.id, 7)
    assert gone is not None
    assert gone.outcome is Outcome.NO_EDITION
    world.journal._journalling = Journalling(Sealer(bytes(32)))
    lost = await world.journal.replay(line.id)
    assert lost is not None
    assert lost.outcome is Outcome.UNREADABLE
    assert await world.journal.replay(99) is None


async def test_a_region_is_found_by_its_name(world: World) -> None:
    await world.say("乐山什么时候缴费")
    await world.say("上海什么时候缴费", "u2")
    assert [each.region for each in await world.journal.lines(Sought(region="四川"))] == ["CN-5111"]
    assert await world.journal.lines(Sought(region="火星")) == ()


@pytest.mark.parametrize(
    ("text", "stays", "is_exact"),
    [
        ("什么时候缴费", "什么时候缴费", True),
        (f"{IDENTITY}，查一下", "＊＊＊＊＊＊,查一下", True),
        ("２０２４年　缴费", "2024年 缴费", True),
        ("电话138 1234 5678行吗", "电话＊＊＊＊＊＊行吗", True),
        ("我叫张三丰，什么时候缴费", "我叫＊＊＊＊＊＊，什么时候缴费", False),
        ("写着＊＊＊＊＊＊是什么", "写着＊＊＊＊＊＊是什么", False),
    ],
)
def test_what_is_kept_of_a_question(text: str, stays: str, is_exact: bool) -> None:
    """Where only numbers went out, putting nobody's number in their place gives what understanding saw."""
    found, exact = kept(text)
    assert (found.replace("，", ","), exact) == (stays.replace("，", ","), is_exact)
    if exact and found != text:
        assert mask(restored(found)) == mask(text).translate(str.maketrans("０２４　", "024 "))
