"""Topic × scope → answer, on content of a few lines and on the shipped one."""

import msgspec
import pytest

from bot.mind import Mind
from knowledge.model import Knowledge, Scope
from knowledge.resolve import Found, Missing, NeedExam, NeedRegion, Resolution, resolve
from knowledge.topic import Answer, Topic


@pytest.fixture(scope="session")
def knowledge(mind: Mind) -> Knowledge:
    return mind.knowledge


def answer(region: str, exams: str = "health", **more: object) -> Answer:
    """An answer whose text names its scope."""
    return msgspec.convert(
        {"exams": tuple(exams.split()), "region": region, "year": 2024, "text": f"{exams} {region}", **more}, Answer
    )


def topic(*answers: Answer) -> Topic:
    return Topic(id="t", title="t", phrasings=("t",), answer=answers)


def at(knowledge: Knowledge, asked: Topic, region: str | None = None, exam: str | None = None) -> Resolution:
    return resolve(knowledge, asked, Scope(exam=exam, region=region))


def text_at(knowledge: Knowledge, asked: Topic, region: str | None = None, exam: str | None = None) -> str:
    found = at(knowledge, asked, region, exam)
    assert isinstance(found, Found), found
    return found.answer.text


NATION, PROVINCE, CITY = answer("CN"), answer("CN-51"), answer("CN-5111")


@pytest.mark.parametrize(
    ("region", "text"),
    [
        ("CN-511181", "health CN-5111"),
        ("CN-5111", "health CN-5111"),
        ("CN-5101", "health CN-51"),
        ("CN-51", "health CN-51"),
        ("CN-31", "health CN"),
        ("CN", "health CN"),
        (None, "health CN"),
    ],
)
def test_the_nearest_answer_wins(knowledge: Knowledge, region: str | None, text: str) -> None:
    """The region itself, then what it lies in, the nation last; whatever the order in the file."""
    assert text_at(knowledge, topic(NATION, CITY, PROVINCE), region, "health") == text
    assert text_at(knowledge, topic(CITY, PROVINCE, NATION), region, "health") == text


def test_a_city_does_not_speak_for_its_province_nor_for_another(knowledge: Knowledge) -> None:
    """BEHAVIOUR 2: nothing above or beside an answer's region is its scope."""
    for region in ("CN-51", "CN-5114", "CN-31", "CN"):
        assert at(knowledge, topic(CITY), region, "health") == Missing(exam="health", region=region)


def test_the_region_asked_about_is_kept(knowledge: Knowledge) -> None:
    """The answer is the city's, and is told to somebody in the county."""
    found = at(knowledge, topic(CITY), "CN-511181")
    assert isinstance(found, Found)
    assert (found.region, found.exam, found.answer.region) == ("CN-511181", "health", "CN-5111")


LISTED = answer("CN", text="listed", if_listed="online_payment")
UNLISTED = answer("CN", text="not listed", if_not_listed="online_payment")


@pytest.mark.parametrize(
    ("region", "text"),
    [
        ("CN-61", "listed"),
        ("CN-6101", "listed"),
        ("CN-66", "listed"),
        ("CN-52", "listed"),
        ("CN-14", "not listed"),
        ("CN-1401", "not listed"),
        ("CN-42", "not listed"),
        ("CN", "health CN"),
        (None, "health CN"),
    ],
)
def test_a_closed_list_decides_between_answers(knowledge: Knowledge, region: str | None, text: str) -> None:
    """陕西 is on the list and 山西 is not; a city goes by its province; nobody knows for the nation."""
    assert text_at(knowledge, topic(NATION, LISTED, UNLISTED), region, "health") == text


def test_conditions_alone_need_the_region(knowledge: Knowledge) -> None:
    """Without it neither of them holds."""
    assert at(knowledge, topic(LISTED, UNLISTED), None, "health") == NeedRegion(regions=())
    assert at(knowledge, topic(LISTED, UNLISTED), "CN", "health") == Missing(exam="health", region="CN")


def test_a_national_answer_is_told_without_asking(knowledge: Knowledge) -> None:
    """BEHAVIOUR 9: asked only if needed; regions with an answer of their own do not make it needed."""
    assert text_at(knowledge, topic(CITY, NATION)) == "health CN"


def test_regional_answers_alone_need_the_region(knowledge: Knowledge) -> None:
    """The nodes that have one are offered, each once."""
    two = answer("CN-31")
    assert at(knowledge, topic(CITY, two, two)) == NeedRegion(regions=("CN-5111", "CN-31"))


def test_nothing_for_the_exam_is_missing_and_not_asked_for(knowledge: Knowledge) -> None:
    """No region would help."""
    assert at(knowledge, topic(CITY), None, "senior") == Missing(exam="senior", region="CN")
    assert at(knowledge, topic()) == Missing(exam=None, region="CN")


UNSTATED = answer("CN", text="unstated", unstated=True)


def test_an_unstated_answer_gives_way_to_asking(knowledge: Knowledge) -> None:
    """“The notice does not say” is told where the region is known or no notice says it at all."""
    assert at(knowledge, topic(UNSTATED, CITY)) == NeedRegion(regions=("CN-5111",))
    assert text_at(knowledge, topic(UNSTATED, CITY), "CN-31") == "unstated"
    assert text_at(knowledge, topic(UNSTATED, CITY), "CN-5111") == "health CN-5111"
    assert text_at(knowledge, topic(UNSTATED)) == "unstated"


