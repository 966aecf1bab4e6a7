"""The rules of the dialogue as transcripts over the shipped content: what is said, and what must and must not come back.

`@ 乐山` is the region that the page passes, `now 2026-11-21` another day (otherwise the fifth of the registration),
`% 上海 | confirmation=rejected:学历不符` a registration of the account that is bound (tests/support/registered.py),
`> …` what a candidate types, `< kind: a · b|c / d` a reply of that kind that says a, b or c, and not d.
"""

import datetime as dt
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from registered import World

from bot.bench import questions
from bot.conversation import Conversation, decode, encode, within
from bot.dialogue import RULES, Decision, Heard, decide
from bot.messages import Kind
from bot.mind import Mind, from_content
from bot.responder import region_id
from intents.evaluate import days, names_day, plain

BEIJING = dt.timezone(dt.timedelta(hours=8))
REGISTRATION = dt.datetime(2023, 12, 5, 9, tzinfo=BEIJING)
PIECES = (
    *(
        "上海",
        "浙江",
        "乐山",
        "湛江",
        "沙湾区",
        "不是上海",
        "我妹在湛江 她那边",
        "副高",
        "中级",
        "护师",
        "正高",
        "生殖健康教育技术中级",
    ),
    *(
        "什么时候缴费",
        "多少钱",
        "电话呢",
        "那中级呢",
        "和",
        "还有",
        "另外",
        "要不要现场确认",
        "带什么",
        "我审核过了吗",
        "几号考",
    ),
    *(
        "全科医学编码",
        "社区护理有没有",
        "给小孩戴牙套",
        "069",
        "2月9号",
        "明年",
        "2025年",
        "超过了呢",
        "1",
        "都不是",
        "谢谢",
        "成绩",
        "？",
    ),
    *("执业医师", "学历不符", "四科一共280对吗", "xcqr", "zhunkaozheng", "搞错了", "我是技师", "西医", "市精神病医院"),
)
LONG = 8000  # characters that the chat contract allows


def _read(file: Path) -> dict[str, str]:
    """The transcripts of a rule by their titles: a line # title, then lines now, @, > and <; see `_play`."""
    blocks = re.split(r"^# ", file.read_text("utf-8"), flags=re.MULTILINE)[1:]
    return {title: transcript for title, _, transcript in (block.partition("\n") for block in blocks)}


TRANSCRIPTS = {int(file.stem): _read(file) for file in sorted((Path(__file__).parent / "transcripts").glob("*.txt"))}
"""Rule of how the assistant talks → title → transcript."""


