"""What the console's pages call for people: signing in and out, accounts, the audit log. bot.desk.people fulfils it."""

from enum import StrEnum
from typing import Protocol

import msgspec

from bot.staff.people import Done, Person, Role


class Refusal(StrEnum):
    """Why something was not done; the console words it (words/people.toml, `refusals`)."""

    WRONG_PASSWORD = "wrong_password"  # noqa: S105  # a word of a closed set
    """Of one's own, asked for before it is changed."""
    SHORT_PASSWORD = "short_password"  # noqa: S105  # a word of a closed set
    LONG_PASSWORD = "long_password"  # noqa: S105  # a word of a closed set
    EASY_PASSWORD = "easy_password"  # noqa: S105  # a word of a closed set
    """It holds the name, or is one character or row of characters over and over."""
    SAME_PASSWORD = "same_password"  # noqa: S105  # a word of a closed set
    REPEATED_DIFFERENTLY = "repeated_differently"
    BAD_NAME = "bad_name"
    NAME_USED = "name_used"
    NO_SUCH_PERSON = "no_such_person"
    BAD_ROLE = "bad_role"
    UNKNOWN_REGION = "unknown_region"
    LAST_ADMIN = "last_admin"
    """Nobody would be left who may manage accounts."""
    LOCKED = "locked"


class RefusedError(Exception):
    """What was asked for was not done; `why` tells which remedy there is."""

    def __init__(self, why: Refusal, what: str = "") -> None:
        """`what` was at fault, where there are several: a region's name; or for how many seconds it is locked."""
        super().__init__(why.value)
        self.why, self.what = why, what


class Entered(msgspec.Struct, frozen=True, kw_only=True):
    """How an attempt to sign in ended."""

    person: Person | None = None
    secret: str = ""
    """Of the new session, for its cookie; empty where nobody was signed in."""
    seconds: int = 0
    """For how long this name or address is locked; 0: name and password do not belong together, or the account is closed."""

    def __repr__(self) -> str:
        """Without the secret."""
        return f"Entered(person={self.person!r}, seconds={self.seconds})"


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """What an admin says of an account."""

    name: str
    role: Role
    regions: tuple[str, ...] = ()
    """Of an editor, by name or id; empty for all."""
    is_active: bool = True


class Staff(Protocol):
    """People, their sessions and the audit log. Each raises bot.ports.StoreError."""

    async def sign_in(self, name: str, password: str, address: str) -> Entered:
        """Open a session with a secret that nobody has had before. Failures lock the name and the address for a while."""

    async def session(self, secret: str) -> Person | None:
        """Whose session a cookie's secret is; being seen keeps it from ending for idleness."""

    async def sign_out(self, secret: str) -> None:
        """End a session."""

    async def people(self) -> tuple[Person, ...]:
        """All accounts, by name."""

    async def add(self, account: Account, by: str) -> str:
        """Make an account; its first password, which is shown once. Raises RefusedError."""

    async def change(self, account: Account, by: str) -> Person:
        """Change role, regions or state; where role or state changes its sessions end. Raises RefusedError."""

    async def give_password(self, name: str, by: str) -> str:
        """A new password for somebody, which is shown once and has to be changed by him. Raises RefusedError."""

    async def change_password(self, name: str, old: str, new: str) -> Entered:
        """Change one's own: every session of it ends, and a new one begins. Raises RefusedError."""

    async def region_names(self, regions: tuple[str, ...]) -> tuple[str, ...]:
        """Regions' ids as people read them: 四川乐山."""

    async def note(self, who: str, deed: str, object: str = "", detail: str = "") -> None:  # noqa: A002  # Done's field
        """Add a line to the audit log, for what keeps none by itself."""

    async def done(self, *, before: int = 0, limit: int = 100, about: str = "") -> tuple[tuple[int, Done], ...]:
        """Lines of the audit log with their numbers, the newest first, those before a number (0: all)."""
