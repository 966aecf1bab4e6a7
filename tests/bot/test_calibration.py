"""The confidence curve: fitted to what was right, shown by tenths."""

import datetime as dt
import io
from dataclasses import replace

import numpy as np
import pytest
from rich.console import Console

from bot.calibration import BINS, Bin, Certain, bins, probabilities, report, sample
from bot.evaluation import play
from bot.messages import Kind
from bot.mind import Mind, from_content
from intents.calibrate import fit
from intents.evaluate import Case
from intents.understand import Understanding

NOW = dt.datetime(2023, 12, 5, 9, tzinfo=dt.timezone(dt.timedelta(hours=8)))
EVERY_KIND = tuple(each.value for each in Kind)


class Doubtful(Certain):
    """Finds the same candidates, all of them far away."""

    def understand(self, text: str) -> Understanding:
        found = self._understander.understand(text)
        far = tuple(replace(each, score=0.02) for each in found.candidates[:4])
        return replace(found, candidates=far, known=0.0, confidence=0.0, parts=())


@pytest.fixture(scope="module")
def mind(tmp_path_factory: pytest.TempPathFactory) -> Mind:
    return from_content(cache=tmp_path_factory.mktemp("cache"))


def _cases(mind: Mind, kinds: tuple[str, ...] = EVERY_KIND) -> list[Case]:
    """Phrasings of the shipped topics as questions."""
    topics = [topic for topic in mind.knowledge.topics.values() if topic.kind == "answer" and topic.phrasings]
    return [Case(id=topic.id, turns=(topic.phrasings[0],), kind=kinds) for topic in topics[:30]]


def _console() -> Console:
    return Console(file=io.StringIO(), width=120)


def _printed(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_more_score_and_margin_give_more_confidence() -> None:
    """Where the right answers score higher and lead by more, both weights are positive and reliability rises."""
    random = np.random.default_rng(1)
    score, margin, known = random.uniform(0.2, 1, 4000), random.uniform(0, 0.5, 4000), random.uniform(0, 1, 4000)
    chance = 1 / (1 + np.exp(4.5 - 5 * score - 8 * margin))
    outcomes = [bool(each) for each in random.uniform(0, 1, 4000) < chance]
    rows = np.column_stack([np.ones(4000), score, margin, known])
    constant, of_score, of_margin, of_known = fit(rows.tolist(), outcomes)
    assert constant < 0
    assert of_score == pytest.approx(5, abs=1)
    assert of_margin == pytest.approx(8, abs=1)
    assert abs(of_known) < 0.5
    found = [
        each
        for each in bins(probabilities(rows.tolist(), (constant, of_score, of_margin, of_known)), outcomes)
        if each.number >= 50
    ]
    shares = [each.right / each.number for each in found]
    assert shares == sorted(shares)
    assert all(each.low - 0.05 <= share <= each.low + 0.15 for each, share in zip(found, shares, strict=True))


def test_a_confidence_falls_into_its_tenth() -> None:
    """Zero is in the first bin, one in the last, and a tenth begins its bin."""
    found = bins((0.0, 0.5, 0.59, 1.0), (False, True, False, True))
    assert len(found) == BINS
    assert found[0] == Bin(low=0.0, number=1, right=0)
    assert found[5] == Bin(low=0.5, number=2, right=1)
    assert found[9] == Bin(low=0.9, number=1, right=1)


def test_a_forced_answer_is_judged(mind: Mind) -> None:
    """The same question is right where any reply is, and not where its answer must say what no answer says."""
    case = next(each for each in _cases(mind) if sample(mind, each, NOW) is not None)
    impossible = Case(id="x", turns=case.turns, kind=EVERY_KIND, all=("no answer says this",))
    lenient, strict = sample(mind, case, NOW), sample(mind, impossible, NOW)
    assert lenient is not None
    assert strict is not None
    assert (lenient.is_right, strict.is_right) == (True, False)
    found = play(mind, case, NOW).understanding
    assert found is not None
    assert lenient.features == strict.features == found.evidence


def test_a_tapped_title_teaches_nothing(mind: Mind) -> None:
    """A topic's title is chosen word for word, whatever the confidence."""
    topic = next(each for each in mind.knowledge.topics.values() if each.kind == "answer")
    assert sample(mind, Case(id="x", turns=(topic.title,), kind=EVERY_KIND), NOW) is None


def test_an_unsure_question_is_answered_all_the_same(mind: Mind) -> None:
    """A question that is offered or passed over still gives a sample, so that low tenths are not empty."""
    case = next(each for each in _cases(mind) if sample(mind, each, NOW) is not None)
    doubtful = replace(mind, understander=Doubtful(mind.understander, ""))
    assert play(doubtful, case, NOW).gap in ("unsure", "fallback")
    found = sample(doubtful, case, NOW)
    assert found is not None
    assert found.is_right
    assert found.features[1] < 0.1


def test_the_report_prints_weights_and_every_tenth(mind: Mind) -> None:
    """Old and fitted weights, and the reliability by tenths."""
    console = _console()
    report(mind, [*_cases(mind), Case(id="two", turns=("a", "b"), kind=("answer",))], NOW, console)
    text = _printed(console)
    assert "1 with more turns are left out" in text
    for word in ("in use", "fitted", "constant", "margin", "0.0-0.1", "0.5-0.6", "0.9-1.0"):
        assert word in text


def test_the_report_of_nothing_says_so(mind: Mind) -> None:
    """No case, no curve, no error."""
    console = _console()
    report(mind, [], NOW, console)
    assert _printed(console).startswith("0 questions were decided by confidence")
