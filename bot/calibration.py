"""Fits the confidence curve to labelled questions and shows how reliable it is.

Knows no thresholds: every question that confidence decided is answered, and the judge says whether that was right.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from rich.console import Console
from rich.table import Table

from bot.conversation import Conversation
from bot.dialogue import Decision, Heard, decide
from bot.evaluation import play
from bot.messages import Kind
from bot.mind import Mind
from bot.responder import region_id
from intents.calibrate import WEIGHTS, fit
from intents.evaluate import Case, faults
from intents.match import Candidate
from intents.understand import Understander, Understanding

NAMES = ("constant", "score", "margin", "known")  # what intents.calibrate.features gives, in its order
BINS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One question that confidence decided."""

    features: tuple[float, ...]
    is_right: bool
    """Whether answering with the best candidate, however unsure, is right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """The samples whose confidence lies between two tenths."""

    low: float
    number: int
    right: int


class Certain(Understander):
    """Understands as another does, but is sure of one topic: the dialogue then answers it on its ordinary path."""

    def __init__(self, understander: Understander, topic: str) -> None:
        """Take whom to ask, and the topic to be sure of. Builds no index of its own."""
        self._understander, self._topic = understander, topic
        self.lexicon = understander.lexicon

    def understand(self, text: str) -> Understanding:
        """The slots and words of the text, and one candidate that nothing competes with."""
        sure = Candidate(topic=self._topic, score=1.0, phrasing="")
        return replace(self._understander.understand(text), candidates=(sure,), confidence=1.0, known=1.0)


def report(mind: Mind, cases: Sequence[Case], now: dt.datetime, console: Console) -> None:
    """Fit the curve to the cases of one turn and print its weights and its reliability. Raises UnknownScope."""
    single = [case for case in cases if len(case.turns) == 1]
    samples = [found for case in single if (found := sample(mind, case, now)) is not None]
    console.print(
        f"{len(samples)} questions were decided by confidence, of {len(single)} with one turn; "
        f"{len(cases) - len(single)} with more turns are left out"
    )
    if not samples:
        return
    rows, outcomes = [each.features for each in samples], [each.is_right for each in samples]
    fitted = fit(rows, outcomes)
    table = Table("weight", *NAMES)
    table.add_row("in use", *map(str, WEIGHTS))
    table.add_row("fitted", *map(str, fitted))
    console.print(table)
    in_use, then = (bins(probabilities(rows, weights), outcomes) for weights in (WEIGHTS, fitted))
    console.print(_reliability(in_use, then))


def sample(mind: Mind, case: Case, now: dt.datetime) -> Sample | None:
    """What a case teaches: None where another rule decided, or where the answer needs a region or exam first."""
    decision = play(mind, case, now)
    topic = _best_topic(mind, decision)
    if decision.understanding is None or not topic or not _is_by_confidence(decision):
        return None
    certain = replace(mind, understander=Certain(mind.understander, topic))
    heard = Heard(text=case.turns[-1], region=region_id(mind, case.region))
    forced = decide(certain, heard, Conversation(), now)
    if forced.kind in (Kind.CLARIFY, Kind.STATUS):
        return None
    is_right = not faults(case, forced.kind, forced.text)
    return Sample(features=decision.understanding.evidence, is_right=is_right)


def _best_topic(mind: Mind, decision: Decision) -> str:
    """The candidate that the dialogue would answer with; empty where there is none."""
    candidates = decision.understanding.candidates if decision.understanding else ()
    return next((each.topic for each in candidates if mind.knowledge.topics[each.topic].kind != "status"), "")


def _is_by_confidence(decision: Decision) -> bool:
    """Whether confidence chose between answering, offering and passing, and not a rule that looks at something else."""
    if decision.gap in ("unsure", "fallback"):
        return True
    is_of_one = len(decision.conversation.topics) <= 1
    told = decision.kind in (Kind.ANSWER, Kind.FALLBACK, Kind.SMALLTALK)
    found = decision.understanding
    return told and is_of_one and found is not None and decision.confidence == found.confidence


def probabilities(rows: Iterable[Sequence[float]], weights: Sequence[float]) -> tuple[float, ...]:
    """The confidence, 0 to 1, that weights give to each row of features."""
    totals = np.clip(np.array(list(rows)) @ np.array(weights), -30, 30)
    return tuple(float(each) for each in 1 / (1 + np.exp(-totals)))


def bins(confidences: Sequence[float], outcomes: Sequence[bool]) -> tuple[Bin, ...]:
    """Samples and right ones per tenth of confidence; 1.0 belongs to the last."""
    numbers, rights = [0] * BINS, [0] * BINS
    for confidence, is_right in zip(confidences, outcomes, strict=True):
        place = min(BINS - 1, int(confidence * BINS))
        numbers[place] += 1
        rights[place] += is_right
    return tuple(
        Bin(low=place / BINS, number=number, right=right)
        for place, (number, right) in enumerate(zip(numbers, rights, strict=True))
    )


def _reliability(in_use: Sequence[Bin], fitted: Sequence[Bin]) -> Table:
    table = Table("confidence", "n in use", "right %", "n fitted", "right %")
    for now, then in zip(in_use, fitted, strict=True):
        cells = [cell for each in (now, then) for cell in (str(each.number), _share(each))]
        table.add_row(f"{now.low:.1f}-{now.low + 1 / BINS:.1f}", *cells)
    return table


def _share(of: Bin) -> str:
    return f"{100 * of.right / of.number:.0f}" if of.number else "-"
