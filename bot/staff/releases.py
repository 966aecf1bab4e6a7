"""What the console calls to check drafts, publish, schedule, roll back and look back; bot.desk.publishing fulfils it."""

import datetime as dt
from enum import StrEnum
from typing import Protocol

import msgspec

from bot.staff.editions import Change, Checked, Publication, Scheduled
from bot.staff.people import Person


class CheckState(StrEnum):
    """How far a check is."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    """The check itself broke off; ask again to start another."""


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """A check that runs by itself in another process. Ask again (a page: every second) until it is done."""

    state: CheckState
    drafts: tuple[tuple[str, int], ...]
    """Keys and versions that are checked: what a form sends back to publish."""
    progress: float = 0.0
    """0 to 1."""
    checked: Checked | None = None
    needs_second: tuple[str, ...] = ()
    """Keys of the drafts for which the asking person needs a second person, being among their authors."""


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants to publish."""

    drafts: tuple[tuple[str, int], ...]
    """Keys with the versions that were shown."""
    note: str = ""
    override: str = ""
    """An admin's reason to do without the second person."""


class Verdict(StrEnum):
    """What became of an order."""

    PUBLISHED = "published"
    PLANNED = "planned"
    FINDINGS = "findings"
    """A gate found something: see `checked`."""
    SECOND_PERSON = "second_person"
    """Dates, fees, phones or notices that this person edited: somebody else has to publish them."""
    UNVERIFIED = "unverified"
    """A draft was copied from another year or region, and nobody has verified it."""
    CHANGED = "changed"
    """A draft was saved, discarded or published since it was shown."""
    STALE = "stale"
    """What is published has changed since a draft was begun: open and merge it."""
    NOTHING = "nothing"
    """There is nothing to publish, or to go back to."""
    REFUSED = "refused"
    """The person may not do that, or the moment is past."""


class Released(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome of an order, with what a page says of it."""

    verdict: Verdict
    edition: int = 0
    """The new edition, where one was made."""
    keys: tuple[str, ...] = ()
    """The entries that are in the way."""
    checked: Checked | None = None
    plan: Scheduled | None = None
    text: str = ""
    """One sentence in Chinese: what happened, and what to do where something is in the way."""


class Publishing(Protocol):
    """Checks and publications. Every method raises bot.ports.StoreError."""

    async def check(self, person: Person, keys: tuple[str, ...] = ()) -> Check:
        """The check of these drafts (empty: of all that are open) on the newest edition; started where it is not there yet."""

    async def publish(self, person: Person, order: Order) -> Released:
        """Publish; it waits for the check. Once it returns the edition is kept, and it is live everywhere within a second."""

    async def rollback(self, person: Person, edition: int, note: str) -> Released:
        """Make the content of an older edition the newest. At once: what was published has passed its check then."""

    async def schedule(self, person: Person, order: Order, due: dt.datetime) -> Released:
        """Plan a publication; what order and rights do not allow now is refused now, the check is done again then."""

    async def cancel(self, person: Person, plan: int) -> bool:
        """Cancel a plan; False where it was done already."""

    async def schedules(self) -> tuple[Scheduled, ...]:
        """All plans, those to come first."""

    async def current(self) -> int:
        """The newest edition."""

    async def publications(self, *, before: int = 0, limit: int = 50) -> tuple[Publication, ...]:
        """The newest first, without their changes."""

    async def publication(self, edition: int) -> Publication | None:
        """One, with its changes."""

    async def history(self, key: str) -> tuple[Publication, ...]:
        """The publications that changed an entry, the newest first, each with that change alone."""

    async def compare(self, older: int, newer: int) -> tuple[Change, ...]:
        """What differs between two editions, entry by entry. KeyError where one does not exist."""
