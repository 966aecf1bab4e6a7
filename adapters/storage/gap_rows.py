"""Gaps as rows of their table: added with the turns that leave them, read and settled by staff."""

import datetime as dt
from typing import Any

import msgspec
from sqlite_utils import Database

from bot.messages import Gap
from bot.staff.gaps import GapState, KeptGap

COLUMNS = (
    "id",
    "question",
    "reason",
    "region",
    "exam",
    "topic",
    "channel",
    "confidence",
    "why",
    "comment",
    "at",
    "state",
    "by",
    "settled",
    "note",
    "entry",
)


def add_gap(db: Database, gap: Gap, reply_id: str = "") -> None:
    """Add a gap; `reply_id` of the reply that was rated low."""
    db.execute(
        "insert into gap (question, reason, region, topic, at, exam, channel, confidence, why, comment, reply_id)"
        " values (:question, :reason, :region, :topic, :at, :exam, :channel, :confidence, :why, :comment, :reply_id)",
        {**msgspec.structs.asdict(gap), "at": text_of(gap.at), "reply_id": reply_id},
    )


def rate_gap(db: Database, reply_id: str, gap: Gap | None) -> None:
    """The gap of a reply's latest rating (None: it helped) instead of the one before; what was worked on stays as it is."""
    db.execute("delete from gap where reply_id = ? and state = ?", [reply_id, GapState.OPEN.value])
    if gap and not db.execute("select 1 from gap where reply_id = ?", [reply_id]).fetchone():
        add_gap(db, gap, reply_id)


def forget_settled(db: Database, before: str) -> None:
    """Delete the gaps that staff settled before a moment, as `text_of` writes it: those that are open stay."""
    db.execute("delete from gap where state <> ? and settled < ?", [GapState.OPEN.value, before])


def gap_of(row: tuple[Any, ...]) -> KeptGap:
    """A gap from a row of COLUMNS."""
    value = dict(zip(COLUMNS, row, strict=True))
    moments = {name: dt.datetime.fromisoformat(value[name]) if value[name] else None for name in ("at", "settled")}
    return KeptGap(**{**value, **moments, "state": GapState(value["state"])})


def text_of(moment: dt.datetime) -> str:
    """A moment as it is kept, so that texts are in the order of time."""
    return moment.astimezone(dt.UTC).isoformat()
