"""Lines of the journal as rows: written within the transaction of their turn, read back as values."""

import datetime as dt
import hashlib
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlite_utils import Database

from adapters.storage.memory import decode_reply
from bot.ports import ShownElsewhereError, Turn
from bot.staff.journal import Line

DIGEST_BYTES = 16
WRITTEN = "at, channel, who, edition, kind, topic, region, exam, question, is_exact, said, before, reply_id"
WRITE = f"insert into journal ({WRITTEN}) values ({', '.join('?' * 13)})"  # noqa: S608  # names of columns
COLUMNS = (
    "journal.id, journal.at, journal.channel, journal.who, journal.edition, journal.kind, journal.topic, journal.region, "
    "journal.exam, journal.question, journal.is_exact, body, journal.before, feedback.helpful, journal.reply_id"
)
JOINED = (
    "journal left join said on said.digest = journal.said left join feedback on feedback.reply_id = journal.reply_id"
)
FROM = f"select {COLUMNS} from {JOINED}"  # noqa: S608  # names of columns
SHOWN = "update correction set state = 'shown' where id = ? and state in ('offered', 'waiting')"
ALIKE = (  # asked twice, told once
    "update correction set state = 'shown' where state in ('offered', 'waiting') and told = (select told from correction "
    "where id = ?) and who = (select who from correction where id = ?)"
)


def write(db: Database, turn: Turn, at: str) -> None:
    """Within the transaction of a turn: its line, and which corrections it tells. Raises ShownElsewhereError."""
    for number in turn.corrections:
        if db.execute(SHOWN, [number]).rowcount != 1:
            raise ShownElsewhereError(str(number))
    for number in turn.corrections:
        db.execute(ALIKE, [number, number])
    kept = turn.journalled
    if kept is None:
        return
    digest = None
    if kept.reply:
        digest = _digest(kept.reply)
        db.execute("insert or ignore into said values (?, ?)", [digest, kept.reply])
    told = [kept.who, kept.edition, kept.kind, kept.topic, kept.region, kept.exam, kept.question, kept.is_exact]
    db.execute(WRITE, [at, turn.channel, *told, digest, kept.before, turn.reply.id])


@lru_cache(256)  # what many ask is told again and again
def _digest(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=DIGEST_BYTES).digest()


def forget(db: Database, who: str) -> None:
    """Within a transaction: nothing of that mark stays; the empty mark is nobody's."""
    if who:
        db.execute("delete from journal where who = ?", [who])


def line_of(row: Sequence[Any]) -> Line:
    """A row of COLUMNS, with `said` joined to it."""
    number, at, channel, who, edition, kind, topic, region, exam, question, is_exact, body, before, helpful, reply = row
    return Line(
        id=number,
        at=dt.datetime.fromisoformat(at),
        channel=channel,
        who=who,
        edition=edition,
        kind=kind,
        topic=topic,
        region=region,
        exam=exam,
        question=question,
        is_exact=bool(is_exact),
        reply=decode_reply(body) if body is not None else None,
        helpful=None if helpful is None else bool(helpful),
        before=bytes(before),
        reply_id=reply,
    )
