"""Why a scope resolves as it does: every answer of a topic with its verdict, in the order in which they are looked at.

`resolve` decides; this tells it again step by step, for staff. A test holds both against each other.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from knowledge.model import Knowledge, Scope
from knowledge.region import NATION
from knowledge.resolve import Found, resolve
from knowledge.topic import Answer, Topic


class Verdict(StrEnum):
    """Why an answer holds, or does not."""

    CHOSEN = "chosen"
    FARTHER = "farther"
    """It would hold, but a nearer place has one."""
    SAME_PLACE = "same_place"
    """Another answer of the same place comes before it."""
    OTHER_REGION = "other_region"
    OTHER_EXAM = "other_exam"
    OTHER_YEAR = "other_year"
    NOT_LISTED = "not_listed"
    LISTED = "listed"
    NEEDS_REGION = "needs_region"
    """Whether it holds depends on the region, which is not known."""
    NOTHING = "nothing"
    """The place has no answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One answer, or one place without any."""

    region: str
    verdict: Verdict
    answer: Answer | None = None
    detail: str = ""
    """The name of the closed list that decided."""


def trace(knowledge: Knowledge, topic: Topic, scope: Scope) -> tuple[Step, ...]:
    """The steps, from the place itself up to the nation, then what other places have. `topic` with its answers of every year."""
    exams = (scope.exam,) if scope.exam else tuple(knowledge.exams)
    if scope.region is None:
        return tuple(_anywhere(knowledge, topic, exams, scope))
    return tuple(_upwards(knowledge, topic, exams, scope.region))


def _anywhere(knowledge: Knowledge, topic: Topic, exams: tuple[str, ...], scope: Scope) -> Iterator[Step]:
    """Without a region: one answer of the whole nation holds, or all of them wait for the region."""
    found = resolve(knowledge, topic.of_year(knowledge.year), scope)
    for answer in topic.answer:
        verdict = _never(knowledge, answer, exams)
        if verdict is None and isinstance(found, Found):
            verdict = Verdict.CHOSEN if answer == found.answer else Verdict.FARTHER
            verdict = Verdict.NEEDS_REGION if verdict is Verdict.FARTHER and answer.region != NATION else verdict
        yield Step(region=answer.region, answer=answer, verdict=verdict or Verdict.NEEDS_REGION)


def _upwards(knowledge: Knowledge, topic: Topic, exams: tuple[str, ...], region: str) -> Iterator[Step]:
    """With a region: each place from it upwards, and per exam the first answer that holds."""
    lineage = knowledge.gazetteer.lineage(region)
    settled: set[str] = set()  # exams that have their answer from a nearer place
    for node in lineage:
        here = [answer for answer in topic.answer if answer.region == node]
        if not here:
            yield Step(region=node, verdict=Verdict.NOTHING)
            continue
        steps = [_held(knowledge, answer, exams, region) for answer in here]
        holding = [step.answer for step in steps if step.verdict is Verdict.CHOSEN and step.answer]
        chosen = {exam: _first(holding, exam) for exam in exams if exam not in settled}
        for step in steps:
            yield step if step.verdict is not Verdict.CHOSEN else _placed(step, chosen, settled, exams)
        settled |= {exam for exam, answer in chosen.items() if answer is not None}
    for answer in topic.answer:
        if answer.region not in lineage:
            verdict = _never(knowledge, answer, exams) or Verdict.OTHER_REGION
            yield Step(region=answer.region, answer=answer, verdict=verdict)


def _placed(step: Step, chosen: dict[str, Answer | None], settled: set[str], exams: tuple[str, ...]) -> Step:
    """The verdict on an answer that holds: whether it is the first to, for any exam that is looked at."""
    if any(answer is step.answer for answer in chosen.values()):
        return step
    own = {exam for exam in exams if step.answer and exam in step.answer.exams}
    verdict = Verdict.FARTHER if own <= settled else Verdict.SAME_PLACE
    return Step(region=step.region, answer=step.answer, verdict=verdict)


def _first(holding: list[Answer], exam: str) -> Answer | None:
    """The answer of a place: one with a condition that is met comes before one without."""
    own = [answer for answer in holding if exam in answer.exams]
    return next((each for each in own if each.is_conditional), own[0] if own else None)


def _never(knowledge: Knowledge, answer: Answer, exams: tuple[str, ...]) -> Verdict | None:
    """Why an answer holds nowhere for these exams and this year; None where it may."""
    if answer.year != knowledge.year:
        return Verdict.OTHER_YEAR
    return None if set(exams) & set(answer.exams) else Verdict.OTHER_EXAM


def _held(knowledge: Knowledge, answer: Answer, exams: tuple[str, ...], region: str) -> Step:
    """Whether an answer of a place above holds for a region."""
    verdict, detail = _never(knowledge, answer, exams) or Verdict.CHOSEN, ""
    if verdict is Verdict.CHOSEN and answer.is_conditional and region == NATION:
        verdict = Verdict.NEEDS_REGION
    elif verdict is Verdict.CHOSEN and answer.if_listed and not knowledge.is_listed(answer.if_listed, region):
        verdict, detail = Verdict.NOT_LISTED, answer.if_listed
    elif verdict is Verdict.CHOSEN and answer.if_not_listed and knowledge.is_listed(answer.if_not_listed, region):
        verdict, detail = Verdict.LISTED, answer.if_not_listed
    return Step(region=answer.region, answer=answer, verdict=verdict, detail=detail)
