"""The scope of a registration, and by when something has to be done in it. Pure.

It is the registration's region, exam and year, never the conversation's; of another year than those on file nothing is told.
"""

import datetime as dt
from dataclasses import dataclass

from bot import reasons
from bot.registration import Registration
from knowledge import calendar
from knowledge.calendar import WindowState
from knowledge.fact import Window
from knowledge.model import Knowledge, beijing
from knowledge.status import Meaning, Urgency

BEIJING = dt.timezone(dt.timedelta(hours=8))
END_OF_DAY = dt.time(23, 59)
TO_ACT = frozenset({Urgency.REJECTED, Urgency.ACT})
TO_DO = TO_ACT | {Urgency.NEXT, Urgency.OVER}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The scope of a registration."""

    exam: str
    """Empty where it is none that is covered here."""
    region: str
    """Empty where the name means no region, or several."""
    year: int
    is_on_file: bool
    """Whether it is of the year that is told, and a notice of it holds there."""
    note: str
    """What has to be said of the scope; or empty."""


def place_of(knowledge: Knowledge, registration: Registration) -> Place:
    """The scope of a registration, and what has to be said of it."""
    phrases = knowledge.phrases
    exam = next(
        (each.id for each in knowledge.exams.values() if registration.exam in (each.id, each.name, each.short)), ""
    )
    regions = knowledge.gazetteer.lookup(registration.region) if registration.region.strip() else ()
    region = regions[0] if len(regions) == 1 and knowledge.gazetteer[regions[0]].parent else ""
    held = [each for each in knowledge.notices.values() if exam in each.exams]
    of_year = [each for each in held if each.year == registration.year]
    is_told = registration.year == knowledge.year
    lineage = knowledge.gazetteer.lineage(region) if region else ()
    is_on_file = is_told and any(each.region in lineage for each in of_year)
    shown, year = reasons.clean(registration.region), registration.year
    if not exam:
        note = phrases["standing_other_exam"].format(exam=reasons.clean(registration.exam))
    elif not of_year:
        note = phrases["standing_other_year"].format(year=year)
    elif not is_told:
        note = phrases["standing_untold_year"].format(year=year, told=knowledge.year)
    elif not region:
        note = phrases["standing_no_region"].format(region=shown)
    else:
        note = "" if is_on_file else phrases["standing_no_notice"].format(region=shown, year=year)
    return Place(exam=exam, region=region, year=year, is_on_file=is_on_file, note=note)


def window_of(knowledge: Knowledge, place: Place, name: str) -> Window | None:
    """The window of that name in a registration's scope and year."""
    is_known = bool(name and place.exam and place.region)
    return knowledge.window(name, place.exam, place.region, place.year) if is_known else None


def by_when(
    knowledge: Knowledge, place: Place, meaning: Meaning, deadline: dt.datetime | None, now: dt.datetime
) -> str:
    """The registration's own deadline, else the window of its region, and how today lies to it."""
    window = window_of(knowledge, place, meaning.window)
    consequence = window.consequence if window and meaning.urgency in TO_DO else ""
    is_over = meaning.urgency is Urgency.OVER
    if deadline is not None:
        return deadline_text(knowledge, deadline, None if is_over else now) + consequence
    if window is not None:
        return window_text(knowledge, window, None if is_over else beijing(now)) + consequence
    return knowledge.phrases["deadline_unknown"] if meaning.urgency in TO_ACT else ""


def deadline_text(knowledge: Knowledge, deadline: dt.datetime, now: dt.datetime | None) -> str:
    """A registration's own deadline: 截止：2023年12月14日 17:00（报名系统给出），还剩9天. Without `now` not what is left."""
    phrases, time = knowledge.phrases, moment(knowledge, deadline)
    if now is None:
        return phrases["deadline_was"].format(time=time)
    days = (last_day(deadline) - beijing(now)).days
    left = phrases["left_days"].format(days=days) if days else phrases["left_today"]
    return phrases["deadline_given"].format(time=time, left=phrases["left_past"] if now > deadline else left)


def last_day(deadline: dt.datetime) -> dt.date:
    """The last day before a deadline, in Beijing: what ends at midnight ends with the day before."""
    return beijing(deadline - dt.timedelta(microseconds=1))


def ending(knowledge: Knowledge, deadline: dt.datetime) -> str:
    """The day of a deadline, with its hour where it does not last to its end: 2023年12月14日 17:30."""
    is_whole = deadline.astimezone(BEIJING).time() >= END_OF_DAY
    return calendar.day(beijing(deadline), knowledge.phrases) if is_whole else moment(knowledge, deadline)


def window_text(knowledge: Knowledge, window: Window, today: dt.date | None) -> str:
    """A region's window: 报名确认：2023年12月2日至15日，还剩10天. Without `today` not how today lies to it."""
    phrases = knowledge.phrases
    name, when = phrases[f"window_{window.name}"], calendar.of_window(window, phrases)
    first, last = (window.days[0], window.days[-1]) if window.days else (window.start, window.end)
    state = calendar.state_of(window, today) if today else None
    if today and state is WindowState.FUTURE and first:
        return phrases["by_future"].format(name=name, when=when, days=(first - today).days)
    if state is WindowState.PAST:
        return phrases["by_past"].format(name=name, when=when)
    if state is WindowState.LAST_DAY:
        return phrases["by_last_day"].format(name=name, when=when)
    if today and last and not window.days:
        return phrases["by_open"].format(name=name, when=when, days=(last - today).days)
    return phrases["by_since"].format(name=name, when=when)


def moment(knowledge: Knowledge, at: dt.datetime) -> str:
    """2023年12月14日 17:00, in Beijing."""
    return f"{calendar.day(beijing(at), knowledge.phrases)} {at.astimezone(BEIJING):%H:%M}"
