"""What a decision needs from outside before it can be told. Values only."""

import datetime as dt
from enum import StrEnum

import msgspec


class Need(StrEnum):
    """What the responder awaits, and which function of bot.standing then makes the final decision."""

    NOTHING = ""
    STATUS = "status"
    """Bound: the registrations → told, or not_known. Unbound: a link → not_bound."""
    BIND = "bind"
    """Bound: already_bound. Unbound: a link → not_bound."""
    UNBIND = "unbind"
    """The candidate confirmed it: delete the binding → unbound."""
    MY_DATA = "my_data"
    """What is kept of this user → my_data."""
    SUBSCRIBE = "subscribe"
    """Bound: opt in to reminders → subscribed. Unbound: a link → not_bound."""
    UNSUBSCRIBE = "unsubscribe"
    """Opt out → unsubscribed."""


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of one user, as 我的数据 shows it."""

    is_bound: bool
    masked_name: str = ""
    bound_at: dt.datetime | None = None
    reminds: bool = False
    """Whether reminders were asked for."""
