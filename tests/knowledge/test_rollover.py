"""A year copied for another: everything is there, and nothing that may be old is in it."""

import re

import pytest

from knowledge import names
from knowledge.content import load_texts, read_folder
from knowledge.entries import Edit, Entry, apply, index
from knowledge.problem import look_texts
from knowledge.rollover import Copy, copies, marked, years_of

OLD_FIGURE = re.compile(r"\d{4}-\d\d-\d\d|(?<!〖)20(?!25)\d\d|\d{4}-\d{7,8}|(?<!\d)1\d{10}(?!\d)")


@pytest.fixture(scope="module")
def entries() -> dict[str, Entry]:
    return index(read_folder())


@pytest.fixture(scope="module")
def copied(entries: dict[str, Entry]) -> dict[str, Copy]:
    return {copy.key: copy for copy in copies(entries, 2024, 2025, lambda _: True)}


def test_every_answer_and_row_is_copied_once(entries: dict[str, Entry], copied: dict[str, Copy]) -> None:
    """But greetings and the like, which have no year, specialties, which are of their notice, and notices."""
    old = {
        key
        for key, entry in entries.items()
        if entry.fields.get("year") == 2024 and entry.kind not in ("notice", "head")
    }
    kinds = {
        entry.key.partition(":")[2]: entry.fields.get("kind", "answer")
        for entry in entries.values()
        if entry.kind == "topic"
    }
    timeless = {key for key in old if kinds.get(entries[key].topic) in ("smalltalk", "status")}
    assert {copy.before for copy in copied.values()} == old - timeless
    assert len(copied) == len(old - timeless) > 500


def test_nothing_of_a_copy_may_be_old(entries: dict[str, Entry], copied: dict[str, Copy]) -> None:
    """No day, no phone, no year but the new one, no amount, no source and no quote; years in answers are marked."""
    whole = apply(read_folder(), [Edit(key=c.key, file=c.file, text=c.text, topic=c.topic) for c in copied.values()])
    fields = {key: entry.fields for key, entry in index(whole).items() if key in copied}
    assert set(fields) == set(copied)
    for key, each in fields.items():
        assert not OLD_FIGURE.search(copied[key].text), key
        assert each["year"] == 2025
        assert not any(each.get(name) for name in ("source", "quote", "sources", "amount", "phone"))


def test_a_copy_passes_no_gate(copied: dict[str, Copy]) -> None:
    """Each of them alone, published as it is, is refused: nothing old can be published as new."""
    texts = read_folder()
    sourced = [copy for copy in copied.values() if not copy.key.startswith("answer:")]
    edits = [Edit(key=c.key, file=c.file, text=c.text, topic=c.topic) for c in sourced]
    found = names.problems(look_texts(load_texts(apply(texts, edits)), texts))
    assert len(found) == len(sourced)
    assert {each.problem for each in found} == {"there is no clause ''"}


def test_what_is_there_is_not_copied_again(entries: dict[str, Entry], copied: dict[str, Copy]) -> None:
    """A second roll-over makes only what is still missing."""
    some = list(copied.values())[::2]
    texts = apply(read_folder(), [Edit(key=c.key, file=c.file, text=c.text, topic=c.topic) for c in some])
    again = {copy.key for copy in copies(index(texts), 2024, 2025, lambda _: True)}
    assert again == set(copied) - {copy.key for copy in some}
    assert years_of(index(texts)) == (2025, 2024)


def test_one_region_alone(entries: dict[str, Entry]) -> None:
    """The rows and answers of a region and what lies in it; not the nation's lists."""
    found = [copy.key for copy in copies(entries, 2024, 2025, lambda region: region.startswith("CN-5111"))]
    assert any(key.startswith("site:") for key in found)
    assert not [key for key in found if "/CN/" in key or key.startswith("list:")]


def test_comments_and_untouched_lines_stay(entries: dict[str, Entry], copied: dict[str, Copy]) -> None:
    """What a copy keeps is written as the old entry has it."""
    window = copied["window:payment/health/CN-5111/2025"]
    old = entries[window.before].text.splitlines()
    kept = [line for line in window.text.splitlines() if line and not line.startswith(("year", "source", "quote"))]
    assert set(kept) <= set(old)


def test_marks() -> None:
    """Years only: no numbers of other kinds."""
    assert marked("2024年度，〔2021〕51号，电话020241") == "〖2024〗年度，〔〖2021〗〕51号，电话020241"
