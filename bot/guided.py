"""The rules of the guided self-check: begun by its option, answered point by point, left by any other question. Pure."""

from dataclasses import replace

from bot import compose, meaning, selfcheck
from bot.conversation import Asked, Checking, OwnScope
from bot.messages import Citation, Kind
from bot.need import Need
from bot.place import Place, deadline_text, window_of, window_text
from bot.telling import answer
from bot.turn import Decision, Turn
from knowledge.model import beijing
from knowledge.region import full_name
from knowledge.status import Point, SelfCheck

__all__ = ["begin", "go_on"]


def begin(turn: Turn) -> Decision | None:
    """The option that a told rejection or a pasted one offers: for the registration that was told, or that has that reason."""
    topic = selfcheck.starts(turn.knowledge, turn.heard.text)
    if not topic:
        return None
    if turn.before.own is not None:
        return _begun(turn, topic, turn.before.own)
    if not turn.region:
        decision = answer(turn, (topic,), 1.0)  # asks for the region, and offers it again
    else:
        exam = turn.exam or next(iter(turn.knowledge.exams))
        decision = _begun(turn, topic, OwnScope(exam=exam, region=turn.region, year=turn.knowledge.year))
    return replace(decision, asks=Need.STATUS, check=topic)


def _begun(turn: Turn, topic: str, scope: OwnScope) -> Decision:
    check = selfcheck.find(turn.knowledge, topic, scope.exam, scope.region, scope.year)
    if check is None:
        return _no_points(turn, topic, scope)
    intro = selfcheck.intro(turn.knowledge, check, scope)
    return _asked(turn, check, Checking(scope=scope, topic=topic), intro)


def go_on(turn: Turn) -> Decision | None:
    """是, 否, 不清楚, or the number of one of them, while a self-check is under way."""
    checking = turn.before.checking
    if checking is None or turn.before.asked is not Asked.CHECK:
        return None
    scope = checking.scope
    check = selfcheck.find(turn.knowledge, checking.topic, scope.exam, scope.region, scope.year)
    said = selfcheck.answer_of(turn.knowledge, turn.heard.text)
    further = selfcheck.begun(check, checking, said) if check and said else None
    if check is None or further is None:
        return None
    if selfcheck.step_of(check, further.answers) is None:
        return _done(turn, check, further)
    return _asked(turn, check, further, "")


def _asked(turn: Turn, check: SelfCheck, checking: Checking, intro: str) -> Decision:
    step = selfcheck.step_of(check, checking.answers)
    if step is None:
        return _done(turn, check, checking)
    text = intro + selfcheck.question(turn.knowledge, check, step)
    options = selfcheck.options(turn.knowledge)
    conversation = turn.remember(
        asked=Asked.CHECK, options=options, topics=(check.topic,), checking=checking, own=turn.before.own
    )
    return Decision(
        kind=Kind.CLARIFY,
        text=compose.with_options(text, options),
        options=options,
        conversation=conversation,
        topic=check.topic,
        region=checking.scope.region,
        exam=checking.scope.exam,
    )


def _done(turn: Turn, check: SelfCheck, checking: Checking) -> Decision:
    """What to upload or change and until when, what is not known, and on which clauses it rests."""
    scope, outcome = checking.scope, selfcheck.outcome_of(check, checking.answers)
    is_own = selfcheck.is_own(turn.knowledge, check, scope.region)
    lines = [turn.phrase("check_done", title=check.title)]
    if not is_own:
        lines.append(selfcheck.intro(turn.knowledge, check, scope).strip())
    if outcome.unmet:
        lines.append(turn.phrase("check_unmet", points=_points(turn, outcome.unmet)))
    if outcome.unsure:
        lines.append(turn.phrase("check_unsure", points=_points(turn, outcome.unsure)))
    if not outcome.unmet and not outcome.unsure:
        lines.append(turn.phrase("check_met"))
    if is_own:
        lines += [turn.phrase("check_then", then=check.then), _until(turn, check, scope)]
        lines.append(turn.phrase("check_open", open=check.open))
    contact = compose.whom_to_ask(turn.knowledge, scope.exam, scope.region)
    lines += [turn.phrase("standing_contact", contact=contact), _basis(turn, check)]
    return Decision(
        kind=Kind.ANSWER,
        text="\n".join(filter(None, lines)),
        sources=_sources(turn, check, is_own=is_own),
        conversation=turn.remember(topics=(check.topic,), own=turn.before.own),
        topic=check.topic,
        region=scope.region,
        exam=scope.exam,
    )


def _points(turn: Turn, points: tuple[Point, ...]) -> str:
    return "\n".join(turn.phrase("check_point", label=each.label, text=each.unmet) for each in points)


def _until(turn: Turn, check: SelfCheck, scope: OwnScope) -> str:
    """The registration's own deadline, else the window of the check in its region, with what follows from missing it."""
    place = _place(scope)
    window = window_of(turn.knowledge, place, check.window)
    consequence = window.consequence if window else ""
    if scope.deadline is not None:
        return deadline_text(turn.knowledge, scope.deadline, turn.now) + consequence
    return (
        window_text(turn.knowledge, window, beijing(turn.now)) + consequence
        if window
        else turn.phrase("deadline_unknown")
    )


def _place(scope: OwnScope) -> Place:
    return Place(exam=scope.exam, region=scope.region, year=scope.year, is_on_file=True, note="")


def _basis(turn: Turn, check: SelfCheck) -> str:
    return compose.basis_of(turn.knowledge, [*(point.source for point in check.point), *check.sources], check.year)


def _sources(turn: Turn, check: SelfCheck, *, is_own: bool) -> tuple[Citation, ...]:
    cited = [*(point.source for point in check.point), *(check.sources if is_own else ())]
    return compose.cited(turn.knowledge, cited)


def _no_points(turn: Turn, topic: str, scope: OwnScope) -> Decision:
    """What the reason means in a region whose notice has no points, and who to ask."""
    rule = meaning.rule_of(turn.mind, _place(scope), topic)
    title = next(each.name for each in turn.knowledge.status.rejection if each.topic == topic)
    text = turn.phrase(
        "check_none",
        title=title,
        region=full_name(turn.knowledge.gazetteer, scope.region),
        rule=rule.text if rule else turn.phrase("check_no_rule"),
    )
    contact = compose.whom_to_ask(turn.knowledge, scope.exam, scope.region)
    lines = [
        text,
        rule.note if rule else "",
        compose.basis(turn.knowledge, rule.found) if rule and rule.found else "",
        turn.phrase("standing_contact", contact=contact),
    ]
    return Decision(
        kind=Kind.ANSWER,
        text="\n".join(filter(None, lines)),
        sources=rule.sources if rule else (),
        conversation=turn.remember(topics=(topic,), own=turn.before.own),
        topic=topic,
        region=scope.region,
        exam=scope.exam,
    )
