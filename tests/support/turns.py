"""Turns, replies and stores that the tests of storage have in common."""

import contextlib
import datetime as dt
import sqlite3
from pathlib import Path

from adapters.storage.memory import MemoryStore
from adapters.storage.sqlite import SqliteStore
from bot.journalled import Journalled
from bot.messages import Citation, Feedback, Gap, Kind, Named, Option, Reply
from bot.ports import Turn

NOW = dt.datetime(2023, 12, 5, 9, tzinfo=dt.timezone(dt.timedelta(hours=8)))
KEEP_DAYS = 30
ROOT = Path(__file__).parents[2]


def reply(reply_id: str = "r1", text: str = "2024年1月29日至2月8日。") -> Reply:
    """A reply with every field filled."""
    return Reply(
        id=reply_id,
        kind=Kind.ANSWER,
        text=text,
        options=(Option(label="1. 缴费", send="什么时候缴费"),),
        sources=(Citation(notice="n", title="《须知》", clause="一（二）", quote="“缴费”", url="/notices/n#1"),),
        topic="payment_window",
        region=Named(id="CN-31", name="上海"),
        exam=Named(id="health", name="卫生资格考试"),
        confidence=0.75,
    )


def turn(message_id: str = "m1", user: str = "u1", channel: str = "web", **more: object) -> Turn:
    """A turn of a user; the conversation names him."""
    given = {
        "reply": reply(f"{channel}-{user}-{message_id}"),
        "conversation": f'{{"region":"{channel} {user} {message_id} 上海"}}'.encode(),
        "gaps": (),
        "at": NOW,
        "journalled": Journalled(who=f"{channel} {user}", edition=1, kind="answer", question="几号缴费"),
        **more,
    }
    return Turn(message_id=message_id, channel=channel, user=user, **given)  # type: ignore[arg-type]  # a table of keywords


def gap(question: str = "能退费吗") -> Gap:
    return Gap(question=question, reason="fallback", region="CN-31", topic="refund", at=NOW)


def feedback(reply_id: str, *, helpful: bool, user: str = "u1", channel: str = "web", comment: str = "") -> Feedback:
    return Feedback(user=user, channel=channel, reply_id=reply_id, helpful=helpful, comment=comment)


class Kept:
    """A store, and what staff would see of it."""

    def __init__(self, store: MemoryStore | SqliteStore, path: Path) -> None:
        self.store, self._path = store, path

    def _rows(self, query: str) -> list[tuple[object, ...]]:
        with contextlib.closing(sqlite3.connect(self._path)) as connection:
            return connection.execute(query).fetchall()

    def gaps(self) -> list[tuple[object, ...]]:
        if isinstance(self.store, MemoryStore):
            return [(each.question, each.reason, each.region, each.topic) for each in self.store.gaps]
        return self._rows("select question, reason, region, topic from gap order by id")

    def whole_gaps(self) -> list[tuple[object, ...]]:
        """With what more staff are told of a question."""
        names = ("exam", "channel", "confidence", "why", "comment")
        if isinstance(self.store, MemoryStore):
            return [tuple(getattr(each, name) for name in names) for each in self.store.gaps]
        return self._rows("select exam, channel, confidence, why, comment from gap order by id")

    def feedback(self) -> list[tuple[object, ...]]:
        if isinstance(self.store, MemoryStore):
            return [(each.reply_id, int(each.helpful), each.comment) for each in self.store.feedback]
        return self._rows("select reply_id, helpful, comment from feedback")


async def opened(path: Path, now: dt.datetime = NOW) -> SqliteStore:
    store = SqliteStore(path, KEEP_DAYS)
    try:
        await store.open(now)
    except BaseException:
        await store.close()
        raise
    return store
