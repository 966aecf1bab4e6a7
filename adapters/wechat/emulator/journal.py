"""Everything that happened, in order: what tests assert on, and what the page shows."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from enum import StrEnum

import msgspec

from adapters.wechat.emulator.verdict import Article

KEPT = 20_000  # entries; the page may stay open for days


class Kind(StrEnum):
    """What an entry is."""

    DONE = "done"
    """A user did something: `name` is what, `text` what the bubble shows."""
    PUSH = "push"
    """An attempt was sent."""
    ANSWERED = "answered"
    """The attempt was answered with a valid reply."""
    SILENT = "silent"
    """The attempt was answered with success or nothing."""
    FAILED = "failed"
    """The attempt was not answered as it should be."""
    SHOWN = "shown"
    """The user sees the reply."""
    CUSTOMER_SERVICE = "customer_service"
    """The user sees a customer-service message (or one of another API)."""
    FAULT = "fault"
    """The user sees the fault text."""
    CALL = "call"
    """The API was called: `name` is the path, `code` the errcode."""
    TYPING = "typing"
    """The user sees that an answer is being written."""
    DROPPED = "dropped"
    """A push was not sent, because of MarkFail."""
    ALARM = "alarm"
    """MarkFail has begun."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened."""

    number: int
    """1, 2, 3 … in order."""
    at: float
    """Emulated time."""
    kind: Kind
    user: str = ""
    """The openid it is about; empty for token fetches, menus and the like."""
    name: str = ""
    text: str = ""
    articles: tuple[Article, ...] = ()
    reason: str = ""
    push: int = 0
    """The push's number, the same for all its attempts; 0 for none."""
    attempt: int = 0
    status: int = 0
    code: int = 0
    ms: float = 0.0


class Journal:
    """Entries in order; whoever follows is woken by each new one."""

    def __init__(self) -> None:
        """Start empty."""
        self._entries: deque[Entry] = deque(maxlen=KEPT)
        self._count = 0
        self._news = asyncio.Event()
        self._is_closed = False

    def add(self, kind: Kind, at: float, **fields: object) -> Entry:
        """Write an entry; `fields` are those of Entry."""
        self._count += 1
        entry = Entry(number=self._count, at=at, kind=kind, **fields)  # type: ignore[arg-type]  # passed on
        self._entries.append(entry)
        self._wake()
        return entry

    def entries(self, *kinds: Kind, user: str = "", name: str = "") -> list[Entry]:
        """The entries of these kinds (all without any), of a user and of a name where given."""
        return [
            entry
            for entry in self._entries
            if (not kinds or entry.kind in kinds) and user in ("", entry.user) and name in ("", entry.name)
        ]

    def shown(self, user: str = "") -> list[str]:
        """The texts that users saw, passive replies and customer-service messages, in order."""
        return [entry.text for entry in self.entries(Kind.SHOWN, Kind.CUSTOMER_SERVICE, user=user)]

    def faults(self, user: str = "") -> list[str]:
        """Why users saw the fault text."""
        return [entry.reason for entry in self.entries(Kind.FAULT, user=user)]

    def token_fetches(self) -> int:
        """How often a token was asked for, successfully or not, by either way."""
        paths = ("/cgi-bin/token", "/cgi-bin/stable_token")
        return sum(entry.name in paths for entry in self.entries(Kind.CALL))

    async def follow(self, after: int = 0) -> AsyncIterator[Entry]:
        """Entries after that number, and new ones as they come, until the journal is closed."""
        while True:
            news = self._news
            for entry in [each for each in self._entries if each.number > after]:
                after = entry.number
                yield entry
            if self._is_closed:
                return
            await news.wait()

    def close(self) -> None:
        """End whoever follows."""
        self._is_closed = True
        self._wake()

    def _wake(self) -> None:
        self._news.set()
        self._news = asyncio.Event()
