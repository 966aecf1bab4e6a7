"""The gates on status.toml: each finds the one thing that is wrong; and the shipped table knows all of the service's contract."""

import shutil
from pathlib import Path

import pytest

from knowledge.content import CONTENT, load
from knowledge.problem import look
from knowledge.status_check import problems

TINY = Path(__file__).parents[1] / "tiny_content"
FIX = "correct the name, or take it out"
ONCE = "keep one row, or give each its own mode or exams"
CITE = "cite the clause of that region's notice, and copy the words"
STAGES = {"submission", "confirmation", "review", "payment", "admission_ticket", "exam", "result"}
STATES = {
    *("not_started", "pending", "passed", "rejected", "auto_confirm_failed", "withdrawn", "expired", "paid"),
    *("available", "absent", "published"),
}
CODES = {"education_mismatch", "specialty_mismatch", "insufficient_years", "material_unclear", "profile_changed"}
CHECK = "check 没有缴费 in CN-31"

# what stands in it · what is written instead · entry · problem · remedy
BROKEN = {
    "a topic that does not exist": (
        'topic = "payment_window"',
        'topic = "payment_day"',
        "payment pending",
        "there is no topic 'payment_day'",
        FIX,
    ),
    "a topic that answers nothing": (
        'topic = "payment_window"',
        'topic = "greeting"',
        "payment pending",
        "there is no topic 'greeting'",
        FIX,
    ),
    "a window that does not exist": (
        'window = "payment"\n\n[[unexplained]]',
        'window = "paying"\n\n[[unexplained]]',
        "payment pending",
        "there is no window 'paying'",
        FIX,
    ),
    "a mode that does not exist": (
        'urgency = "act"',
        'urgency = "act"\nmode = "post"',
        "payment pending",
        "there is no mode 'post'",
        FIX,
    ),
    "scores by a topic that does not exist": (
        'scores_topic = "fee"',
        'scores_topic = "score"',
        "scores_topic",
        "there is no topic 'score'",
        FIX,
    ),
    "a state that means two things": (
        '[[unexplained]]\nstage = "payment"\nstates = ["paid"]',
        '[[unexplained]]\nstage = "payment"\nstates = ["paid", "pending"]',
        "payment pending of health",
        "it stands there twice",
        ONCE,
    ),
    "a state without a meaning": (
        'states = ["paid"]\nexams = ["health", "senior"]',
        'states = ["paid"]\nexams = ["health"]',
        "payment paid of senior",
        "nothing says what it means",
        "add a [[meaning]] without mode that rests on a notice, or add it to an [[unexplained]]",
    ),
    "a day in a sentence": (
        'means = "等待缴费"',
        'means = "2月1日缴费"',
        "payment pending",
        "“2月1日” is typed in the text",
        "leave it out: the window of the row says by when",
    ),
    "a sentence that says nothing": (
        'means = "等待缴费"',
        'means = ""',
        "payment pending",
        "it says nothing",
        "write the sentence, or call the states unexplained",
    ),
    "a point that is not word for word": (
        'unmet = "到窗口缴费"\nsource = {clause = "city#1", quote = "到窗口缴费"}',
        'unmet = "到窗口缴费"\nsource = {clause = "city#1", quote = "去窗口"}',
        CHECK,
        "the quote “去窗口” is not in city#1",
        CITE,
    ),
    "a point of a clause that does not exist": (
        'unmet = "到窗口缴费"\nsource = {clause = "city#1"',
        'unmet = "到窗口缴费"\nsource = {clause = "city#9"',
        CHECK,
        "there is no clause 'city#9'",
        CITE,
    ),
    "a check of a region that does not exist": (
        'region = "CN-31"',
        'region = "CN-00"',
        "check 没有缴费 in CN-00",
        "there is no region 'CN-00'",
        FIX,
    ),
    "a check of another year than its clause": (
        "year = 2024",
        "year = 2025",
        CHECK,
        "city#1 does not hold there",
        CITE,
    ),
    "a check that no reason leads to": (
        'name = "没有缴费"\ntopic = "fee"',
        'name = "没有缴费"\ntopic = "payment_window"',
        CHECK,
        "no [[rejection]] leads to its topic",
        "add one, or delete the check",
    ),
    "a reason that stands twice": (
        'words = ["费没交"]',
        'words = ["费没交", "费没交"]',
        "rejection 费没交",
        "it stands there twice",
        "keep one; the lexicon's words need not be repeated",
    ),
    "a word that says yes and no": (
        'no = ["否"]',
        'no = ["否", "是"]',
        "answer 是",
        "it stands there twice",
        "keep it where it belongs",
    ),
    "a need that does not exist": ('need = "bind"', 'need = "tie"', "command tie", "there is no need 'tie'", FIX),
    "a command that is no pattern": (
        'patterns = ["绑定"]',
        'patterns = ["绑定("]',
        "command bind",
        "a pattern is none: missing ), unterminated subpattern at position 2",
        "mend the regular expression",
    ),
    "a command that misses its example": (
        'examples = ["绑定"]',
        'examples = ["绑我"]',
        "command bind",
        "it does not match its example “绑我”",
        "mend the pattern or the example",
    ),
    "a command that takes a topic's phrasing": (
        'patterns = ["绑定"]',
        'patterns = ["绑定|什么时候缴费"]',
        "command bind",
        "it takes “什么时候缴费” from “缴费时间”",
        "make it narrower",
    ),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copied = shutil.copytree(TINY, tmp_path / "content")
    shutil.copy(CONTENT / "phrases.toml", copied)
    return copied


@pytest.mark.parametrize("case", BROKEN)
def test_a_gate_names_entry_and_remedy(folder: Path, case: str) -> None:
    """A broken copy gives that problem first."""
    stands, instead, entry, problem, remedy = BROKEN[case]
    path = folder / "status.toml"
    text = path.read_text("utf-8")
    assert stands in text
    path.write_text(text.replace(stands, instead), "utf-8")
    found = [str(each) for each in problems(look(load(folder), folder))]
    assert f"status.toml: {entry}: {problem}\n  → {remedy}" in found
    assert len(set(found)) <= 2  # what follows from it, at most


def test_the_shipped_table_passes() -> None:
    assert [str(each) for each in problems(look(load(), CONTENT))] == []


def test_the_shipped_table_knows_the_contract() -> None:
    """Every stage, state and reason code that the service's contract names."""
    table = load().status
    assert {each.id for each in table.stage} == STAGES
    assert {each.id for each in table.state} == STATES
    assert {each.code for each in table.rejection} == CODES


def test_no_points_are_transferable_until_staff_say_so() -> None:
    assert not any(check.transferable for check in load().status.check)
