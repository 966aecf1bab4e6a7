"""Checks the next edition in a process of its own: python -m bot.desk.checker < a Task, lines of `Step` come out.

All gates, then the project's labelled questions on the published and on the next texts: what will be answered differently.
"""

import datetime as dt
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from bot.check import examine
from bot.desk.building import NICE, build, place_of
from bot.desk.carried import follows, moved
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
    follow: int = 0
    is_usable: bool = True
    """Whether the next texts can be read at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Twice:
    """A question played on what is published and on what is next."""

    case: Case
    was: Played
    now: Played
    follows: bool
    """Whether it is right by its label as the publication carries it."""

    @property
    def is_lost(self) -> bool:
        """Whether it becomes wrong."""
        return self.was.outcome is Outcome.RIGHT and self.now.outcome is Outcome.WRONG and not self.follows


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
    findings = _findings(task, examined.problems)
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
    moves = moved(load_texts(task.before), mind.knowledge)
    return _compared(
        [
            Twice(case=case, was=one, now=other, follows=follows(mind.knowledge, moves, case, one, other))
            for case, one, other in zip(cases, before, after, strict=True)
        ],
        findings,
    )


def _findings(task: Task, problems: list[Problem]) -> tuple[Finding, ...]:
    """The problems for the staff, with names and with the entries to open, as far as these can be read."""
    if not problems:
        return ()
    try:
        knowledge, index, before = load_texts(task.after), entries.index(task.after), entries.index(task.before)
    except (ContentError, KeyError):
        return tuple(of_problem(each) for each in problems)
    changed = frozenset(key for key, entry in index.items() if key not in before or before[key].text != entry.text)
    return tuple(keyed(of_problem(each, knowledge), each, index, changed) for each in problems)


def _compared(played: Sequence[Twice], findings: tuple[Finding, ...]) -> Found:
    """What will be answered differently: what becomes wrong, what becomes right, what follows the change, the rest."""
    different = sorted((each for each in played if each.was.said != each.now.said), key=_place)
    lost = sum(each.is_lost for each in different)
    follow = sum(each.follows for each in different)
    right = sum(each.was.outcome is Outcome.RIGHT for each in played)
    if lost > max(1, MOST_LOST * right):
        findings += (
            Finding(
                file="",
                entry="",
                problem=words("checking", "lost", lost=lost, questions=len(played)),
                remedy=words("checking", "lost_remedy"),
            ),
        )
    return Found(
        findings=findings,
        differences=tuple(
            Difference(
                turns=each.case.turns,
                region=each.case.region,
                before=each.was.said,
                after=each.now.said,
                faults_before=each.was.faults,
                faults_after=() if each.follows else each.now.faults,
                follows=each.follows,
            )
            for each in different[:MOST_SHOWN]
        ),
        differing=len(different),
        questions=len(played),
        right_before=right,
        right_after=sum(each.now.outcome is Outcome.RIGHT for each in played) + follow,
        follow=follow,
    )


def _place(each: Twice) -> int:
    """Where a question stands among those that are answered differently."""
    if each.is_lost:
        return 0
    if each.now.outcome is Outcome.RIGHT and each.was.outcome is not Outcome.RIGHT:
        return 1
    return 2 if each.follows else 3


if __name__ == "__main__":
    main()
