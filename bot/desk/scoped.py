"""The slots of a turn as people read them, each with where it comes from; and how its topics resolve. Pure."""

from collections.abc import Iterable, Iterator

from bot.messages import Named
from bot.staff.trial import Origin, Outcome, ResolvedView, SlotView, StepView, Verdict
from bot.turn import Turn, resolution_of
from intents.days import Day
from intents.slots import Role
from knowledge.model import Knowledge, Scope
from knowledge.region import full_name
from knowledge.resolve import Found, Missing, NeedExam, NeedRegion, Resolution
from knowledge.trace import Step, trace

MOST_TOPICS, MOST_REGIONS = 4, 3
PLAIN = ("level", "mode", "paper", "subject", "subjects", "people", "year", "years_ahead", "other_exam", "unlisted")
SAID = ("is_history", "has_moved")
ROLES = {Role.ORIGIN: "place_origin", Role.THEIRS: "place_theirs", Role.DENIED: "place_denied"}


def slots(turn: Turn) -> tuple[SlotView, ...]:
    """All of them."""
    return tuple(_slots(turn))


def _slots(turn: Turn) -> Iterator[SlotView]:
    known, said = turn.knowledge, turn.understanding.slots
    if turn.where.regions:
        names = [full_name(known.gazetteer, each) for each in turn.where.regions]
        yield SlotView(name="region", value=_list(names), origin=_region_origin(turn))
    if turn.where.unclear:
        yield SlotView(name="unclear", value=turn.where.unclear.name, origin=Origin.TEXT)
    if turn.exam:
        yield SlotView(name="exam", value=known.exams[turn.exam].short, origin=_exam_origin(turn))
    if said.exams:
        yield SlotView(name="exams", value=_list(known.exams[e].short for e in said.exams), origin=Origin.TEXT)
    for place in said.places:
        if place.role in ROLES:
            yield SlotView(name=ROLES[place.role], value=place.name, origin=Origin.TEXT)
    for name in PLAIN:
        if value := getattr(turn.slots, name):
            yield SlotView(name=name, value=str(value), origin=_origin(turn, name))
    yield from _rows(turn)
    for name in SAID:
        if getattr(turn.slots, name):
            yield SlotView(name=name, value="", origin=_origin(turn, name))


def _rows(turn: Turn) -> Iterator[SlotView]:
    """The slots that hold days, or rows of facts by their numbers."""
    known, found = turn.knowledge, turn.slots
    names = {row.no: row.name for row in known.facts.specialties}
    sites = {site.id: site.name for site in known.facts.sites}
    told = {
        "days": [_day(each) for each in found.days],
        "specialties": [names[each] for each in found.specialties if each in names],
        "hints": [names[each] for each in found.hints if each in names],
        "sites": [sites[each] for each in found.sites if each in sites],
        "reasons": [known.topics[each].title for each in found.reasons if each in known.topics],
    }
    for name, values in told.items():
        if values:
            yield SlotView(name=name, value=_list(values), origin=_origin(turn, name))


def _list(values: Iterable[str]) -> str:
    return " · ".join(values)


def _day(day: Day) -> str:
    """2023-12-05, 12-05 or 5, as far as it was said."""
    parts = [f"{day.year:04}"] * bool(day.year) + [f"{day.month:02}"] * bool(day.month) + [f"{day.day:02}"]
    return "-".join(parts)


def _origin(turn: Turn, name: str) -> Origin:
    return Origin.TEXT if getattr(turn.understanding.slots, name) else Origin.REMEMBERED


def _region_origin(turn: Turn) -> Origin:
    """As bot.scope.where decides: the latest that was named wins."""
    if turn.where.is_named:
        is_said = any(place.role is Role.PLACE for place in turn.understanding.slots.places)
        return Origin.TEXT if is_said else Origin.DERIVED
    page, before = turn.heard.region, turn.before
    is_page = bool(page) and (page != before.page_region or not before.region)
    return Origin.PAGE if is_page else Origin.REMEMBERED


def _exam_origin(turn: Turn) -> Origin:
    if turn.exam == turn.understanding.slots.exam:
        return Origin.TEXT
    if turn.exam == turn.heard.exam and not turn.before.exam:
        return Origin.PAGE
    return Origin.REMEMBERED if turn.exam == turn.before.exam else Origin.DERIVED


def outcome(resolution: Resolution) -> Outcome:
    """What a topic comes to."""
    if isinstance(resolution, Found):
        return Outcome.UNSTATED if resolution.answer.unstated else Outcome.FOUND
    kinds = {NeedRegion: Outcome.NEED_REGION, NeedExam: Outcome.NEED_EXAM, Missing: Outcome.MISSING}
    return kinds[type(resolution)]


def resolved(turn: Turn, topics: Iterable[str]) -> tuple[ResolvedView, ...]:
    """How some topics resolve in the scope of a turn, in each of its regions."""
    known = turn.knowledge
    regions = turn.where.regions[:MOST_REGIONS] or ("",)
    return tuple(
        ResolvedView(
            topic=topic,
            title=known.topics[topic].title,
            exam=Named(id=turn.exam, name=known.exams[turn.exam].short) if turn.exam else None,
            region=_named(known, region) if region else None,
            outcome=outcome(resolution_of(turn, known.topics[topic], region)),
            steps=tuple(
                _step(known, step)
                for step in trace(
                    known, known.every.topics[topic], Scope(exam=turn.exam or None, region=region or None)
                )
            ),
        )
        for topic in tuple(each for each in topics if each in known.topics)[:MOST_TOPICS]
        for region in regions
    )


def _step(known: Knowledge, step: Step) -> StepView:
    answer = step.answer
    return StepView(
        region=_named(known, step.region),
        exams=tuple(known.exams[each].short for each in answer.exams if each in known.exams) if answer else (),
        year=answer.year if answer else 0,
        answer=answer.text if answer else "",
        verdict=Verdict(step.verdict.value),
        detail=step.detail,
    )


def _named(known: Knowledge, region: str) -> Named:
    return Named(id=region, name=full_name(known.gazetteer, region))
