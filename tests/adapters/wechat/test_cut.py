"""Cutting a text into messages: where people would, never inside a link or a character, and nothing is lost."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.wechat.cut import LINK, cut

ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=400)
LINKED = '<a href="weixin://bizmsgmenu?msgmenucontent=%E7%BC%B4%E8%B4%B9&msgmenuid=1">缴费时间</a>'


def _bare(text: str) -> str:
    return re.sub(r"\s+", "", text)


@given(ANY, st.integers(min_value=64, max_value=500))
def test_pieces_fit_and_nothing_is_lost(text, most):
    """Any text: every piece has its bytes, none is empty, and together they are the text but for space."""
    pieces = cut(text, most)
    assert all(0 < len(piece.encode()) <= most for piece in pieces)
    assert _bare("".join(pieces)) == _bare(text)


@given(st.lists(st.sampled_from(["缴费。", "\n", LINKED, "👩‍👩‍👧‍👦", "🇨🇳", "👍🏽", "e\u0301", "字", "1️⃣"]), max_size=60))
def test_no_link_and_no_character_is_cut(parts):
    """A family of emoji, a flag, an accent: each stays whole, and so does every link."""
    pieces = cut("".join(parts), 200)
    assert sum(len(LINK.findall(piece)) for piece in pieces) == parts.count(LINKED)
    for piece in pieces:
        assert piece[0] not in "\u200d\ufe0f\u20e3\U0001f3fd"
        assert not unicodedata.combining(piece[0])
        assert piece[-1] != "\u200d"
    assert sum(piece.count("🇨🇳") for piece in pieces) == parts.count("🇨🇳")


def test_a_short_text_is_one_piece():
    assert cut("缴费时间\n\n2月8日", 2000) == ("缴费时间\n\n2月8日",)


@pytest.mark.parametrize("text", ["", " ", "\n\n"])
def test_nothing_is_no_piece(text):
    assert cut(text, 2000) == ()


def test_a_paragraph_s_end_wins_over_a_sentence_s():
    text = "甲" * 15 + "\n" + "乙。" * 3 + "丙" * 20
    assert cut(text, 80) == ("甲" * 15, "乙。" * 3 + "丙" * 20)


def test_else_a_sentence_s_end():
    assert cut("甲" * 20 + "。" + "乙" * 20, 80) == ("甲" * 20 + "。", "乙" * 20)


def test_a_long_message_is_cut_quickly():
    """However it is made: this runs on the event loop."""
    import time

    started = time.perf_counter()
    cut("字" * 4000, 2000)
    cut("🇨🇳" * 3000, 2000)
    cut("<a " * 4000, 2000)
    assert time.perf_counter() - started < 1
