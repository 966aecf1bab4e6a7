"""Tells a candidate's own registration: what each stage's state means, what to do, by when, and on which rule. Pure.

The dialogue decides that something is needed (`Decision.asks`); what was asked beside it is already answered in that
decision's `beside` and `sources`. The responder gets what is needed and calls one of these for the final decision.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

import msgspec

from bot import compose, meaning, reasons, selfcheck
from bot.conversation import OwnScope
from bot.meaning import Item, Rule, Standing
from bot.messages import Citation, Kind, Link, Option
from bot.mind import Mind
from bot.need import Kept, Need
from bot.place import moment
from bot.registration import Status
from bot.turn import Decision
from knowledge.calendar import day
from knowledge.model import beijing
from knowledge.status import Urgency

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
UNFIT = frozenset({Urgency.REJECTED, Urgency.OVER})


def told(mind: Mind, decision: Decision, status: Status, now: dt.datetime) -> Decision:
    """Need.STATUS of a bound candidate whose registrations are known (or last known: `status.is_last_known`)."""
    phrases = mind.knowledge.phrases
    time = moment(mind.knowledge, status.as_of)
    head = phrases["standing_last_known"].format(time=time) if status.is_last_known else ""
    if not status.registrations:
        return _final(decision, head + phrases["standing_none"])
    standings = sorted((meaning.of(mind, each, now) for each in status.registrations), key=lambda each: each.rank)
    first, *others = standings
    intro = phrases["standing_own"] if not others else phrases["standing_several"].format(count=len(standings))
    parts = [head + intro + _full(mind, first)]
    parts += [_brief(mind, each) for each in others]
    sources = [source for item in first.items for rule in item.rules for source in rule.sources]
    asked = [meaning.rule_of(mind, first.place, topic, at_stage="") for topic in decision.left]
    rules = [*_score_rules(mind, first), *filter(None, asked)]
    parts += [rule.text for rule in asked if rule]
    sources += [source for rule in rules for source in rule.sources]
    options = tuple(selfcheck.option(mind.knowledge, check) for item in first.items for check in item.checks)
    place, urgent = first.place, next((item.stage.deadline for item in first.items if item.stage.deadline), None)
    own = None
    if place.exam and place.region:
        own = OwnScope(exam=place.exam, region=place.region, year=place.year, deadline=urgent)
    before = decision.conversation
    conversation = msgspec.structs.replace(
        before, own=own, options=options, region=before.region or place.region, exam=before.exam or place.exam
    )
    final = _final(decision, "\n\n".join(parts), sources=tuple(sources), options=options)
    return replace(final, conversation=conversation, region=place.region, exam=place.exam)


def not_known(mind: Mind, decision: Decision, cause: str, last: Status | None, now: dt.datetime) -> Decision:
    """Need.STATUS where the service failed: `cause` of the StatusError, and what it last said, if anything."""
    phrases, key = mind.knowledge.phrases, CAUSES.get(cause, UNHEARD_OF)
    text = phrases[key]
    if last is None:
        return _final(decision, text + phrases["service_not_known"])
    known = told(mind, replace(decision, lead="", beside=""), msgspec.structs.replace(last, is_last_known=True), now)
    return replace(known, text=_joined(decision, text + known.text))


def not_bound(mind: Mind, decision: Decision, link: str) -> Decision:
    """Need.STATUS, BIND or SUBSCRIBE of somebody not bound; `link` is the one-time page, empty where none can be given."""
    phrases = mind.knowledge.phrases
    if not link:
        return _final(decision, phrases["status_unavailable"])
    text = phrases["bind_for_reminders" if decision.asks is Need.SUBSCRIBE else "bind_first"]
    return replace(_final(decision, text), links=(Link(label=phrases["bind_link"], url=link),))


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


def _full(mind: Mind, standing: Standing) -> str:
    """What it means, what to do, by when, the rule; then what is not known."""
    phrases, place = mind.knowledge.phrases, standing.place
    lines = [phrases["standing_head"].format(label=standing.label, means=_means(mind, standing))]
    for item in standing.items:
        lines += _reasons(mind, item)
        if item.todo:
            lines.append(phrases["standing_todo"].format(todo=item.todo))
        lines.append(item.by_when)
    rules = [rule for item in standing.items for rule in item.rules]
    lines.append(standing.scores)
    rules += _score_rules(mind, standing)
    lines += [phrases["standing_rule"].format(rule=rule.text) if n == 0 else rule.text for n, rule in enumerate(rules)]
    if any(item.read.is_open for item in standing.items):
        lines.append(phrases["reason_unexplained"])
    lines += _unknown(mind, standing)
    lines += [*dict.fromkeys(rule.note for rule in rules), place.note]
    lines.append(_basis(mind, rules))
    text = "\n".join(line for line in dict.fromkeys(lines) if line)
    contact = compose.whom_to_ask(mind.knowledge, place.exam, place.region)
    needs_help = standing.unknown or place.note or any(i.urgency in UNFIT or i.read.is_open for i in standing.items)
    asks = phrases["standing_contact"].format(contact=contact)
    return f"{text}\n{asks}" if needs_help and contact not in text else text


def _basis(mind: Mind, rules: list[Rule]) -> str:
    """The clauses of all rules in one line."""
    answers = [rule.found.answer for rule in rules if rule.found]
    return (
        compose.basis_of(mind.knowledge, [s for each in answers for s in each.sources], answers[0].year)
        if answers
        else ""
    )


def _brief(mind: Mind, standing: Standing) -> str:
    """One of several registrations that does not press most: in a line or two."""
    phrases = mind.knowledge.phrases
    lines = [phrases["standing_head"].format(label=standing.label, means=_means(mind, standing))]
    for item in standing.items:
        lines += [*_reasons(mind, item), item.by_when]
    lines += [standing.scores, *_unknown(mind, standing), standing.place.note]
    return "\n".join(line for line in lines if line)


def _means(mind: Mind, standing: Standing) -> str:
    phrases = mind.knowledge.phrases
    if standing.items:
        return phrases["semicolon"].join(item.meaning.means for item in standing.items) + phrases["stop"]
    return phrases["standing_not_explained" if standing.unknown else "standing_no_stage"]


def _reasons(mind: Mind, item: Item) -> list[str]:
    phrases, read = mind.knowledge.phrases, item.read
    shown = [phrases["quote"].format(text=text) for text in read.texts]
    shown += [phrases["reason_code"].format(code=code) for code in read.codes]
    return [phrases["standing_reasons"].format(reasons=phrases["comma"].join(shown))] if shown else []


def _unknown(mind: Mind, standing: Standing) -> list[str]:
    phrases = mind.knowledge.phrases
    states = phrases["pause"].join(standing.unknown)
    return [phrases["standing_unknown"].format(states=states)] if standing.unknown else []


def _score_rules(mind: Mind, standing: Standing) -> list[Rule]:
    """How long scores count, where there are some and the notices say it."""
    if not standing.scores:
        return []
    rule = meaning.rule_of(mind, standing.place, mind.knowledge.status.scores_topic, at_stage="")
    return [rule] if rule and rule.found else []
