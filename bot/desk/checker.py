"""Checks the next edition in a process of its own: python -m bot.desk.checker < a Task, lines of `Step` come out.

All gates, then the project's labelled questions on the published and on the next texts: what will be answered differently.
"""

import datetime as dt
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from bot.check import examine
from bot.desk.building import NICE, build, place_of
from bot.desk.findings import UNUSABLE, keyed, of_problem, of_unusable
from bot.desk.played import Played, cases_of, keep, moment_of, played, played_before
from bot.desk.words import words
from bot.staff.editions import Difference, Finding
from intents.evaluate import Case, Outcome
from knowledge import entries
from knowledge.content import ContentError, load_texts
from knowledge.problem import Problem

MOST_SHOWN = 300  # differences
MOST_LOST = 0.02  # share of the questions answered rightly that may become wrong before it is a finding


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """What to check."""

    before: dict[str, str]
    after: dict[str, str]
    cache: str
    labelled: str
    """A folder of *.jsonl; empty: no questions."""
    now: dt.datetime


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What was found."""

    findings: tuple[Finding, ...] = ()
    differences: tuple[Difference, ...] = ()
    differing: int = 0
    questions: int = 0
    right_before: int = 0
    right_after: int = 0
    is_usable: bool = True
    """Whether the next texts can be read at all."""


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the output."""

    progress: float
    found: Found | None = None


def main() -> None:
    """Check, and say how far it is."""
    os.nice(NICE)
    task = msgspec.json.decode(sys.stdin.buffer.read(), type=Task)

    def tell(progress: float, found: Found | None = None) -> None:
        sys.stdout.buffer.write(msgspec.json.encode(Step(progress=progress, found=found)) + b"\n")
        sys.stdout.buffer.flush()

    tell(1.0, check(task, tell))


def check(task: Task, tell: Callable[[float], None]) -> Found:
    """All that a check finds."""
    cache = Path(task.cache)
    tell(0.02)
    examined = examine(task.after, place_of(task.after, cache), passed=cache / "phrasings")
    findings = _findings(task.after, examined.problems)
    if not examined.is_usable:
        return Found(findings=findings, is_usable=False)
    tell(0.6)
    try:
        mind = build(task.after, cache)
    except UNUSABLE as error:
        return Found(findings=(*findings, of_unusable(error)), is_usable=False)
    cases = cases_of(task.labelled)
    if not cases:
        return Found(findings=findings)
    now = moment_of(mind.knowledge, task.now)
    before = played_before(task.before, cache, cases, now)
    tell(0.8)
    after = played(mind, cases, now)
    keep(task.after, cache, cases, now, after)
    return _compared(cases, before, after, findings)


def _findings(texts: dict[str, str], problems: list[Problem]) -> tuple[Finding, ...]:
    """The problems for the staff, with names and with the entries to open, as far as these can be read."""
    try:
        knowledge, index = load_texts(texts), entries.index(texts)
    except (ContentError, KeyError):
        return tuple(of_problem(each) for each in problems)
    return tuple(keyed(of_problem(each, knowledge), each, index) for each in problems)


def _compared(cases: Sequence[Case], before: list[Played], after: list[Played], findings: tuple[Finding, ...]) -> Found:
    """What will be answered differently: first what becomes wrong, then what becomes right, then the rest."""
    different = [each for each in zip(cases, before, after, strict=True) if each[1].said != each[2].said]
    different.sort(key=lambda each: (_is_right(each[2]) - _is_right(each[1]), each[2].outcome is not Outcome.WRONG))
    lost = sum(was.outcome is Outcome.RIGHT and now.outcome is Outcome.WRONG for _, was, now in different)
    right = sum(map(_is_right, before))
    if lost > max(1, MOST_LOST * right):
        findings += (
            Finding(
                file="",
                entry="",
                problem=words("checking", "lost", lost=lost, questions=len(cases)),
                remedy=words("checking", "lost_remedy"),
            ),
        )
    return Found(
        findings=findings,
        differences=tuple(
            Difference(
                turns=case.turns,
                region=case.region,
                before=was.said,
                after=now.said,
                faults_before=was.faults,
                faults_after=now.faults,
            )
            for case, was, now in different[:MOST_SHOWN]
        ),
        differing=len(different),
        questions=len(cases),
        right_before=right,
        right_after=sum(map(_is_right, after)),
    )


def _is_right(each: Played) -> bool:
    return each.outcome is Outcome.RIGHT


if __name__ == "__main__":
    main()
