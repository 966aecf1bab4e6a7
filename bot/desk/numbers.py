"""The numbers that people look at, summed up from the counts of the journal. The store's part is awaited; the rest is pure."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable

from bot.desk.deadlines import upcoming
from bot.messages import Kind
from bot.mind import Mind
from bot.ports import Clock
from bot.staff.numbers import Count, Figures, NumberStore, Share
from knowledge.model import Knowledge, beijing
from knowledge.region import full_name

MOST_DAYS = 366
MOST_BARS = 15  # regions and topics: as many as a chart shows readably
MOST_DEADLINES = 12
BEIJING = dt.timezone(dt.timedelta(hours=8))
ASKED_BACK = frozenset({Kind.CLARIFY.value})
FELL_BACK = frozenset({Kind.FALLBACK.value})


class Numbers:
    """Fulfils bot.staff.numbers.Numbers."""

    def __init__(self, store: NumberStore, mind: Callable[[], Mind], clock: Clock) -> None:
        """`mind` gives the current one: names and days are of it."""
        self._store, self._mind, self._clock = store, mind, clock

    async def figures(self, days: int) -> Figures:
        """The figures of the last days, today the last of them. Raises StoreError."""
        days = max(1, min(days, MOST_DAYS))
        today, known = beijing(self._clock()), self._mind().knowledge
        first = today - dt.timedelta(days=days - 1)
        midnight = dt.time(tzinfo=BEIJING)
        since, until = (dt.datetime.combine(each, midnight) for each in (first, today + dt.timedelta(days=1)))
        return summed(known, await self._store.counts(since, until), first, today)


def summed(known: Knowledge, counts: tuple[Count, ...], first: dt.date, today: dt.date) -> Figures:
    """Counts of the days from `first` to `today` as figures."""
    every = [first + dt.timedelta(days=each) for each in range((today - first).days + 1)]
    missed = Counter[str]()
    by_channel: dict[str, Counter[dt.date]] = {}
    for each in counts:
        by_channel.setdefault(each.channel, Counter())[each.day] += each.questions
        missed[each.topic] += each.questions if each.kind in FELL_BACK else 0
    topics = _shares(counts, lambda each: each.topic, lambda topic: _title(known, topic))
    gaps = [each for each in topics if missed[each.id]]
    return Figures(
        days=tuple(
            _share(day.isoformat(), f"{day.month}-{day.day:02}", [c for c in counts if c.day == day]) for day in every
        ),
        channels=tuple((name, tuple(found[day] for day in every)) for name, found in sorted(by_channel.items())),
        regions=_shares(counts, lambda each: each.region, lambda region: _place(known, region))[:MOST_BARS],
        topics=tuple(each for each in topics if each.id)[:MOST_BARS],
        gaps=tuple(sorted(gaps, key=lambda each: (-missed[each.id], each.id)))[:MOST_BARS],
        whole=_share("", "", counts),
        deadlines=upcoming(known, today)[:MOST_DEADLINES],
    )


def _shares(counts: tuple[Count, ...], key: Callable[[Count], str], name: Callable[[str], str]) -> tuple[Share, ...]:
    """One for each key, most asked about first."""
    groups: dict[str, list[Count]] = {}
    for each in counts:
        groups.setdefault(key(each), []).append(each)
    found = (_share(each, name(each), group) for each, group in groups.items())
    return tuple(sorted(found, key=lambda each: (-each.questions, each.id)))


def _share(key: str, name: str, counts: Iterable[Count]) -> Share:
    asked = Counter[str]()
    helpful = unhelpful = 0
    for each in counts:
        asked[each.kind] += each.questions
        helpful, unhelpful = helpful + each.helpful, unhelpful + each.unhelpful
    back = sum(asked[kind] for kind in ASKED_BACK)
    fell = sum(asked[kind] for kind in FELL_BACK)
    return Share(
        id=key,
        name=name,
        questions=asked.total(),
        answered=asked.total() - back - fell,
        asked_back=back,
        fell_back=fell,
        helpful=helpful,
        unhelpful=unhelpful,
    )


def _title(known: Knowledge, topic: str) -> str:
    return known.topics[topic].title if topic in known.topics else topic


def _place(known: Knowledge, region: str) -> str:
    return full_name(known.gazetteer, region) if region in known.gazetteer else region
