"""What ends next in which region: staff work on that first. Pure."""

import datetime as dt
from collections.abc import Iterator

from bot.staff.gaps import Deadline
from knowledge.fact import Window
from knowledge.model import Knowledge
from knowledge.region import NATION, full_name


def upcoming(known: Knowledge, today: dt.date) -> tuple[Deadline, ...]:
    """The windows of the year that have not ended, the next to end first; each exam of a window by itself."""
    found = sorted(_ends(known, today), key=lambda each: (each.end, each.region, each.exam, each.name))
    return tuple(dict.fromkeys(found))


def _ends(known: Knowledge, today: dt.date) -> Iterator[Deadline]:
    for window in known.facts.windows:
        end = _last_day(window)
        if end is None or end < today:
            continue
        for exam in window.exams:
            yield Deadline(
                region=window.region,
                region_name=full_name(known.gazetteer, window.region),
                exam=known.exams[exam].short,
                name=known.phrases[f"window_{window.name}"],
                end=end,
                days_left=(end - today).days,
            )


def _last_day(window: Window) -> dt.date | None:
    return window.end or (window.days[-1] if window.days else window.start)


def next_of(known: Knowledge, exam: str, region: str, today: dt.date) -> Deadline | None:
    """What ends next for those who sit an exam in a region, its own windows before those of the places around it.

    An unknown exam (empty) is the usual one, an unknown region the nation. None where nothing ends any more.
    """
    exam, region = exam or next(iter(known.exams)), region or NATION
    names = dict.fromkeys(window.name for window in known.facts.windows)
    held = [window for name in names if (window := known.window(name, exam, region))]
    ends = [(end, window) for window in held if (end := _last_day(window)) and end >= today]
    if not ends:
        return None
    end, window = min(ends, key=lambda each: (each[0], each[1].name))
    return Deadline(
        region=region,
        region_name=full_name(known.gazetteer, region),
        exam=known.exams[exam].short,
        name=known.phrases[f"window_{window.name}"],
        end=end,
        days_left=(end - today).days,
    )
