"""Plays labelled questions through the dialogue, and counts how they went. Pure but for the clock it is given."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping

import msgspec

from bot.conversation import Conversation
from bot.dialogue import Decision, Heard, decide
from bot.mind import Mind
from bot.responder import region_id
from intents.evaluate import Case, Outcome, faults, outcome


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """How one case went."""

    case: Case
    kind: str
    text: str
    topic: str
    topics: tuple[str, ...]
    """All that it was about."""
    region: str
    exam: str
    confidence: float | None
    faults: tuple[str, ...]
    outcome: Outcome


def play(mind: Mind, case: Case, now: dt.datetime) -> Decision:
    """The decision on the last turn of a case."""
    conversation = Conversation()
    region = region_id(mind, case.region)
    decision: Decision | None = None
    for text in case.turns:
        decision = decide(mind, Heard(text=text, region=region), conversation, now)
        conversation = decision.conversation
    if decision is None:
        raise ValueError(f"case {case.id} has no turns; give it one")
    return decision


def judge(mind: Mind, case: Case, now: dt.datetime) -> Result:
    """How a case goes."""
    decision = play(mind, case, now)
    found = faults(case, decision.kind, decision.text)
    return Result(
        case=case,
        kind=decision.kind,
        text=decision.text,
        topic=decision.topic,
        topics=decision.conversation.topics,
        region=decision.region,
        exam=decision.exam,
        confidence=decision.confidence,
        faults=found,
        outcome=outcome(decision.kind, found),
    )


def count(results: Iterable[tuple[str, Result]]) -> Mapping[str, Counter[str]]:
    """Outcomes per group (file and tag), and of ALL."""
    groups: dict[str, Counter[str]] = {}
    for group, result in results:
        for name in (group, *(f"tag:{tag}" for tag in result.case.tags), "ALL"):
            groups.setdefault(name, Counter())[result.outcome.value] += 1
    return groups
