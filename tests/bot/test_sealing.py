"""What is sealed opens with its key, at its place, unchanged, and not otherwise; marks lead back to nothing."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.storage.memory_shared import MemoryKeyValue
from bot.ports import StoreError
from bot.sealed import SealedValues
from bot.sealing import BrokenSeal, Sealer

KEY = bytes(range(32))
SEALER = Sealer(KEY)


@given(st.binary(max_size=200), st.text(max_size=20))
def test_what_is_sealed_opens(plain: bytes, place: str) -> None:
    sealed = SEALER.seal(plain, place)
    assert Sealer(KEY).open(sealed, place) == plain
    assert sealed != SEALER.seal(plain, place)
    assert len(plain) < 5 or plain not in sealed


@given(st.binary(max_size=64), st.data())
def test_a_changed_byte_does_not_open(plain: bytes, data: st.DataObject) -> None:
    sealed = bytearray(SEALER.seal(plain, "a"))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(BrokenSeal):
        SEALER.open(bytes(sealed), "a")


@pytest.mark.parametrize("sealed", [b"", b"a", b"a" * 12, b"a" * 27, b"a" * 28])
def test_what_was_never_sealed_does_not_open(sealed: bytes) -> None:
    with pytest.raises(BrokenSeal):
        SEALER.open(sealed, "a")


def test_another_place_or_key_does_not_open() -> None:
    with pytest.raises(BrokenSeal):
        SEALER.open(SEALER.seal(b"x", "a"), "b")
    with pytest.raises(BrokenSeal):
        Sealer(bytes(32)).open(SEALER.seal(b"x", "a"), "a")


def test_a_mark_is_steady_and_of_its_purpose_texts_and_key() -> None:
    mark = SEALER.mark("user", "web", "u1")
    assert mark == Sealer(KEY).mark("user", "web", "u1")
    assert len(mark) == 32
    others = {
        SEALER.mark("number", "web", "u1"),
        SEALER.mark("user", "webu", "1"),
        SEALER.mark("user", "webu1"),
        Sealer(bytes(32)).mark("user", "web", "u1"),
    }
    assert mark not in others
    assert len(others) == 4


@pytest.mark.parametrize("key", [b"", b"a" * 16, b"a" * 33])
def test_a_key_has_32_bytes(key: bytes) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Sealer(key)


def test_a_sealer_shows_no_key() -> None:
    assert repr(SEALER) == "Sealer()"


async def test_sealed_values_are_values() -> None:
    """The port's contract, as its users see it; below, nothing can be read, nor moved to another key."""
    below = MemoryKeyValue(lambda: dt.datetime.now(dt.UTC))
    values = SealedValues(below, SEALER)
    assert await values.add("a:1", b"one", 60) is None
    assert await values.add("a:1", b"two", 60) == b"one"
    assert await values.swap("a:1", b"two", b"three", 60) is False
    assert await values.swap("a:1", b"one", b"three", 60) is True
    assert await values.swap("a:2", None, b"new", 60) is True
    await values.put("b", b"other", 60)
    assert (await values.get("a:1"), await values.get("a:2"), await values.get("b")) == (b"three", b"new", b"other")
    kept = await below.get("sealed:b")
    assert kept is not None
    assert b"other" not in kept
    await below.put("sealed:c", kept, 60)
    with pytest.raises(StoreError):
        await values.get("c")
    await values.drop("a:")
    assert await values.get("a:1") is None
    assert await values.swap("b", b"other", None, 0) is True
    assert await values.get("b") is None
