"""What gates and readers of content say to authors of files, said to the staff in Chinese; patterns are in findings.toml."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from bot.desk.words import words
from bot.staff.editions import Finding
from knowledge.content import ContentError
from knowledge.entries import Entry
from knowledge.model import Knowledge
from knowledge.problem import Problem, of_error
from knowledge.region import full_name

REGION = re.compile(r"CN(?:-[0-9A-Za-z]+)*")
FILE = Path(__file__).parent / "findings.toml"
UNUSABLE = (ContentError, KeyError, ValueError)
"""What making a mind of content raises that this program cannot use."""


class Said(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a problem is said; {0}, {1} … are what its pattern's groups found."""

    when: str
    """A regular expression of the whole problem."""
    problem: str
    remedy: str


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text("utf-8"))


@cache
def sentences() -> tuple[tuple[re.Pattern[str], Said], ...]:
    """The sentences in order: the first whose pattern fits counts."""
    rows = msgspec.convert(_table()["finding"], tuple[Said, ...])
    return tuple((re.compile(row.when, re.DOTALL), row) for row in rows)


def of_problem(problem: Problem, knowledge: Knowledge | None = None) -> Finding:
    """A gate's problem in Chinese; as it is where nobody has worded it yet. `knowledge` gives names to ids."""
    found = _said(problem)
    if knowledge is None:
        return found
    return msgspec.structs.replace(
        found,
        entry=_named(found.entry, knowledge),
        problem=REGION.sub(lambda each: _region(each[0], knowledge), found.problem),
    )


def _said(problem: Problem) -> Finding:
    file = _table()["files"].get(problem.file, problem.file)
    for pattern, said in sentences():
        if found := pattern.fullmatch(problem.problem):
            groups = [each or "" for each in found.groups()]
            text, remedy = said.problem.format(*groups), said.remedy.format(*groups)
            return Finding(file=file, entry=problem.entry, problem=text, remedy=remedy)
    return Finding(file=file, entry=problem.entry, problem=problem.problem, remedy=problem.remedy)


def _named(entry: str, knowledge: Knowledge) -> str:
    """An entry with the names of its topic or window, and of its region: 网上缴费时间（四川乐山）."""
    name, _, region = entry.partition(" in ")
    topic = knowledge.topics.get(name)
    named = topic.title if topic else knowledge.phrases.get(f"window_{name}", name)
    return f"{named}（{_region(region, knowledge)}）" if region else named


def _region(region: str, knowledge: Knowledge) -> str:
    return full_name(knowledge.gazetteer, region) if region in knowledge.gazetteer else region


def of_content(error: ContentError) -> Finding:
    """Content that cannot be read, in Chinese."""
    return of_problem(of_error(error))


def of_unusable(error: Exception) -> Finding:
    """Content of which no mind can be made, in Chinese."""
    if isinstance(error, ContentError):
        return of_content(error)
    named = type(error).__name__
    return Finding(
        file="", entry="", problem=words("checking", "broken", error=named), remedy=words("checking", "broken_remedy")
    )


def keyed(finding: Finding, problem: Problem, index: Mapping[str, Entry], changed: frozenset[str]) -> Finding:
    """The finding with the key of the entry that the problem is in: of several, such as two years', what was `changed`."""
    found = [key for key, entry in index.items() if _is_in(problem, entry)]
    found = [key for key in found if key in changed] or found
    return msgspec.structs.replace(finding, key=found[0]) if found else finding


def _is_in(problem: Problem, entry: Entry) -> bool:
    if Path(entry.file).name != problem.file:
        return False
    name, _, region = problem.entry.partition(" in ")
    fields = entry.fields
    if entry.kind in ("notice", "file") or (not region and name in (fields.get("id"), fields.get("name"))):
        return True
    return (
        bool(region) and fields.get("region") == region and name in (entry.topic, fields.get("name"), _levels(fields))
    )


def _levels(fields: Mapping[str, Any]) -> str:
    """How a fee is named in a problem."""
    return " ".join([*fields.get("levels", ()), fields.get("mode", "")]).strip()
