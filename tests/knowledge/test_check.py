"""The gates that need only knowledge: each finds the one thing that is wrong in an otherwise sound folder."""

import shutil
from pathlib import Path

import pytest

from knowledge.check import problems
from knowledge.content import CONTENT, load
from knowledge.problem import look

TINY = Path(__file__).parents[1] / "tiny_content"
FIX_NAME = "correct the name, or take it out"
WRITE_REGION = "write CN, or CN- and its GB/T 2260 code without trailing 00, or add it to regions"
WRITE_EXAM = "write ids of exams.toml: health, senior"
WRITE_CLAUSE = "cite it as notice#clause, with the ids of notices/*.toml"
COPY_QUOTE = "copy it word for word from the clause, punctuation too"
PLACEHOLDER = "put the placeholder of its fact row: {window:…}, {end:…}, {fees}, {sites}, {contact}"
SAME_SCOPE = "cite a notice of its year and exams, of its region or one above; or split the entry"
ADD_ROW = "add the fact row, mend the placeholder, or make an answer with if_listed for it"
COMPARE_DAYS = "compare start, end and days with the quote"
CITE = "cite it in the answer that tells it, or give the reason in not_for_candidates"
NOT_REGIONAL = "take if_listed and if_not_listed out: whether its region is listed is known"

PAYMENT, WINDOWS = "topics/payment.toml", "facts/windows.toml"

