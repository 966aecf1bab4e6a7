"""What the responder needs from the outside, as protocols; adapters fulfil them."""

import datetime as dt
from typing import Protocol

import msgspec

from bot.binding import Audited, Binding, Form, Invitation, Outcome
from bot.due import Due, Subscription, Told
from bot.journalled import Journalled
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
    reminders: tuple[str, ...] = ()
    """Ids of the reminders that the reply tells; they are shown by it, and never again."""
    journalled: Journalled | None = None
    """Its line in the journal; None where none is kept."""
    corrections: tuple[int, ...] = ()
    """Numbers of the corrections that the reply tells, likewise."""


class Start(msgspec.Struct, frozen=True, kw_only=True):
    """What a turn starts from."""

    reply: Reply | None
    """The one already given to the message."""
    conversation: bytes | None
    """As the last turn left it; None where there is none."""
    due: tuple[Due, ...]
    """The reminders that the user has not been shown yet, oldest first."""


class ShownElsewhereError(Exception):
    """A reminder that a turn would tell was shown in the meantime; nothing was kept. Compose the reply without it."""


class StoreError(Exception):
    """The store cannot be read or written. Its message says what to do."""


class Store(Protocol):
    """Conversations, replies already given, feedback and gaps; survives a restart."""

    async def conversation(self, channel: str, user: str) -> bytes | None:
        """The conversation of a user, or None if there is none."""

    async def reply_to(self, channel: str, user: str, message_id: str) -> Reply | None:
        """The reply already given to that message, or None."""

    async def start(self, channel: str, user: str, message_id: str, now: dt.datetime) -> Start:
        """All that the turn of a message starts from, read in one go."""

    async def keep(self, turn: Turn) -> None:
        """Keep a turn in one transaction; once this returns it survives a crash. Raises ShownElsewhereError."""

    async def rate(self, feedback: Feedback, gap_at: dt.datetime) -> bool:
        """Keep a feedback; False where no such reply was given to that user."""

    async def forget_user(self, channel: str, user: str, who: str = "") -> None:
        """Forget all that is kept of one user, and of his mark in the journal. Raises StoreError."""

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
    """A reminder could not be sent. Try again later, unless it is in doubt; the channel's log says why."""

    def __init__(self, reason: str, *, is_in_doubt: bool = False) -> None:
        """`is_in_doubt`: it may have been sent all the same, so that trying again may show it twice."""
        super().__init__(reason)
        self.is_in_doubt = is_in_doubt


class Notify(Protocol):
    """Reminds users by their channel."""

    async def notify(self, user: str, reminder: Reminder) -> bool:
        """Send a reminder; False where that user gets none of its kind. Raises NotifyError where it may work later."""


class ReminderStore(Protocol):
    """Who asked to be reminded of what, how far the changes were read, and the reminders. Each raises StoreError."""

    async def subscribe(self, subscription: Subscription) -> None:
        """Keep what a user asked for, in place of what he asked for before."""

    async def unsubscribe(self, channel: str, user: str) -> bool:
        """Forget what a user asked for and every reminder of his; False where he had asked for nothing."""

    async def subscription(self, channel: str, user: str) -> Subscription | None:
        """What a user asked for."""

    async def subscriptions(self, after: tuple[str, str], limit: int) -> tuple[Subscription, ...]:
        """Those after a channel and user, in that order, to go through all of them in pages."""

    async def cursor(self) -> str:
        """How far the changes were read; empty at first."""

    async def receive(self, old: str, new: str, due: tuple[Due, ...]) -> None:
        """Keep reminders and go on from cursor `old` to `new`, in one transaction.

        An id that was ever kept is not kept again, and nothing is kept for who is not subscribed any more. Where the cursor
        is no longer `old`, another process was faster, and it stays as it is.
        """

    async def sweep(self, subscription: Subscription, due: tuple[Due, ...]) -> None:
        """Keep reminders as `receive` does, and that a user's deadlines were looked at, in one transaction."""

    async def settle_stage(self, channel: str, user: str, subject: str) -> None:
        """A stage is done: its deadline reminders that were not shown are void."""

    async def claim(self, channel: str, now: dt.datetime, lease: dt.timedelta) -> Due | None:
        """Take the oldest reminder that is to be sent now: nobody else gets it.

        Who claimed longer ago than `lease` and never told what became of it has died in between: that one is in doubt.
        """

    async def told(self, due_id: str, outcome: Told, now: dt.datetime, again: dt.datetime) -> None:
        """What became of a claimed reminder; LATER makes it claimable from `again` on."""

    async def waiting(self, channel: str, user: str, now: dt.datetime) -> tuple[Due, ...]:
        """What a user has not been shown yet, oldest first; showing is kept with the turn that does it."""

    async def take(self, channel: str, user: str, now: dt.datetime) -> tuple[Due, ...]:
        """What a user has not been shown yet; from now on it counts as shown."""

    async def tidy(self, before: dt.datetime) -> None:
        """Forget the ids of what was settled before that, and what expired unseen."""


