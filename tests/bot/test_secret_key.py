"""The secret key: made once, kept from others, and never replaced by one that does not fit."""

# ruff: noqa: ASYNC240  # nothing else runs while a test looks at a file

import asyncio
import stat
from pathlib import Path

import pytest

from adapters.storage.memory_accounts import MemoryAccounts
from bot.secret_key import FILE, sealer_of
from bot.settings import SettingsError

KEY, OTHER = "ab" * 32, "cd" * 32


async def test_the_first_run_makes_a_key_for_its_owner_s_eyes(tmp_path: Path) -> None:
    store, folder = MemoryAccounts(), tmp_path / "new"
    sealer, made = await sealer_of("", folder, store)
    assert made == folder / FILE
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    again, made_again = await sealer_of("", folder, store)
    assert made_again is None
    assert again.open(sealer.seal(b"x", "a"), "a") == b"x"


async def test_a_given_key_is_taken_and_nothing_is_written(tmp_path: Path) -> None:
    _, made = await sealer_of(KEY, tmp_path, MemoryAccounts())
    assert made is None
    assert list(tmp_path.iterdir()) == []


async def test_a_given_key_goes_before_the_file(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(OTHER)
    store = MemoryAccounts()
    sealer, _ = await sealer_of(KEY, tmp_path, store)
    assert sealer.mark("a") == (await sealer_of(KEY, tmp_path / "none", store))[0].mark("a")


@pytest.mark.parametrize("given", [OTHER, ""], ids=["in the settings", "in the file"])
async def test_a_key_that_does_not_fit_is_refused(tmp_path: Path, given: str) -> None:
    """With where it came from and what to do, without what it is; the right key goes on working."""
    store = MemoryAccounts()
    await sealer_of(KEY, tmp_path, store)
    (tmp_path / FILE).write_text(OTHER)
    with pytest.raises(SettingsError, match=r"is not the key .* backup") as caught:
        await sealer_of(given, tmp_path, store)
    assert ("KAODA_SECRET_KEY" if given else FILE) in str(caught.value)
    assert OTHER not in str(caught.value)
    await sealer_of(KEY, tmp_path, store)


async def test_a_key_that_is_gone_is_not_made_anew(tmp_path: Path) -> None:
    """A fresh one would make the bindings unreadable for good."""
    store = MemoryAccounts()
    _, made = await sealer_of("", tmp_path, store)
    assert made is not None
    made.unlink()
    with pytest.raises(SettingsError, match="missing"):
        await sealer_of("", tmp_path, store)
    assert not made.exists()


@pytest.mark.parametrize("text", ["abc", KEY + "0", "g" * 64, "密" * 64, KEY[:-1] + "\n"])
async def test_what_is_no_key_is_refused_and_not_shown(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    for given in (text, ""):
        with pytest.raises(SettingsError, match="64 hexadecimal digits") as caught:
            await sealer_of(given, tmp_path, MemoryAccounts())
        assert text.strip() not in str(caught.value)


async def test_two_that_start_at_once_have_one_key(tmp_path: Path) -> None:
    store = MemoryAccounts()
    found = await asyncio.gather(*(sealer_of("", tmp_path, store) for _ in range(2)))
    assert found[0][0].mark("a") == found[1][0].mark("a")
