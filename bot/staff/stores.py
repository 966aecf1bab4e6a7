"""What the staff's work needs kept, as protocols; adapters/storage fulfils them. Each raises bot.ports.StoreError.

Whatever changes something is one transaction together with its line in the audit log, and survives a crash once it returns.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Protocol

from bot.staff.editions import Draft, Publication, Scheduled, ScheduleState
from bot.staff.people import Done, Person


class SavedMeanwhileError(Exception):
    """Somebody else saved that draft since it was opened: nothing was kept. `current` is what stands there now."""

    def __init__(self, current: Draft | None) -> None:
        """None: the draft was discarded or published meanwhile."""
        super().__init__()
        self.current = current


class PublishedMeanwhileError(Exception):
    """Another edition was published since: nothing was kept. Check the drafts again."""


class LastAdminError(Exception):
    """Nobody would be left who may manage accounts: nothing was changed. Make somebody else an admin first."""


class EditionStore(Protocol):
    """Drafts, editions and plans. Editions are never changed; their files are kept once however many editions hold them."""

    async def current(self) -> int:
        """The number of the newest edition; 0 where there is none yet. Cheap: it is asked several times a second."""

    async def texts(self, edition: int) -> Mapping[str, str]:
        """File → text of an edition, in the order of the files' names. KeyError where there is no such edition."""

    async def publications(self, *, before: int = 0, limit: int = 50) -> tuple[Publication, ...]:
        """The newest first, those older than edition `before` (0: all), without their changes."""

    async def publication(self, edition: int) -> Publication | None:
        """One, with its changes."""

    async def history(self, key: str) -> tuple[Publication, ...]:
        """The publications that changed an entry, the newest first, each with that change alone."""

    async def publish(
        self,
        publication: Publication,
        texts: Mapping[str, str],
        base: int,
        drafts: tuple[tuple[str, int], ...],
        done: Done,
    ) -> int:
        """Keep the next edition, take its drafts away, and give its number.

        PublishedMeanwhileError where `base` is no longer the newest; SavedMeanwhileError where a draft has another version.
        """

    async def announce(self, mark: str, texts: Mapping[str, str]) -> None:
        """Tell every process what is about to be published, so that it can make ready; `mark` is the texts' digest."""

    async def announced(self) -> str:
        """The mark of what was announced last; empty: nothing. Cheap, as `current` is."""

    async def announced_texts(self) -> Mapping[str, str]:
        """File → text of what was announced last."""

    async def drafts(self) -> tuple[Draft, ...]:
        """All of them, by file and key."""

    async def draft(self, key: str) -> Draft | None:
        """The draft of an entry."""

    async def save(self, draft: Draft, seen: int, done: Done) -> int:
        """Keep a draft where the version `seen` (0: none) stands, else SavedMeanwhileError. Gives its version.

        The version is the store's to give: no version of an entry's drafts is used twice, not even after one was discarded.
        """

    async def save_all(self, drafts: tuple[tuple[Draft, int], ...], done: Done) -> None:
        """Keep several, all or none (an import, a roll-over). SavedMeanwhileError."""

    async def discard(self, key: str, seen: int, done: Done) -> None:
        """Take a draft away where the version `seen` stands, else SavedMeanwhileError."""

    async def schedule(self, plan: Scheduled, done: Done) -> Scheduled:
        """Keep a plan; its id is given."""

    async def schedules(self) -> tuple[Scheduled, ...]:
        """The plans, those to come first."""

    async def claim_due(self, now: dt.datetime, lease: dt.timedelta) -> Scheduled | None:
        """Take the oldest plan that is due; for `lease` no other process gets it."""

    async def settle(self, plan: int, state: ScheduleState, outcome: str, done: Done) -> bool:
        """What became of a plan; False where it was settled already."""


class StaffStore(Protocol):
    """Accounts, sessions and the audit log."""

    async def people(self) -> tuple[Person, ...]:
        """All accounts, by name."""

    async def person(self, name: str) -> tuple[Person, str] | None:
        """An account and the hash of its password."""

    async def add(self, person: Person, password_hash: str, done: Done) -> bool:
        """Keep an account; False where the name was ever used."""

    async def change(self, person: Person, password_hash: str | None, done: Done) -> None:
        """Keep an account as it is now (None: the password stays); its sessions end where role, state or password changed.

        LastAdminError where no active admin would be left.
        """

    async def open_session(self, mark: str, name: str, until: dt.datetime, done: Done) -> None:
        """Keep a session by the hash of its secret; it is last seen at `done.at`. Those that are over are forgotten."""

    async def session(self, mark: str, now: dt.datetime, idle: dt.timedelta) -> Person | None:
        """Whose session it is, which is hereby seen (to the minute).

        None where it is over, was last seen longer than `idle` ago, or the account is not active.
        """

    async def close_session(self, mark: str, done: Done | None) -> None:
        """End a session."""

    async def note(self, done: Done) -> None:
        """Add a line to the audit log."""

    async def done(self, *, before: int = 0, limit: int = 100, about: str = "") -> tuple[tuple[int, Done], ...]:
        """Lines with their numbers, the newest first, those before a number (0: all); `about` an object or a person."""
