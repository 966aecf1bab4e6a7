"""Who is bound to which candidate, and what is told of an attempt to bind. Values only; the numbers are in none of them."""

import datetime as dt
from enum import StrEnum

import msgspec


class Event(StrEnum):
    """What the audit log notes."""

    LINKED = "linked"
    """A one-time link was given."""
    BOUND = "bound"
    FAILED = "failed"
    """Number, ID and name did not belong together."""
    LOCKED = "locked"
    """Tried while locked, or the failure that locked."""
    UNAVAILABLE = "unavailable"
    """The status service could not answer."""
    REFUSED = "refused"
    """The user is bound to another candidate."""
    REPLACED = "replaced"
    """The candidate was bound by another user of the channel since."""
    UNBOUND = "unbound"
    EXPIRED = "expired"
    """The web conversation that was bound is gone."""
    STATUS_SHOWN = "status_shown"
    DATA_SHOWN = "data_shown"


class Binding(msgspec.Struct, frozen=True, kw_only=True):
    """One user of a channel is one candidate."""

    channel: str
    user: str
    mark: str
    """A keyed hash of the candidate id: the same candidate has the same."""
    sealed: bytes
    """The candidate id and the masked name, encrypted for this channel and user."""
    at: dt.datetime


class Audited(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the audit log."""

    at: dt.datetime
    event: Event
    channel: str
    who: str
    """A keyed hash of channel and user."""
    candidate: str = ""
    """A keyed hash of the candidate id, where one was proved."""


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """What a candidate fills in, as it was typed. It is sent to the status service and kept nowhere."""

    registration_no: str = ""
    id_number: str = ""
    name: str = ""
    consent: bool = False

    def __repr__(self) -> str:
        """Without what was typed."""
        return "Form()"


class Result(StrEnum):
    """How an attempt to bind ended."""

    BOUND = "bound"
    INCOMPLETE = "incomplete"
    """A field is empty or too long, or consent is missing; it does not count as a failure."""
    FAILED = "failed"
    LOCKED = "locked"
    GONE = "gone"
    """The link was used, has expired, or never was."""
    ELSEWHERE = "elsewhere"
    """The link belongs to another browser."""
    REFUSED = "refused"
    """This user is bound to another candidate."""
    UNAVAILABLE = "unavailable"


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What is told of an attempt to bind."""

    result: Result
    channel: str = ""
    user: str = ""
    """Who is bound now, or has tried in the browser that the link belongs to; on the web, where no scripts run, the
    conversation to go on with."""
    masked_name: str = ""
    seconds: int = 0
    """Until it can be tried again, where that is known."""
    undo: str = ""
    """A one-time token by which whoever filled the form in takes it back."""


class Invitation(msgspec.Struct, frozen=True, kw_only=True):
    """A link that was opened."""

    result: Result | None
    """None: the form may be shown; else GONE, ELSEWHERE or LOCKED."""
    channel: str = ""
    user: str = ""
    """As in an outcome."""
    seconds: int = 0