def test_an_unstated_answer_does_not_give_way_to_the_other_exam(knowledge: Knowledge) -> None:
    """Where only the less usual exam's notice says it, her exam is asked for: it may not be hers."""
    stated = answer("CN-33", "senior")
    assert at(knowledge, topic(UNSTATED, stated), "CN-33") == NeedExam(exams=("health", "senior"))
    assert text_at(knowledge, topic(UNSTATED, stated), "CN-33", "health") == "unstated"


def test_the_exam_is_asked_for_only_where_it_makes_a_difference(knowledge: Knowledge) -> None:
    """One answer for several exams is one answer; two are asked about, in the order of exams.toml."""
    shared, own = answer("CN-33", "senior reproductive"), answer("CN")
    assert text_at(knowledge, topic(shared), "CN-33") == "senior reproductive CN-33"
    assert at(knowledge, topic(shared, own), "CN-33") == NeedExam(exams=("health", "senior"))
    assert text_at(knowledge, topic(shared, own), "CN-33", "reproductive") == "senior reproductive CN-33"
    assert text_at(knowledge, topic(shared, own), "CN-31") == "health CN"


# --- the shipped content ---------------------------------------------------------------------------------------------

SHIPPED = [
    # topic, exam, region asked about, region of the answer, condition
    ("payment_channel", "health", "CN-511181", "CN-5111", ""),
    ("payment_channel", "health", "CN-61", "CN", "if_listed"),
    ("payment_channel", "health", "CN-14", "CN", "if_not_listed"),
    ("payment_channel", "health", "CN-52", "CN-52", ""),
    ("payment_channel", "health", "CN-5201", "CN-52", ""),
    ("payment_window", "health", "CN-52", "CN-52", ""),
    ("payment_window", "health", "CN-61", "CN", "if_listed"),
    ("payment_window", "health", "CN-14", "CN", "if_not_listed"),
    ("auto_confirmation", "health", "CN-61", "CN", "if_listed"),
    ("auto_confirmation", "health", "CN-14", "CN", "if_not_listed"),
    ("auto_confirmation", "health", "CN-5111", "CN-5111", ""),
    ("confirmation_mode", "health", "CN-65", "CN", "if_not_listed"),
    ("confirmation_mode", "health", "CN-31", "CN-31", ""),
    ("registration_window", "senior", "CN-3302", "CN-33", ""),
    ("fee", "health", "CN-31", "CN-31", ""),
]


@pytest.mark.parametrize(("name", "exam", "region", "of", "condition"), SHIPPED)
def test_the_shipped_answer(knowledge: Knowledge, name: str, exam: str, region: str, of: str, condition: str) -> None:
    """贵州 has its own because 省直考点 is excepted; 新疆 is not 新疆兵团."""
    found = at(knowledge, knowledge.topics[name], region, exam)
    assert isinstance(found, Found)
    assert found.answer.region == of
    assert [each for each in ("if_listed", "if_not_listed") if getattr(found.answer, each)] == [condition][
        : bool(condition)
    ]


@pytest.mark.parametrize(
    ("name", "region", "exams"),
    [
        ("payment_window", "CN-33", ("health", "senior")),
        ("payment_channel", "CN-3302", ("health", "senior")),
        ("exam_dates", "CN-33", ("health", "senior", "reproductive")),
        ("fee", "CN-33", ("health", "senior", "reproductive")),
    ],
)
def test_zhejiang_asks_for_the_exam(knowledge: Knowledge, name: str, region: str, exams: tuple[str, ...]) -> None:
    """浙江's notice is about the senior exam, the national one about the other."""
    assert at(knowledge, knowledge.topics[name], region) == NeedExam(exams=exams)


@pytest.mark.parametrize("region", ["CN-31", "CN-14", "CN-5111"])
def test_zhejiang_does_not_answer_for_others(knowledge: Knowledge, region: str) -> None:
    for name in ("payment_window", "fee", "exam_dates"):
        assert at(knowledge, knowledge.topics[name], region, "senior") == Missing(exam="senior", region=region)


def test_a_fee_without_a_region_is_asked_for(knowledge: Knowledge) -> None:
    """No national fee is on file; those of 上海 (unstated), 湛江, 乐山 and 浙江 differ."""
    assert at(knowledge, knowledge.topics["fee"]) == NeedRegion(regions=("CN-31", "CN-4408", "CN-5111", "CN-33"))
    assert at(knowledge, knowledge.topics["fee"], "CN-14") == Missing(exam=None, region="CN-14")


def test_every_resolution_is_of_the_scope_that_was_asked(knowledge: Knowledge) -> None:
    """No answer comes from beside the lineage of the region, or for an exam that was not asked about."""
    for asked in knowledge.topics.values():
        for region in ("CN-14", "CN-31", "CN-33", "CN-440803", "CN-5111", "CN-66"):
            for exam in knowledge.exams:
                found = at(knowledge, asked, region, exam)
                if isinstance(found, Found):
                    assert found.answer.region in knowledge.gazetteer.lineage(region)
                    assert exam in found.answer.exams
                else:
                    assert found == Missing(exam=exam, region=region)
