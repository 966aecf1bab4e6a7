"""What the console's pages and the command line call to carry tables out and in. bot.desk.exchange fulfils it.

An import is all or nothing: either every change that a file makes becomes a draft, or none does and each misfit is named by
sheet and cell. It never publishes. Somebody else's change since the file was exported is never written over: it is a misfit.
"""

import datetime as dt
from enum import StrEnum
from typing import Protocol

import msgspec

from bot.staff.people import Person


class Format(StrEnum):
    """What a file is."""

    TOML = "toml"
    """The content folder as a zip, byte for byte."""
    EXCEL = "xlsx"
    """A workbook, one sheet a table."""
    CSV = "csv"
    """One table."""


class Table(StrEnum):
    """A sheet of the workbook, or a CSV file."""

    WINDOWS = "windows"
    FEES = "fees"
    SITES = "sites"
    SPECIALTIES = "specialties"
    CONTACTS = "contacts"
    LISTS = "lists"
    SITTINGS = "sittings"
    TOPICS = "topics"
    PHRASINGS = "phrasings"
    ANSWERS = "answers"


class Exported(msgspec.Struct, frozen=True, kw_only=True):
    """A file to download."""

    name: str
    media_type: str
    body: bytes


class Misfit(msgspec.Struct, frozen=True, kw_only=True):
    """What does not fit in a file, in Chinese."""

    sheet: str
    """The sheet as it is called there, or a file of the zip."""
    cell: str
    """`C7`; a row's number in CSV with its column: `7行 截止`; empty for the whole sheet."""
    problem: str
    remedy: str


class JobState(StrEnum):
    """How far an import is."""

    RUNNING = "running"
    KEPT = "kept"
    """All its changes are drafts."""
    REFUSED = "refused"
    """Nothing was kept: `misfits` says why."""
    FAILED = "failed"
    """Something broke on our side; nothing was kept."""


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """An import; the page that waits for it asks for it again."""

    id: str
    by: str
    file: str
    state: JobState
    at: dt.datetime
    done: int = 0
    total: int = 0
    """Rows read of rows there are; 0 while that is not known yet."""
    misfits: tuple[Misfit, ...] = ()
    keys: tuple[str, ...] = ()
    """The drafts that it made."""


class Exchange(Protocol):
    """Tables out and in. Raises bot.ports.StoreError."""

    async def export(self, form: Format, table: Table | None = None, *, with_drafts: bool = False) -> Exported:
        """The newest edition, or what it becomes with the drafts; `table` is for CSV."""

    async def begin(self, person: Person, name: str, body: bytes) -> Job:
        """Begin to import a .xlsx, .csv or .zip; it goes on by itself."""

    def job(self, person: Person, job: str) -> Job | None:
        """How far it is; None where it is not this person's or long over."""

    def jobs(self, person: Person) -> tuple[Job, ...]:
        """Those of a person, the newest first."""