def _play(mind: Mind, transcript: str) -> list[tuple[str, str, Decision]]:
    """What was said, what is expected, and the decision of each turn; the conversation is kept as the store keeps it."""
    played, conversation, now, region, said, world = [], Conversation(), REGISTRATION, "", "", World()
    for line in transcript.strip().splitlines():
        sign, _, rest = line.strip().partition(" ")
        if sign == "now":
            now = dt.datetime.fromisoformat(rest).replace(hour=9, tzinfo=BEIJING)
        elif sign == "@":
            region = region_id(mind, rest)
        elif sign == "%":
            world.told(rest)
        elif sign == ">":
            said = rest.replace("{long}", "本院坚持以病人为中心，" * (LONG // 11))
            decision = world.settle(mind, decide(mind, Heard(text=said, region=region), conversation, now), now)
            conversation = within(mind.knowledge, decode(encode(decision.conversation)))
        elif sign == "<":
            played.append((said[:60], rest, decision))
        else:
            raise ValueError(f"a line of a transcript begins with now, @, %, > or <: {line!r}")
    return played


def _assert_reply(said: str, expected: str, decision: Decision) -> None:
    how, _, facts = expected.partition(":")
    kinds, *manner = how.split(" ")
    wanted, _, unwanted = re.sub(r"^\s*/", " /", facts).partition(" /")
    shown = f"\n> {said}\n< {decision.kind}: {decision.text}"
    assert decision.kind in kinds.split("/"), shown
    told = decision.text
    if manner == ["first"]:
        told = re.split(r"[。\n]", told)[0]
    elif manner == ["one", "line"]:
        assert len(told) <= 60, shown
        assert "\n" not in told, shown
    for each in filter(None, map(str.strip, wanted.split(" · "))):
        assert any(_says(told, choice) for choice in each.split("|")), f"does not say {each}{shown}"
    for each in filter(None, map(str.strip, unwanted.split(" · "))):
        labels = "\n".join(option.label for option in decision.options)
        assert not _says(f"{decision.text}\n{labels}", each), f"says {each}{shown}"


def _says(told: str, wanted: str) -> bool:
    """Whether a text says something, a day also within a span; punctuation counts where there is nothing else."""
    day = re.fullmatch(r"(?:(\d{4})年)?(\d+)月(\d+)日", wanted)
    if day:
        return names_day(days(told), "-".join(filter(None, day.groups())))
    return plain(wanted) in plain(told) if plain(wanted) else wanted in told


@pytest.mark.parametrize(
    "transcript",
    [
        pytest.param(transcript, id=f"{rule}: {case}")
        for rule, cases in TRANSCRIPTS.items()
        for case, transcript in cases.items()
    ],
)
def test_transcript(mind, transcript):
    """The rule of that number in how the assistant talks."""
    played = _play(mind, transcript)
    assert played
    for said, expected, decision in played:
        _assert_reply(said, expected, decision)


def test_every_rule_has_three_transcripts():
    """Twenty-five rules, and none that is only believed to hold."""
    assert {rule: len(cases) for rule, cases in TRANSCRIPTS.items() if len(cases) < 3} == {}
    assert sorted(TRANSCRIPTS) == list(range(1, 26))


@pytest.mark.parametrize("case", [case for cases in TRANSCRIPTS.values() for case in cases.items()], ids=lambda c: c[0])
def test_every_reply_keeps_its_manners(mind, case):
    """No exclamation mark, no emoji, no 亲; an answer fits a phone screen or two and quotes what it rests on."""
    for said, _, decision in _play(mind, case[1]):
        assert decision.text.strip(), said
        assert not re.search(r"[!！]|亲[，,爱]|[\U0001F300-\U0001FAFF\u2600-\u27BF]", decision.text.replace("√", "")), (
            decision.text
        )
        assert "{" not in decision.text, decision.text
        if decision.kind is Kind.ANSWER:
            assert decision.sources, decision.text
            assert "依据：" in decision.text


def test_every_fallback_leaves_a_gap_for_staff(mind):
    """Rule 25; what was not answered is worked through."""
    decision = decide(mind, Heard(text="拉萨的合格分数线定在多少"), Conversation(), REGISTRATION)
    assert decision.kind is Kind.FALLBACK
    assert decision.gap


def test_none_of_these_leaves_a_gap_of_its_own(mind):
    """Rule 10."""
    *_, (_, _, decision) = _play(mind, TRANSCRIPTS[10]["none of these is noted"])
    assert decision.gap == "none_of_these"


def test_an_answer_leaves_no_gap(mind):
    """Staff see only what needs them."""
    decision = decide(mind, Heard(text="乐山中级一科多少钱"), Conversation(), REGISTRATION)
    assert (decision.kind, decision.gap) == (Kind.ANSWER, "")


def test_two_regions_are_told_in_the_order_of_the_question(mind):
    """Rule 12; each is labelled."""
    for first, second in (("乐山", "湛江"), ("湛江", "乐山")):
        decision = decide(mind, Heard(text=f"{first}和{second}中级一科多少钱"), Conversation(), REGISTRATION)
        assert -1 < decision.text.find(f"{first}】") < decision.text.find(f"{second}】"), decision.text


def test_several_questions_are_answered_in_their_order(mind):
    """Rule 12."""
    for first, second, facts in (
        ("中级一科多少钱", "什么时候缴费", ("70元", "1月29日")),
        ("什么时候缴费", "中级一科多少钱", ("1月29日", "70元")),
    ):
        heard = Heard(text=f"{first}？{second}？", region="CN-5111")
        decision = decide(mind, heard, Conversation(), REGISTRATION)
        assert -1 < decision.text.find(facts[0]) < decision.text.find(facts[1]), decision.text


def test_quotes_stand_in_their_clauses(mind):
    """Rule 1; a citation is word for word, and its page exists."""
    for text in ("乐山什么时候缴费", "上海学历不符怎么办", "浙江全科医学副高的编码", "湛江中级一科多少钱"):
        decision = decide(mind, Heard(text=text), Conversation(), REGISTRATION)
        assert decision.sources, decision.text
        for source in decision.sources:
            notice_id, _, clause_id = source.url.removeprefix("/notices/").partition("#")
            notice, clause = mind.knowledge.clause(f"{notice_id}#{clause_id}")
            assert notice.title == source.title
            table = clause.table
            cells = " ".join(" ".join(row) for row in table.rows) if table else ""
            assert all(piece in clause.text + cells for piece in source.quote.split(" ")), source.quote


@pytest.mark.parametrize(
    ("now", "note"),
    [
        pytest.param(dt.datetime(2024, 1, 19, 9, tzinfo=BEIJING), "距开始还有10天", id="ten days before it opens"),
        pytest.param(dt.datetime(2024, 1, 29, 0, 0, tzinfo=BEIJING), "正在进行，还剩10天", id="as it opens"),
        pytest.param(dt.datetime(2024, 2, 8, 23, 59, tzinfo=BEIJING), "今天是最后一天", id="a minute before it closes"),
        pytest.param(
            dt.datetime(2024, 2, 8, 16, 0, tzinfo=dt.UTC), "已于2024年2月8日结束", id="past midnight in Beijing"
        ),
        pytest.param(dt.datetime(2026, 11, 21, 9, tzinfo=BEIJING), "已于2024年2月8日结束", id="two years on"),
    ],
)
def test_where_a_window_stands_today(mind, now, note):
    """Rule 6; days are Beijing's, whatever the clock's zone."""
    decision = decide(mind, Heard(text="什么时候缴费", region="CN-5111"), Conversation(), now)
    assert note in decision.text


def test_deciding_is_pure(mind):
    """The same text, conversation and time give the same decision, and the conversation that came in is left alone."""
    before = Conversation(region="CN-5111", topics=("payment_window",))
    copy = encode(before)
    first, second = (decide(mind, Heard(text="那湛江呢"), before, REGISTRATION) for _ in range(2))
    assert first == second
    assert encode(before) == copy


def test_every_question_that_speed_is_measured_with_is_answered(mind):
    """Alone and one after the other; an error there would be one in front of a candidate."""
    conversation = Conversation()
    for question in questions():
        assert decide(mind, Heard(text=question), Conversation(), REGISTRATION).text
        decision = decide(mind, Heard(text=question), conversation, REGISTRATION)
        conversation = within(mind.knowledge, decode(encode(decision.conversation)))
        assert decision.text


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=5), st.sampled_from(["", "CN-5111", "CN-31", "CN-33"]))
def test_no_message_is_an_error(mind, pieces, region):
    """Whatever is put together, in one message and as one after another."""
    conversation = Conversation()
    for text in (" ".join(pieces), "".join(pieces), *pieces):
        decision = decide(mind, Heard(text=text, region=region), conversation, REGISTRATION)
        conversation = within(mind.knowledge, decode(encode(decision.conversation)))
        assert decision.text


def test_rules_are_tried_in_order_and_named_once():
    """The order is the law: a rule that stands twice hides which one won."""
    assert len(set(RULES)) == len(RULES)


def test_conversation_of_an_older_shape_starts_anew():
    """A conversation that cannot be read is forgotten and not an error."""
    assert decode(b'{"region": 5}') == Conversation()


if __name__ == "__main__":  # print what the transcripts give today
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        shipped = from_content(cache=Path(folder))
        for number, group in TRANSCRIPTS.items():
            for name, lines in group.items():
                for words, wish, reply in _play(shipped, lines):
                    print(f"[{number}: {name}]\n> {words}\n< {reply.kind} {reply.topic}: {reply.text}\n  ({wish})\n")  # noqa: T201  # a report
