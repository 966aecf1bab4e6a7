"""Specialties: by code, by full name, by what people call them, and by what they do."""

from collections.abc import Callable

import pytest

from intents.mentions import Mention
from intents.slots import Slots, Vocabulary
from intents.specialties import WIDE, Specialties, Specialty

Find = Callable[[str], Slots]


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
def test_a_code_is_found_by_its_column(find: Find, text: str, numbers: tuple[int, ...]) -> None:
    """BEHAVIOUR 16: a serial number is no code, and a number without a word for codes is none."""
    assert find(text).specialties == numbers


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
def test_a_specialty_by_its_name(find: Find, text: str, numbers: set[int]) -> None:
    """A full name is one specialty, however many share a part of it; a licence's range is none."""
    assert set(find(text).specialties) == numbers


def test_a_colloquial_name_is_every_specialty_of_that_name(find: Find) -> None:
    assert len(find("内科编码").specialties) > 5


@pytest.mark.parametrize("text", ["内科，就是内科学编码", "我学的是内科，报内科学"])
def test_a_full_name_goes_before_a_colloquial_one(find: Find, text: str) -> None:
    """内科 alone may be eleven specialties; with 内科学 beside it, it is one."""
    assert find(text).specialties == (2,)


@pytest.fixture(scope="module")
def specialties(vocabulary: Vocabulary) -> Specialties:
    return Specialties(vocabulary)


def read(specialties: Specialties, text: str, *words: str) -> list[Specialty]:
    places = [(word, text.index(word)) for word in words]
    return [specialties.read(text, Mention(start=at, end=at + len(word), text=word)) for word, at in places]


def test_the_words_beside_a_name_tell_what_it_is_for(specialties: Specialties) -> None:
    """A specialty that a licence allows, and one that is applied for."""
    text = "执业范围写的是内科,我报儿科"
    licence, sought = read(specialties, text, "内科", "儿科")
    assert (licence.is_licence, licence.is_sought) == (True, False)
    assert (sought.is_licence, sought.is_sought) == (False, True)
    assert specialties.meant(text, [licence, sought]).name == "儿科"


def test_names_that_are_listed_are_each_meant(specialties: Specialties) -> None:
    text = "内科学和放射技术"
    assert specialties.meant(text, read(specialties, text, "内科学", "放射技术")).numbers == (2, 78)


def test_names_side_by_side_mean_what_they_share(specialties: Specialties) -> None:
    """The narrower one, where one is wider; a full name goes before a colloquial one."""
    narrow, wide = "心内科", "内科"
    text = f"{wide} {narrow}"
    both = read(specialties, f"{wide} {narrow}", wide, narrow)
    assert set(specialties.meant(text, both).numbers) == set(both[0].numbers) & set(both[1].numbers)
    text = "内科学 放射技术"
    assert specialties.meant(text, read(specialties, text, "内科学", "放射技术")).name == "内科学"


def test_a_code_goes_before_names(specialties: Specialties) -> None:
    """It is what names them, and one specialty that is named beside it is meant too."""
    text = "编码069,内科学"
    found = specialties.meant(text, read(specialties, text, "内科学"))
    assert (found.numbers, found.name) == ((1, 2), "069")


def test_deeds_are_a_hint_only_where_nothing_is_named(specialties: Specialties, vocabulary: Vocabulary) -> None:
    deed, numbers = next(iter(vocabulary.deeds.items()))
    assert set(numbers) & set(specialties.meant(deed, []).hints)
    assert specialties.meant(deed, []).numbers == ()
    assert specialties.meant(f"内科学{deed}", read(specialties, "内科学", "内科学")).hints == ()


def test_of_a_name_that_means_many_deeds_tell_which(specialties: Specialties, vocabulary: Vocabulary) -> None:
    wide, many = next((word, numbers) for word, numbers in vocabulary.specialties.items() if len(numbers) > WIDE)
    deed = next(deed for deed, numbers in vocabulary.deeds.items() if 0 < len(set(numbers) & set(many)) < len(many))
    found = specialties.meant(f"{wide},{deed}", read(specialties, wide, wide))
    assert found.numbers
    assert set(found.numbers) < set(many)


def test_a_specialty_that_no_list_has(specialties: Specialties) -> None:
    """The longest name that fits."""
    assert specialties.unlisted("老年科护理编码") == "老年科护理"
    assert specialties.unlisted("内科护理编码") == ""
