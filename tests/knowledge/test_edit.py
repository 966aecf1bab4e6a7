"""Setting fields touches the lines of these fields alone, and merging keeps both sides."""

import datetime as dt
import tomllib
from difflib import unified_diff

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.content import read_folder
from knowledge.edit import new, set_fields
from knowledge.entries import index
from knowledge.merge import merge

ENTRIES = index(read_folder())
EDITABLE = sorted(key for key in ENTRIES if not key.startswith("file:"))


def lines(before: str, after: str) -> list[str]:
    """The lines that differ, with - and +."""
    return [
        each
        for each in unified_diff(before.splitlines(), after.splitlines(), n=0)
        if each[:2] not in ("--", "++", "@@")
    ]


@pytest.mark.parametrize("key", EDITABLE)
def test_setting_what_is_there_changes_nothing(key: str) -> None:
    entry = ENTRIES[key]
    assert set_fields(entry.text, entry.kind, entry.fields) == entry.text


WINDOW = ENTRIES["window:payment/health/CN-5111/2024"].text
TOPIC = ENTRIES["topic:payment_window"]
ANSWER = ENTRIES["answer:payment_window/health/CN-52/2024"]


def test_a_day_is_one_line() -> None:
    assert lines(WINDOW, set_fields(WINDOW, "window", {"end": dt.date(2024, 2, 9)})) == [
        "-end = 2024-02-08",
        "+end = 2024-02-09",
    ]


def test_none_takes_a_field_out() -> None:
    assert lines(WINDOW, set_fields(WINDOW, "window", {"end": None, "half": None})) == ["-end = 2024-02-08"]


def test_a_phrasing_is_added_to_its_line() -> None:
    after = set_fields(TOPIC.text, "topic", {"phrasings": [*TOPIC.fields["phrasings"], "新问法"]})
    last = TOPIC.text.rstrip().splitlines()[-2]
    assert lines(TOPIC.text, after) == [f"-{last}", f'+{last} "新问法",']


@given(data=st.data())
def test_a_list_becomes_what_was_asked_and_keeps_the_lines_that_stay(data: st.DataObject) -> None:
    old = [*TOPIC.fields["phrasings"]]
    kept = data.draw(st.lists(st.sampled_from(range(len(old))), unique=True).map(sorted))
    value = [old[each] for each in kept]
    for word in data.draw(st.lists(st.text(min_size=1, max_size=30), max_size=3)):
        value.insert(data.draw(st.integers(0, len(value))), word)
    after = set_fields(TOPIC.text, "topic", {"phrasings": value})
    assert tomllib.loads(after)["topic"][0]["phrasings"] == value
    before = after.partition("phrasings = ")[0]
    assert TOPIC.text.startswith(before)


def test_a_source_is_a_line_of_its_own() -> None:
    sources = [*ANSWER.fields["sources"], {"clause": "national-2024#pay.2", "quote": "各考点通知"}]
    assert lines(ANSWER.text, set_fields(ANSWER.text, "answer", {"sources": sources})) == [
        '+  {clause = "national-2024#pay.2", quote = "各考点通知"},'
    ]
    assert len(lines(ANSWER.text, set_fields(ANSWER.text, "answer", {"sources": sources[1:2]}))) == 1


@given(text=st.text(max_size=60))
def test_any_text_is_kept_as_it_is(text: str) -> None:
    """Quotes, backslashes, line breaks: what is read is what was written."""
    after = set_fields(ANSWER.text, "answer", {"text": text})
    assert tomllib.loads(after)["topic"]["answer"][0]["text"] == text.replace("\r\n", "\n")


def test_a_clause_is_marked_and_the_others_stay() -> None:
    notice = ENTRIES["notice:leshan-2024"]
    clauses = [dict(each) for each in notice.fields["clause"]]
    clauses[1]["not_for_candidates"] = "考生用不到"
    after = set_fields(notice.text, "notice", {"clause": clauses})
    assert lines(notice.text, after) == ['+not_for_candidates = "考生用不到"']


def test_what_would_lose_other_fields_is_refused() -> None:
    """Tables of two kinds by turns: they are edited as text."""
    status = ENTRIES["file:status.toml"]
    with pytest.raises(ValueError, match="file"):
        set_fields(status.text, "file", {"me": "本人"})


@pytest.mark.parametrize("kind", ["window", "answer", "topic", "notice"])
def test_a_new_entry_is_read_back(kind: str) -> None:
    fields = {"id": "x", "exams": ["health"], "year": 2025, "start": dt.date(2024, 1, 2), "text": "一\n二", "no": None}
    found = tomllib.loads(new(kind, fields))
    row = found if kind == "notice" else found["topic"]["answer"][0] if kind == "answer" else found[kind][0]
    assert row == {name: value for name, value in fields.items() if value is not None}


# --- merging ---------------------------------------------------------------------------------------------------------

LINES = st.lists(st.sampled_from("abcde"), max_size=6).map(lambda each: "".join(f"{line}\n" for line in each))


@given(base=LINES, other=LINES)
def test_what_one_side_changed_is_taken(base: str, other: str) -> None:
    for found in (merge(base, base, other), merge(base, other, base), merge(base, other, other)):
        assert (found.text, found.is_clean) == (other, True)


def test_changes_of_different_lines_are_both_kept() -> None:
    found = merge("a\nb\nc\n", "A\nb\nc\n", "a\nb\nC\n")
    assert (found.text, found.is_clean) == ("A\nb\nC\n", True)


def test_changes_of_the_same_line_are_a_question() -> None:
    found = merge("a\nb\nc\n", "a\nhers\nc\n", "a\nmine\nc\n")
    assert (found.text, found.is_clean) == ("a\n<<<<<<<\nmine\n=======\nhers\n>>>>>>>\nc\n", False)


@given(base=LINES, theirs=LINES, mine=LINES)
def test_no_line_of_either_side_is_lost(base: str, theirs: str, mine: str) -> None:
    found = merge(base, theirs, mine).text.splitlines()
    for side in (theirs, mine):
        assert {*side.splitlines()} - {*base.splitlines()} <= {*found}


def test_fields_that_follow_each_other_are_changed_by_both() -> None:
    found = merge("start = 1\nend = 2\n", "start = 0\nend = 2\n", "start = 1\nend = 3\n")
    assert (found.text, found.is_clean) == ("start = 0\nend = 3\n", True)
