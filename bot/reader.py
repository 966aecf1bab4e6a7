"""Gives pages what they show of the knowledge: notices, timelines, regions. Pure, in memory."""

import datetime as dt
from collections.abc import Callable

from bot.messages import Named
from bot.ports import Clock
from bot.views import ClauseView, NoticeView, RegionView, StepState, StepView, TableView, TimelineView
from knowledge import calendar
from knowledge.calendar import WindowState
from knowledge.fact import Window
from knowledge.model import Knowledge, beijing
from knowledge.notice import Clause, Notice
from knowledge.region import NATION, full_name

STATES = {
    WindowState.FUTURE: StepState.FUTURE,
    WindowState.OPEN: StepState.RUNNING,
    WindowState.LAST_DAY: StepState.TODAY,
    WindowState.PAST: StepState.PAST,
}
TIMELINE = ("submission", "confirmation", "resubmission", "review", "payment", "admission_ticket", "exam")
"""The windows that a timeline shows, by name."""


class KnowledgeReader:
    """Fulfils bot.views.Reader over whatever knowledge is current."""

    def __init__(self, knowledge: Callable[[], Knowledge], clock: Clock) -> None:
        """Take a function that gives the current knowledge, and the time."""
        self._knowledge, self._clock = knowledge, clock

    def notices(self) -> tuple[NoticeView, ...]:
        """All notices, the national one first."""
        known = self._knowledge()
        ordered = sorted(known.notices.values(), key=lambda notice: (notice.region != NATION, notice.region))
        return tuple(_notice(known, notice, clauses=False) for notice in ordered)

    def notice(self, notice_id: str) -> NoticeView | None:
        """A notice with its clauses, or None."""
        known = self._knowledge()
        notice = known.notices.get(notice_id)
        return _notice(known, notice, clauses=True) if notice else None

    def timeline(self, region_id: str | None, exam: str) -> TimelineView:
        """The steps for a region, or the national ones."""
        known = self._knowledge()
        region = region_id if region_id and region_id in known.gazetteer else NATION
        exams = tuple(each for each in known.exams if _windows(known, each, region))
        chosen = exam if exam in exams else next(iter(exams), next(iter(known.exams)))
        today = beijing(self._clock())
        windows = _windows(known, chosen, region)
        steps = tuple(_step(known, window, today) for window in windows)
        has_own = any(
            n.region in known.gazetteer.lineage(region) and chosen in n.exams and n.region != NATION
            for n in known.in_force
        )
        phrases = known.phrases
        note = "" if has_own else phrases["timeline_national" if region != NATION else "timeline_choose"]
        return TimelineView(
            region=_region(known, region) if region != NATION else None,
            exam=Named(id=chosen, name=known.exams[chosen].name),
            exams=tuple(Named(id=each, name=known.exams[each].name) for each in exams),
            year=known.year,
            today=today,
            note=note,
            steps=steps,
            headline=_headline(known, steps),
            today_label=phrases["date_month"].format(month=today.month, day=today.day),
        )

    def regions(self, query: str, limit: int) -> tuple[RegionView, ...]:
        """The regions that a few characters may mean, likeliest first; those with a notice for an empty query."""
        known = self._knowledge()
        text = query.strip()
        if not text:
            own = dict.fromkeys(n.region for n in known.in_force if n.region != NATION)
            return tuple(_region(known, each) for each in own)[:limit]
        exact = known.gazetteer.lookup(text)
        found = [
            region
            for region in known.gazetteer
            if region.id != NATION
            and known.gazetteer[known.gazetteer.province(region.id)].is_exam_region
            and (region.id in exact or text in region.name or text in full_name(known.gazetteer, region.id))
        ]
        found.sort(key=lambda r: (r.id not in exact, not r.name.startswith(text), len(r.id), r.id))
        return tuple(_region(known, region.id) for region in found[:limit])

    def region(self, text: str) -> RegionView | None:
        """The one region that a name or id means, or None."""
        known = self._knowledge()
        found = known.gazetteer.lookup(text)
        return _region(known, found[0]) if len(found) == 1 and found[0] != NATION else None


def _region(known: Knowledge, region_id: str) -> RegionView:
    region = known.gazetteer[region_id]
    return RegionView(id=region.id, name=region.name, path=full_name(known.gazetteer, region_id))


def _notice(known: Knowledge, notice: Notice, *, clauses: bool) -> NoticeView:
    return NoticeView(
        id=notice.id,
        title=notice.title,
        issuer=notice.issuer,
        number=notice.number,
        published_on=notice.published_on,
        repost=notice.repost,
        region=full_name(known.gazetteer, notice.region),
        exams=tuple(known.exams[each].name for each in notice.exams),
        year=notice.year,
        clauses=tuple(map(_clause, notice.clause)) if clauses else (),
    )


def _clause(clause: Clause) -> ClauseView:
    table = TableView(header=clause.table.header, rows=clause.table.rows) if clause.table else None
    return ClauseView(id=clause.id, label=clause.label, text=clause.text, heading=clause.heading, table=table)


def _windows(known: Knowledge, exam: str, region: str) -> list[Window]:
    found = [window for name in TIMELINE if (window := known.window(name, exam, region))]
    return sorted(found, key=lambda window: (window.start or window.end or _first(window), window.end or dt.date.max))


def _first(window: Window) -> dt.date:
    return window.days[0] if window.days else dt.date.max


def _step(known: Knowledge, window: Window, today: dt.date) -> StepView:
    phrases = known.phrases
    state = calendar.state_of(window, today)
    start, end = window.start or (window.days[0] if window.days else None), window.end
    end = window.days[-1] if window.days else end
    left: int | None = None
    if state is WindowState.FUTURE and start:
        left = (start - today).days
    elif state is WindowState.OPEN and end:
        left = (end - today).days
    label = phrases[f"step_{state.value}" if left is not None or state is not WindowState.OPEN else "step_running"]
    return StepView(
        stage=window.stage.value,
        name=phrases[f"window_{window.name}"],
        start=start,
        end=end,
        state=STATES[state],
        days_left=left,
        dates=calendar.of_window(window, phrases),
        label=label.format(days=left),
        note=window.consequence,
        url="/notices/" + window.source,
    )


def _headline(known: Knowledge, steps: tuple[StepView, ...]) -> str:
    phrases = known.phrases
    if not steps:
        return phrases["headline_nothing"]
    for state in (StepState.TODAY, StepState.RUNNING, StepState.FUTURE):
        for step in steps:
            if step.state is state and step.end:
                return phrases["headline_step"].format(name=step.name, dates=step.dates, label=step.label)
    return phrases["headline_over"].format(year=known.year)
