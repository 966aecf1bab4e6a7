"""Puts replies together from answers, facts and the content's fixed sentences. Pure; decides nothing."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import replace

import msgspec

from bot.messages import Citation, Kind, Named, Option
from intents.slots import Slots
from knowledge import calendar
from knowledge.calendar import WindowState
from knowledge.model import Knowledge
from knowledge.region import NATION, full_name
from knowledge.render import Context, Details, contact, fill
from knowledge.resolve import Found
from knowledge.topic import Source, Topic

CONFIRMATION = "confirmation"  # the window that registration points divide among themselves
CUTOFF = "cutoff"  # the window that has an end only
MOST_DAYS = 2  # that a question names beside the one it asks about: a story of many days asks about none
NOTICE_PAGE = "/notices/{notice}#{clause}"


def details(slots: Slots) -> Details:
    """What rendering needs of the slots."""
    return Details(
        level=slots.level,
        mode=slots.mode,
        subjects=slots.subjects,
        people=slots.people,
        paper=slots.paper or slots.level,
        subject=slots.subject,
        sites=slots.sites,
        specialties=slots.specialties,
    )


def answer_text(knowledge: Knowledge, topic: Topic, found: Found, slots: Slots, today: dt.date) -> str:
    """An answer in words: the text with its facts, where its window stands today, and what it rests on."""
    context = Context(knowledge=knowledge, exam=found.exam, region=found.region, details=details(slots))
    text = fill(found.answer.text, context).strip() + window_note(knowledge, topic, found, today)
    lines = [note for note in (day_note(knowledge, topic, found, slots, today), text) if note]
    if topic.kind == "answer":
        lines += [note for note in (region_note(knowledge, found), basis(knowledge, found)) if note]
    return "\n".join(lines)


def rule_text(knowledge: Knowledge, found: Found) -> str:
    """An answer's text with its facts, and nothing else."""
    return fill(
        found.answer.text, Context(knowledge=knowledge, exam=found.exam, region=found.region, details=Details())
    ).strip()


def window_note(knowledge: Knowledge, topic: Topic, found: Found, today: dt.date) -> str:
    """Whether the topic's window is to come, open or over; nothing where the answer does not tell it."""
    if not topic.window or found.answer.if_not_listed or "{" not in found.answer.text:
        return ""
    window = knowledge.window(topic.window, found.exam, found.region)
    if window is None:
        return ""
    if window.days and calendar.state_of(window, today) is not WindowState.FUTURE:
        if today > window.days[-1]:
            return knowledge.phrases["days_past"].format(end=calendar.day(window.days[-1], knowledge.phrases))
        return ""
    return calendar.note(window, today, knowledge.phrases)


def dated(knowledge: Knowledge, topic: Topic, found: Found, slots: Slots) -> Found:
    """The answer to a question that asks for a day: where it tells none, with when its stage is, and that clause."""
    context = Context(knowledge=knowledge, exam=found.exam, region=found.region, details=details(slots))
    window = knowledge.window(topic.window or topic.stage, found.exam, found.region)
    is_told = re.search(calendar.DATE, fill(found.answer.text, context))
    if is_told or window is None or found.answer.if_not_listed or not (window.start and window.end):
        return found
    name, span = knowledge.phrases[f"window_{window.name}"], calendar.span(window.start, window.end, knowledge.phrases)
    answer = msgspec.structs.replace(
        found.answer,
        text=found.answer.text + knowledge.phrases["stage_span"].format(name=name, span=span),
        sources=(*found.answer.sources, Source(clause=window.source, quote=window.quote)),
    )
    return replace(found, answer=answer)


