"""Which reminders a user is due, and what they say. Pure.

A deadline is told three days and one day before, at nine in Beijing, while its stage is not done. Whether a moment has come
is a matter of two times: up to when it was looked at before, and now. So nothing is missed by a restart, or told twice.
"""

import datetime as dt
import hashlib
from collections.abc import Iterator

from bot.due import About, Event, News, Subscription
from bot.meaning import in_order, mode_of
from bot.mind import Mind
from bot.place import BEIJING, TO_ACT, ending, last_day, place_of, window_of
from bot.ports import Reminder
from bot.reasons import clean
from bot.registration import Change, Registration, StageState, Status
from knowledge import calendar
from knowledge.fact import Window
from knowledge.model import Knowledge, beijing

DAYS_BEFORE = (3, 1)
HOUR = 9  # in Beijing
LAST_HOUR = 21  # in Beijing: what was missed by day is told the next morning, not at night
NEWS = dt.timedelta(days=30)  # that a change stays worth telling
DONE = frozenset({"passed", "paid", "published"})
OVER = frozenset({"withdrawn", "expired", "absent"})
ACTED_IN = frozenset({"submission", "confirmation", "payment", "admission_ticket"})
"""Stages whose window is the candidate's; a review's is the reviewers'."""
AGAIN = ("submission", "withdrawn")
"""What was taken back there has to be handed in again: it is not over."""
NOON = dt.time(12)  # where a window ends in the morning
STOPPED = OVER | {"rejected", "auto_confirm_failed"}
"""States of an earlier stage after which a later one cannot be done."""


def of_change(change: Change, subscription: Subscription) -> News | None:
    """The reminder of a change; None where it was not asked for, or happened before it was."""
    if Event.CHANGE not in subscription.events or change.at < subscription.since:
        return None
    who = (subscription.channel, subscription.user, change.registration_id, change.stage)
    return News(
        id=_digest(Event.CHANGE, *who, change.state, change.at.astimezone(dt.UTC).isoformat()),
        channel=subscription.channel,
        user=subscription.user,
        event=Event.CHANGE,
        subject=_digest(*who),
        about=About(stage=change.stage, state=change.state),
        at=change.at,
        expires=change.at + NEWS,
    )


def finished(change: Change, subscription: Subscription) -> str:
    """The subject of the deadline reminders that a change makes void; empty where the stage still has to be done."""
    if change.state not in DONE | OVER or (change.stage, change.state) == AGAIN:
        return ""
    return _digest(subscription.channel, subscription.user, change.registration_id, change.stage)


def of_deadlines(known: Knowledge, status: Status, subscription: Subscription, now: dt.datetime) -> tuple[News, ...]:
    """The reminders of deadlines whose moment came after `subscription.swept_until`, up to now."""
    if Event.DEADLINE not in subscription.events:
        return ()
    found = (_of_stage(known, each, subscription, now) for each in _pending(known, status))
    return tuple(each for each in found if each is not None)


def is_time_to_sweep(now: dt.datetime) -> bool:
    """Whether deadlines may be told at this hour."""
    return HOUR <= now.astimezone(BEIJING).hour < LAST_HOUR


def deadline_of(known: Knowledge, registration: Registration, stage: StageState) -> dt.datetime | None:
    """By when a stage has to be done: as the service says, else the last day of the window in the registration's region."""
    window = _window(known, registration, stage)
    if stage.deadline is not None or window is None or window.end is None:
        return stage.deadline
    return dt.datetime.combine(window.end, NOON if window.half else dt.time(23, 59, 59), BEIJING)


def _window(known: Knowledge, registration: Registration, stage: StageState) -> Window | None:
    """The window in which the candidate has to act, as the state's meaning says, else the stage's own.

    None for a state of a name that is not known: whether it has to be done is not known either.
    """
    if not known.status.has_state(stage.state):
        return None
    place = place_of(known, registration)
    meaning = known.status.meaning_of(place.exam, stage.stage, stage.state, mode_of(known, place, registration))
    name = meaning.window if meaning and meaning.urgency in TO_ACT else ""
    return window_of(known, place, name or (stage.stage if stage.stage in ACTED_IN else ""))


def sentence(mind: Mind, news: News, now: dt.datetime) -> str:
    """A reminder as it is told in a conversation."""
    values, phrases, about = _values(mind, news, now), mind.knowledge.phrases, news.about
    if news.event is Event.CHANGE:
        return phrases["remind_changed"].format(at=values["at"], stage=values["stage"], state=values["state"])
    phrase = "remind_deadline" if mind.knowledge.status.has_state(about.state) else "remind_deadline_state"
    return phrases[phrase].format(**values) + about.consequence


def message(mind: Mind, news: News, now: dt.datetime, url: str) -> Reminder:
    """A reminder as a channel sends it."""
    return Reminder(kind=news.event.value, values=_values(mind, news, now), url=url)


def _values(mind: Mind, news: News, now: dt.datetime) -> dict[str, str]:
    phrases, names, about = mind.knowledge.phrases, mind.knowledge.status, news.about
    values = {
        "stage": clean(names.name_of_stage(about.stage)),
        "state": clean(names.name_of_state(about.state)),
        "at": calendar.day(beijing(news.at), phrases),
        "region": clean(about.region),
        "exam": clean(about.exam),
        "deadline": "",
        "left": "",
    }
    if about.deadline is not None:
        days = (last_day(about.deadline) - beijing(now)).days
        left = phrases["remind_today"] if days <= 0 else phrases["remind_left"].format(days=days)
        end = calendar.day(beijing(about.deadline), phrases)
        values["deadline"] = end if about.half else ending(mind.knowledge, about.deadline)
        values["left"] = phrases["remind_half"].format(left=left, half=about.half) if about.half else left
    return values


def _pending(known: Knowledge, status: Status) -> Iterator[tuple[Registration, StageState, dt.datetime]]:
    """The stages that are not done and can still be, with their deadlines."""
    for registration in status.registrations:
        stages = in_order(known, registration)
        if any(stage.state in OVER and (stage.stage, stage.state) != AGAIN for stage in stages):
            continue
        for stage in stages:
            deadline = deadline_of(known, registration, stage)
            if stage.state not in DONE and deadline is not None:
                yield registration, stage, deadline
            if stage.state in STOPPED:
                break


def _of_stage(
    known: Knowledge,
    pending: tuple[Registration, StageState, dt.datetime],
    subscription: Subscription,
    now: dt.datetime,
) -> News | None:
    registration, stage, deadline = pending
    last = last_day(deadline)
    moments = [
        (days, dt.datetime.combine(last - dt.timedelta(days=days), dt.time(HOUR), BEIJING)) for days in DAYS_BEFORE
    ]
    come = [each for each in moments if subscription.swept_until < each[1] <= now]
    if not come or now >= deadline:
        return None
    days, since = come[-1]
    window = _window(known, registration, stage)
    who = (subscription.channel, subscription.user, registration.registration_id, stage.stage)
    return News(
        id=_digest(Event.DEADLINE, *who, deadline.astimezone(dt.UTC).isoformat(), str(days)),
        channel=subscription.channel,
        user=subscription.user,
        event=Event.DEADLINE,
        subject=_digest(*who),
        about=About(
            stage=stage.stage,
            state=stage.state,
            exam=registration.exam,
            region=registration.region,
            consequence=window.consequence if window else "",
            deadline=deadline,
            half=window.half if window and stage.deadline is None else "",
        ),
        at=since,
        expires=deadline,
    )


def _digest(*parts: str) -> str:
    """A short name for what must be told apart and not be read."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
