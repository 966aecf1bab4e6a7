"""Which place and exam a question is about: named before passed by the page before remembered, and doubts kept as doubts."""

import pytest

from bot.conversation import Conversation, Memory
from bot.scope import Where, exam_of, where
from intents.slots import Place, Role, Slots

SHANGHAI, LESHAN, ZHANJIANG, ZHEJIANG, NINGBO = "CN-31", "CN-5111", "CN-4408", "CN-33", "CN-3302"
SICHUAN, CHENGDU, EMEISHAN = "CN-51", "CN-5101", "CN-511181"
GAOXIN = ("CN-5111-gx", "CN")
SHIZHONG = ("CN-511102", "CN-511002")  # 市中区 of Leshan and of Neijiang


@pytest.fixture(scope="module")
def knowledge(mind):
    return mind.knowledge


def _at(*ids: str, role: Role = Role.PLACE, name: str = "") -> Place:
    return Place(name=name or "/".join(ids), ids=ids, role=role)


def _where(knowledge, *places: Place, before: Conversation | None = None, page: str = "") -> Where:
    return where(knowledge, Slots(places=places), before or Conversation(), page)


@pytest.mark.parametrize(
    ("named", "page", "remembered", "expected"),
    [
        pytest.param("", "", "", (), id="nothing is known"),
        pytest.param("", "", LESHAN, (LESHAN,), id="remembered"),
        pytest.param("", SHANGHAI, "", (SHANGHAI,), id="the page"),
        pytest.param(ZHANJIANG, "", "", (ZHANJIANG,), id="named"),
        pytest.param("", SHANGHAI, LESHAN, (SHANGHAI,), id="a new page before what is remembered"),
        pytest.param(ZHANJIANG, SHANGHAI, "", (ZHANJIANG,), id="named before the page"),
        pytest.param(ZHANJIANG, "", LESHAN, (ZHANJIANG,), id="named before what is remembered"),
        pytest.param(ZHANJIANG, SHANGHAI, LESHAN, (ZHANJIANG,), id="named before both"),
    ],
)
def test_named_before_page_before_remembered(knowledge, named, page, remembered, expected):
    """Rule 8; only what this text names counts as named."""
    places = (_at(named),) if named else ()
    found = _where(knowledge, *places, before=Conversation(region=remembered), page=page)
    assert found == Where(regions=expected, is_named=bool(named))


def test_a_page_that_was_passed_before_names_nothing_again(knowledge):
    """The page sends its region with every message; the place that was named since stays."""
    before = Conversation(region=LESHAN, page_region=SHANGHAI)
    assert _where(knowledge, before=before, page=SHANGHAI).regions == (LESHAN,)


def test_a_page_that_changes_counts(knowledge):
    """Another choice in the picker is the latest word."""
    before = Conversation(region=LESHAN, page_region=SHANGHAI)
    assert _where(knowledge, before=before, page=ZHEJIANG).regions == (ZHEJIANG,)


@pytest.mark.parametrize(
    ("places", "remembered", "expected"),
    [
        pytest.param((_at(SHANGHAI, role=Role.DENIED), _at(SICHUAN)), SHANGHAI, (SICHUAN,), id="not this one but that"),
        pytest.param((_at(SICHUAN), _at(SHANGHAI, role=Role.DENIED)), SHANGHAI, (SICHUAN,), id="that, not this one"),
        pytest.param((_at(SHANGHAI, role=Role.DENIED),), SHANGHAI, (), id="only ruled out"),
        pytest.param((_at(SICHUAN, role=Role.DENIED),), LESHAN, (), id="ruled out with all that lies in it"),
        pytest.param((_at(SICHUAN, role=Role.DENIED),), SHANGHAI, (SHANGHAI,), id="another place ruled out"),
    ],
)
def test_a_correction_takes_the_ruled_out_place_away(knowledge, places, remembered, expected):
    """Rule 8; 不是上海，是四川."""
    assert _where(knowledge, *places, before=Conversation(region=remembered)).regions == expected


@pytest.mark.parametrize("remembered", [pytest.param("", id="alone"), pytest.param(SHANGHAI, id="beside a place")])
def test_a_household_is_no_exam_place(knowledge, remembered):
    """Rule 8; an origin neither names a place nor changes one."""
    found = _where(knowledge, _at(ZHANJIANG, role=Role.ORIGIN), before=Conversation(region=remembered))
    assert found == Where(regions=(remembered,) if remembered else ())


def test_a_household_beside_the_exam_place(knowledge):
    """Rule 8; the place of work is the exam place."""
    found = _where(knowledge, _at(ZHANJIANG, role=Role.ORIGIN), _at(LESHAN))
    assert found == Where(regions=(LESHAN,), is_named=True)


@pytest.mark.parametrize(
    ("first", "second"),
    [pytest.param(LESHAN, ZHANJIANG, id="one"), pytest.param(ZHANJIANG, LESHAN, id="the other")],
)
def test_two_places_are_both_meant_in_their_order(knowledge, first, second):
    """Rule 12."""
    assert _where(knowledge, _at(first), _at(second)).regions == (first, second)


def test_a_place_named_twice_is_one(knowledge):
    """乐山……我就在乐山."""
    assert _where(knowledge, _at(LESHAN), _at(LESHAN)).regions == (LESHAN,)


@pytest.mark.parametrize(
    "places",
    [pytest.param((SICHUAN, LESHAN), id="wide, narrow"), pytest.param((LESHAN, SICHUAN), id="narrow, wide")],
)
def test_a_place_and_what_it_lies_in_are_one(knowledge, places):
    """四川乐山 is Leshan, and not two regions."""
    assert _where(knowledge, *map(_at, places)).regions == (LESHAN,)


