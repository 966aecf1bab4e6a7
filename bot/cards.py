"""The status card of the chat page: a user's own registrations as frozen values, within a given time. Never a guess."""

import asyncio
import datetime as dt

from bot import meaning, selfcheck
from bot.accounts import Accounts
from bot.binding import Event as Noted
from bot.due import Event
from bot.meaning import Standing, mode_of
from bot.messages import Option
from bot.mind import Mind
from bot.place import ending, moment
from bot.ports import Clock, StatusError, StatusService
from bot.reasons import clean
from bot.registration import Registration, StageState, Status
from bot.reminders import Reminders
from bot.responder import Responder
from bot.standing import CAUSES, UNHEARD_OF
from bot.views import CardView, Mark, RegistrationView, StageView
from knowledge.model import Knowledge, beijing
from knowledge.status import Urgency

CHANNEL = "web"
SENT_BACK = frozenset({Urgency.REJECTED, Urgency.OVER})
BEHIND = frozenset({Urgency.DONE, Urgency.NEXT})


class StatusCards:
    """Fulfils bot.views.Cards."""

    def __init__(
        self,
        *,
        responder: Responder,
        accounts: Accounts,
        status: StatusService,
        reminders: Reminders,
        clock: Clock,
    ) -> None:
        """The responder has the current mind."""
        self._responder, self._accounts, self._status = responder, accounts, status
        self._reminders, self._clock = reminders, clock

    async def card(self, user: str, seconds: float) -> CardView | None:
        """The card of a user of the web, within that time; None for who is not bound. Raises StoreError."""
        candidate = await self._accounts.candidate(CHANNEL, user)
        if candidate is None:
            return None
        mind, now = self._responder.mind, self._clock()
        phrases = mind.knowledge.phrases
        events = await self._reminders.events(CHANNEL, user)
        try:
            status = await self._asked(candidate, seconds)
            if await self._accounts.candidate(CHANNEL, user) != candidate:
                return None  # unbound meanwhile
            await self._accounts.note(Noted.STATUS_SHOWN, CHANNEL, user, candidate)
            note, is_current = note_of(mind.knowledge, status), not status.is_last_known
        except StatusError as error:
            status, is_current = Status(registrations=(), as_of=now), False
            note = phrases[CAUSES.get(error.cause, UNHEARD_OF)] + phrases["service_not_known"]
        today = beijing(now)
        return CardView(
            registrations=tuple(registration_of(mind, each, now) for each in status.registrations),
            note=note,
            is_current=is_current,
            today_label=phrases["date_month"].format(month=today.month, day=today.day),
            reminders=await self._reminders.take(CHANNEL, user),
            reminds=phrases["comma"].join(_words(mind.knowledge, events)),
            options=_options(mind.knowledge, events),
        )

    async def _asked(self, candidate: str, seconds: float) -> Status:
        """The registrations; the last known ones where the service does not answer in that time. Raises StatusError."""
        try:
            async with asyncio.timeout(seconds):
                return await self._status.registrations(candidate)
        except TimeoutError:
            last = self._status.last_known(candidate)
        if last is None:
            raise StatusError("slow")
        return last


def note_of(known: Knowledge, status: Status) -> str:
    """When it was known; that there is no registration, where there is none."""
    phrases, time = known.phrases, moment(known, status.as_of)
    if status.is_last_known:
        note = phrases["standing_last_known"].format(time=time).strip()
    else:
        note = phrases["card_as_of"].format(time=time)
    return note + ("" if status.registrations else phrases["standing_none"])


def registration_of(mind: Mind, registration: Registration, now: dt.datetime) -> RegistrationView:
    """One registration as the card shows it."""
    known = mind.knowledge
    standing = meaning.of(mind, registration, now)
    current = {item.stage.stage: item.urgency for item in standing.items}
    stages = meaning.in_order(known, registration)
    today = next((n for n, each in enumerate(stages) if each.stage in current), None)
    if today is None:
        today = sum(1 for each in stages if _mark(known, standing, each) is Mark.DONE)
    return RegistrationView(
        label=standing.label,
        headline=_headline(known, standing, stages),
        stages=tuple(_stage(known, standing, each) for each in stages),
        today=today,
        reasons=tuple(text for item in standing.items for text in (*item.read.texts, *item.read.codes)),
        next_steps=tuple(text for item in standing.items for text in (item.meaning.means, item.todo) if text),
        deadlines=tuple(dict.fromkeys(item.by_when for item in standing.items if item.by_when)),
        note=standing.place.note,
        options=tuple(selfcheck.option(known, check) for item in standing.items for check in item.checks),
    )


def _headline(known: Knowledge, standing: Standing, stages: list[StageState]) -> str:
    shown = standing.items[0].stage if standing.items else next(iter(stages), None)
    if shown is None:
        return known.phrases["standing_no_stage"]
    return known.phrases["card_headline"].format(
        stage=clean(known.status.name_of_stage(shown.stage)), state=clean(known.status.name_of_state(shown.state))
    )


def _stage(known: Knowledge, standing: Standing, stage: StageState) -> StageView:
    phrases = known.phrases
    mark = _mark(known, standing, stage)
    dates = []
    if stage.at:
        day = beijing(stage.at)
        dates.append(phrases["card_since"].format(day=phrases["date_month"].format(month=day.month, day=day.day)))
    if stage.deadline and mark is not Mark.DONE:
        dates.append(phrases["card_ends"].format(day=ending(known, stage.deadline)))
    return StageView(
        name=clean(known.status.name_of_stage(stage.stage)),
        state=clean(known.status.name_of_state(stage.state)),
        mark=mark,
        dates=phrases["comma"].join(dates),
    )


def _mark(known: Knowledge, standing: Standing, stage: StageState) -> Mark:
    mode = mode_of(known, standing.place, standing.registration)
    found = known.status.meaning_of(standing.place.exam, stage.stage, stage.state, mode)
    if found is not None and found.urgency in SENT_BACK:
        return Mark.TROUBLE
    if any(item.stage.stage == stage.stage for item in standing.items) and not (found and found.urgency in BEHIND):
        return Mark.NOW
    return Mark.DONE if found is not None and found.urgency in BEHIND else Mark.LATER


def _words(known: Knowledge, events: tuple[Event, ...]) -> list[str]:
    words = {Event.CHANGE: known.phrases["card_changes"], Event.DEADLINE: known.phrases["card_deadlines"]}
    return [words[each] for each in events]


def _options(known: Knowledge, events: tuple[Event, ...]) -> tuple[Option, ...]:
    phrases = known.phrases
    if events:
        return (Option(label=phrases["card_silence"], send=phrases["card_silence"]),)
    return (Option(label=phrases["card_remind"], send=phrases["card_remind_send"]),)