# file · what stands in it · what is written instead · entry · problem · remedy
BROKEN = {
    "an answer without a source": (
        PAYMENT,
        'sources = [{clause = "city#1", quote = "到窗口缴费"}]',
        "",
        "payment_window in CN-31",
        "the answer has no source",
        'add sources = [{clause = "notice#clause", quote = "…"}]',
    ),
    "a clause of an answer that does not exist": (
        PAYMENT,
        "city#1",
        "city#9",
        "payment_window in CN-31",
        "there is no clause 'city#9'",
        WRITE_CLAUSE,
    ),
    "a notice of a fact that does not exist": (
        "facts/fees.toml",
        "nation#2",
        "notion#2",
        "中级 in CN",
        "there is no clause 'notion#2'",
        WRITE_CLAUSE,
    ),
    "a clause of a specialty that does not exist": (
        "facts/specialties.toml",
        "city#t",
        "city#u",
        "1 护理学",
        "there is no clause 'city#u'",
        WRITE_CLAUSE,
    ),
    "a quote of an answer that is not word for word": (
        PAYMENT,
        "到窗口缴费",
        "去窗口缴费",
        "payment_window in CN-31",
        "the quote “去窗口缴费” is not in city#1",
        COPY_QUOTE,
    ),
    "an empty quote": (
        "facts/lists.toml",
        "实行网上缴费的考区",
        "",
        "online_payment",
        "the quote “” is not in nation#1",
        COPY_QUOTE,
    ),
    "a cell that is not in the table": (
        "facts/specialties.toml",
        '"203"',
        '"204"',
        "1 护理学",
        "“204” is not in row 1 of city#t",
        "copy the cell from the table of the clause",
    ),
    "a system name that is not in the table": (
        "facts/specialties.toml",
        'system_name = "护理学"',
        'system_name = "护理"',
        "1 护理学",
        "“护理” is not in row 1 of city#t",
        "copy the cell from the table of the clause",
    ),
    "a date in the text": (
        PAYMENT,
        "{window:payment}到窗口",
        "2月2日前到窗口",
        "payment_window in CN-31",
        "“2月2日” is typed in the text",
        PLACEHOLDER,
    ),
    "a month in the text": (
        PAYMENT,
        "{window:payment}到窗口",
        "2024年2月到窗口",
        "payment_window in CN-31",
        "“2024年2月” is typed in the text",
        PLACEHOLDER,
    ),
    "a fee in the text": (
        PAYMENT,
        '"{fees}。"',
        '"每科50元。"',
        "fee in CN",
        "“50元” is typed in the text",
        PLACEHOLDER,
    ),
    "a phone number in the text": (
        PAYMENT,
        "{contact}",
        "021-12345678",
        "payment_window in CN-31",
        "“021-12345678” is typed in the text",
        PLACEHOLDER,
    ),
    "a date in a fixed sentence": (
        "phrases.toml",
        'nation = "全国"',
        'nation = "全国"\nlate = "12 月 20 日截止"',
        "late",
        "“12 月 20 日” is typed in the text",
        PLACEHOLDER,
    ),
    "a clause that nothing rests on": (
        "notices/nation.toml",
        'not_for_candidates = "考点的事务"\n',
        "",
        "clause 3",
        "no answer and no fact rests on it",
        CITE,
    ),
    "a clause that is used and not for candidates": (
        "notices/nation.toml",
        'text = "考试费每科50元。"',
        'text = "考试费每科50元。"\nnot_for_candidates = "略"',
        "clause 2",
        "it is not_for_candidates, and yet cited",
        "take not_for_candidates out",
    ),
    "an odd passage that does not stand in its clause": (
        "notices/nation.toml",
        'passage = "领取试卷"',
        'passage = "领试卷"',
        "clause 3",
        "the odd passage “领试卷” is not in it",
        "copy the passage word for word; oddities are recorded, never mended",
    ),
    "a placeholder without a row": (
        PAYMENT,
        '"{fees}。"',
        '"{window:exam}。"',
        "fee in CN",
        "asked in CN about health: no window 'exam' for health in CN",
        ADD_ROW,
    ),
    "a placeholder without a row off the closed list": (
        PAYMENT,
        '"{fees}。"',
        '"{fees}，{window:payment}。"',
        "fee in CN",
        "asked in CN-11 about health: no window 'payment' for health in CN-11",
        ADD_ROW,
    ),
    "an unknown placeholder": (
        PAYMENT,
        '"{fees}。"',
        '"{price}。"',
        "fee in CN",
        "asked in CN about health: unknown placeholder {price}",
        ADD_ROW,
    ),
    "a brace that is left over": (
        PAYMENT,
        '"{fees}。"',
        '"{fees}}。"',
        "fee in CN",
        "asked in CN about health: a brace is left over",
        ADD_ROW,
    ),
    "an answer that is told nowhere": (
        PAYMENT,
        'if_listed = "online_payment"\n',
        'if_listed = "online_payment"\nif_not_listed = "online_payment"\n',
        "payment_window in CN",
        "it is told in no scope",
        "remove it, or the answers of the same scope that stand before it",
    ),
    "two answers for one scope": (
        PAYMENT,
        '"考试费每科50元"}]',
        '"考试费每科50元"}]\n[[topic.answer]]\nexams = ["senior", "health"]\nregion = "CN"\nyear = 2024\n'
        'text = "见通知。"\nsources = [{clause = "nation#2", quote = "50元"}]',
        "fee in CN",
        "2 answers hold for health under the same condition",
        "merge them, or give each its own exams, region or closed list",
    ),
    "a closed list that does not exist": (
        PAYMENT,
        'if_not_listed = "online_payment"',
        'if_not_listed = "paying"',
        "payment_window in CN",
        "there is no closed list 'paying'",
        "write one of lists.toml: online_payment",
    ),
    "a regional answer with a closed list": (
        PAYMENT,
        'region = "CN-31"',
        'region = "CN-31"\nif_listed = "online_payment"',
        "payment_window in CN-31",
        "a regional entry depends on a closed list",
        NOT_REGIONAL,
    ),
    "a region of an answer that does not exist": (
        PAYMENT,
        '"CN-31"',
        '"CN-99"',
        "payment_window in CN-99",
        "there is no region 'CN-99'",
        WRITE_REGION,
    ),
    "a region of a fact that does not exist": (
        "facts/contacts.toml",
        '"CN-31"',
        '"CN-99"',
        "上海考区 in CN-99",
        "there is no region 'CN-99'",
        WRITE_REGION,
    ),
    "a region of a list that does not exist": (
        "facts/lists.toml",
        '"CN-33"',
        '"CN-99"',
        "online_payment",
        "there is no region 'CN-99'",
        WRITE_REGION,
    ),
    "a region of a notice that does not exist": (
        "notices/city.toml",
        '"CN-31"',
        '"CN-99"',
        "region",
        "there is no region 'CN-99'",
        WRITE_REGION,
    ),
    "a region of an alias that does not exist": (
        "regions.toml",
        '"CN-31"',
        '"CN-99"',
        "申城",
        "there is no region 'CN-99'",
        WRITE_REGION,
    ),
    "an exam of an answer that does not exist": (
        PAYMENT,
        'exams = ["health"]\nregion = "CN-31"',
        'exams = ["healthy"]\nregion = "CN-31"',
        "payment_window in CN-31",
        "there is no exam 'healthy'",
        WRITE_EXAM,
    ),
    "a fact for no exam": (
        "facts/fees.toml",
        'exams = ["health"]',
        "exams = []",
        "中级 in CN",
        "there is no exam ''",
        WRITE_EXAM,
    ),
    "an exam of a notice that does not exist": (
        "notices/city.toml",
        '["health"]',
        '["health", "heath"]',
        "exams",
        "there is no exam 'heath'",
        WRITE_EXAM,
    ),
    "a related topic that does not exist": (
        PAYMENT,
        'related = ["fee"]',
        'related = ["fees"]',
        "payment_window",
        "there is no other topic 'fees'",
        FIX_NAME,
    ),
    "a topic that is related to itself": (
        PAYMENT,
        'related = ["fee"]',
        'related = ["payment_window"]',
        "payment_window",
        "there is no other topic 'payment_window'",
        FIX_NAME,
    ),
    "a topic for returning candidates that does not exist": (
        PAYMENT,
        'related = ["fee"]',
        'related = ["fee"]\nfor_history = "old"',
        "payment_window",
        "there is no other topic 'old'",
        FIX_NAME,
    ),
    "a stage that does not exist": (
        PAYMENT,
        'stage = "payment"',
        'stage = "paying"',
        "payment_window",
        "there is no stage 'paying'",
        FIX_NAME,
    ),
    "a window that does not exist": (
        PAYMENT,
        'window = "payment"',
        'window = "paying"',
        "payment_window",
        "there is no window 'paying'",
        FIX_NAME,
    ),
    "a window that ends before it starts": (
        WINDOWS,
        "end = 2024-02-02",
        "end = 2024-01-31",
        "payment in CN-31",
        "it has no days, or ends before it starts",
        COMPARE_DAYS,
    ),
    "a window without days": (
        WINDOWS,
        "start = 2024-02-01\nend = 2024-02-02\n",
        "",
        "payment in CN-31",
        "it has no days, or ends before it starts",
        COMPARE_DAYS,
    ),
    "a topic without an answer": (
        "topics/other.toml",
        'kind = "unknown"',
        'kind = "answer"',
        "pass_mark",
        "the topic has no answer",
        'add a [[topic.answer]], or make it kind = "unknown" where no notice answers it',
    ),
    "an answer of another year": (
        PAYMENT,
        'year = 2024\ntext = "{fees}。"',
        'year = 2025\ntext = "{fees}。"',
        "fee in CN",
        "it is of 2025, nation#2 of 2024",
        SAME_SCOPE,
    ),
    "a notice of another region": (
        PAYMENT,
        'clause = "nation#2", quote = "考试费每科50元"',
        'clause = "city#1", quote = "到窗口缴费"',
        "fee in CN",
        "city#1 holds in CN-31 only",
        SAME_SCOPE,
    ),
    "a notice about another exam": (
        "facts/contacts.toml",
        '["health"]',
        '["health", "senior"]',
        "上海考区 in CN-31",
        "city#1 is not about senior",
        SAME_SCOPE,
    ),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copied = shutil.copytree(TINY, tmp_path / "content")
    shutil.copy(CONTENT / "phrases.toml", copied)
    return copied


def test_the_tiny_content_is_sound(folder: Path) -> None:
    assert problems(look(load(folder), folder)) == []


def test_the_shipped_content_passes() -> None:
    assert [str(problem) for problem in problems(look(load(), CONTENT))] == []


@pytest.mark.parametrize("case", BROKEN)
def test_a_gate_names_file_entry_and_remedy(folder: Path, case: str) -> None:
    """A broken copy gives that one problem and no other."""
    file, stands, instead, entry, problem, remedy = BROKEN[case]
    path = folder / file
    text = path.read_text("utf-8")
    assert stands in text
    path.write_text(text.replace(stands, instead), "utf-8")
    found = problems(look(load(folder), folder))
    assert [str(each) for each in found] == [f"{path.name}: {entry}: {problem}\n  → {remedy}"]
