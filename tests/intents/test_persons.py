"""Persons: whose exam it is, and whose place or level is named."""

from collections.abc import Callable

import pytest

from intents.persons import Persons
from intents.slots import About, Place, Role, Slots, Vocabulary

HERE = Place(ids=("CN-31",), name="上海", role=Role.PLACE)
THERE = Place(ids=("CN-4408",), name="湛江", role=Role.THEIRS)
FROM = Place(ids=("CN-5111",), name="乐山", role=Role.ORIGIN)


@pytest.fixture(scope="module")
def persons(vocabulary: Vocabulary) -> Persons:
    return Persons(vocabulary.lexicon)


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        ("同事考", True),
        ("我同事考", True),
        ("我们的同事考", True),
        ("我考", False),
        ("同事考完了我考", False),
        ("我考完了同事考", True),
        ("考", False),
    ],
)
def test_the_last_person_named_goes_on(persons: Persons, clause: str, expected: bool) -> None:
    """我 before a relation is no asker: 我同事."""
    assert persons.has_others(clause) is expected


@pytest.mark.parametrize(
    ("before", "expected"),
    [("我同事在", True), ("我妹现在在", True), ("同事说我在", False), ("我在", False), ("", False)],
)
def test_a_place_of_others_follows_them(persons: Persons, before: str, expected: bool) -> None:
    assert persons.is_place_of_others(before) is expected


@pytest.mark.parametrize(
    ("text", "places", "about"),
    [
        ("什么时候缴费", [], About.NOBODY),
        ("我什么时候缴费", [], About.MINE),
        ("她那边什么时候缴费", [], About.THEIRS),
        ("我在上海 她那边呢", [HERE], About.THEIRS),
        ("同事在湛江 什么时候缴费", [THERE], About.THEIRS),
        ("同事在湛江 上海什么时候缴费", [THERE, HERE], About.NOBODY),
        ("同事在湛江 老家乐山", [THERE, FROM], About.THEIRS),
        ("我同事在湛江 我什么时候缴费", [THERE], About.MINE),
    ],
)
def test_whose_exam_it_is(persons: Persons, text: str, places: list[Place], about: About) -> None:
    """Another person's place makes it theirs, unless the asker or the asker's place is named beside it."""
    assert persons.about(text, places, has_their_level=False) is about


def test_another_persons_level_makes_it_theirs(persons: Persons) -> None:
    assert persons.about("我什么时候缴费", [HERE], has_their_level=True) is About.THEIRS


def test_where_it_is_about_others_their_place_is_the_exams(find: Callable[[str], Slots]) -> None:
    """And the asker's is one that does not count."""
    found = find("我在乐山 我妹在湛江 她那边什么时候缴费")
    assert found.about is About.THEIRS
    assert [(each.name, each.role) for each in found.places] == [("乐山", Role.ORIGIN), ("湛江", Role.PLACE)]