class Amendments(Protocol):
    """What users were told that is no longer so."""

    async def waiting(self, channel: str, user: str) -> tuple[tuple[int, str], ...]:
        """Corrections that a user has not been told yet: numbers and sentences; the turn that tells them names the numbers."""


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

    def last_known(self, candidate_id: str) -> Status | None:
        """What the service last said, marked as such, for who has no time left to ask; None where nothing is known."""

    def forget(self, candidate_id: str) -> None:
        """Forget the last known state of a candidate, at once: who unbinds leaves nothing behind."""


class AccountStore(Protocol):
    """Who is bound to which candidate, and the audit log; survives a restart. A change and its log line are kept together."""

    async def key_check(self, fresh: bytes | None) -> bytes | None:
        """What was sealed with the first key; without one `fresh` is kept (None: nothing is). Raises StoreError."""

    async def binding(self, channel: str, user: str) -> Binding | None:
        """The binding of a user, or None. Raises StoreError."""

    async def bound(self, *, mark: str = "", channel: str = "") -> tuple[Binding, ...]:
        """All bindings of that candidate or channel, oldest first. Raises StoreError."""

    async def bind(self, binding: Binding, rows: tuple[Audited, ...]) -> bool:
        """Bind; other users of the channel lose that candidate. False, and nothing kept, where the user has another one.

        Once this returns it survives a crash. Raises StoreError.
        """

    async def unbind(self, channel: str, user: str, row: Audited) -> bool:
        """Delete a binding; False, and no log line, where there is none. Raises StoreError."""

    async def note(self, row: Audited) -> None:
        """Add a line to the audit log, which nothing changes or shortens. Raises StoreError."""

    async def audited(self) -> tuple[Audited, ...]:
        """The audit log, oldest first. Raises StoreError."""


class Binder(Protocol):
    """What the page behind a one-time link calls."""

    async def tie(self, token: str, browser: str) -> None:
        """Let the link be used in that browser only, known by a secret that it holds. Raises StoreError."""

    async def open(self, token: str, browser: str) -> Invitation:
        """Whether the form may be shown; opening uses nothing up. Raises StoreError."""

    async def bind(self, token: str, browser: str, form: Form) -> Outcome:
        """Prove who somebody is and bind; the link is used up by success alone. Raises StoreError."""

    async def undo(self, token: str) -> bool:
        """Take a binding back by the token that its outcome gave; False where that is used or too old. Raises StoreError."""


class Clock(Protocol):
    """What time it is."""

    def __call__(self) -> dt.datetime:
        """Now, with an offset; Beijing time is +08:00."""


class Responder(Protocol):
    """What a channel calls: one message in, one reply out."""

    async def respond(self, message: Message) -> Reply:
        """Answer a message, or give its reply again. Raises UnknownScope where a hint names nothing, and StoreError."""

    async def given(self, channel: str, user: str, message_id: str) -> Reply | None:
        """The reply already given to that message, or None. Raises StoreError."""

    async def rate(self, feedback: Feedback) -> bool:
        """Keep a feedback; False where no such reply was given to that user."""

    async def knows(self, channel: str, user: str) -> bool:
        """Whether that user has a conversation that has not expired."""

    async def forget(self, channel: str, user: str) -> None:
        """Forget all that is kept of one user, once what he said last is answered. Raises StoreError."""
