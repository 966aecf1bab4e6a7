"""One form for whatever people type."""

# full width is what is tested

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from intents.normalise import LONGEST, clauses, is_chinese, normalise

TYPED = st.text(
    alphabet=st.one_of(
        st.sampled_from("缴費確認 \t\n　！？。，、~…<>[]（）ＡｂＣ１２３㍿ﬀ①\u200b\ufeff\u202e😀√"),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=60,
)
PLAIN = st.text(
    alphabet=st.one_of(
        st.sampled_from("缴費確認 \t\n　！？。，、~…（）ＡｂＣ１２３㍿①\u200b\ufeff😀√"),
        st.characters(exclude_categories=["Cs"], exclude_characters="<>[]＜＞［］﹤﹥"),
    ),
    max_size=60,
)


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("什么时候缴费", "什么时候缴费"),
        ("ＡＢＣ　１２３", "abc 123"),
        ("繳費時間", "缴费时间"),
        ("現場確認", "现场确认"),
        ("Ｂ超", "b超"),
        ("缴\u200b费\ufeff", "缴费"),
        ("\u202e缴费", "缴费"),
        ("缴\x00费\x1f", "缴费"),
        ("<b>缴费</b>", "缴费"),
        ("<script>alert(1)</script>缴费", "缴费"),
        ("[微笑]缴费", "缴费"),
        ("[abc]缴费", "[abc]缴费"),
        ("你好！！！！", "你好!"),
        ("好。。。", "好。"),
        ("  x   y ", "x y"),
        ("一\n二", "一\n二"),
        ("（1）", "(1)"),
        ("成绩≥60", "成绩≥60"),
        ("1<2", "1<2"),
        ("", ""),
        ("　 \n\t", ""),
        ("😀", "😀"),
        ("后来", "后来"),
        ("皇后", "皇后"),
    ],
)
def test_what_is_typed_has_one_form(typed: str, plain: str) -> None:
    """Width, case, traditional characters, invisible characters, markup, emoticon codes, repeats, white space."""
    assert normalise(typed) == plain


@given(PLAIN)
def test_normalising_twice_is_normalising_once(text: str) -> None:
    """Content, tests and questions may meet at any stage."""
    once = normalise(text)
    assert normalise(once) == once


@pytest.mark.parametrize("text", ["<<b>>", "<<>>"])
def test_nested_markup_is_gone_at_once(text: str) -> None:
    """BEHAVIOUR 23: no markup is left over, so that normalising again changes nothing."""
    assert normalise(normalise(text)) == normalise(text)


@given(TYPED)
@example("\x85")
@example("İ" * 50)
@example("<" * 500)
@example("[" * 500 + "]" * 500)
def test_any_text_is_normalised(text: str) -> None:
    """No error, no white space at the ends, no invisible characters, no capitals that have a small letter."""
    plain = normalise(text)
    assert plain == plain.strip()
    assert not set(plain) & set("\u200b\u200e\u202e\u2060\ufeff\x00\x1f\x7f\u3000\t")
    assert "  " not in plain


@given(before=st.text(alphabet="缴费时间abc，。", max_size=20), size=st.integers(0, 4 * LONGEST))
def test_a_long_text_is_cut(before: str, size: int) -> None:
    """The line break stands for what was left out."""
    assert len(normalise(before + "甲" * size)) <= LONGEST + 1


def test_a_text_that_grows_is_cut_too() -> None:
    """What is looked at is bounded, whatever is pasted."""
    assert len(normalise("\ufdfa" * LONGEST)) <= LONGEST + 1


def test_a_script_in_capitals_goes_with_its_content() -> None:
    assert normalise("<SCRIPT>x</SCRIPT>缴费") == normalise("<script>x</script>缴费")


def test_of_a_paste_the_beginning_and_the_end_stay() -> None:
    """The question stands before or after what was pasted."""
    plain = normalise("什么时候缴费" + "甲" * 8000 + "要带什么材料")
    assert plain.startswith("什么时候缴费甲")
    assert plain.endswith("甲要带什么材料")
    assert len(plain) == LONGEST + 1


def test_a_text_of_the_longest_length_is_whole() -> None:
    text = "甲" * (LONGEST - 1) + "乙"
    assert normalise(text) == text


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("缴费时间，地点。", ("缴费时间", "地点")),
        ("你好!什么时候缴费?在线等", ("你好", "什么时候缴费", "在线等")),
        ("一 二\n三;四、五~六", ("一", "二", "三", "四", "五", "六")),
        ("缴费", ("缴费",)),
        ("。。。", ()),
        ("", ()),
    ],
)
def test_clauses_are_between_stops(text: str, parts: tuple[str, ...]) -> None:
    assert clauses(text) == parts


@given(TYPED)
def test_clauses_lose_nothing_but_stops(text: str) -> None:
    """Every part stands in the text, in order."""
    position = 0
    for part in clauses(text):
        position = text.index(part, position) + len(part)
    assert all(clauses(text))


@pytest.mark.parametrize(
    ("character", "expected"), [("缴", True), ("一", True), ("a", False), ("１", False), ("。", False)]
)
def test_what_is_chinese(character: str, expected: bool) -> None:
    assert is_chinese(character) is expected
