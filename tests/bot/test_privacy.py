"""Personal numbers are masked before anything else sees a text; what is public stays readable."""

# full width is what is tested

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.privacy import has_number, mask, redact

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
        "打400-820-8820没人接",
        "专业203 204 205 206 207怎么选",
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


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("我叫张三丰，审核过了吗", f"我叫{STARS}，审核过了吗"),
        ("姓名：李小红 网报号 202431007919", f"姓名：{STARS} 网报号 {STARS}"),
        ("我是欧阳小明，什么时候缴费", f"我是{STARS}，什么时候缴费"),
        ("本人王芳的审核过了吗", f"本人{STARS}的审核过了吗"),
        ("我叫考生乙", f"我叫{STARS}"),
        ("手机号打不通，叫张三，缴费咋个整", f"手机号打不通，叫{STARS}，缴费咋个整"),
        ("护照E12345678可以吗", f"护照{STARS}可以吗"),
        ("通行证 H1234567801", f"通行证 {STARS}"),
        ("网报号是AB2024-77", f"网报号是{STARS}"),
        ("/bind?token=" + "aB3_-" * 8 + "xyz", f"/bind?token={STARS}"),
        ("aB3_-" * 8 + "xyz", STARS),
        ("一三八一二三四五六七八", STARS),
        ("我的手机１３８１２３４５６７８", f"我的手机{STARS}"),
        ("电话138.1234.5678", f"电话{STARS}"),
        ("138 12 34 56 78", STARS),
        ("138\u00a01234\u00a05678", STARS),
        ("1-3-8-1-2-3-4-5-6-7-8", STARS),
        ("510102 18990307 753X", STARS),
        ("510102-18990307-7532", STARS),
        ("5101 0218 9903 0775 32", STARS),
        ("我的网报号码是20240001", f"我的网报号码是{STARS}"),
        ("准考证号：51-0001-234", f"准考证号：{STARS}"),
        ("身份证后六位077532", f"身份证后六位{STARS}"),
        ("微信号abc_1234", f"微信号{STARS}"),
        ("oABCD1234567890abcdefghijkl1", STARS),
        ("发到a_b@example.com", f"发到{STARS}"),
        ("一三八 一二三四 五六七八", STARS),
    ],
)
def test_what_is_kept_of_a_text_names_nobody(text: str, redacted: str) -> None:
    """Names that are given, documents, passwords and one-time links beside the numbers: in gaps and comments."""
    assert redact(text) == redacted


@pytest.mark.parametrize(
    "text",
    [
        "电话0833-2495079",
        "08332495079",
        "编码069是什么专业",
        "368护理学",
        "2024年4月13、14、20、21日",
        "20231201-20231214",
        "4科共280元",
        "9:00-11:00",
        "浙财综〔2016〕13号",
        "我是安徽人，在上海报名",
        "我是高护，能报吗",
        "我是考生，怎么报名",
        "我叫什么名字",
        "缴费失败，叫方便的时候再缴",
        "名字写错了怎么改",
        "姓名、证件号码填错了",
        "本人学历不符怎么办",
        "本人高中学历",
        "本人户口在湛江",
        "名字和身份证不一致",
        "密码忘了怎么办",
        "www.21wecan.com",
        "2023.12.01-2023.12.14 24小时",
        "13 14 15 16 17 号",
        "准考证打印2024年",
        "微信公众号",
    ],
)
def test_what_staff_need_of_a_text_stays(text: str) -> None:
    """Years, fees, codes, office phones, and words that begin like a name."""
    assert redact(text) == text
