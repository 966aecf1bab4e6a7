"""One registration in words: what it means, what to do, by when, the rule, and what is not known. Pure; decides nothing."""

from bot import compose, meaning
from bot.meaning import Item, Rule, Standing
from bot.mind import Mind
from knowledge.status import Urgency

UNFIT = frozenset({Urgency.REJECTED, Urgency.OVER})
"""Urgencies in which she is told whom to ask."""


def full(mind: Mind, standing: Standing) -> str:
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
    rules += score_rules(mind, standing)
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


def brief(mind: Mind, standing: Standing) -> str:
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


def score_rules(mind: Mind, standing: Standing) -> list[Rule]:
    """How long scores count, where there are some and the notices say it."""
    if not standing.scores:
        return []
    rule = meaning.rule_of(mind, standing.place, mind.knowledge.status.scores_topic, at_stage="")
    return [rule] if rule and rule.found else []
