"""Trying: the same replies as candidates get, with why; at any moment, with drafts, on both channels."""

import datetime as dt
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from desk_site import LI, NOW, PAYMENT, WINDOW
from gap_site import ODD, GapSite, gap_site

from bot.conversation import Conversation
from bot.desk.explaining import explained
from bot.dialogue import RULES, Heard, name_of
from bot.mind import Mind
from bot.staff.editing import Edit
from bot.staff.trial import Asked, Explained, Origin, Outcome, Verdict

TALK = ("几号缴费", "上海", "那现场确认呢", "不是上海，是乐山", "2", "量子力学")


@pytest.fixture
async def site(mind: Mind, tmp_path: Path) -> AsyncIterator[GapSite]:
    async with gap_site(tmp_path, mind) as found:
        yield found


async def one(site: GapSite, text: str, region: str = "", **more: object) -> Explained:
    tried = await site.trial.play(Asked(turns=(text,), region=region, **more))  # type: ignore[arg-type]  # a table of keywords
    assert tried.trouble == "", tried
    return tried.turns[-1]


def slot(turn: Explained, name: str) -> tuple[str, Origin] | None:
    return next(((each.value, each.origin) for each in turn.slots if each.name == name), None)


async def test_what_is_tried_is_what_candidates_get(site: GapSite) -> None:
    """Turn by turn the text, options and sources of the service's own replies."""
    tried = await site.trial.play(Asked(turns=TALK))
    for text, turn in zip(TALK, tried.turns, strict=True):
        told = await site.say(text, user="same")
        assert (turn.reply.kind, turn.reply.text, turn.reply.options) == (told.kind, told.text, told.options)
        assert [each.quote for each in turn.reply.sources] == [each.quote for each in told.sources]


async def test_nothing_that_is_tried_is_kept(site: GapSite) -> None:
    """Neither a gap nor a conversation."""
    await one(site, ODD, "乐山")
    assert await site.kept.gaps(None, limit=10) == ()


async def test_the_rule_that_decided_is_named(site: GapSite) -> None:
    """With those that were asked before it, in order."""
    turn = await one(site, "几号缴费", "上海")
    names = [name_of(rule) for rule in RULES]
    assert turn.rule == "best"
    assert turn.passed == tuple(names[: names.index("best")])
    assert (await one(site, ODD)).rule == "fallback"
    assert len((await one(site, ODD)).passed) == len(names)


async def test_slots_say_where_they_come_from(site: GapSite) -> None:
    tried = await site.trial.play(Asked(turns=("乐山中级几号缴费", "那多少钱"), region="上海"))
    first, second = tried.turns
    assert slot(first, "region") == ("四川乐山", Origin.TEXT)
    assert slot(first, "level") == ("中级", Origin.TEXT)
    assert slot(second, "region") == ("四川乐山", Origin.REMEMBERED)
    assert slot(second, "level") == ("中级", Origin.REMEMBERED)
    page = await one(site, "几号缴费", "上海")
    assert slot(page, "region") == ("上海", Origin.PAGE)
    day = await one(site, "乐山12月11号去现场确认行吗")
    assert slot(day, "days") == ("12-11", Origin.TEXT)
    denied = await one(site, "不是上海，是乐山，几号缴费")
    assert slot(denied, "place_denied") == ("上海", Origin.TEXT)


async def test_candidates_show_score_and_phrasing(site: GapSite) -> None:
    """Likeness and what scope adds make the score; the order is the score's."""
    turn = await one(site, "几号缴费", "乐山")
    assert turn.candidates[0].topic == "payment_window"
    assert turn.candidates[0].is_told
    assert turn.candidates[0].outcome is Outcome.FOUND
    assert turn.candidates[0].phrasing
    for each in turn.candidates:
        assert each.score == pytest.approx(each.likeness + each.prior, abs=2e-4)
    scores = [each.score for each in turn.candidates]
    assert scores == sorted(scores, reverse=True)
    assert 0 < turn.offers_from < turn.answers_from < 1


async def test_the_scope_is_resolved_step_by_step(site: GapSite) -> None:
    """Each place upwards with what was found there, and why the rest does not hold."""
    turn = await one(site, "几号缴费", "峨眉山市")
    (resolved,) = turn.resolved
    assert (resolved.topic, resolved.outcome) == ("payment_window", Outcome.FOUND)
    upwards = [each.region.id for each in resolved.steps if each.verdict is not Verdict.OTHER_REGION]
    assert upwards[:2] == ["CN-511181", "CN-5111"]
    (chosen,) = [each for each in resolved.steps if each.verdict is Verdict.CHOSEN]
    assert chosen.answer
    assert chosen.year == 2024
    assert {each.verdict for each in resolved.steps} >= {Verdict.NOTHING, Verdict.OTHER_REGION}


