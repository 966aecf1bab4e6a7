"""Names of regions: every way people write one leads to it, and what could be several says so."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.mind import Mind
from knowledge.region import NATION, Gazetteer, full_name

ONE = {
    # what is written: the one region that it means
    "上海": "CN-31",
    "上海市": "CN-31",
    "沪": "CN-31",
    "北京": "CN-11",
    "吉林": "CN-22",
    "吉林省": "CN-22",
    "吉林市": "CN-2202",
    "海南": "CN-46",
    "广西": "CN-45",
    "西藏自治区": "CN-54",
    "内蒙古": "CN-15",
    "内蒙古自治区": "CN-15",
    "内蒙": "CN-15",
    "新疆": "CN-65",
    "兵团": "CN-66",
    "新疆兵团": "CN-66",
    "新疆建设兵团": "CN-66",
    "新疆生产建设兵团": "CN-66",
    "乐山": "CN-5111",
    "乐山市": "CN-5111",
    "峨边": "CN-511132",
    "峨边县": "CN-511132",
    "峨边彝族自治县": "CN-511132",
    "马边": "CN-511133",
    "峨眉": "CN-511181",
    "峨嵋山": "CN-511181",
    "眉山": "CN-5114",
    "延边": "CN-2224",
    "徐汇": "CN-310104",
    "浦东": "CN-310115",
    "宁波": "CN-3302",
    "霞山": "CN-440803",
    "乐山高新区": "CN-5111-gx",
    "湛江开发区": "CN-4408-jk",
    "平安区": "CN-630203",
    " 上海\n": "CN-31",
    # chains
    "四川乐山": "CN-5111",
    "四川省乐山市": "CN-5111",
    "四川乐山峨眉山": "CN-511181",
    "乐山市中区": "CN-511102",
    "广东湛江赤坎": "CN-440802",
    "上海市浦东新区": "CN-310115",
    "北京朝阳区": "CN-110105",
    "长春朝阳区": "CN-220104",
    "新疆石河子": "CN-65",
    # names that are no longer used
    "襄樊市": "CN-4206",
    "大庸市": "CN-4308",
    "宣武区": "CN-11",
    "闸北区": "CN-31",
    "吴江市": "CN-320509",
    "涪陵市": "CN-500102",
    "北京朝阳": "CN-110105",
    # ids
    "CN": "CN",
    "CN-31": "CN-31",
    "CN-5111": "CN-5111",
    "CN-5111-gx": "CN-5111-gx",
}
SEVERAL = {
    "市中区": {"CN-370103", "CN-370402", "CN-511002", "CN-511102"},
    "朝阳区": {"CN-110105", "CN-220104"},
    "石河子": {"CN-65", "CN-66"},
    "shanxi": {"CN-14", "CN-61"},
    "高新区": {"CN-5111-gx", NATION},
    "开发区": {"CN-4408-jk", NATION},
}
NOTHING = (
    "",
    " ",
    "火星",
    "中国人",
    "县",
    "市",
    "平安",
    "通道",
    "长安",
    "蒙古",
    "乐山霞山",
    "四川上海",
    "CN-99",
    "cn-31",
)
OUTSIDE = ("香港", "台湾", "澳门", "香港特别行政区", "台湾省", "澳门特别行政区")


@pytest.fixture(scope="session")
def gazetteer(mind: Mind) -> Gazetteer:
    return mind.knowledge.gazetteer


@pytest.mark.parametrize(("text", "region"), ONE.items())
def test_a_name_means_one_region(gazetteer: Gazetteer, text: str, region: str) -> None:
    """Full, short, old and everyday names, chains and ids."""
    assert gazetteer.lookup(text) == (region,)


@pytest.mark.parametrize("text", SEVERAL)
def test_an_ambiguous_name_means_every_region_of_that_name(gazetteer: Gazetteer, text: str) -> None:
    """Never the first one: the dialogue has to ask."""
    found = gazetteer.lookup(text)
    assert set(found) == SEVERAL[text]
    assert len(found) == len(SEVERAL[text])


@pytest.mark.parametrize("text", NOTHING)
def test_what_is_no_name_means_nothing(gazetteer: Gazetteer, text: str) -> None:
    """Words that are county names too (平安, 通道) count in full only; places that do not lie in each other are no chain."""
    assert gazetteer.lookup(text) == ()


@pytest.mark.parametrize("name", OUTSIDE)
def test_a_place_without_examinations_is_no_exam_place(gazetteer: Gazetteer, name: str) -> None:
    """香港人 says who a candidate is; no name leads to a region that holds no examination."""
    assert gazetteer.lookup(name) == ()


def test_exactly_the_regions_outside_hold_no_examination(gazetteer: Gazetteer) -> None:
    assert {each.id for each in gazetteer if not each.is_exam_region} == {"CN-71", "CN-81", "CN-82"}


def test_there_are_31_provinces_the_corps_and_three_outside(gazetteer: Gazetteer) -> None:
    """What a closed list of 考区 is compared with."""
    provinces = [each for each in gazetteer if each.parent == NATION]
    assert len(provinces) == 35
    assert sum(each.is_exam_region for each in provinces) == 32


@pytest.mark.parametrize(
    ("region", "lineage"),
    [
        ("CN", ("CN",)),
        ("CN-31", ("CN-31", "CN")),
        ("CN-310104", ("CN-310104", "CN-31", "CN")),
        ("CN-511181", ("CN-511181", "CN-5111", "CN-51", "CN")),
        ("CN-5111-gx", ("CN-5111-gx", "CN-5111", "CN-51", "CN")),
        ("CN-66", ("CN-66", "CN")),
    ],
)
def test_a_lineage_goes_from_the_nearest_to_the_nation(
    gazetteer: Gazetteer, region: str, lineage: tuple[str, ...]
) -> None:
    """A district of a municipality lies in it directly; the corps is no part of 新疆."""
    assert gazetteer.lineage(region) == lineage


@pytest.mark.parametrize(
    ("region", "name"),
    [
        ("CN", "全国"),
        ("CN-31", "上海"),
        ("CN-5111", "四川乐山"),
        ("CN-511181", "四川乐山峨眉山"),
        ("CN-66", "新疆兵团"),
        ("CN-310104", "上海徐汇"),
    ],
)
def test_a_full_name_is_what_people_say(gazetteer: Gazetteer, region: str, name: str) -> None:
    assert full_name(gazetteer, region) == name


@pytest.mark.parametrize(
    ("region", "province"), [("CN", "CN"), ("CN-31", "CN-31"), ("CN-511181", "CN-51"), ("CN-66", "CN-66")]
)
def test_the_province_of_a_region(gazetteer: Gazetteer, region: str, province: str) -> None:
    assert gazetteer.province(region) == province


def test_an_unknown_id_is_an_error(gazetteer: Gazetteer) -> None:
    assert "CN-99" not in gazetteer
    with pytest.raises(KeyError):
        gazetteer["CN-99"]


@given(data=st.data())
def test_a_region_that_its_name_leads_to_has_it_by_its_full_chain_too(
    gazetteer: Gazetteer, data: st.DataObject
) -> None:
    """Putting its province before a name never loses the region that the name finds there."""
    region = data.draw(st.sampled_from([each for each in gazetteer if len(each.id) > len("CN-51")]))
    province = gazetteer[gazetteer.province(region.id)]
    if region.id in gazetteer.lookup(region.name):
        assert region.id in gazetteer.lookup(province.name + region.name)


@given(data=st.data())
def test_every_id_finds_itself_and_lies_in_the_nation(gazetteer: Gazetteer, data: st.DataObject) -> None:
    region = data.draw(st.sampled_from(list(gazetteer)))
    assert gazetteer.lookup(region.id) == (region.id,)
    assert gazetteer.contains(NATION, region.id)
    assert gazetteer.lineage(region.id)[0] == region.id


@given(text=st.text(max_size=12))
def test_any_text_finds_known_regions_only(gazetteer: Gazetteer, text: str) -> None:
    assert all(each in gazetteer for each in gazetteer.lookup(text))
