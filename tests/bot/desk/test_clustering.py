"""Gaps that ask alike, sorted by what ends next."""

import datetime as dt
from functools import partial

import pytest

from bot.desk.clustering import clusters
from bot.desk.deadlines import next_of
from bot.mind import Mind
from bot.staff.gaps import Cluster, KeptGap

NOW = dt.datetime(2023, 12, 5, 9, tzinfo=dt.timezone(dt.timedelta(hours=8)))


def gap(number: int, question: str, region: str = "CN-31", **more: object) -> KeptGap:
    at = NOW + dt.timedelta(minutes=number)
    return KeptGap(id=number, question=question, reason="fallback", region=region, at=at, **more)  # type: ignore[arg-type]  # a table of keywords


@pytest.fixture
def clustered(mind: Mind) -> partial[tuple[Cluster, ...]]:
    return partial(clusters, mind, understand=mind.understander.understand, today=NOW.date())


def test_gaps_that_ask_alike_are_one_cluster(clustered: partial[tuple[Cluster, ...]]) -> None:
    """With all their words, the commonest first, and how many come from where."""
    found = clustered(
        [
            gap(1, "缴费能开发票吗"),
            gap(2, "交费可以开发票不"),
            gap(3, "交费可以开发票不", "CN-5111"),
            gap(4, "考场有停车位吗"),
        ]
    )
    assert len(found) == 2
    first = next(each for each in found if each.count == 3)
    assert first.question == "交费可以开发票不"
    assert [(each.text, each.count) for each in first.questions] == [("交费可以开发票不", 2), ("缴费能开发票吗", 1)]
    assert first.gaps == (1, 2, 3)
    assert first.id == 2
    assert {each.name: each.count for each in first.regions} == {"上海": 2, "四川乐山": 1}
    assert (first.first, first.last) == (NOW + dt.timedelta(minutes=1), NOW + dt.timedelta(minutes=3))


def test_what_ends_sooner_comes_first(clustered: partial[tuple[Cluster, ...]], mind: Mind) -> None:
    """However many ask: where a window closes tomorrow, one question is more urgent."""
    today = dt.date(2024, 2, 1)
    ends = {each: next_of(mind.knowledge, "health", each, today) for each in ("CN-31", "CN-5111", "CN-4408", "CN-33")}
    days = {each: found.days_left for each, found in ends.items() if found}
    soon, late = min(days, key=days.__getitem__), max(days, key=days.__getitem__)
    found = clustered(
        [gap(1, "考场有停车位吗", late), gap(2, "考场有停车位吗", late), gap(3, "能退费吗", soon)], today=today
    )
    assert days[soon] <= days[late]
    if days[soon] < days[late]:
        assert [each.question for each in found] == ["能退费吗", "考场有停车位吗"]
    assert [each.deadline.days_left for each in found if each.deadline] == sorted(days[each] for each in (soon, late))


def test_of_equal_deadlines_the_larger_comes_first(clustered: partial[tuple[Cluster, ...]]) -> None:
    found = clustered([gap(1, "能退费吗"), gap(2, "考场有停车位吗"), gap(3, "考场有停车位吗")])
    assert [each.count for each in found] == [2, 1]


def test_when_all_is_over_nothing_ends(mind: Mind) -> None:
    assert next_of(mind.knowledge, "", "", dt.date(2030, 1, 1)) is None


def test_the_nearest_window_counts(mind: Mind) -> None:
    """The region's own window ends, not the one of the places around it."""
    found = next_of(mind.knowledge, "health", "CN-5111", NOW.date())
    assert found is not None
    assert (found.region_name, found.end, found.days_left) == ("四川乐山", dt.date(2023, 12, 14), 9)


def test_ratings_without_words_come_together_by_topic(clustered: partial[tuple[Cluster, ...]]) -> None:
    """From a database of before: a low rating kept its topic alone."""
    found = clustered([gap(1, "", topic="fee"), gap(2, "", topic="fee"), gap(3, "", topic="refund")])
    assert sorted((each.topic, each.count) for each in found) == [("fee", 2), ("refund", 1)]


def test_a_scope_that_is_no_more_is_no_error(clustered: partial[tuple[Cluster, ...]]) -> None:
    """A region, exam or topic may have been taken out of the content since."""
    (found,) = clustered([gap(1, "", "XX-9", topic="gone", exam="gone")])
    assert (found.topic, found.title, found.regions[0].name) == ("", "", "")


def test_the_same_gaps_give_the_same_clusters(clustered: partial[tuple[Cluster, ...]]) -> None:
    """In whatever order they are read."""
    gaps = [
        gap(number, text)
        for number, text in enumerate(("能退费吗", "可以退款吗", "有停车位吗", "能退费吗", "几点进场"))
    ]
    assert clustered(gaps) == clustered(gaps[::-1])


def test_no_gaps_are_no_clusters(clustered: partial[tuple[Cluster, ...]]) -> None:
    assert clustered([]) == ()