async def test_both_channels_are_shown(site: GapSite) -> None:
    """WeChat's parts are within its limit and hold the options by number."""
    turn = await one(site, "几号缴费")
    assert all(len(each.encode()) <= 2000 for each in turn.wechat)
    assert "1. " in turn.wechat[-1]
    assert "msgmenuid=1" in turn.wechat[-1]
    assert (await one(site, "上海几号缴费")).reply.sources[0].url.startswith("https://kaoda.example.org/notices/")


async def test_time_is_travelled(site: GapSite) -> None:
    """Before, within and after a window; without a moment it is now."""
    texts = {}
    for day in ("2024-01-02", "2024-02-01", "2024-08-01"):
        at = dt.datetime.fromisoformat(f"{day}T09:00+08:00")
        texts[day] = (await one(site, "乐山几号缴费", at=at)).reply.text
    assert len(set(texts.values())) == 3
    assert "距开始还有" in texts["2024-01-02"]
    assert "已于" in texts["2024-08-01"]
    assert (await site.trial.play(Asked(turns=("你好",)))).at == NOW


async def test_drafts_are_tried_before_they_are_published(site: GapSite) -> None:
    """A fact and a phrasing that are drafts are told here, and to nobody else."""
    opened = await site.desk.editing.open(WINDOW, LI)
    assert opened is not None
    kept = await site.desk.editing.set_fields(
        LI,
        Edit(key=WINDOW, text="", seen=0),
        {"end": dt.date(2024, 2, 7), "quote": opened.text.split('quote = "')[1].split('"')[0]},
    )
    assert kept.draft is not None, kept
    await site.say("票子几号往外掏", "乐山")
    await site.gaps.add_phrasing(LI, "payment_window", "票子几号往外掏", (1,))
    told = await one(site, "票子几号往外掏", "乐山", with_drafts=True)
    assert told.candidates[0].topic == "payment_window"
    assert "2月7日" in told.reply.text.replace("至7日", "至2月7日")
    assert (await one(site, "票子几号往外掏", "乐山")).reply.kind != "answer"
    tried = await site.trial.play(Asked(turns=("你好",), with_drafts=True))
    assert set(tried.drafts) == {WINDOW, PAYMENT}
    assert (tried.edition, tried.unreadable) == (1, ())


async def test_a_draft_that_cannot_be_read_is_left_out(site: GapSite) -> None:
    """It is named, and the rest is tried all the same."""
    opened = await site.desk.editing.open(WINDOW, LI)
    assert opened is not None
    text = opened.text.replace('region = "CN-5111"', 'region = "CN-9999"')
    kept = await site.desk.editing.save(LI, Edit(key=WINDOW, text=text, seen=0))
    tried = await site.trial.play(Asked(turns=("上海几号缴费",), with_drafts=True))
    assert kept.draft is None or (tried.unreadable or tried.turns)
    assert tried.turns


@pytest.mark.parametrize(
    ("asked", "trouble"),
    [
        (Asked(turns=()), "nothing_said"),
        (Asked(turns=("  ", "")), "nothing_said"),
        (Asked(turns=("你好",), region="火星"), "unknown_region"),
        (Asked(turns=("你好",), region="市中区"), "unknown_region"),
        (Asked(turns=("你好",), exam="占星师考试"), "unknown_exam"),
    ],
)
async def test_what_cannot_be_tried_says_so(site: GapSite, asked: Asked, trouble: str) -> None:
    tried = await site.trial.play(asked)
    assert (tried.trouble, tried.turns) == (trouble, ())


async def test_own_state_is_not_asked_for(site: GapSite) -> None:
    """What the service would get is named, and nobody's state is looked at."""
    turn = await one(site, "我的审核通过了吗")
    assert (turn.needs, turn.reply.kind) == ("status", "status")


async def test_numbers_are_masked(site: GapSite) -> None:
    turn = await one(site, "合格分数线是多少 13812345678")
    assert "13812345678" not in str(turn)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "。",
        "1",
        "9",
        "都不是",
        "缴费",
        "解绑",
        "明年几号报名",
        "执业药师几号报名",
        "a" * 3000,
        "乐山和上海几号缴费",
        "<b>缴费</b>",
    ],
)
def test_everything_can_be_explained(mind: Mind, text: str) -> None:
    """Whatever is said, before and after a question."""
    conversation = Conversation()
    for said in (text, "乐山几号缴费，在哪里交", text):
        view, conversation = explained(mind, Heard(text=said), conversation, NOW, (lambda reply: (reply.text,), ""))
        assert view.rule
