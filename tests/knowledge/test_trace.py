"""The steps of a resolution, held against the resolution itself."""

import msgspec
import pytest

from bot.mind import Mind
from knowledge.model import Knowledge, Scope
from knowledge.region import NATION
from knowledge.resolve import Found, NeedExam, NeedRegion, resolve
from knowledge.topic import Answer, Topic
from knowledge.trace import Step, Verdict, trace

PLACES = (None, "CN", "CN-31", "CN-51", "CN-5111", "CN-511181", "CN-33", "CN-42", "CN-52", "CN-4408")


@pytest.fixture(scope="session")
def knowledge(mind: Mind) -> Knowledge:
    return mind.knowledge


def answer(region: str, exams: str = "health", **more: object) -> Answer:
    """An answer whose text names its scope."""
    return msgspec.convert(
        {"exams": tuple(exams.split()), "region": region, "year": 2024, "text": f"{exams} {region}", **more}, Answer
    )


def steps_of(
    knowledge: Knowledge, region: str | None, *answers: Answer, exam: str | None = "health"
) -> list[tuple[str, str]]:
    """Region and verdict of each step."""
    topic = Topic(id="t", title="t", phrasings=("t",), answer=answers)
    return [(each.region, each.verdict.value) for each in trace(knowledge, topic, Scope(exam=exam, region=region))]


def test_places_are_looked_at_from_the_nearest_upwards(knowledge: Knowledge) -> None:
    """What a place lacks is said, and what stands farther up is seen and not taken."""
    found = steps_of(knowledge, "CN-511181", answer("CN"), answer("CN-5111"), answer("CN-31"))
    assert found == [
        ("CN-511181", "nothing"),
        ("CN-5111", "chosen"),
        ("CN-51", "nothing"),
        ("CN", "farther"),
        ("CN-31", "other_region"),
    ]


def test_an_answer_of_another_exam_or_year_says_so(knowledge: Knowledge) -> None:
    found = steps_of(knowledge, "CN-31", answer("CN-31", "zj_senior"), answer("CN-31", year=2023), answer("CN"))
    assert found == [("CN-31", "other_exam"), ("CN-31", "other_year"), ("CN", "chosen")]


def test_a_closed_list_decides(knowledge: Knowledge) -> None:
    """The answer for places on a list, and the one for those that are not, of one place."""
    name = knowledge.facts.lists[0].name
    on = answer("CN", if_listed=name)
    off = answer("CN", if_not_listed=name)
    listed = next(each for each in ("CN-31", "CN-42", "CN-51", "CN-44") if knowledge.is_listed(name, each))
    other = next(each for each in ("CN-31", "CN-42", "CN-51", "CN-44", "CN-35") if not knowledge.is_listed(name, each))
    assert steps_of(knowledge, listed, on, off) == [(listed, "nothing"), ("CN", "chosen"), ("CN", "listed")]
    assert steps_of(knowledge, other, on, off) == [(other, "nothing"), ("CN", "not_listed"), ("CN", "chosen")]
    topic = Topic(id="t", title="t", phrasings=("t",), answer=(on,))
    assert trace(knowledge, topic, Scope(exam="health", region=other))[-1].detail == name


def test_without_a_region_answers_of_places_wait_for_it(knowledge: Knowledge) -> None:
    assert steps_of(knowledge, None, answer("CN-31"), answer("CN-51")) == [
        ("CN-31", "needs_region"),
        ("CN-51", "needs_region"),
    ]
    assert steps_of(knowledge, None, answer("CN-31"), answer("CN")) == [("CN-31", "needs_region"), ("CN", "chosen")]


def test_the_second_of_two_answers_of_a_place_says_so(knowledge: Knowledge) -> None:
    one, two = answer("CN-31"), answer("CN-31", text="other")
    assert steps_of(knowledge, "CN-31", one, two)[:2] == [("CN-31", "chosen"), ("CN-31", "same_place")]


@pytest.mark.parametrize("region", PLACES)
def test_what_is_chosen_is_what_is_told(knowledge: Knowledge, region: str | None) -> None:
    """For every topic and exam the answer that the steps choose is the one that resolving finds, and none where it finds none."""
    for topic in knowledge.topics.values():
        for exam in (None, *knowledge.exams):
            scope = Scope(exam=exam, region=region)
            told = resolve(knowledge, topic, scope)
            steps = trace(knowledge, topic, scope)
            chosen = [step.answer for step in steps if step.verdict is Verdict.CHOSEN]
            if isinstance(told, Found):
                texts = [each.text for each in chosen if each]
                assert told.answer.text in texts, (topic.id, scope)
                assert exam is None or len(texts) == 1, (topic.id, scope)
            elif not isinstance(told, NeedExam):
                assert chosen == [], (topic.id, scope)
            assert isinstance(told, NeedRegion) is (told_by(steps, region)), (topic.id, scope)


def told_by(steps: tuple[Step, ...], region: str | None) -> bool:
    """Whether the steps say that everything waits for the region."""
    verdicts = {step.verdict for step in steps}
    return region is None and Verdict.NEEDS_REGION in verdicts and Verdict.CHOSEN not in verdicts


def test_every_step_is_a_place_or_an_answer(knowledge: Knowledge) -> None:
    for topic in knowledge.topics.values():
        steps = trace(knowledge, topic, Scope(region=NATION))
        assert all((step.answer is None) is (step.verdict is Verdict.NOTHING) for step in steps)
