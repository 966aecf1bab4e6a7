"""Slots: what fixes the scope is found exactly, and what only looks like it is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.mind import Mind
from intents.finder import GAP
from intents.normalise import normalise
from intents.slots import Role, Slots

PLACE, ORIGIN, DENIED = Role.PLACE, Role.ORIGIN, Role.DENIED


def slots(mind: Mind, text: str) -> Slots:
    return mind.understander._slots.find(normalise(text))[0]


def rest(mind: Mind, text: str) -> str:
    return mind.understander._slots.find(normalise(text))[1]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("上海什么时候缴费", [("上海", PLACE)]),
        ("什么时候缴费", []),
        ("我是湛江人，在乐山上班", [("湛江", ORIGIN), ("乐山", PLACE)]),
        ("老家乐山，现在湛江考", [("乐山", ORIGIN), ("湛江", PLACE)]),
        ("上海的同学报了，我在湛江报", [("上海", ORIGIN), ("湛江", PLACE)]),
        ("上海户口能在湛江报吗", [("上海", ORIGIN), ("湛江", PLACE)]),
        ("毕业于四川大学，在上海考试", [("上海", PLACE)]),
        ("不是上海，是四川", [("上海", DENIED), ("四川", PLACE)]),
        ("不在上海报，在乐山", [("上海", DENIED), ("乐山", PLACE)]),
        ("四川乐山峨眉山怎么确认", [("四川", PLACE), ("乐山", PLACE), ("峨眉山", PLACE)]),
        ("新疆和新疆兵团一样吗", [("新疆", PLACE), ("新疆兵团", PLACE)]),
        ("浙大的怎么报名", [("浙大", PLACE)]),
        ("南京路在哪", []),
        ("香港人能报名吗", []),
        ("台湾居民在上海报名", [("上海", PLACE)]),
        ("平安保险能报销吗", []),
        ("户口在湛江，在上海报名", [("湛江", ORIGIN), ("上海", PLACE)]),
        ("户籍在浙江，我在上海工作", [("浙江", ORIGIN), ("上海", PLACE)]),
        ("我同学在上海，我在乐山", [("上海", ORIGIN), ("乐山", PLACE)]),
        ("我以前在湛江，现在乐山报", [("湛江", ORIGIN), ("乐山", PLACE)]),
    ],
)
def test_places_and_what_they_are_to_the_asker(mind: Mind, text: str, places: list[tuple[str, Role]]) -> None:
    """BEHAVIOUR 8: household, school, home town and friends' places are not the exam place."""
    assert [(place.name, place.role) for place in slots(mind, text).places] == places


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("市中区在哪确认", {"CN-370103", "CN-370402", "CN-511002", "CN-511102"}),
        ("高新区什么时候确认", {"CN-5111-gx", "CN"}),
        ("石河子线上确认吗", {"CN-65", "CN-66"}),
        ("徐汇区怎么报名", {"CN-310104"}),
        ("宁波怎么缴费", {"CN-3302"}),
        ("眉山怎么确认", {"CN-5114"}),
    ],
)
def test_an_ambiguous_place_keeps_all_its_meanings(mind: Mind, text: str, ids: set[str]) -> None:
    (place,) = slots(mind, text).places
    assert set(place.ids) == ids


@pytest.mark.parametrize(
    ("text", "exam", "level"),
    [
        ("副高考试时间", "senior", "副高级"),
        ("我想考主任护师", "senior", "正高级"),
        ("护师考几天", "health", "初级（师）"),
        ("初级士考几科", "health", "初级（士）"),
        ("中级考几科", "health", "中级"),
        ("高级职称考试", "senior", ""),
        ("我是主管护师，想报副高", "senior", "副高级"),
        ("我已经是中级了，怎么升副高", "senior", "副高级"),
        ("我有初级师，报中级", "health", "中级"),
        ("主治医师考正高", "senior", "正高级"),
        ("同事考副高，我考中级", "health", "中级"),
        ("我同事是副高，我报初级师", "health", "初级（师）"),
        ("生殖健康教育技术中级考几科", "reproductive", "中级"),
        ("生殖健康副高怎么报", "senior", "副高级"),
        ("什么时候缴费", "", ""),
    ],
)
def test_the_level_is_the_one_that_is_sought(mind: Mind, text: str, exam: str, level: str) -> None:
    """Not the one already held, and not a colleague's; the exam goes with it."""
    found = slots(mind, text)
    assert (found.exam, found.level) == (exam, level)


def test_two_levels_asked_alike_are_both_exams(mind: Mind) -> None:
    assert set(slots(mind, "副高和中级缴费时间").exams) == {"health", "senior"}
    assert slots(mind, "我是中级，考副高").exams == ()


