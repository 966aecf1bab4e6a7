"""Content that cannot be read is a ContentError with file, entry and remedy; never a traceback, never a silent loss."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge.content import CONTENT, ContentError, load

TINY = Path(__file__).parents[1] / "tiny_content"
FIELDS = "compare it with the entries beside it: field names and types are in docs/content.md"
LINE = "mend the TOML at that line (UTF-8)"
FILES = (
    "exams.toml",
    "regions.toml",
    "phrases.toml",
    "lexicon.toml",
    *(f"facts/{name}.toml" for name in ("windows", "fees", "sites", "specialties", "lists", "timetables", "contacts")),
)
TOPICS = ("topics/payment.toml", "notices/city.toml")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copied = shutil.copytree(TINY, tmp_path / "content")
    shutil.copy(CONTENT / "phrases.toml", copied)
    return copied


def problem_of(folder: Path) -> tuple[str, str, str, str]:
    """File, entry, problem and remedy of the error that loading raises."""
    with pytest.raises(ContentError) as caught:
        load(folder)
    where, remedy = str(caught.value).split("\n  → ")
    file, entry, problem = where.split(": ", 2)
    return file, entry, problem, remedy


def test_the_tiny_content_loads(folder: Path) -> None:
    """So that what is found below is what was broken."""
    known = load(folder)
    assert (known.year, len(known.notices), len(known.topics)) == (2024, 2, 4)


def test_topics_stand_in_the_order_of_files_and_entries(folder: Path) -> None:
    assert list(load(folder).topics) == ["pass_mark", "greeting", "payment_window", "fee"]


@pytest.mark.parametrize("file", FILES)
def test_a_missing_file(folder: Path, file: str) -> None:
    path = folder / file
    path.unlink()
    assert problem_of(folder) == (path.name, "file", "is missing", f"restore it at {path.parent}")


@pytest.mark.parametrize("file", [*FILES, *TOPICS])
def test_a_file_that_is_no_toml(folder: Path, file: str) -> None:
    path = folder / file
    path.write_text("[[row]\n", "utf-8")
    name, entry, problem, remedy = problem_of(folder)
    assert (name, entry, remedy) == (path.name, "file", LINE)
    assert "at line 1" in problem


@pytest.mark.parametrize("file", [*FILES, *TOPICS])
def test_a_file_that_is_no_utf8(folder: Path, file: str) -> None:
    path = folder / file
    path.write_bytes("# 缴费".encode("gb18030"))
    name, entry, problem, remedy = problem_of(folder)
    assert (name, entry, remedy) == (path.name, "file", LINE)
    assert "utf-8" in problem


BROKEN = {
    "an unknown field": (
        "facts/fees.toml",
        "amount = 50",
        'amount = 50\ncolour = "red"',
        "$[0]",
        "unknown field `colour`",
    ),
    "a missing field": ("facts/fees.toml", "amount = 50", "", "$[0]", "missing required field `amount`"),
    "a wrong type": ("facts/fees.toml", "amount = 50", 'amount = "50"', "$[0].amount", "Expected `int`, got `str`"),
    "a text for a list": ("facts/fees.toml", '["中级"]', '"中级"', "$[0].levels", "Expected `array`, got `str`"),
    "a date in words": ("facts/windows.toml", "2024-02-01", '"1 February"', "$[1].start", "date"),
    "an unknown stage": ("facts/windows.toml", 'stage = "payment"', 'stage = "lunch"', "$[0].stage", "'lunch'"),
    "an unknown kind": ("topics/other.toml", '"smalltalk"', '"joke"', "$[1].kind", "'joke'"),
    "an unknown condition": (
        "topics/payment.toml",
        "if_listed",
        "if_list",
        "$[0].answer[0]",
        "unknown field `if_list`",
    ),
    "a source without quote": (
        "topics/payment.toml",
        ', quote = "到窗口缴费"',
        "",
        "$[0].answer[2].sources[0]",
        "`quote`",
    ),
    "a clause with a typo": (
        "notices/city.toml",
        'label = "一"',
        'lable = "一"',
        "$.clause[0]",
        "unknown field `lable`",
    ),
    "a year in words": ("notices/city.toml", "year = 2024", 'year = "2024"', "$.year", "Expected `int`, got `str`"),
    "an alias with a typo": ("regions.toml", "regions = [", "region = [", "$.alias[0]", "unknown field `region`"),
    "a sentence that is a number": (
        "phrases.toml",
        'nation = "全国"',
        "nation = 1",
        "$[...]",
        "Expected `str`, got `int`",
    ),
    "an exam without name": ("exams.toml", 'name = "资格考试"', "", "$[0]", "missing required field `name`"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_an_entry_of_a_wrong_shape(folder: Path, case: str) -> None:
    """The entry is counted from 0, as the reader of the file finds it."""
    file, stands, instead, entry, problem = BROKEN[case]
    replace(folder / file, stands, instead)
    found = problem_of(folder)
    assert (found[0], found[1], found[3]) == (Path(file).name, entry, FIELDS)
    assert problem in found[2]


def replace(path: Path, stands: str, instead: str) -> None:
    text = path.read_text("utf-8")
    assert stands in text
    path.write_text(text.replace(stands, instead, 1), "utf-8")


@pytest.mark.parametrize("file", [each for each in FILES if each.startswith(("facts", "exams"))])
def test_a_table_of_another_name(folder: Path, file: str) -> None:
    """A row in a table that nobody reads would be lost."""
    path = folder / file
    path.write_text(path.read_text("utf-8") + '\n[[other]]\nname = "x"\n', "utf-8")
    name, entry, problem, remedy = problem_of(folder)
    assert (name, entry, problem) == (path.name, "other", "unknown table")
    assert remedy.startswith("this file holds [[")


def test_a_topic_that_stands_twice_in_two_files(folder: Path) -> None:
    """The later one would replace the earlier one silently."""
    shutil.copy(folder / "topics" / "other.toml", folder / "topics" / "zoo.toml")
    assert problem_of(folder) == (
        "zoo.toml",
        "pass_mark",
        "this topic id stands twice",
        "rename or merge one of them",
    )


def _second_notice(folder: Path) -> None:
    replace(folder / "notices/city.toml", 'id = "city"', 'id = "nation"')


def _second_exam(folder: Path) -> None:
    replace(folder / "exams.toml", 'id = "senior"', 'id = "health"')


def _unknown_parent(folder: Path) -> None:
    addition = 'addition = [{id = "CN-x", name = "甲", short = "甲", parent = "CN-99"}]'
    replace(folder / "regions.toml", "addition = []", addition)


def _no_nation(folder: Path) -> None:
    replace(folder / "phrases.toml", 'nation = "全国"', "")


def _no_topics(folder: Path) -> None:
    shutil.rmtree(folder / "topics")


def _no_notices(folder: Path) -> None:
    shutil.rmtree(folder / "notices")


def _not_a_file(folder: Path) -> None:
    (folder / "exams.toml").unlink()
    (folder / "exams.toml").mkdir()


SILENT = {
    "a notice that stands twice": (_second_notice, "nation.toml"),
    "an exam that stands twice": (_second_exam, "exams.toml"),
    "a region in an unknown one": (_unknown_parent, "regions.toml"),
    "no name of the nation": (_no_nation, "phrases.toml"),
    "no folder of topics": (_no_topics, "topics"),
    "no folder of notices": (_no_notices, "notices"),
    "a folder in place of a file": (_not_a_file, "exams.toml"),
}


@pytest.mark.parametrize("case", SILENT)
def test_what_would_be_lost_or_end_in_a_traceback(folder: Path, case: str) -> None:
    """Each is a ContentError that names the file."""
    break_it, file = SILENT[case]
    assert isinstance(break_it, Callable)  # type: ignore[arg-type]  # a function
    break_it(folder)
    assert problem_of(folder)[0] == file
