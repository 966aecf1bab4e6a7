"""Placeholders are filled from the rows of the scope, and from nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.mind import Mind
from knowledge.fact import Fee
from knowledge.render import Context, Details, RenderError, fees_asked, fill


def filled(mind: Mind, text: str, exam: str, region: str, **details: object) -> str:
    context = Context(knowledge=mind.knowledge, exam=exam, region=region, details=Details(**details))  # type: ignore[arg-type]  # a table of keywords
    return fill(text, context)


LESHAN, ZHANJIANG, ZHEJIANG = ("health", "CN-5111"), ("health", "CN-4408"), ("senior", "CN-33")
FEES = [
    (LESHAN, {}, "初级每人每科50元；中级每人每科70元"),
    (LESHAN, {"level": "中级"}, "中级每人每科70元"),
    (LESHAN, {"level": "初级（师）"}, "初级每人每科50元"),
    (LESHAN, {"level": "初级（士）", "subjects": 1}, "初级每人每科50元"),
    (LESHAN, {"level": "中级", "subjects": 4}, "中级每人每科70元，4科共280元"),
    (LESHAN, {"subjects": 2}, "初级每人每科50元，2科共100元；中级每人每科70元，2科共140元"),
    (("health", "CN-511181"), {"level": "中级", "mode": "人机对话"}, "中级每人每科70元"),
    (ZHANJIANG, {}, "初级、中级人机对话考试每人每科75元；初级、中级纸笔考试每人每科65元"),
    (ZHANJIANG, {"level": "中级"}, "中级人机对话考试每人每科75元；中级纸笔考试每人每科65元"),
    (ZHANJIANG, {"mode": "纸笔"}, "初级、中级纸笔考试每人每科65元"),
    (ZHANJIANG, {"level": "中级", "mode": "人机对话", "subjects": 3}, "中级人机对话考试每人每科75元，3科共225元"),
    (ZHEJIANG, {}, "副高、正高人机对话考试每人每科100元"),
    (ZHEJIANG, {"level": "中级", "specialties": (111,)}, "中级每人每科100元"),
    (("reproductive", "CN-33"), {"subjects": 2}, "初级、中级纸笔考试每人每科50元，2科共100元"),
    (ZHEJIANG, {"level": "副高级", "specialties": (111,)}, "副高人机对话考试每人每科100元"),
]


@pytest.mark.parametrize(("scope", "details", "text"), FEES)
def test_fees_are_those_that_were_asked_about(
    mind: Mind, scope: tuple[str, str], details: dict[str, object], text: str
) -> None:
    """By level, by mode, by number of subjects; all rows where nothing was said."""
    assert filled(mind, "{fees}", *scope, **details) == text


def test_the_number_of_subjects_comes_from_the_question_else_from_the_text(mind: Mind) -> None:
    assert filled(mind, "{fees:4}", *LESHAN, level="中级") == "中级每人每科70元，4科共280元"
    assert filled(mind, "{fees:4}", *LESHAN, level="中级", subjects=2) == "中级每人每科70元，2科共140元"


@given(level=st.text(max_size=4), mode=st.sampled_from(["", "纸笔", "人机对话", "口试"]), row=st.integers(0, 9))
def test_some_fee_is_always_left(mind: Mind, level: str, mode: str, row: int) -> None:
    """A level or mode that no row has narrows nothing down: not listed is not free of charge."""
    rows: tuple[Fee, ...] = mind.knowledge.facts.fees[: row + 1]
    chosen = fees_asked(rows, Details(level=level, mode=mode))
    assert chosen
    assert set(chosen) <= set(rows)


EMEISHAN = "峨眉山市：峨眉山市卫生健康局，电话0833-3077049，现场确认时间2023年12月13日至15日。"
SHIZHONG = "市中区：市中区卫生健康局，电话0833-2422047，现场确认时间2023年12月8日至14日上午。"
UNITS = "武警四川省总队医院、解放军第42医院、乐山市精神病医院、乐山老年病专科医院及市直医疗单位：以单位人事科通知为准。"


@pytest.mark.parametrize(
    ("region", "sites", "text"),
    [
        ("CN-511181", (), EMEISHAN),
        ("CN-511102", (), SHIZHONG),
        ("CN-5111", ("leshan-shizhong", "leshan-emeishan"), f"{SHIZHONG}\n{EMEISHAN}"),
        ("CN-5111", ("leshan-units",), UNITS),
        ("CN-511181", ("leshan-units",), UNITS),
    ],
)
def test_one_or_two_sites_are_told_in_full(mind: Mind, region: str, sites: tuple[str, ...], text: str) -> None:
    """Place, phone and days; 上午 at the end only where the notice writes it."""
    assert filled(mind, "{sites}", "health", region, sites=sites) == text


def test_many_sites_are_told_in_a_line_each(mind: Mind) -> None:
    """All thirteen of 乐山, each with days and phone, or with its note."""
    lines = filled(mind, "{sites}", *LESHAN).split("\n")
    assert len(lines) == 13
    assert lines[0] == "市中区 12月8日至14日上午 0833-2422047"
    assert lines[6] == "峨眉山市 12月13日至15日 0833-3077049"
    assert lines[-1] == UNITS
    assert max(map(len, lines[:-1])) < 40


def test_a_site_of_another_region_is_not_told(mind: Mind) -> None:
    """A registration point named in the question counts only where it lies in the region."""
    assert filled(mind, "{sites}", "health", "CN-511181", sites=("leshan-ebian",)) == EMEISHAN
    with pytest.raises(RenderError, match="no registration point in CN-31"):
        filled(mind, "{sites}", "health", "CN-31", sites=("leshan-ebian",))


@pytest.mark.parametrize(
    ("numbers", "text"),
    [
        (
            (1,),
            "全科医学：报考系统里的专业名称是“全科医学”，专业编码069，执业类别临床，执业范围全科医学。",
        ),
        (
            (105, 2),
            "内科学：报考系统里的专业名称是“普通内科”，专业编码063，执业类别临床，执业范围内科、预防保健。\n"
            "生殖健康教育技术：报考系统里的专业名称是“生殖健康教育技术”，专业编码130，表中未列执业类别和执业范围，"
            "备注：限副高级、中级、初级（师）。",
        ),
        ((), "请告诉我专业名称（例如：全科医学、护理学），可以查到报考系统里的专业名称和编码。"),
    ],
)
def test_specialties_are_told_with_every_column(mind: Mind, numbers: tuple[int, ...], text: str) -> None:
    """The code is the code and never the serial number; an empty column is said to be empty."""
    assert filled(mind, "{specialties}", *ZHEJIANG, specialties=numbers) == text


NURSES = "护理学（初级师）（纸笔）\n2024年4月13日：\n基础知识 9:00-11:00\n相关专业知识 14:00-16:00\n2024年4月14日：\n专业知识 9:00-11:00\n专业实践能力 14:00-16:00"  # noqa: E501  # one table
OTHERS = "其他112个专业（人机对话）\n2024年4月13、14、20、21日：\n基础知识 8:30-10:00\n相关专业知识 10:45-12:15\n专业知识 14:00-15:30\n专业实践能力 16:15-17:45"  # noqa: E501  # one table


@pytest.mark.parametrize(
    ("details", "text"),
    [
        ({}, f"{NURSES}\n{OTHERS}"),
        ({"paper": "护理学（初级师）"}, NURSES),
        ({"paper": "初级（士）"}, OTHERS),
        (
            {"paper": "护理学（初级师）", "subject": "专业知识"},
            "护理学（初级师）（纸笔）\n2024年4月14日：\n专业知识 9:00-11:00",
        ),
        ({"paper": "护理学（初级师）", "subject": "口试"}, NURSES),
    ],
)
def test_the_timetable_is_of_the_paper_that_was_asked_about(mind: Mind, details: dict[str, object], text: str) -> None:
    """A paper without rows of its own is one of the 其他112个专业."""
    assert filled(mind, "{timetable}", *LESHAN, **details) == text


@pytest.mark.parametrize(
    ("exam", "region", "text"),
    [
        ("health", "CN-5111", "乐山考点（电话0833-2495079）、国家卫生健康委人才交流服务中心官网"),
        (
            "health",
            "CN-511181",
            "峨眉山市卫生健康局（电话0833-3077049）、乐山考点（电话0833-2495079）、国家卫生健康委人才交流服务中心官网",
        ),
        ("health", "CN-14", "所在考区、考点考试管理机构"),
        ("senior", "CN-31", "所在考区、考点考试管理机构"),
        ("senior", "CN-511181", "所在考区、考点考试管理机构"),
    ],
)
def test_contacts_are_the_nearest(mind: Mind, exam: str, region: str, text: str) -> None:
    """The registration point first; the senior exam of another province has no contact on file."""
    assert filled(mind, "{contact}", exam, region) == text


@pytest.mark.parametrize(
    ("text", "region", "expected"),
    [
        ("{window:payment}", "CN-61", "2024年1月29日至2月8日"),
        ("{start:payment}/{end:payment}/{before_end:payment}", "CN-31", "2024年1月29日/2024年2月8日/2024年2月7日"),
        ("{days:exam}", "CN-14", "2024年4月13、14、20、21日"),
        ("{window:confirmation}", "CN-5111", "2023年12月2日至15日"),
        ("{window:confirmation}", "CN-511102", "2023年12月8日至14日上午"),
        ("{window:review}", "CN-31", "自2023年12月15日起"),
        ("{list:online_confirmation}", "CN", "天津、上海、新疆兵团"),
        ("{unlisted:online_payment}", "CN", "山西、湖北"),
        ("{region}在{region}", "CN-511181", "四川乐山峨眉山在四川乐山峨眉山"),
        ("{region}", "CN", "您所在的考区"),
        ("没有占位符 {Fees} {a b}", "CN", "没有占位符 {Fees} {a b}"),
    ],
)
def test_a_placeholder_is_filled_for_the_region(mind: Mind, text: str, region: str, expected: str) -> None:
    """香港, 澳门 and 台湾 are on no list and yet not unlisted: they hold no examination."""
    assert filled(mind, text, "health", region) == expected


@pytest.mark.parametrize(
    ("text", "region", "problem"),
    [
        ("{nothing}", "CN", "unknown placeholder {nothing}"),
        ("{windows:payment}", "CN", "unknown placeholder {windows:payment}"),
        ("{window:payment}", "CN-14", "no window 'payment' for health in CN-14"),
        ("{window:sleep}", "CN-31", "no window 'sleep' for health in CN-31"),
        ("{start:cutoff}", "CN-31", "window 'cutoff' in CN-31 has no such end"),
        ("{fees}", "CN-14", "no fee for health in CN-14"),
        ("{timetable}", "CN-31", "no timetable for health in CN-31"),
        ("{sites}", "CN-14", "no registration point in CN-14"),
        ("{list:all}", "CN", "no closed list 'all'"),
        ("{fees:four}", "CN-5111", "four"),
    ],
)
def test_a_placeholder_without_a_row_is_an_error(mind: Mind, text: str, region: str, problem: str) -> None:
    """Nothing is left out silently and nothing is borrowed: 山西 is on no payment list, so it has no payment window."""
    with pytest.raises(RenderError) as caught:
        filled(mind, f"缴费{text}。", "health", region)
    assert problem in str(caught.value)
