"""Questions that ask alike come together, the same way each time."""

from collections import Counter

import pytest

from intents.cluster import groups
from intents.understand import Understander


@pytest.fixture(scope="session")
def understander(mind) -> Understander:
    return mind.understander


def grouped(understander: Understander, *texts: str) -> list[set[str]]:
    found = [understander.understand(text) for text in texts]
    nearest = [each.candidates[0].topic if each.candidates else "" for each in found]
    return [{texts[i] for i in group} for group in groups([understander.vector(each) for each in found], nearest)]


def test_other_words_for_the_same_come_together(understander):
    """Places, fillers, homophones and traditional characters do not keep them apart."""
    asked = ("湛江网上缴费是什么时候", "乐山缴飞时间", "請問上饒的網上繳費什麼時候")
    assert grouped(understander, *asked) == [set(asked)]


def test_what_asks_for_something_else_stays_apart(understander):
    assert len(grouped(understander, "能退费吗", "准考证丢了怎么办", "几号缴费", "量子力学是什么")) == 4


def test_a_group_is_led_by_the_first(understander):
    """The commonest question is given first, and leads."""
    found = [understander.understand(text) for text in ("能退费吗", "几号缴费", "可以退费吗")]
    assert groups([understander.vector(each) for each in found], ["a", "b", "a"]) == ((0, 2), (1,))


def test_empty_texts_come_together_by_their_topic():
    """A low rating without a kept question still counts to its topic."""
    assert groups([{}, {"b几号": 1.0}, {}, {}], ["fee", "fee", "fee", ""]) == ((0, 2), (1,), (3,))


def test_the_same_texts_give_the_same_groups(understander):
    texts = ("几号缴费", "缴费时间", "现场确认在哪", "确认地点", "电话多少", "咨询电话", "能退费吗", "可以退款吗")
    assert grouped(understander, *texts) == grouped(understander, *texts)


def test_every_text_is_in_one_group():
    vectors = [{"a": 0.6, "b": 0.8}, {"a": 1.0}, {"c": 1.0}, {}, {"a": 0.8, "c": 0.6}]
    found = groups(vectors, [""] * len(vectors))
    assert Counter(number for group in found for number in group) == Counter(range(len(vectors)))


def test_a_vector_has_length_one(understander):
    """So that the product of two is the cosine."""
    vector = understander.vector(understander.understand("乐山几号缴费"))
    assert sum(weight * weight for weight in vector.values()) == pytest.approx(1)
