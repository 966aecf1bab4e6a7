"""Tells a candidate's own registration: what each stage's state means, what to do, by when, and on which rule. Pure.

The dialogue decides that something is needed (`Decision.asks`); what was asked beside it is already answered in that
decision's `text` and `sources`. The responder gets what is needed and calls one of these for the final decision.
"""

import datetime as dt

from bot.mind import Mind
from bot.need import Kept
from bot.registration import Status
from bot.turn import Decision


def told(mind: Mind, decision: Decision, status: Status, now: dt.datetime) -> Decision:
    """Need.STATUS of a bound candidate whose registrations are known (or last known: `status.is_last_known`)."""
    raise NotImplementedError


def not_known(mind: Mind, decision: Decision, cause: str, last: Status | None, now: dt.datetime) -> Decision:
    """Need.STATUS where the service failed: `cause` of the StatusError, and what it last said, if anything."""
    raise NotImplementedError


def not_bound(mind: Mind, decision: Decision, link: str) -> Decision:
    """Need.STATUS, BIND or SUBSCRIBE of somebody not bound; `link` is the one-time page, empty where none can be given."""
    raise NotImplementedError


def already_bound(mind: Mind, decision: Decision, masked_name: str) -> Decision:
    """Need.BIND of somebody who is bound."""
    raise NotImplementedError


def unbound(mind: Mind, decision: Decision, *, was_bound: bool) -> Decision:
    """Need.UNBIND, done."""
    raise NotImplementedError


def my_data(mind: Mind, decision: Decision, kept: Kept) -> Decision:
    """Need.MY_DATA."""
    raise NotImplementedError


def subscribed(mind: Mind, decision: Decision) -> Decision:
    """Need.SUBSCRIBE, done."""
    raise NotImplementedError


def unsubscribed(mind: Mind, decision: Decision, *, was_subscribed: bool) -> Decision:
    """Need.UNSUBSCRIBE, done."""
    raise NotImplementedError
