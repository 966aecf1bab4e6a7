"""What gates and readers of content say to authors of files, said to the staff in Chinese; patterns are in findings.toml."""

import re
import tomllib
from functools import cache
from pathlib import Path

import msgspec

from bot.staff.editions import Finding
from knowledge.content import ContentError
from knowledge.problem import Problem, of_error

FILE = Path(__file__).parent / "findings.toml"


class Said(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a problem is said; {0}, {1} … are what its pattern's groups found."""

    when: str
    """A regular expression of the whole problem."""
    problem: str
    remedy: str


@cache
def table() -> tuple[tuple[re.Pattern[str], Said], ...]:
    """The sentences in order: the first whose pattern fits counts."""
    rows = msgspec.convert(tomllib.loads(FILE.read_text("utf-8"))["finding"], tuple[Said, ...])
    return tuple((re.compile(row.when, re.DOTALL), row) for row in rows)


def of_problem(problem: Problem) -> Finding:
    """A gate's problem in Chinese; as it is where nobody has worded it yet."""
    for pattern, said in table():
        if found := pattern.fullmatch(problem.problem):
            groups = [each or "" for each in found.groups()]
            return Finding(
                file=problem.file,
                entry=problem.entry,
                problem=said.problem.format(*groups),
                remedy=said.remedy.format(*groups),
            )
    return Finding(file=problem.file, entry=problem.entry, problem=problem.problem, remedy=problem.remedy)


def of_content(error: ContentError) -> Finding:
    """Content that cannot be read, in Chinese."""
    return of_problem(of_error(error))
