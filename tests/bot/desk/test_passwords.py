"""What is kept of passwords, and which are refused."""

import time

import pytest

from bot.desk.passwords import Passwords, fault, made
from bot.staff.accounts import Refusal


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("Tr0ub4dor&3", None),
        ("correct horse", None),
        ("春眠不觉晓处处闻啼鸟", None),
        ("tianqing-luoyu", None),
        ("short", Refusal.SHORT_PASSWORD),
        ("九个字的密码不够长", Refusal.SHORT_PASSWORD),
        ("x" * 201, Refusal.LONG_PASSWORD),
        ("aaaaaaaaaaaa", Refusal.EASY_PASSWORD),
        ("abcabcabcabc", Refusal.EASY_PASSWORD),
        ("1234567890", Refusal.EASY_PASSWORD),
        ("9876543210", Refusal.EASY_PASSWORD),
        ("password1234", Refusal.EASY_PASSWORD),
        ("Passw0rd2345", Refusal.EASY_PASSWORD),
        ("qwertyuiop12", Refusal.EASY_PASSWORD),
        ("wangfang1234", Refusal.EASY_PASSWORD),
        ("WangFang2024", Refusal.EASY_PASSWORD),
        ("hunter2hunter2", Refusal.EASY_PASSWORD),
    ],
)
def test_passwords_that_are_guessed_are_refused(password: str, why: Refusal | None) -> None:
    assert fault("wangfang", password) is why


def test_made_passwords_are_good_and_never_the_same() -> None:
    found = {made() for _ in range(1000)}
    assert len(found) == 1000
    assert all(fault("admin", each) is None for each in found)


async def test_only_the_password_fits() -> None:
    passwords = Passwords()
    kept = await passwords.hash("correct horse")
    assert "correct" not in kept
    assert kept.startswith("$argon2id$")
    assert await passwords.fits(kept, "correct horse")
    assert not await passwords.fits(kept, "correct horsE")
    assert not await passwords.fits(kept, "correct horse" * 100)
    assert not await passwords.fits("no hash", "correct horse")
    assert kept != await passwords.hash("correct horse")


async def test_nobody_takes_as_long_as_somebody() -> None:
    """Whether there is such a name cannot be told by the time that a refusal takes."""
    passwords = Passwords()
    kept = await passwords.hash("correct horse")
    await passwords.fits(None, "x")

    async def least(of: str | None) -> float:
        found = []
        for _ in range(5):
            begun = time.perf_counter()
            assert not await passwords.fits(of, "wrong")
            found.append(time.perf_counter() - begun)
        return min(found)

    assert await least(None) > 0.5 * await least(kept)
