"""What pages show: timelines on a day, notices, and regions as they are typed."""

import datetime as dt

import pytest

from bot.mind import Mind
from bot.reader import KnowledgeReader
from bot.views import StepState

FUTURE, RUNNING, TODAY, PAST = StepState


def reader(mind: Mind, now: str = "2023-12-05T09:00+08:00") -> KnowledgeReader:
    moment = dt.datetime.fromisoformat(now)
    return KnowledgeReader(lambda: mind.knowledge, lambda: moment)


LESHAN = ("网上预报名", "报名确认", "网上缴费", "打印准考证", "考试")


@pytest.mark.parametrize(
    ("day", "states", "headline"),
    [
        ("2023-11-30", (FUTURE,) * 5, "网上预报名：2023年12月1日至14日，还有1天开始"),
        ("2023-12-01", (RUNNING, *(FUTURE,) * 4), "网上预报名：2023年12月1日至14日，进行中，还剩13天"),
        ("2023-12-05", (RUNNING, RUNNING, *(FUTURE,) * 3), "网上预报名：2023年12月1日至14日，进行中，还剩9天"),
        ("2023-12-14", (TODAY, RUNNING, *(FUTURE,) * 3), "网上预报名：2023年12月1日至14日，今天截止"),
        ("2023-12-15", (PAST, TODAY, *(FUTURE,) * 3), "报名确认：2023年12月2日至15日，今天截止"),
        ("2023-12-16", (PAST, PAST, *(FUTURE,) * 3), "网上缴费：2024年1月29日至2月8日，还有44天开始"),
        ("2024-02-08", (PAST, PAST, TODAY, FUTURE, FUTURE), "网上缴费：2024年1月29日至2月8日，今天截止"),
        ("2024-04-14", (*(PAST,) * 3, RUNNING, RUNNING), "打印准考证：2024年4月1日至21日，进行中，还剩7天"),
        ("2024-04-22", (PAST,) * 5, "2024年度的各个环节都已结束，新年度安排以新通知为准"),
    ],
)
def test_the_timeline_of_leshan_moves_on(mind: Mind, day: str, states: tuple[StepState, ...], headline: str) -> None:
    """The headline is the step that matters: what ends today, else what runs, else what comes."""
    found = reader(mind, f"{day}T09:00+08:00").timeline("CN-5111", "health")
    assert tuple(step.name for step in found.steps) == LESHAN
    assert tuple(step.state for step in found.steps) == states
    assert found.headline == headline
    assert found.note == ""
    assert found.region is not None
    assert (found.region.path, found.year, found.exam.id) == ("四川乐山", 2024, "health")


def test_a_step_shows_its_days_its_consequence_and_its_clause(mind: Mind) -> None:
    step = reader(mind).timeline("CN-5111", "health").steps[1]
    assert (step.stage, step.dates, step.label) == ("confirmation", "2023年12月2日至15日", "进行中，还剩10天")
    assert (step.start, step.end, step.days_left) == (dt.date(2023, 12, 2), dt.date(2023, 12, 15), 10)
    assert step.note == "逾期未进行现场确认的，视为自动放弃本次考试。"
    assert step.url == "/notices/leshan-2024#2.1"


def test_a_registration_point_has_its_own_days(mind: Mind) -> None:
    """峨眉山's three days, not 乐山's fortnight."""
    step = reader(mind, "2023-12-14T09:00+08:00").timeline("CN-511181", "health").steps[1]
    assert (step.dates, step.label, step.url) == (
        "2023年12月13日至15日",
        "进行中，还剩1天",
        "/notices/leshan-2024#2.1t",
    )


@pytest.mark.parametrize(("now", "state"), [("2023-12-14T15:59Z", TODAY), ("2023-12-14T16:00Z", PAST)])
def test_the_day_is_beijings(mind: Mind, now: str, state: StepState) -> None:
    """It begins there at 16:00 UTC."""
    assert reader(mind, now).timeline("CN-5111", "health").steps[0].state is state


def test_shanxi_has_no_payment(mind: Mind) -> None:
    """It is not on the closed list, and no notice of its own is on file: the page says so and invents no dates."""
    found = reader(mind, "2024-01-30T09:00+08:00").timeline("CN-14", "health")
    assert [step.stage for step in found.steps] == ["submission", "admission_ticket", "exam"]
    assert found.note == "当地通知没有收录，这里是全国安排；当地如另有要求，以当地考点、考区通知为准。"
    assert all(step.url.startswith("/notices/national-2024#") for step in found.steps)
    assert found.headline.startswith("打印准考证：")


def test_shaanxi_has_payment(mind: Mind) -> None:
    """The other one of that sound is on the list."""
    stages = [step.stage for step in reader(mind).timeline("CN-61", "health").steps]
    assert stages == ["submission", "payment", "admission_ticket", "exam"]


def test_without_a_region_the_steps_are_national(mind: Mind) -> None:
    found = reader(mind, "2024-01-10T09:00+08:00").timeline(None, "")
    assert found.region is None
    assert found.note == "这里是全国安排。选择您的考区，可以看到当地的时间。"
    assert found.headline == "网上缴费：2024年1月29日至2月8日，还有19天开始"
    assert reader(mind).timeline("CN-99", "health").region is None


