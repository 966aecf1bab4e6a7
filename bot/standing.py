"""Tells a candidate's own registration: what each stage's state means, what to do, by when, and on which rule. Pure.

The dialogue decides that something is needed (`Decision.asks`); what was asked beside it is already answered in that
decision's `beside` and `sources`. The responder gets what is needed and calls one of these for the final decision.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

import msgspec

from bot import compose, meaning, reasons, selfcheck, wording
from bot.conversation import Asked, Checking, OwnScope
from bot.meaning import Standing
from bot.messages import Citation, Kind, Link, Option
from bot.mind import Mind
from bot.need import Kept, Need
from bot.place import moment
from bot.registration import Status
from bot.turn import Decision
from knowledge.calendar import day
from knowledge.model import beijing

CAUSES: Mapping[str, str] = {
    "slow": "service_slow",
    "down": "service_down",
    "busy": "service_busy",
    "maintenance": "service_maintenance",
    "broken": "service_broken",
    "refused": "service_refused",
    "unknown": "service_no_candidate",
}
"""Cause of a StatusError → the sentence that says so."""
UNHEARD_OF = "service_broken"  # for a cause that is not known


def told(mind: Mind, decision: Decision, status: Status, now: dt.datetime) -> Decision:
    """Need.STATUS of a bound candidate whose registrations are known (or last known: `status.is_last_known`)."""
    if decision.check:
        return _begun(mind, decision, status, now)
    phrases, head = mind.knowledge.phrases, _head(mind, status)
    if not status.registrations:
        return _final(decision, head + phrases["standing_none"])
    standings = sorted((meaning.of(mind, each, now) for each in status.registrations), key=lambda each: each.rank)
    first, *others = standings
    intro = phrases["standing_own"] if not others else phrases["standing_several"].format(count=len(standings))
    parts = [head + intro + wording.full(mind, first)]
    parts += [wording.brief(mind, each) for each in others]
    sources = [source for item in first.items for rule in item.rules for source in rule.sources]
    asked = [meaning.rule_of(mind, first.place, topic, at_stage="") for topic in decision.left]
    rules = [*wording.score_rules(mind, first), *filter(None, asked)]
    parts += [rule.text for rule in asked if rule]
    sources += [source for rule in rules for source in rule.sources]
    options = tuple(selfcheck.option(mind.knowledge, check) for item in first.items for check in item.checks)
    place, before, own = first.place, decision.conversation, _scope(first)
    conversation = msgspec.structs.replace(
        before, own=own, options=options, region=before.region or place.region, exam=before.exam or place.exam
    )
    final = _final(decision, "\n\n".join(parts), sources=tuple(sources), options=options)
    return replace(final, conversation=conversation, region=place.region, exam=place.exam)


def not_known(mind: Mind, decision: Decision, cause: str, last: Status | None, now: dt.datetime) -> Decision:
    """Need.STATUS where the service failed: `cause` of the StatusError, and what it last said, if anything."""
    if decision.check:
        return replace(decision, asks=Need.NOTHING)
    phrases, key = mind.knowledge.phrases, CAUSES.get(cause, UNHEARD_OF)
    text = phrases[key]
    if last is None:
        return _final(decision, text + phrases["service_not_known"])
    known = told(mind, replace(decision, lead="", beside=""), msgspec.structs.replace(last, is_last_known=True), now)
    return replace(known, text=_joined(decision, text + known.text))


def not_bound(mind: Mind, decision: Decision, link: str) -> Decision:
    """Need.STATUS, BIND or SUBSCRIBE of somebody not bound; `link` is the one-time page, empty where none can be given."""
    if decision.check:
        return replace(decision, asks=Need.NOTHING)
    phrases = mind.knowledge.phrases
    if not link:
        return _final(decision, phrases["status_unavailable"])
    text = phrases["bind_for_reminders" if decision.asks is Need.SUBSCRIBE else "bind_first"]
    return replace(_final(decision, text), links=(Link(label=phrases["bind_link"], url=link),))


def _begun(mind: Mind, decision: Decision, status: Status, now: dt.datetime) -> Decision:
    """The first question of a self-check for the registration that has that reason; as it was decided where none has."""
    knowledge = mind.knowledge
    standings = sorted((meaning.of(mind, each, now) for each in status.registrations), key=lambda each: each.rank)
    for standing in standings:
        checks = [check for item in standing.items for check in item.checks if check.topic == decision.check]
        scope = _scope(standing, decision.check)
        step = selfcheck.step_of(checks[0], "") if checks else None
        if scope is None or step is None:
            continue
        options = selfcheck.options(knowledge)
        text = (
            _head(mind, status)
            + selfcheck.intro(knowledge, checks[0], scope)
            + selfcheck.question(knowledge, checks[0], step)
        )
        conversation = msgspec.structs.replace(
            decision.conversation,
            asked=Asked.CHECK,
            topics=(decision.check,),
            options=options,
            own=scope,
            checking=Checking(scope=scope, topic=decision.check),
        )
        return replace(
            decision,
            kind=Kind.CLARIFY,
            text=compose.with_options(text, options),
            options=options,
            sources=(),
            conversation=conversation,
            topic=decision.check,
            region=scope.region,
            exam=scope.exam,
            asks=Need.NOTHING,
        )
    return replace(decision, asks=Need.NOTHING)


def _head(mind: Mind, status: Status) -> str:
    """When it was known, where it is only the last known state."""
    time = moment(mind.knowledge, status.as_of)
    return mind.knowledge.phrases["standing_last_known"].format(time=time) if status.is_last_known else ""


def _scope(standing: Standing, topic: str = "") -> OwnScope | None:
    """For what it was told; None where exam or region are not known.

    The deadline is that of the stage that was rejected for the topic's reason; without a topic the first one.
    """
    place = standing.place
    items = [each for each in standing.items if not topic or any(check.topic == topic for check in each.checks)]
    deadline = min((item.stage.deadline for item in items if item.stage.deadline), default=None)
    if not (place.exam and place.region):
        return None
    return OwnScope(exam=place.exam, region=place.region, year=place.year, deadline=deadline)


def already_bound(mind: Mind, decision: Decision, masked_name: str) -> Decision:
    """Need.BIND of somebody who is bound."""
    return _final(decision, mind.knowledge.phrases["already_bound"].format(name=reasons.clean(masked_name)))


def unbound(mind: Mind, decision: Decision, *, was_bound: bool) -> Decision:
    """Need.UNBIND, done."""
    text = mind.knowledge.phrases["unbound" if was_bound else "was_not_bound"]
    final = _final(decision, text)
    return replace(final, conversation=msgspec.structs.replace(final.conversation, own=None, checking=None))


def my_data(mind: Mind, decision: Decision, kept: Kept) -> Decision:
    """Need.MY_DATA."""
    phrases = mind.knowledge.phrases
    if not kept.is_bound:
        return _final(decision, phrases["my_data_unbound"])
    since = day(beijing(kept.bound_at), phrases) if kept.bound_at else ""
    when = phrases["my_data_since"].format(day=since) if since else ""
    reminds = phrases["my_data_reminds" if kept.reminds else "my_data_silent"]
    return _final(
        decision, phrases["my_data"].format(name=reasons.clean(kept.masked_name), since=when, reminds=reminds)
    )


def subscribed(mind: Mind, decision: Decision) -> Decision:
    """Need.SUBSCRIBE, done; what it is about stands in `decision.events`."""
    names = {"state_changed": "subscribed_changes", "deadline": "subscribed_deadlines"}
    events = decision.events or tuple(names)
    texts = [mind.knowledge.phrases[names[each]] for each in events if each in names]
    return _final(
        decision, mind.knowledge.phrases["subscribed"].format(events=mind.knowledge.phrases["comma"].join(texts))
    )


def unsubscribed(mind: Mind, decision: Decision, *, was_subscribed: bool) -> Decision:
    """Need.UNSUBSCRIBE, done."""
    return _final(decision, mind.knowledge.phrases["unsubscribed" if was_subscribed else "was_not_subscribed"])


# --- in words ------------------------------------------------------------------------------------------------------


def _final(
    decision: Decision, text: str, *, sources: tuple[Citation, ...] = (), options: tuple[Option, ...] = ()
) -> Decision:
    """A decision that needs nothing more: what it says first, the own state, and what was asked beside it."""
    beside = decision.sources if decision.beside else ()
    return replace(
        decision,
        kind=Kind.STATUS,
        text=_joined(decision, text),
        sources=tuple(dict.fromkeys((*sources, *beside))),
        options=options,
        conversation=msgspec.structs.replace(decision.conversation, options=options),
        asks=Need.NOTHING,
    )


def _joined(decision: Decision, text: str) -> str:
    return "\n\n".join(filter(None, [decision.lead + text, decision.beside]))
