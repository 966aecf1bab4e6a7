"""topic × scope → answer: the nearest node that has one wins; what is unknown is asked for only if it would change the answer."""

from dataclasses import dataclass

import msgspec

from knowledge.model import Knowledge, Scope
from knowledge.region import NATION
from knowledge.topic import Answer, Topic


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The answer that holds, and the scope it was found for."""

    answer: Answer
    exam: str
    region: str
    """The region asked about; the nation where none is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedRegion:
    """The answer depends on the region, which is unknown."""

    regions: tuple[str, ...]
    """The nodes that have an answer of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedExam:
    """The answer depends on the exam, which is unknown."""

    exams: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """No notice says it for this scope."""

    exam: str | None
    region: str


Resolution = Found | NeedRegion | NeedExam | Missing


def resolve(knowledge: Knowledge, topic: Topic, scope: Scope) -> Resolution:
    """Which answer holds in a scope, or what has to be known first."""
    exams = (scope.exam,) if scope.exam else tuple(knowledge.exams)
    if scope.region is None:
        return _without_region(topic, exams, is_exam_known=scope.exam is not None)
    found = {exam: _nearest(knowledge, topic, exam, scope.region) for exam in exams}
    held = {exam: answer for exam, answer in found.items() if answer is not None}
    if not held:
        return Missing(exam=scope.exam, region=scope.region)
    stated = {exam: answer for exam, answer in held.items() if not answer.unstated}
    usual = exams[0]
    if stated and len(exams) > 1:
        if usual not in stated and any(usual in answer.exams for answer in topic.answer):
            return NeedExam(exams=(usual, *stated))
        held = stated
    distinct = {answer.says: exam for exam, answer in reversed(held.items())}
    if len(distinct) > 1 and stated:
        return NeedExam(exams=tuple(reversed(distinct.values())))
    exam, answer = next(iter(held.items()))
    if stated and any(each is not answer for each in held.values()):
        sources = tuple(dict.fromkeys(source for each in held.values() for source in each.sources))
        answer = msgspec.structs.replace(answer, sources=sources)
    return Found(answer=answer, exam=exam, region=scope.region)


def _without_region(topic: Topic, exams: tuple[str, ...], *, is_exam_known: bool) -> Resolution:
    """An unconditional national answer holds everywhere; the first exam is meant where none is named."""
    for exam in exams:
        for answer in topic.answer:
            if answer.region != NATION or exam not in answer.exams or answer.is_conditional:
                continue
            if not (answer.unstated and _is_stated_somewhere(topic, exam)):
                return Found(answer=answer, exam=exam, region=NATION)
        if not is_exam_known and any(exam in answer.exams for answer in topic.answer):
            break
    regions = tuple(dict.fromkeys(a.region for a in topic.answer if set(exams) & set(a.exams)))
    if regions:
        return NeedRegion(regions=tuple(each for each in regions if each != NATION))
    return Missing(exam=exams[0] if is_exam_known else None, region=NATION)


def _is_stated_somewhere(topic: Topic, exam: str) -> bool:
    return any(exam in answer.exams and not answer.unstated for answer in topic.answer)


def _nearest(knowledge: Knowledge, topic: Topic, exam: str, region: str) -> Answer | None:
    nodes = {answer.region for answer in topic.answer}
    for node in knowledge.gazetteer.lineage(region):
        here = topic.at(node, exam) if node in nodes else ()
        chosen = next((a for a in here if a.is_conditional and _holds(knowledge, a, region)), None)
        chosen = chosen or next((a for a in here if not a.is_conditional), None)
        if chosen is not None:
            return chosen
    return None


def _holds(knowledge: Knowledge, answer: Answer, region: str) -> bool:
    if region == NATION:
        return False
    if answer.if_listed and not knowledge.is_listed(answer.if_listed, region):
        return False
    return not (answer.if_not_listed and knowledge.is_listed(answer.if_not_listed, region))
