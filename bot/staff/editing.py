"""What the console's pages call to read entries and to edit them as drafts. bot.desk.editing fulfils it.

A page opens an entry, shows its text or a form, and saves a new text with the version that it was shown. Whoever comes second
gets a merge question (`Conflict`), never a silent overwrite. Nothing here is seen by candidates before it is published.

Keys. `topic:payment_window` is a topic without its answers; each answer is an entry of its own:
`answer:payment_window/health/CN-5111/2024`. Rows: `window:payment/health/CN-5111/2024`, `fee:…`, `site:leshan-shizhong/2024`,
`specialty:…`, `list:…`, `sitting:…`, `contact:…`, `exam:health`. `notice:leshan-2024` is the whole notice. `file:phrases.toml`
(lexicon, regions, status) is a whole file, and `head:exams.toml` what stands before the first row of one. Keys hold slashes
and Chinese: quote them in addresses; nobody takes them apart, an Entry says what is in them.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Protocol

import msgspec

from bot.staff.editions import Draft, Finding
from bot.staff.people import Person


class Kind(StrEnum):
    """What an entry is."""

    TOPIC = "topic"
    ANSWER = "answer"
    WINDOW = "window"
    FEE = "fee"
    SITE = "site"
    SPECIALTY = "specialty"
    LIST = "list"
    SITTING = "sitting"
    CONTACT = "contact"
    EXAM = "exam"
    NOTICE = "notice"
    FILE = "file"
    """A whole file: phrases, lexicon, regions, status."""
    HEAD = "head"
    """What stands before the first row of a file."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of content that is edited by itself."""

    key: str
    kind: Kind
    file: str
    text: str
    """Verbatim TOML with its comments and the blank lines after it."""
    fields: Mapping[str, Any]
    """The same as plain values: of a row or topic its fields; of a notice or file everything in it."""
    topic: str = ""
    """Of an answer: its topic's id."""
    regions: tuple[str, ...] = ()
    """The regions that it is about; empty: all."""
    is_fact: bool = False
    """Whether publishing it needs a second person."""
    draft: Draft | None = None
    """Where there is one; `text` is the published one all the same (or the draft's, where nothing is published)."""


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """An entry as an editor is shown it."""

    key: str
    name: str = ""
    """What people call it: 网上缴费时间 · 四川乐山; empty where it cannot be read."""
    kind: Kind
    file: str
    published: str
    """What is published now; empty: nothing."""
    draft: Draft | None
    is_stale: bool
    """Whether something else was published since the draft was begun: it has to be merged before it is published."""
    may_edit: bool

    @property
    def text(self) -> str:
        """What to show in the editor."""
        return self.draft.text if self.draft else self.published

    @property
    def version(self) -> int:
        """What to send back as `seen`."""
        return self.draft.version if self.draft else 0


class Conflict(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody else saved or published meanwhile: three texts, and what follows where both did not touch the same lines."""

    key: str
    base: str
    """What both began with."""
    theirs: str
    theirs_by: tuple[str, ...]
    mine: str
    merged: str
    """Both together; where both changed the same lines, between <<<<<<<, ======= and >>>>>>> lines."""
    is_clean: bool
    """Whether `merged` has no such place and can be read."""
    seen: int
    """The version to send back with the decided text; `theirs` is its `Edit.base`."""


class Edit(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants to save."""

    key: str
    """Empty for a new entry: its key follows from its text."""
    text: str
    """The whole new text; empty: the entry is to be deleted."""
    seen: int
    """`Opened.version` as it was shown; of a merge `Conflict.seen`."""
    file: str = ""
    """Of a new entry: the file it goes to (`topics/payment.toml`, `facts/windows.toml`, `notices/x.toml`)."""
    topic: str = ""
    """Of a new answer: its topic."""
    base: str | None = None
    """The text that was in the editor at first; without it what was published when the draft was begun counts."""
    note: str = ""


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an edit: exactly one of the three is there, or none where there was nothing to change."""

    draft: Draft | None = None
    conflict: Conflict | None = None
    findings: tuple[Finding, ...] = ()
    """Why it was not kept: it cannot be read, a field is unknown or missing, its region is not the editor's. In Chinese."""


class Editing(Protocol):
    """Entries and drafts. Every method raises bot.ports.StoreError."""

    async def entries(self, kind: Kind | None = None, *, topic: str = "", file: str = "") -> tuple[Entry, ...]:
        """Entries in the order of files, with their drafts; new ones that are drafts only at the end of each file."""

    async def open(self, key: str, person: Person) -> Opened | None:
        """One entry; None where neither published nor draft has it."""

    async def save(self, person: Person, edit: Edit) -> Kept:
        """Keep a draft."""

    async def set_fields(self, person: Person, edit: Edit, fields: Mapping[str, Any]) -> Kept:
        """Keep a draft in which these fields have these values (None: the field is taken out), all other lines as they were.

        Instead of `edit.text`, which is not looked at; where it is a new entry and no key is given, an entry of only these
        fields is begun.
        """

    async def discard(self, person: Person, key: str, seen: int) -> Kept:
        """Take a draft away."""

    async def stale(self, key: str) -> Conflict | None:
        """The merge question of a draft that `is_stale`: `theirs` is what is published now. None where it is not stale."""

    async def drafts(self) -> tuple[Opened, ...]:
        """All drafts, each with what is published; `may_edit` is not answered."""
