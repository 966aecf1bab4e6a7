"""The guided self-check of a rejection reason: the points of the notice, asked one by one. Pure; words come from content."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.conversation import Checking, OwnScope
from bot.messages import Option
from intents.normalise import normalise
from knowledge.model import Knowledge
from knowledge.region import full_name
from knowledge.status import Point, SelfCheck

YES, NO, UNSURE = "y", "n", "u"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One question of a self-check."""

    point: Point
    asks: str
    is_condition: bool
    """Whether it only asks if the point is for her."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the answers came to."""

    unmet: tuple[Point, ...]
    unsure: tuple[Point, ...]


def find(knowledge: Knowledge, topic: str, exam: str, region: str, year: int) -> SelfCheck | None:
    """The self-check of a reason in a scope: the region's own or one above it, else one that staff marked transferable."""
    rows = [
        row
        for row in knowledge.status.check
        if row.topic == topic and exam in row.exams and row.year == year and region
    ]
    lineage = knowledge.gazetteer.lineage(region) if region else ()
    own = next((row for node in lineage for row in rows if row.region == node), None)
    return own or next((row for row in rows if row.transferable), None)


def is_own(knowledge: Knowledge, check: SelfCheck, region: str) -> bool:
    """Whether a self-check is of the region's own notice, and not another region's."""
    return bool(region) and knowledge.gazetteer.contains(check.region, region)


def starts(knowledge: Knowledge, text: str) -> str:
    """The topic whose self-check a text asks for, word for word as the option says it; empty for none."""
    said = {knowledge.phrases["check_start"].format(title=row.title): row.topic for row in knowledge.status.check}
    return said.get(text.strip(), "")


def option(knowledge: Knowledge, check: SelfCheck) -> Option:
    """What to tap to begin it."""
    text = knowledge.phrases["check_start"].format(title=check.title)
    return Option(label=text, send=text)


def options(knowledge: Knowledge) -> tuple[Option, ...]:
    """是, 否, 不清楚."""
    table = knowledge.status
    return tuple(Option(label=words[0], send=words[0]) for words in (table.yes, table.no, table.unsure))


def answer_of(knowledge: Knowledge, text: str) -> str:
    """YES, NO or UNSURE as a text says it; empty where it says none of them."""
    plain = normalise(text).strip(" ,.!?;:，。！？；：~、")
    table = knowledge.status
    meant = ((table.yes, YES), (table.no, NO), (table.unsure, UNSURE))
    return next((answer for words, answer in meant if plain in words), "")


def step_of(check: SelfCheck, answers: str) -> Step | None:
    """The next question after some answers; None where all are asked."""
    for step, answer in _walk(check, answers):
        if not answer:
            return step
    return None


def intro(knowledge: Knowledge, check: SelfCheck, scope: OwnScope) -> str:
    """Whose points are asked."""
    region, owner = full_name(knowledge.gazetteer, scope.region), full_name(knowledge.gazetteer, check.region)
    if is_own(knowledge, check, scope.region):
        return knowledge.phrases["check_own"].format(region=owner)
    return knowledge.phrases["check_transferred"].format(region=region, owner=owner)


def question(knowledge: Knowledge, check: SelfCheck, step: Step) -> str:
    """“学历不符”自查，第2点（共4点）, and the point."""
    number, count = check.point.index(step.point) + 1, len(check.point)
    return knowledge.phrases["check_question"].format(
        title=check.title, number=number, count=count, label=step.point.label, asks=step.asks
    )


def outcome_of(check: SelfCheck, answers: str) -> Outcome:
    """What the answers come to: a condition that is unsure leaves its point unsure."""
    unmet: list[Point] = []
    unsure: list[Point] = []
    for step, answer in _walk(check, answers):
        if answer == NO and not step.is_condition:
            unmet.append(step.point)
        elif answer == UNSURE:
            unsure.append(step.point)
    return Outcome(unmet=tuple(unmet), unsure=tuple(each for each in dict.fromkeys(unsure) if each not in unmet))


def _walk(check: SelfCheck, answers: str) -> Iterator[tuple[Step, str]]:
    """Every question that is asked with its answer, in order; a condition that is not met skips its point."""
    given = iter(answers)
    for point in check.point:
        if point.applies:
            said = next(given, "")
            yield Step(point=point, asks=point.applies, is_condition=True), said
            if said != YES:
                continue
        yield Step(point=point, asks=point.asks, is_condition=False), next(given, "")


def begun(check: SelfCheck, checking: Checking, answer: str) -> Checking | None:
    """The state after one more answer; None where it was not waiting for any."""
    if step_of(check, checking.answers) is None:
        return None
    return Checking(scope=checking.scope, topic=checking.topic, answers=checking.answers + answer)
