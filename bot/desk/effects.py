"""What a new phrasing would change: the same questions on the mind as it is and on one that has it. Pure."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.conversation import Conversation
from bot.dialogue import Decision, Heard, decide
from bot.evaluation import play
from bot.mind import Mind
from bot.staff.editions import Difference, Said
from bot.staff.effect import Effect, Trouble, TroubleKind
from bot.staff.gaps import KeptGap
from intents.evaluate import Case, faults
from intents.normalise import normalise
from intents.understand import Understanding
from knowledge.region import full_name

MOST_GAPS = 400  # different questions that are tried; 3 ms each
MOST_LABELLED = 400  # those that are most like the phrasing
RIVALS = 7  # topics whose phrasings are looked at: as many as matching looks at
SHOWN = 50  # differences of a kind
TIE = 1e-4  # scores this near are the same, as in bot.check


@dataclass(frozen=True, slots=True, kw_only=True)
class Trying:
    """A phrasing, and what it is tried on."""

    topic: str
    phrasing: str
    gaps: Sequence[KeptGap]
    labelled: Sequence[Case]
    labelled_at: dt.datetime
    """The day for which the labelled questions are right."""
    now: dt.datetime


def effect(before: Mind, after: Mind, tried: Trying) -> Effect:
    """What changes with a phrasing that the second mind has and the first has not."""
    gaps = _distinct(tried.gaps)[:MOST_GAPS]
    cases = nearest(tried.phrasing, tried.labelled)
    asked = [each for each in (_gap(before, after, gap, tried.now) for gap in gaps) if each]
    told = [each for each in (_case(before, after, case, tried.labelled_at) for case in cases) if each]
    won = [each for each in asked if each.after.topic == tried.topic and each.after.kind == "answer"]
    lost = [each for each in told if each.faults_after and not each.faults_before]
    return Effect(
        topic=tried.topic,
        title=before.knowledge.topics[tried.topic].title,
        phrasing=tried.phrasing,
        troubles=tuple(_troubles(before, after, tried)),
        won=tuple(won[:SHOWN]),
        moved=tuple(each for each in asked if each not in won)[:SHOWN],
        lost=tuple(lost[:SHOWN]),
        labelled=tuple(each for each in told if each not in lost)[:SHOWN],
        gaps=len(gaps),
        questions=len(cases),
    )


def nearest(phrasing: str, labelled: Iterable[Case]) -> list[Case]:
    """The labelled questions that share most with a phrasing, those that share nothing left out."""
    own = _pairs(phrasing)

    def shared(case: Case) -> float:
        there = set[str]().union(*map(_pairs, case.turns))
        return len(own & there) / (len(own | there) or 1)

    found = [(shared(case), case) for case in labelled]
    near = sorted((each for each in found if each[0] > 0), key=lambda each: (-each[0], each[1].id))
    return [case for _, case in near[:MOST_LABELLED]]


def _pairs(text: str) -> set[str]:
    plain = normalise(text)
    return {plain[i : i + 2] for i in range(len(plain) - 1)}


def _distinct(gaps: Iterable[KeptGap]) -> list[KeptGap]:
    """One gap of each question and scope."""
    return list({(each.question, each.region, each.exam): each for each in gaps if each.question}.values())


def said(decision: Decision) -> Said:
    """A decision as it is compared."""
    return Said(kind=decision.kind.value, topic=decision.topic, text=decision.text)


def answered(mind: Mind, gap: KeptGap, now: dt.datetime) -> Decision:
    """What a gap's question is answered in its scope, as a first message; a scope that is no more is unknown."""
    region = gap.region if gap.region in mind.knowledge.gazetteer else ""
    exam = gap.exam if gap.exam in mind.knowledge.exams else ""
    return decide(mind, Heard(text=gap.question, region=region, exam=exam), Conversation(), now)


def _gap(before: Mind, after: Mind, gap: KeptGap, now: dt.datetime) -> Difference | None:
    one, other = said(answered(before, gap, now)), said(answered(after, gap, now))
    gazetteer = before.knowledge.gazetteer
    region = full_name(gazetteer, gap.region) if gap.region in gazetteer else ""
    return None if one == other else Difference(turns=(gap.question,), region=region, before=one, after=other)


def _case(before: Mind, after: Mind, case: Case, at: dt.datetime) -> Difference | None:
    one, other = said(play(before, case, at)), said(play(after, case, at))
    if one == other:
        return None
    return Difference(
        turns=case.turns,
        region=case.region,
        before=one,
        after=other,
        faults_before=faults(case, one.kind, one.text),
        faults_after=faults(case, other.kind, other.text),
    )


def at_once(mind: Mind, topic: str, phrasing: str) -> Trouble | None:
    """What is wrong with a phrasing whatever else there is. KeyError: there is no such topic."""
    known = mind.knowledge.topics[topic]
    if phrasing in (known.title, *known.phrasings):
        return Trouble(kind=TroubleKind.THERE)
    found = mind.understander.understand(phrasing)
    return Trouble(kind=TroubleKind.EMPTY) if not found.rest.replace(" ", "") else None


def _troubles(before: Mind, after: Mind, tried: Trying) -> Iterator[Trouble]:
    """The gates on phrasings, for this one and for those of the topics beside it."""
    topics = after.knowledge.topics
    found = after.understander.understand(tried.phrasing)
    ranked = [each for each in found.candidates if each.topic == tried.topic or _can_mean(after, each.topic, found)]
    own = next((each.score for each in ranked if each.topic == tried.topic), 0.0)
    if not any(each.topic == tried.topic for each in ranked):
        yield Trouble(kind=TroubleKind.EMPTY)
    elif own < ranked[0].score - TIE:
        best = ranked[0]
        title = topics[best.topic].title
        yield Trouble(kind=TroubleKind.LOSES, phrasing=best.phrasing, topic=best.topic, title=title)
    rest = found.rest.replace(" ", "")
    for topic in (topics[each.topic] for each in ranked[:RIVALS] if each.topic != tried.topic):
        for phrasing in (topic.title, *topic.phrasings):
            there = after.understander.understand(phrasing)
            if there.rest.replace(" ", "") == rest and _can_mean(after, tried.topic, there):
                yield Trouble(kind=TroubleKind.SAME, phrasing=phrasing, topic=topic.id, title=topic.title)
            elif _wins(after, tried.topic, topic.id, there) and not _wins(
                before, tried.topic, topic.id, before.understander.understand(phrasing)
            ):
                yield Trouble(kind=TroubleKind.STEALS, phrasing=phrasing, topic=topic.id, title=topic.title)


def _wins(mind: Mind, topic: str, owner: str, found: Understanding) -> bool:
    """Whether a topic wins another's phrasing, of which that is understood."""
    if not _can_mean(mind, topic, found):
        return False
    score = {each.topic: each.score for each in found.candidates}
    return score.get(topic, 0.0) > score.get(owner, 0.0) + TIE


def _can_mean(mind: Mind, topic: str, found: Understanding) -> bool:
    """Whether a text of that exam may be about a topic: the dialogue holds back topics of other exams."""
    answers = mind.knowledge.topics[topic].answer
    return not found.slots.exam or not answers or any(found.slots.exam in answer.exams for answer in answers)
