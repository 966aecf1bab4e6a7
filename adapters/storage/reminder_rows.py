"""Subscriptions and reminders as rows: times as text in UTC, so that they sort."""

import datetime as dt
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from bot.due import Due, Event, Subscription

OF_SUBSCRIPTION = "channel, user, events, since, swept_until"
COLUMNS = ("id", "channel", "user", "event", "subject", "body", "at", "expires", "again", "status", "settled")
WAITING = f"""select {", ".join(COLUMNS)} from reminder
    where channel = ? and user = ? and status in ('due', 'waiting') and expires > ? order by at, id"""  # noqa: S608  # names of columns


@lru_cache  # a turn asks for its moment three times
def text_of(moment: dt.datetime) -> str:
    """A moment as it is kept."""
    return moment.astimezone(dt.UTC).isoformat(timespec="microseconds")


def row_of_subscription(subscription: Subscription) -> list[str]:
    """In the order of OF_SUBSCRIPTION."""
    events = " ".join(each.value for each in subscription.events)
    return [
        subscription.channel,
        subscription.user,
        events,
        text_of(subscription.since),
        text_of(subscription.swept_until),
    ]


def subscription_of(row: Sequence[Any]) -> Subscription:
    """A kept row; an event of a later version is left out."""
    channel, user, events, since, swept = row
    known = {each.value: each for each in Event}
    return Subscription(
        channel=channel,
        user=user,
        events=tuple(known[each] for each in events.split() if each in known),
        since=dt.datetime.fromisoformat(since),
        swept_until=dt.datetime.fromisoformat(swept),
    )


def row_of_due(due: Due) -> list[str | bytes]:
    """In the order of COLUMNS; not sent yet."""
    at, expires = text_of(due.at), text_of(due.expires)
    return [due.id, due.channel, due.user, due.event.value, due.subject, due.body, at, expires, "", "due", ""]


def due_of(row: Sequence[Any]) -> Due:
    """A kept row that was not shown."""
    kept = dict(zip(COLUMNS, row, strict=True))
    return Due(
        id=kept["id"],
        channel=kept["channel"],
        user=kept["user"],
        event=Event(kept["event"]),
        subject=kept["subject"],
        body=bytes(kept["body"]),
        at=dt.datetime.fromisoformat(kept["at"]),
        expires=dt.datetime.fromisoformat(kept["expires"]),
    )
