"""Personal numbers are masked before anything else sees a text; what is public stays readable."""

# full width is what is tested

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.privacy import has_number, mask

STARS = "＊＊＊＊＊＊"
AROUND = st.text(alphabet="我的号码是：， 请查一下。", max_size=8)
PERSONAL = st.one_of(
    st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
    st.from_regex(r"1[3-9][0-9]-[0-9]{4}-[0-9]{4}", fullmatch=True),
    st.from_regex(r"[1-9][0-9]{5}(19|20)[0-9]{2}(0[1-9]|1[0-2])[0-2][0-9][0-9]{3}[0-9Xx]", fullmatch=True),
    st.from_regex(r"[1-9][0-9]{5}[0-9]{2}(0[1-9]|1[0-2])[0-2][0-9][0-9]{3}", fullmatch=True),
    st.from_regex(r"[1-9][0-9]{11}", fullmatch=True),
)
UNMASKED = {
    "full width, a mobile": "我的手机１３８１２３４５６７８",
    "full width, an identity card": "５１０１０２１９９００１０１１２３４",
    "an identity card in groups": "510102 19900101 1234",
    "an identity card after letters": "sfz510102199001011234",
    "an identity card before letters": "510102199001011234abc",
    "digits one by one": "1 3 8 1 2 3 4 5 6 7 8",
}


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("13812345678", STARS),
        ("我的电话13812345678，请回", f"我的电话{STARS}，请回"),
        ("138 1234 5678", STARS),
        ("138-1234-5678", STARS),
        ("+86 13812345678", STARS),
        ("8613812345678", STARS),
        ("tel13812345678", f"tel{STARS}"),
        ("身份证510102199001011234", f"身份证{STARS}"),
        ("51010219900101123X", STARS),
        ("51010219900101123x能查吗", f"{STARS}能查吗"),
        ("510102900101123", STARS),
        ("网报号202400012345", f"网报号{STARS}"),
        ("13812345678和13912345678", f"{STARS}和{STARS}"),
    ],
)
def test_personal_numbers_are_masked(text: str, masked: str) -> None:
    """Mobile, identity card of 18 and of 15 digits, registration number; as people write them."""
    assert mask(text) == masked
    assert has_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "电话0833-2495079",
        "08332495079",
        "0571-87567812、87567833",
        "编码069是什么专业",
        "2024年4月13、14、20、21日",
        "2023-12-01",
        "20231201-20231214",
        "9:00-11:00",
        "浙财综〔2016〕13号",
        "www.21wecan.com",
        "4科共280元",
        "解放军第42医院",
        "",
    ],
)
def test_what_is_public_stays(text: str) -> None:
    """Office phones, dates, codes, fees and document numbers."""
    assert mask(text) == text
    assert not has_number(text)


@pytest.mark.parametrize("case", UNMASKED)
def test_numbers_in_other_spellings_are_masked_too(case: str) -> None:
    """BEHAVIOUR 18: never echoed, logged or stored in full, however it is typed."""
    assert has_number(UNMASKED[case])


@given(AROUND, PERSONAL, AROUND)
def test_nothing_of_a_personal_number_is_left(before: str, number: str, after: str) -> None:
    """Whatever stands around it."""
    masked = mask(before + number + after)
    assert not any(character.isdigit() for character in masked)
    assert masked.startswith(before.rstrip())
    assert masked.endswith(after.lstrip())


@given(
    st.text(
        alphabet=st.one_of(st.sampled_from("0123456789 -+Xx年月日，＊"), st.characters(exclude_categories=["Cs"])),
        max_size=40,
    )
)
def test_masking_twice_is_masking_once(text: str) -> None:
    """And what is masked holds no number any more."""
    masked = mask(text)
    assert mask(masked) == masked
    assert not has_number(masked)
