"""Typed facts: rows with a source clause, from which dates, fees, phones and lists in answers come."""

import datetime as dt
from enum import StrEnum

import msgspec


class Stage(StrEnum):
    """The steps of a registration, in order."""

    SUBMISSION = "submission"
    CONFIRMATION = "confirmation"
    REVIEW = "review"
    PAYMENT = "payment"
    ADMISSION_TICKET = "admission_ticket"
    EXAM = "exam"
    RESULT = "result"


class Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every fact has: the scope it holds in, and the words of the notice that say so."""

    exams: tuple[str, ...]
    region: str
    year: int
    source: str
    """notice#clause"""
    quote: str


class Window(Row, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """First and last day of something; either end may be open."""

    name: str
    stage: Stage
    start: dt.date | None = None
    end: dt.date | None = None
    days: tuple[dt.date, ...] = ()
    """The single days, where the notice lists days and not a range."""
    half: str = ""
    """上午 where the last day ends at noon."""
    if_listed: str = ""
    """The closed list that a region must be on for the row to hold there."""
    consequence: str = ""


class Fee(Row, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Yuan for one subject."""

    levels: tuple[str, ...] = ()
    specialties: tuple[int, ...] = ()
    """Serial numbers of the only specialties that it is for; empty for all."""
    mode: str = ""
    amount: int


class Site(Row, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A registration point: where it is, its phone, its days."""

    id: str
    name: str
    aliases: tuple[str, ...] = ()
    place: str = ""
    phone: str = ""
    start: dt.date | None = None
    end: dt.date | None = None
    half: str = ""
    note: str = ""
    topic: str = ""
    """The topic that answers on confirmation for this point instead of the usual ones."""


class Specialty(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One row of a region's table of specialties."""

    no: int
    name: str
    system_name: str
    code: str
    category: str = ""
    range: str = ""
    remark: str = ""
    exam: str = ""
    """The exam that the levels below the senior ones are sat in, where the notice gives one."""
    aliases: tuple[str, ...] = ()
    deeds: tuple[str, ...] = ()
    """What its people do: diseases, procedures and devices by which they describe it without naming it."""
    source: str


class RegionList(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A closed list of examination regions: what is not on it is an answer too."""

    name: str
    exams: tuple[str, ...]
    year: int
    regions: tuple[str, ...]
    exceptions: tuple[str, ...] = ()
    """Regions that lie in a listed one and are not on the list: 贵州（省直考点除外）."""
    source: str
    quote: str


class Sitting(Row, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One subject of one paper: its days and hours."""

    paper: str
    mode: str = ""
    subject: str
    days: tuple[dt.date, ...]
    start: str
    end: str


class Contact(Row, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom to ask in a scope."""

    name: str
    phone: str = ""
    web: str = ""
    address: str = ""
