"""Passwords: what is kept of them (argon2id), which are refused, and those that are made for somebody. Knows no account."""

import asyncio
import re
import secrets

import argon2

from bot.staff.accounts import Refusal

TIME_COST, MEMORY_KIB, LANES = 3, 32 * 1024, 1  # 80 ms on the 2 cores of docs/performance.md; OWASP asks for less
AT_ONCE = 2  # passwords that are tried at the same time: each takes 32 MiB and a core
SHORTEST, LONGEST = 10, 200  # characters
ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"  # 5 bits each; none that is taken for another
GROUPS, GROUP = 4, 4  # 80 bits
ROWS = ("0123456789" * 2, "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm", "1qaz2wsx3edc")
COMMON = re.compile(r"passw[o0]rd|kaoda|admin|letmein|iloveyou|woaini|考答|密码|管理员")


class Passwords:
    """Hashes and tries passwords in threads."""

    def __init__(self, *, time_cost: int = TIME_COST, memory_kib: int = MEMORY_KIB) -> None:
        """What one attempt costs."""
        self._hasher = argon2.PasswordHasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=LANES)
        self._places = asyncio.Semaphore(AT_ONCE)
        self._nobody = ""

    async def hash(self, password: str) -> str:
        """What is kept."""
        async with self._places:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def fits(self, kept: str | None, password: str) -> bool:
        """Whether it is the password; None, where there is no such account, takes as long as a wrong one."""
        if len(password) > LONGEST:
            password = ""
        if kept is None and not self._nobody:
            self._nobody = await self.hash(secrets.token_urlsafe())
        async with self._places:
            fitting = await asyncio.to_thread(self._try, kept or self._nobody, password)
        return fitting and kept is not None

    def _try(self, kept: str, password: str) -> bool:
        try:
            return self._hasher.verify(kept, password)
        except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
            return False


def made() -> str:
    """A password for somebody, easy to read out and to type: four groups of four."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(GROUP)) for _ in range(GROUPS))


def fault(name: str, password: str) -> Refusal | None:
    """Why somebody may not take a password; None: he may."""
    if len(password) < SHORTEST:
        return Refusal.SHORT_PASSWORD
    if len(password) > LONGEST:
        return Refusal.LONG_PASSWORD
    plain = password.casefold()
    is_repeated = (plain * 2).find(plain, 1) < len(plain)
    left = COMMON.sub("", plain.replace(name.casefold(), ""))
    for row in ROWS:
        left = _without_rows(left, row)
    return Refusal.EASY_PASSWORD if is_repeated or len(set(left)) < 5 else None


def _without_rows(text: str, row: str) -> str:
    """A text without the runs of four or more neighbours on a row, in either direction: 12345, fdsa."""
    for way in (row, row[::-1]):
        for length in range(len(way), 3, -1):
            for start in range(len(way) - length + 1):
                text = text.replace(way[start : start + length], "")
    return text