def day_note(knowledge: Knowledge, topic: Topic, found: Found, slots: Slots, today: dt.date) -> str:
    """How the day that the asker names lies to the topic's window: 2月9日 is past; nothing where she names none."""
    window = knowledge.window(topic.window, found.exam, found.region) if topic.window else None
    if window is None or window.end is None or found.answer.if_not_listed:
        return ""
    dates = [calendar.meant(window, *each) for each in slots.days]
    asked = [date for date in dates if date and date not in (window.start, window.end)] or dates
    if len(dates) > MOST_DAYS or len(asked) != 1 or asked[0] is None:
        return ""
    state = calendar.state_of(window, asked[0])
    if window.start is None and window.name != CUTOFF and asked[0] <= window.end:
        return ""  # since when is not said
    if state is WindowState.FUTURE and asked[0] < today:
        return ""  # it lies behind us: another year's is meant
    points = knowledge.sites_in(found.region) if window.name == CONFIRMATION else ()
    is_divided = len(points) > 1 or any(point.half for point in points)
    if is_divided and state not in (WindowState.FUTURE, WindowState.PAST):
        return ""  # each registration point has days, or hours, of its own
    return calendar.place(window, asked[0], knowledge.phrases)


def region_note(knowledge: Knowledge, found: Found) -> str:
    """That a national rule was told and the region's own notice is not on file."""
    if found.answer.region != NATION or found.region == NATION or found.answer.is_conditional:
        return ""
    lineage = set(knowledge.gazetteer.lineage(found.region)) - {NATION}
    if any(n.region in lineage and found.exam in n.exams for n in knowledge.in_force):
        return ""
    name = full_name(knowledge.gazetteer, found.region)
    return knowledge.phrases["region_note"].format(region=name, year=found.answer.year)


def basis(knowledge: Knowledge, found: Found) -> str:
    """依据：《…》二（一）: the clauses of an answer in one line."""
    return basis_of(knowledge, found.answer.sources, found.answer.year)


def basis_of(knowledge: Knowledge, sources: Sequence[Source], year: int) -> str:
    """The clauses of some sources in one line; empty for none."""
    labels: dict[str, list[str]] = {}
    for source in sources:
        notice, clause = knowledge.clause(source.clause)
        labels.setdefault(notice.short, [])
        if clause.label not in labels[notice.short]:
            labels[notice.short].append(clause.label)
    if not labels:
        return ""
    phrases = knowledge.phrases
    parts = [phrases["basis_one"].format(title=t, clause=phrases["comma"].join(told)) for t, told in labels.items()]
    return phrases["basis"].format(sources=phrases["pause"].join(parts), year=year)


def citations(knowledge: Knowledge, found: Found) -> tuple[Citation, ...]:
    """The clauses an answer rests on, quoted."""
    return cited(knowledge, found.answer.sources)


def cited(knowledge: Knowledge, sources: Sequence[Source]) -> tuple[Citation, ...]:
    """The clauses of some sources, quoted."""
    result = []
    for source in sources:
        notice, clause = knowledge.clause(source.clause)
        url = NOTICE_PAGE.format(notice=notice.id, clause=clause.id)
        result.append(Citation(notice=notice.id, title=notice.title, clause=clause.label, quote=source.quote, url=url))
    return tuple(dict.fromkeys(result))


def kind_of(topic: Topic) -> Kind:
    """The reply kind of a topic that was found."""
    return {"unknown": Kind.FALLBACK, "status": Kind.STATUS, "smalltalk": Kind.SMALLTALK}.get(topic.kind, Kind.ANSWER)


def whom_to_ask(knowledge: Knowledge, exam: str, region: str) -> str:
    """The office for a scope that may be unknown."""
    return contact(knowledge, exam or next(iter(knowledge.exams)), region or NATION)


def named_region(knowledge: Knowledge, region: str) -> Named | None:
    """A region as replies name it."""
    return Named(id=region, name=full_name(knowledge.gazetteer, region)) if region and region != NATION else None


def named_exam(knowledge: Knowledge, exam: str) -> Named | None:
    """An exam as replies name it."""
    return Named(id=exam, name=knowledge.exams[exam].name) if exam else None


def with_options(text: str, options: Sequence[Option]) -> str:
    """The text with its options numbered under it: what WeChat shows is whole."""
    return "\n".join([text, *(f"{number}. {option.label}" for number, option in enumerate(options, 1))])