def test_a_name_of_many_places_is_unclear(knowledge):
    """Rule 8; nothing is guessed, and the name is kept to ask about it."""
    place = _at(*GAOXIN, name="高新区")
    assert _where(knowledge, place) == Where(unclear=place, is_named=True)


def test_a_name_of_many_places_does_not_fall_back_to_another_region(knowledge):
    """Who lives in Shanghai and names a 高新区 has named some other place."""
    place = _at(*GAOXIN, name="高新区")
    found = _where(knowledge, place, before=Conversation(region=SHANGHAI))
    assert found == Where(unclear=place, is_named=True)


@pytest.mark.parametrize(
    ("page", "remembered"),
    [pytest.param(LESHAN, "", id="the page"), pytest.param("", LESHAN, id="the conversation")],
)
def test_a_name_of_many_places_is_clear_where_the_city_is_known(knowledge, page, remembered):
    """Rule 8."""
    found = _where(knowledge, _at(*GAOXIN), before=Conversation(region=remembered), page=page)
    assert found.unclear is None
    assert [knowledge.gazetteer.contains(LESHAN, each) for each in found.regions] == [True]


def test_a_name_of_many_places_is_clear_beside_its_city(knowledge):
    """乐山高新区."""
    assert _where(knowledge, _at(LESHAN), _at(*GAOXIN)).regions == ("CN-5111-gx",)


def test_the_answer_to_an_unclear_name_is_the_place_that_was_asked_about(knowledge):
    """The candidate said 市中区, was asked which, and says the city."""
    before = Conversation(unclear=SHIZHONG)
    assert _where(knowledge, _at("CN-511102"), before=before).regions == ("CN-511102",)


def test_a_city_that_is_named_is_asked_of_whatever_the_page_says(knowledge):
    """The page says 峨眉山, the words say 乐山: words go before the page, even where the page lies within."""
    before = Conversation(page_region=EMEISHAN)
    assert _where(knowledge, _at(LESHAN), before=before, page=EMEISHAN).regions == (LESHAN,)


def test_a_shared_name_is_its_province_where_both_lie_in_one(knowledge):
    """What both places share is known without asking."""
    assert _where(knowledge, _at(CHENGDU, "CN-5103")).regions == (SICHUAN,)


@pytest.mark.parametrize(
    ("slots", "before", "page", "region", "expected"),
    [
        pytest.param(Slots(), Conversation(), "", "", "", id="unknown"),
        pytest.param(Slots(), Conversation(exam="health"), "", "", "health", id="remembered"),
        pytest.param(Slots(), Conversation(), "senior", "", "senior", id="the page"),
        pytest.param(Slots(exam="senior"), Conversation(exam="health"), "health", "", "senior", id="named"),
        pytest.param(Slots(), Conversation(exam="health"), "senior", "", "senior", id="the page before the remembered"),
        pytest.param(
            Slots(exam="health", level="中级", specialties=(111,)), Conversation(), "", ZHEJIANG, "senior",
            id="the middle level of a specialty of the senior notice, in its province",
        ),
        pytest.param(
            Slots(exam="health", level="中级", specialties=(111,)), Conversation(), "", NINGBO, "senior",
            id="the same in a city of that province",
        ),
        pytest.param(
            Slots(exam="health", level="中级", specialties=(111,)), Conversation(), "", LESHAN, "health",
            id="the same elsewhere",
        ),
        pytest.param(
            Slots(exam="health", level="中级", specialties=(1,)), Conversation(), "", ZHEJIANG, "health",
            id="a specialty without that remark",
        ),
        pytest.param(
            Slots(exam="health", level="中级"), Conversation(memory=Memory(specialties=(111,))), "", ZHEJIANG, "senior",
            id="the specialty is remembered",
        ),
        pytest.param(
            Slots(exam="health", level="中级"), Conversation(exam="reproductive"), "", ZHEJIANG, "reproductive",
            id="the middle level of the third exam",
        ),
    ],
)  # fmt: skip
def test_exam(knowledge, slots, before, page, region, expected):
    """Rule 2; named, else the page's, else the remembered; a senior notice covers the levels that it lists itself."""
    assert exam_of(knowledge, slots, before, page, region) == expected


@pytest.mark.parametrize(
    ("text", "regions"),
    [
        pytest.param("我户口在湛江，现在乐山的医院上班，要在哪里报名", ("CN-5111",), id="household and workplace"),
        pytest.param("老家湛江的，在上海报考", ("CN-31",), id="home town and exam place"),
        pytest.param("不是上海，是四川", ("CN-51",), id="a correction"),
        pytest.param("宁波的缴费时间", ("CN-3302",), id="a city"),
        pytest.param("徐汇区中心医院的，什么时候缴费", ("CN-310104",), id="a district"),
        pytest.param("霞山的怎么现场确认", ("CN-440803",), id="a district of Zhanjiang"),
        pytest.param("眉山缴费时间", ("CN-5114",), id="Meishan"),
        pytest.param("峨眉山缴费时间", ("CN-511181",), id="Emeishan"),
        pytest.param("上海和湛江各是哪天缴费", ("CN-31", "CN-4408"), id="two regions"),
    ],
)
def test_places_in_words(mind, text, regions):
    """Rule 8, from the text as it is typed."""
    slots = mind.understander.understand(text).slots
    assert where(mind.knowledge, slots, Conversation(), "").regions == regions