def test_two_levels_of_one_exam_narrow_nothing_down(mind: Mind) -> None:
    """Like 人机对话 and 纸笔 in one question."""
    assert slots(mind, "初级和中级收费一样吗").level == ""


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("2025年什么时候报名", 2025),
        ("25年考试时间", 2025),
        ("2026年度的考试费", 2026),
        ("2023年报名时间是什么时候", 2023),
        ("2024年什么时候报名", 0),
        ("什么时候报名", 0),
        ("2020年毕业能报吗", 0),
        ("我2019年取得护师", 0),
        ("2023年没过今年怎么报", 0),
        ("我2025年毕业能报吗", 0),
    ],
)
def test_the_year_is_the_exams(mind: Mind, text: str, year: int) -> None:
    """0 is the latest year on file; years of graduation and of earlier attempts are not the exam's."""
    assert slots(mind, text).year == year


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
def test_the_number_of_subjects_is_of_those_to_be_taken(mind: Mind, text: str, count: int) -> None:
    """As misspelt as people do; those already passed do not count."""
    assert slots(mind, text).subjects == count


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("编码069是什么专业", (1,)),
        ("我报的是001编码", (3,)),
        ("编码001和002", (3, 4)),
        ("专业代码999", ()),
        ("序号105是什么专业", ()),
        ("110医院", ()),
        ("电话069", ()),
        ("考场069房间", ()),
    ],
)
def test_a_code_is_found_by_its_column(mind: Mind, text: str, numbers: tuple[int, ...]) -> None:
    """BEHAVIOUR 16: a serial number is no code, and a number without a word for codes is none."""
    assert slots(mind, text).specialties == numbers


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("内科学编码", {2}),
        ("心血管内科学编码", {3}),
        ("心内科编码", {3}),
        ("中医内科编码", {87}),
        ("放射技术编码", {78}),
        ("儿科护理的编码", {66}),
        ("执业范围写的是预防保健，我报内科学，编码多少", {2}),
        ("什么时候缴费", set()),
    ],
)
def test_a_specialty_by_its_name(mind: Mind, text: str, numbers: set[int]) -> None:
    """A full name is one specialty, however many share a part of it; a licence's range is none."""
    assert set(slots(mind, text).specialties) == numbers


def test_a_colloquial_name_is_every_specialty_of_that_name(mind: Mind) -> None:
    assert len(slots(mind, "内科编码").specialties) > 5


@pytest.mark.parametrize("text", ["内科，就是内科学编码", "我学的是内科，报内科学"])
def test_a_full_name_goes_before_a_colloquial_one(mind: Mind, text: str) -> None:
    """内科 alone may be eleven specialties; with 内科学 beside it, it is one."""
    assert slots(mind, text).specialties == (2,)


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        ("机考多少钱", "人机对话"),
        ("纸笔考试多少钱一科", "纸笔"),
        ("人机对话和纸笔收费一样吗", ""),
        ("机考和笔试哪个贵", ""),
        ("上机考还是电脑考", "人机对话"),
        ("多少钱", ""),
    ],
)
def test_both_modes_are_no_mode(mind: Mind, text: str, mode: str) -> None:
    """Who asks about both is told both."""
    assert slots(mind, text).mode == mode


@pytest.mark.parametrize(
    ("text", "sites"),
    [
        ("犍为什么时候确认", ("leshan-qianwei",)),
        ("键为县现场确认", ("leshan-qianwei",)),
        ("武警总队医院怎么确认", ("leshan-units",)),
        ("我在乐山高新区", ("leshan-gaoxin",)),
        ("乐山怎么确认", ()),
    ],
)
def test_a_registration_point_by_its_names(mind: Mind, text: str, sites: tuple[str, ...]) -> None:
    assert slots(mind, text).sites == sites


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        ("学历不符，专业不符怎么办", ("rejection_education", "rejection_specialty")),
        ("年限不够", ("rejection_years",)),
        ("什么时候缴费", ()),
    ],
)
def test_rejection_reasons_are_all_found(mind: Mind, text: str, reasons: tuple[str, ...]) -> None:
    assert slots(mind, text).reasons == reasons


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("护士执业资格考试怎么报名", "护士执业资格考试"),
        ("执业药师什么时候考", "执业药师资格考试"),
        ("教资什么时候报名", "教师资格考试"),
        ("我是执业药师，想考主管药师", ""),
        ("卫生资格考试什么时候", ""),
    ],
)
def test_other_exams_are_told_from_what_is_held(mind: Mind, text: str, name: str) -> None:
    assert slots(mind, text).other_exam == name


@pytest.mark.parametrize(
    ("text", "subject"),
    [("专业实践能力什么时候考", "专业实践能力"), ("相关专业知识几点考", "相关专业知识"), ("专业知识几点", "专业知识")],
)
def test_a_subject_is_the_longest_that_fits(mind: Mind, text: str, subject: str) -> None:
    assert slots(mind, text).subject == subject


@pytest.mark.parametrize(("text", "expected"), [("历史考生怎么报", True), ("去年考过没过", True), ("第一次考", False)])
def test_who_took_the_exam_before_says_so(mind: Mind, text: str, expected: bool) -> None:
    assert slots(mind, text).is_history is expected


@pytest.mark.parametrize(
    ("text", "left"),
    [("上海什么时候缴费", "·什么时候缴费"), ("中级什么时候缴费", "·什么时候缴费"), ("机考多少钱", "机考多少钱")],
)
def test_slot_words_do_not_choose_the_topic(mind: Mind, text: str, left: str) -> None:
    """Except those that say what is asked of: 机考 stays. A gap is no end of a clause."""
    assert rest(mind, text) == left


def test_new_slots_go_over_earlier_ones() -> None:
    """What was said now wins, what was left out is kept; places, years and reasons are not."""
    earlier = Slots(level="中级", mode="纸笔", subjects=4, year=2025, reasons=("r",), exam="health")
    now = Slots(mode="人机对话", subject="专业知识").over(earlier)
    assert now == Slots(level="中级", mode="人机对话", subjects=4, subject="专业知识", exam="health")


@given(text=st.text(alphabet=sorted("上海乐山在不是户口中级副高2345年科069编码内学 ，"), max_size=20))
def test_any_text_has_slots(mind: Mind, text: str) -> None:
    """No error; what is left is made of the text's own characters."""
    plain = normalise(text)
    found, left = mind.understander._slots.find(plain)
    assert set(left) <= set(plain) | {GAP}
    assert set(found.specialties) <= set(range(1, 112))
    assert all(each in mind.knowledge.gazetteer for place in found.places for each in place.ids)
