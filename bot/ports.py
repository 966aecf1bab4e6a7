"""What the responder needs from the outside, as protocols; adapters fulfil them."""

import datetime as dt
from typing import Protocol

import msgspec

from bot.messages import Feedback, Gap, Message, Reply
from bot.registration import Changes, Identity, Status


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """All that one answered message leaves behind; kept whole or not at all."""

    message_id: str
    channel: str
    user: str
    reply: Reply
    conversation: bytes
    """The conversation after this turn, as the dialogue encodes it."""
    gaps: tuple[Gap, ...]
    at: dt.datetime


class StoreError(Exception):
    """The store cannot be read or written. Its message says what to do."""


class Store(Protocol):
    """Conversations, replies already given, feedback and gaps; survives a restart."""

    async def conversation(self, channel: str, user: str) -> bytes | None:
        """The conversation of a user, or None if there is none."""

    async def reply_to(self, channel: str, user: str, message_id: str) -> Reply | None:
        """The reply already given to that message, or None."""

    async def keep(self, turn: Turn) -> None:
        """Keep a turn in one transaction; once this returns it survives a crash."""

    async def rate(self, feedback: Feedback, gap_at: dt.datetime) -> bool:
        """Keep a feedback; False where no such reply was given to that user."""

    async def forget_user(self, channel: str, user: str) -> None:
        """Forget all that is kept of one user: conversation, replies, feedback. Raises StoreError."""

    async def check(self) -> None:
        """Raise StoreError unless the store can be reached."""

    async def close(self) -> None:
        """Finish what is being written and let go of the files."""


class KeyValue(Protocol):
    """Short-lived values that all processes of a service share: duplicates, pending answers, tokens, quotas."""

    async def get(self, key: str) -> bytes | None:
        """The value, or None where there is none or it has expired. Raises StoreError."""

    async def add(self, key: str, value: bytes, seconds: float) -> bytes | None:
        """Keep a value unless one is there: None if it was kept, else the one there. Atomic. Raises StoreError."""

    async def put(self, key: str, value: bytes, seconds: float) -> None:
        """Keep a value, whatever was there. Raises StoreError."""

    async def swap(self, key: str, old: bytes | None, new: bytes | None, seconds: float) -> bool:
        """Replace `old` by `new` (None: nothing there) and tell whether `old` was what was there. Atomic. Raises StoreError."""

    async def drop(self, prefix: str) -> None:
        """Forget every value whose key begins so. Raises StoreError."""


class Reminder(msgspec.Struct, frozen=True, kw_only=True):
    """Something to tell a user who does not ask just then."""

    kind: str
    """What it is about: payment_ends. A channel knows how it words each kind, or does not send it."""
    values: dict[str, str]
    """What its words are filled with: deadline, region."""
    url: str = ""
    """A page to open, or empty."""


class NotifyError(Exception):
    """A reminder could not be sent. Try again later; the channel's log says why."""


class Notify(Protocol):
    """Reminds users by their channel."""

    async def notify(self, user: str, reminder: Reminder) -> bool:
        """Send a reminder; False where that user gets none of its kind. Raises NotifyError where it may work later."""


class StatusError(Exception):
    """The status service could not answer. `cause` is one of a few words; nothing personal is in its text."""

    def __init__(self, cause: str, retry_after: float | None = None) -> None:
        """`cause`, one word: slow, down, busy, maintenance, broken, refused (our token), unknown (that candidate or cursor).

        `retry_after` in seconds, where it was said.
        """
        super().__init__(cause)
        self.cause, self.retry_after = cause, retry_after


class NotVerified(Exception):  # noqa: N818  # said as a statement
    """Number, ID and name do not belong together; which of them is wrong is not told."""


class StatusService(Protocol):
    """The examination authority's service: who a candidate is, and where the registrations stand."""

    async def verify(self, registration_no: str, id_number: str, name: str) -> Identity:
        """Prove who a candidate is. Raises NotVerified and StatusError."""

    async def registrations(self, candidate_id: str) -> Status:
        """The registrations; where the service fails, the last known ones. StatusError where there are none."""

    async def changes(self, after: str) -> Changes:
        """What changed after a cursor; empty for the beginning. Raises StatusError."""

    def forget(self, candidate_id: str) -> None:
        """Forget the last known state of a candidate, at once: who unbinds leaves nothing behind."""


class Clock(Protocol):
    """What time it is."""

    def __call__(self) -> dt.datetime:
        """Now, with an offset; Beijing time is +08:00."""


class Responder(Protocol):
    """What a channel calls: one message in, one reply out."""

    async def respond(self, message: Message) -> Reply:
        """Answer a message; UnknownScope where a hint names nothing, StoreError where nothing can be kept."""

    async def rate(self, feedback: Feedback) -> bool:
        """Keep a feedback; False where no such reply was given to that user."""

    async def knows(self, channel: str, user: str) -> bool:
        """Whether that user has a conversation that has not expired."""

    async def forget(self, channel: str, user: str) -> None:
        """Forget all that is kept of one user, once what he said last is answered. Raises StoreError."""
