"""Counts: subjects that are to be taken, and people."""

import pytest

from intents.counts import Counts
from intents.normalise import normalise
from intents.slots import Vocabulary


@pytest.fixture(scope="module")
def counts(vocabulary: Vocabulary) -> Counts:
    return Counts(vocabulary.lexicon)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("四科多少钱", 4),
        ("4门课总共", 4),
        ("两颗多少钱", 2),
        ("纸笔考试多少钱一科", 1),
        ("还剩三科没过要交多少", 3),
        ("考过一科，剩两门", 2),
        ("考过三科还差一门", 1),
        ("多少钱", 0),
        ("内科多少钱", 0),
    ],
)
def test_the_number_of_subjects_is_of_those_to_be_taken(counts: Counts, text: str, count: int) -> None:
    """As misspelt as people do; those already passed do not count."""
    assert counts.subjects(normalise(text)) == count


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("我院6个人一起报", 6),
        ("我们科两位护士", 2),
        ("十二名职工", 12),
        ("两个人多少钱", 2),
        ("第3名怎么算", 0),
        ("1个人报名", 0),
        ("几个人报名", 0),
    ],
)
def test_people_are_counted_where_they_are_several(counts: Counts, text: str, count: int) -> None:
    assert counts.people(normalise(text)) == count