def test_steps_without_an_end_run_on(mind: Mind) -> None:
    """上海's review has a first day only: nothing is counted down, and it is no headline."""
    found = reader(mind, "2023-12-20T09:00+08:00").timeline("CN-31", "health")
    review = next(step for step in found.steps if step.stage == "review")
    assert (review.dates, review.state, review.label, review.days_left) == (
        "自2023年12月15日起",
        RUNNING,
        "进行中",
        None,
    )
    assert found.headline.startswith("网上缴费：")


@pytest.mark.parametrize(
    ("exam", "chosen", "first"),
    [
        ("senior", "senior", "2024年4月23日至5月24日"),
        ("reproductive", "reproductive", "2024年4月23日至5月24日"),
        ("health", "health", "2023年12月1日至14日"),
        ("", "health", "2023年12月1日至14日"),
        ("nonsense", "health", "2023年12月1日至14日"),
    ],
)
def test_zhejiang_has_three_exams(mind: Mind, exam: str, chosen: str, first: str) -> None:
    """An unknown exam is the usual one there."""
    found = reader(mind).timeline("CN-33", exam)
    assert [each.id for each in found.exams] == ["health", "senior", "reproductive"]
    assert (found.exam.id, found.steps[0].dates) == (chosen, first)


def test_an_exam_without_a_notice_has_no_timeline_elsewhere(mind: Mind) -> None:
    """浙江's senior exam is not shown in 上海."""
    found = reader(mind).timeline("CN-31", "senior")
    assert [each.id for each in found.exams] == ["health"]
    assert found.exam.id == "health"


# --- regions ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "paths"),
    [
        ("", ["四川乐山", "上海", "广东湛江", "浙江"]),
        ("  ", ["四川乐山", "上海", "广东湛江", "浙江"]),
        ("兵团", ["新疆兵团"]),
        ("CN-5111", ["四川乐山"]),
        ("shanxi", ["山西", "陕西"]),
        ("市中区", ["山东济南市中", "山东枣庄市中", "四川内江市中", "四川乐山市中"]),
        ("峨眉", ["四川乐山峨眉山"]),
        ("火星", []),
    ],
)
def test_regions_are_found_by_a_few_characters(mind: Mind, query: str, paths: list[str]) -> None:
    """Those with a notice where nothing is typed yet."""
    assert sorted(each.path for each in reader(mind).regions(query, 20)) == sorted(paths)


@pytest.mark.parametrize(
    ("query", "first"), [("乐山", "四川乐山"), ("上", "上海"), ("吉林", "吉林"), ("四川乐山", "四川乐山")]
)
def test_the_likeliest_region_comes_first(mind: Mind, query: str, first: str) -> None:
    """A name that fits whole before one that contains it, the wider before the narrower."""
    assert reader(mind).regions(query, 5)[0].path == first


@pytest.mark.parametrize("limit", [0, 1, 3])
def test_no_more_regions_than_asked_for(mind: Mind, limit: int) -> None:
    assert len(reader(mind).regions("山", limit)) == limit
    assert len(reader(mind).regions("", limit)) == limit


@pytest.mark.parametrize("query", ["香港", "台湾", "澳门"])
def test_places_without_examinations_are_not_offered(mind: Mind, query: str) -> None:
    """Who picks 香港 is shown 全国安排 as though it were an exam place."""
    assert reader(mind).regions(query, 20) == ()


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("上海", "CN-31"),
        ("CN-5111", "CN-5111"),
        ("四川乐山", "CN-5111"),
        ("兵团", "CN-66"),
        ("市中区", None),
        ("shanxi", None),
        ("火星", None),
        ("", None),
        ("高新区", None),
    ],
)
def test_one_region_or_none(mind: Mind, text: str, region: str | None) -> None:
    """A name of several is none: the page has to ask."""
    found = reader(mind).region(text)
    assert (found.id if found else None) == region


# --- notices ---------------------------------------------------------------------------------------------------------


def test_notices_begin_with_the_national_one(mind: Mind) -> None:
    """Without their clauses."""
    found = reader(mind).notices()
    assert {each.id for each in found} == set(mind.knowledge.notices)
    assert found[0].id == "national-2024"
    assert {each.clauses for each in found} == {()}


@pytest.mark.parametrize(
    "notice_id", ["national-2024", "leshan-2024", "shanghai-qa-2024", "zhanjiang-2024", "zhejiang-senior-2024"]
)
def test_a_notice_is_shown_word_for_word(mind: Mind, notice_id: str) -> None:
    """Every clause and table cell, in order."""
    found, notice = reader(mind).notice(notice_id), mind.knowledge.notices[notice_id]
    assert found is not None
    assert [(each.id, each.label, each.text, each.heading) for each in found.clauses] == [
        (each.id, each.label, each.text, each.heading) for each in notice.clause
    ]
    tables = [(each.table.header, each.table.rows) for each in found.clauses if each.table]
    assert tables == [(each.table.header, each.table.rows) for each in notice.clause if each.table]


def test_an_unknown_notice_is_none(mind: Mind) -> None:
    assert reader(mind).notice("nope") is None


def test_every_step_of_every_region_leads_to_a_clause_that_is_shown(mind: Mind) -> None:
    """The address is that of a notice on file, with the id of one of its clauses."""
    found = reader(mind)
    for region in ("CN-14", "CN-31", "CN-33", "CN-4408", "CN-5111", "CN-511181"):
        for exam in mind.knowledge.exams:
            for step in found.timeline(region, exam).steps:
                mind.knowledge.clause(step.url.removeprefix("/notices/"))
