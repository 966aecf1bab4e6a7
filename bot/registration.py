"""What the examination authority knows of a candidate: registrations, their stages, reasons and scores. Values only.

Names of stages and states are text: those added later live on as they came.
"""

import datetime as dt
from typing import Annotated

import msgspec

Moment = Annotated[dt.datetime, msgspec.Meta(tz=True)]
"""A time with its offset; one without is refused where it comes in."""
FIRST_YEAR, LAST_YEAR = 1900, 9000
"""Times before and after are none: 0001 and 9999, as some write where there is no time, cannot even be told in Beijing's."""


def _check(*moments: dt.datetime | None) -> None:
    """Raise ValueError for a time that is none, where it comes in and not where it is told."""
    if any(each is not None and not FIRST_YEAR <= each.year < LAST_YEAR for each in moments):
        raise ValueError("a time is none")


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """Why a stage was rejected."""

    text: str
    """As the reviewer wrote it; it may hold more than one reason."""
    code: str | None = None
    """education_mismatch, specialty_mismatch, insufficient_years …; names added later are kept as they came."""


class StageState(msgspec.Struct, frozen=True, kw_only=True):
    """Where one stage of a registration stands."""

    stage: str
    """submission, confirmation, review, payment, admission_ticket, exam, result; or a name added later."""
    state: str
    """not_started, pending, passed, rejected, auto_confirm_failed, withdrawn, expired, paid, available, absent, published …"""
    at: Moment | None = None
    deadline: Moment | None = None
    """By when the candidate must act."""
    reasons: tuple[Reason, ...] = ()

    def __post_init__(self) -> None:
        """Refuse times that are none."""
        _check(self.at, self.deadline)


class RegisteredSpecialty(msgspec.Struct, frozen=True, kw_only=True):
    """The specialty that was registered for, as the registration system names it."""

    code: str
    name: str


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """The score of one subject."""

    subject: str
    score: float
    passed: bool | None = None
    year: int | None = None


class Registration(msgspec.Struct, frozen=True, kw_only=True):
    """One registration of a candidate."""

    registration_id: str
    exam: str
    """By name, e.g. 卫生专业技术资格考试."""
    year: int
    level: str
    specialty: RegisteredSpecialty
    region: str
    """By name, e.g. 四川乐山."""
    stages: tuple[StageState, ...]
    updated_at: Moment
    confirm_mode: str | None = None
    """online, onsite, auto."""
    scores: tuple[Score, ...] = ()

    def __post_init__(self) -> None:
        """Refuse times that are none."""
        _check(self.updated_at)


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """The registrations of a candidate, newest first, and when they were read."""

    registrations: tuple[Registration, ...]
    as_of: Moment
    is_last_known: bool = False
    """Whether the service could not be asked now, and this is what it said at `as_of`."""


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """Who somebody was proved to be."""

    candidate_id: str
    """Opaque; kept encrypted."""
    masked_name: str
    """张*."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One change of a state."""

    cursor: str
    candidate_id: str
    registration_id: str
    stage: str
    state: str
    at: Moment

    def __post_init__(self) -> None:
        """Refuse times that are none."""
        _check(self.at)


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """Changes after a cursor, oldest first, and the cursor to go on with."""

    changes: tuple[Change, ...]
    next: str
