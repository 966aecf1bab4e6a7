"""What there is of a year, region by region; what has to be asked for, and what has to be done by hand. Pure."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from bot.desk.fields import named
from bot.desk.layers import Layered
from bot.desk.naming import name_of
from bot.desk.sheets import told
from bot.messages import Named
from bot.staff.editing import Kind
from bot.staff.editions import Draft, DraftState
from bot.staff.years import Checklist, RegionWork, Work, WorkState
from knowledge import rollover
from knowledge.entries import Entry
from knowledge.model import Knowledge
from knowledge.notice import Notice
from knowledge.region import NATION


def checklist(layer: Layered, published: Layered, drafts: Mapping[str, Draft], year: int = 0) -> Checklist:
    """Of a year; 0: the one after the one that is told, where there is anything of it."""
    known, year_told = layer.knowledge, published.knowledge.year
    years = rollover.years_of(layer.entries)
    year = year or (year_told + 1 if year_told + 1 in {*years, known.year} else year_told)
    work: dict[str, list[Work]] = defaultdict(list)
    for entry in layer.entries.values():
        if _is_of(entry, year, known):
            work[str(entry.fields.get("region", NATION))].append(_work(entry, drafts.get(entry.key), layer, year))
    lacking = lacking_notices(known, year)
    regions = [
        RegionWork(
            region=named(known, region),
            notices=tuple(_called(each) for each in notices_of(known, region, year)),
            lacks_notice=tuple(map(_called, lacking.get(region, ()))),
            work=tuple(work.get(region, ())),
        )
        for region in _ordered(known, {*work, *lacking})
    ]
    switch = drafts.get("head:exams.toml")
    is_switch = switch is not None and known.year == year != year_told
    return Checklist(
        told=year_told,
        year=year,
        regions=tuple(regions),
        by_hand=tuple(_by_hand(known, year)),
        switch=switch if is_switch else None,
    )


def _is_of(entry: Entry, year: int, known: Knowledge) -> bool:
    if entry.kind not in rollover.KINDS or entry.fields.get("year") != year:
        return False
    topic = known.topics.get(entry.topic)
    return topic is None or topic.is_yearly


def _work(entry: Entry, draft: Draft | None, layer: Layered, year: int) -> Work:
    state = WorkState.PUBLISHED
    if draft is not None:
        state = WorkState.UNVERIFIED if draft.state is DraftState.UNVERIFIED else WorkState.VERIFIED
    before = before_of(entry, layer, year)
    return Work(
        key=entry.key,
        kind=Kind(entry.kind),
        name=name_of(entry, layer.knowledge),
        state=state,
        exams=tuple(entry.fields.get("exams", ())),
        before=before.key if before else "",
    )


def before_of(entry: Entry, layer: Layered, year: int) -> Entry | None:
    """The same entry of the nearest earlier year."""
    for earlier in (each for each in rollover.years_of(layer.entries) if each < year):
        found = layer.entries.get(rollover.counterpart(entry, earlier))
        if found is not None:
            return found
    return None


def notices_of(known: Knowledge, region: str, year: int) -> list[Notice]:
    """The notices of a year that hold in a region, its own first."""
    lineage = known.gazetteer.lineage(region) if region in known.gazetteer else ()
    found = [each for each in known.notices.values() if each.year == year and each.region in lineage]
    return sorted(found, key=lambda each: lineage.index(each.region))


def lacking_notices(known: Knowledge, year: int) -> dict[str, list[Notice]]:
    """Region → notices of the year before that none of the year succeeds."""
    found: dict[str, list[Notice]] = defaultdict(list)
    for old in known.notices.values():
        successors = (each for each in known.notices.values() if each.year == year and each.region == old.region)
        if old.year == year - 1 and not any(set(each.exams) & set(old.exams) for each in successors):
            found[old.region].append(old)
    return found


def _by_hand(known: Knowledge, year: int) -> Iterator[str]:
    """What no roll-over copies: self-checks of status.toml, and specialties, which are those of a notice's table."""
    words = told()["years"]
    checks = known.status.check
    there = {(each.topic, each.region) for each in checks if each.year == year}
    for each in checks:
        if each.year == year - 1 and (each.topic, each.region) not in there:
            yield words["check_by_hand"].format(title=each.title, region=named(known, each.region).name)
    counts: dict[str, int] = defaultdict(int)
    for row in known.every.facts.specialties:
        counts[row.source.partition("#")[0]] += 1
    of_year = {each for each in counts if each in known.notices and known.notices[each].year == year}
    for notice, count in counts.items():
        old = known.notices.get(notice)
        if old and old.year == year - 1 and not any(known.notices[each].region == old.region for each in of_year):
            yield words["specialties_by_hand"].format(notice=old.short, count=count)


def _ordered(known: Knowledge, regions: set[str]) -> list[str]:
    """The nation first, then by province; those that do not exist last."""

    def place(region: str) -> tuple[int, tuple[str, ...]]:
        return (0, tuple(reversed(known.gazetteer.lineage(region)))) if region in known.gazetteer else (1, (region,))

    return sorted(regions, key=place)


def _called(notice: Notice) -> Named:
    return Named(id=notice.id, name=notice.title)
