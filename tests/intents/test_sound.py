"""How Chinese sounds, as far as mending needs it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intents.sound import all_syllables, blurred, readings, spell, syllable

KNOWN = all_syllables()
CHINESE = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)


@pytest.mark.parametrize(
    ("character", "first"),
    [("缴", "jiao"), ("费", "fei"), ("证", "zheng"), ("女", "nv"), ("绿", "lv"), ("老", "lao"), ("考", "kao")],
)
def test_the_first_reading_is_the_commonest(character: str, first: str) -> None:
    """Without tones; ü is written v, as people type it."""
    assert readings(character)[0] == syllable(character) == first


def test_a_character_with_two_readings_has_both() -> None:
    """长: zhǎng and cháng."""
    assert set(readings("长")) == {"zhang", "chang"}


@pytest.mark.parametrize("character", ["a", "Z", "1", "。", " ", "√", "😀", "，"])
def test_what_is_not_chinese_sounds_like_itself(character: str) -> None:
    assert readings(character) == ()
    assert syllable(character) == character


@given(CHINESE)
def test_readings_are_lower_case_letters_and_differ(character: str) -> None:
    found = readings(character)
    assert len(found) == len(set(found))
    assert all(each == each.lower() and "ü" not in each for each in found)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("zhong", "zong"),
        ("chi", "ci"),
        ("shi", "si"),
        ("zheng", "zhen"),
        ("ning", "nin"),
        ("lin", "ling"),
        ("shang", "san"),
    ],
)
def test_what_many_do_not_tell_apart_is_blurred_alike(one: str, other: str) -> None:
    """zh/z, ch/c, sh/s, and n/ng at the end."""
    assert blurred(one) == blurred(other)


@pytest.mark.parametrize(
    ("one", "other"), [("long", "lon"), ("fei", "hui"), ("lan", "nan"), ("zhi", "ji"), ("kao", "gao")]
)
def test_other_sounds_stay_apart(one: str, other: str) -> None:
    """There is no syllable on: ong is left whole."""
    assert blurred(one) != blurred(other)


@pytest.mark.parametrize("sound", sorted(KNOWN))
def test_blurring_twice_is_blurring_once(sound: str) -> None:
    assert blurred(blurred(sound)) == blurred(sound)


@pytest.mark.parametrize(
    ("letters", "syllables"),
    [
        ("shequ", ("she", "qu")),
        ("zhunkaozheng", ("zhun", "kao", "zheng")),
        ("jiaofei", ("jiao", "fei")),
        ("xian", ("xian",)),
        ("shanxi", ("shan", "xi")),
        ("lv", ("lv",)),
        ("", ()),
        ("vvv", ()),
        ("html", ()),
        ("wechat", ()),
        ("jiaofeix", ()),
    ],
)
def test_letters_are_the_fewest_syllables_or_none(letters: str, syllables: tuple[str, ...]) -> None:
    assert spell(letters, KNOWN) == syllables


@given(st.lists(st.sampled_from(sorted(KNOWN)), min_size=1, max_size=6))
def test_syllables_written_together_are_read_again(sounds: list[str]) -> None:
    """As some syllables, no more than were written, that are the same letters."""
    found = spell("".join(sounds), KNOWN)
    assert "".join(found) == "".join(sounds)
    assert 0 < len(found) <= len(sounds)
    assert set(found) <= KNOWN


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", max_size=30))
def test_any_letters_are_syllables_or_nothing(letters: str) -> None:
    assert "".join(spell(letters, KNOWN)) in (letters, "")
