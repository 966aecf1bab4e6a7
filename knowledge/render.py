"""Fills the placeholders of an answer from fact rows, for one scope and the details that were asked. Pure."""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from knowledge import calendar
from knowledge.fact import Fee, Site, Sitting, Specialty, Window
from knowledge.model import Knowledge
from knowledge.region import NATION, full_name

PLACEHOLDER = re.compile(r"\{([a-z_]+)(?::([a-z_0-9]+))?\}")


class RenderError(Exception):
    """A placeholder has no row in its scope. Add the row, or take the placeholder out of the text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What the question said beyond topic and scope; empty where it said nothing."""

    level: str = ""
    """初级（士）, 初级（师）, 中级, 副高级, 正高级."""
    mode: str = ""
    """人机对话 or 纸笔."""
    subjects: int = 0
    """How many subjects were asked about."""
    people: int = 0
    """How many people were asked about."""
    paper: str = ""
    """The timetable's paper that the asked specialty and level sit."""
    subject: str = ""
    sites: tuple[str, ...] = ()
    """Ids of registration points."""
    specialties: tuple[int, ...] = ()
    """Serial numbers of specialties."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Where and for what an answer is rendered."""

    knowledge: Knowledge
    exam: str
    region: str
    details: Details

    def window(self, name: str) -> Window:
        """The window of that name here; RenderError if there is none."""
        window = self.knowledge.window(name, self.exam, self.region)
        if window is None:
            raise RenderError(f"no window {name!r} for {self.exam} in {self.region}")
        return window


def fill(text: str, context: Context) -> str:
    """The text with every placeholder replaced. Raises RenderError."""

    def replace(found: re.Match[str]) -> str:
        name, argument = found[1], found[2] or ""
        if name not in _FILLERS:
            raise RenderError(f"unknown placeholder {found[0]}")
        return _FILLERS[name](context, argument)

    return PLACEHOLDER.sub(replace, text)


def fees_asked(rows: tuple[Fee, ...], details: Details) -> tuple[Fee, ...]:
    """The fee rows that the asked level and mode leave; all where they name none of them."""
    level = details.level[:2]
    asked = set(details.specialties)
    rows = tuple(row for row in rows if not row.specialties or asked & set(row.specialties))
    by_level = tuple(row for row in rows if level and any(each.startswith(level) for each in row.levels)) or rows
    return tuple(row for row in by_level if details.mode and row.mode == details.mode) or by_level


def _fees(context: Context, argument: str) -> str:
    phrases, details = context.knowledge.phrases, context.details
    rows = context.knowledge.nearest(context.knowledge.facts.fees, context.exam, context.region)
    if not rows:
        raise RenderError(f"no fee for {context.exam} in {context.region}")
    if argument and not argument.isdigit():
        raise RenderError(f"{{fees:{argument}}}: the number of subjects must be written in digits")
    count = details.subjects or int(argument or 0)
    parts = []
    for row in fees_asked(rows, details):
        levels = details.level[:2] if len(row.levels) > 1 and details.level[:2] in row.levels else ""
        name = levels or phrases["comma"].join(row.levels)
        mode = phrases["fee_mode"].format(mode=row.mode) if row.mode else ""
        part = phrases["fee"].format(levels=name, mode=mode, amount=row.amount)
        parts.append(part + _total(row.amount, count, details.people, phrases))
    return phrases["pause"].join(parts)


def _total(amount: int, subjects: int, people: int, phrases: Mapping[str, str]) -> str:
    """What it comes to, in yuan, where it is known how many subjects are sat, and by how many people."""
    if subjects and people > 1:
        return phrases["fee_total_people"].format(people=people, count=subjects, total=amount * subjects * people)
    return phrases["fee_total"].format(count=subjects, total=amount * subjects) if subjects > 1 else ""


def _site(context: Context, site: Site) -> str:
    phrases = context.knowledge.phrases
    if site.note and not site.phone:
        return phrases["site_note"].format(name=site.name, note=site.note)
    when = calendar.span(site.start, site.end, phrases) + site.half if site.start and site.end else ""
    return phrases["site"].format(name=site.name, place=site.place, phone=site.phone, when=when)


def sites_asked(knowledge: Knowledge, region: str, details: Details) -> tuple[Site, ...]:
    """The registration points named in the question, else those of the region."""
    named = tuple(site for site in knowledge.facts.sites if site.id in details.sites)
    return tuple(
        s
        for s in named
        if knowledge.gazetteer.contains(region, s.region) or knowledge.gazetteer.contains(s.region, region)
    ) or knowledge.sites_in(region)


def _sites(context: Context, _: str) -> str:
    phrases = context.knowledge.phrases
    sites = sites_asked(context.knowledge, context.region, context.details)
    if not sites:
        raise RenderError(f"no registration point in {context.region}")
    if len(sites) <= FULL_SITES:
        return "\n".join(_site(context, site) for site in sites)
    rows = []
    for site in sites:
        if site.start and site.end:
            days = phrases["short_span"].format(
                first=_month_day(context, site.start), last=site.end.day, half=site.half
            )
            rows.append(phrases["site_row"].format(name=site.name, phone=site.phone, days=days))
        else:
            rows.append(phrases["site_note"].format(name=site.name, note=site.note))
    return "\n".join(rows)


SEEN_AT_ONCE = 5  # names of a list that need not be counted
FULL_SITES = 2  # points told with place, phone and days; more are told in one line each, to stay on a phone's screen


def _month_day(context: Context, date: dt.date) -> str:
    return context.knowledge.phrases["date_month"].format(month=date.month, day=date.day)


def _specialty(context: Context, row: Specialty) -> str:
    phrases = context.knowledge.phrases
    text = phrases["specialty"].format(name=row.name, system_name=row.system_name, code=row.code)
    if row.category:
        text += phrases["specialty_licence"].format(category=row.category, range=row.range)
    else:
        text += phrases["specialty_no_licence"]
    return text + (phrases["specialty_remark"].format(remark=row.remark) if row.remark else "") + phrases["stop"]


def _specialties(context: Context, _: str) -> str:
    rows = [row for row in context.knowledge.facts.specialties if row.no in context.details.specialties]
    if not rows:
        return context.knowledge.phrases["specialty_which"]
    return "\n".join(_specialty(context, row) for row in rows)


def _sittings_asked(rows: tuple[Sitting, ...], details: Details, rest: str) -> tuple[Sitting, ...]:
    """The sittings of the asked paper, mode and subject; a paper called 其他…, in `rest`, is everybody else's."""
    papers = {row.paper for row in rows}
    special = {row.paper for row in rows if row.paper == details.paper}
    others = {paper for paper in papers if details.paper and details.paper not in papers and paper.startswith(rest)}
    wanted = special or others or papers
    by_mode = tuple(row for row in rows if details.mode and row.mode == details.mode)
    chosen = tuple(row for row in by_mode or rows if row.paper in wanted) or by_mode
    return tuple(row for row in chosen if row.subject == details.subject) or chosen


def _timetable(context: Context, _: str) -> str:
    phrases = context.knowledge.phrases
    rows = context.knowledge.nearest(context.knowledge.facts.sittings, context.exam, context.region)
    if not rows:
        raise RenderError(f"no timetable for {context.exam} in {context.region}")
    lines: list[str] = []
    heading: tuple[str, str] | None = None
    previous: tuple[dt.date, ...] = ()
    for row in _sittings_asked(rows, context.details, phrases["paper_rest"]):
        if heading != (row.paper, row.mode):
            heading, previous = (row.paper, row.mode), ()
            lines.append(phrases["paper"].format(paper=row.paper, mode=row.mode))
        if previous != row.days:
            previous = row.days
            lines.append(calendar.days(row.days, phrases) + phrases["colon"])
        lines.append(phrases["sitting"].format(subject=row.subject, start=row.start, end=row.end))
    return "\n".join(lines)


def contact(knowledge: Knowledge, exam: str, region: str) -> str:
    """Whom to ask in a scope, with phone where a notice gives one."""
    phrases = knowledge.phrases
    rows = knowledge.nearest(knowledge.facts.contacts, exam, region)
    parts = [phrases["contact_phone"].format(name=row.name, phone=row.phone) if row.phone else row.name for row in rows]
    sites = [site for site in knowledge.facts.sites if site.region == region and site.phone and exam in site.exams]
    points = [phrases["contact_phone"].format(name=site.place, phone=site.phone) for site in sites]
    return phrases["comma"].join(dict.fromkeys(points + parts)) or phrases["contact_default"]


def _list(context: Context, name: str) -> str:
    rows = [row for row in context.knowledge.facts.lists if row.name == name]
    if not rows:
        raise RenderError(f"no closed list {name!r}")
    phrases, gazetteer = context.knowledge.phrases, context.knowledge.gazetteer
    names = [gazetteer[each].short for row in rows for each in row.regions]
    text = phrases["comma"].join(names)
    return text if len(names) <= SEEN_AT_ONCE else phrases["list_count"].format(names=text, count=len(names))


def _unlisted(context: Context, name: str) -> str:
    """The examination regions that a closed list leaves out."""
    gazetteer = context.knowledge.gazetteer
    listed = {each for row in context.knowledge.facts.lists if row.name == name for each in row.regions}
    out = [each.short for each in gazetteer if each.parent == NATION and each.id not in listed and each.is_exam_region]
    return context.knowledge.phrases["comma"].join(out)


def _region(context: Context, _: str) -> str:
    if context.region == NATION:
        return context.knowledge.phrases["your_region"]
    return full_name(context.knowledge.gazetteer, context.region)


def _date(pick: Callable[[Window], dt.date | None]) -> Callable[[Context, str], str]:
    def filler(context: Context, name: str) -> str:
        found = pick(context.window(name))
        if found is None:
            raise RenderError(f"window {name!r} in {context.region} has no such end")
        return calendar.day(found, context.knowledge.phrases)

    return filler


_FILLERS: dict[str, Callable[[Context, str], str]] = {
    "window": lambda context, name: calendar.of_window(context.window(name), context.knowledge.phrases),
    "days": lambda context, name: calendar.of_window(context.window(name), context.knowledge.phrases),
    "start": _date(lambda window: window.start),
    "end": _date(lambda window: window.end),
    "before_end": _date(lambda window: window.end - dt.timedelta(days=1) if window.end else None),
    "fees": _fees,
    "sites": _sites,
    "specialties": _specialties,
    "timetable": _timetable,
    "contact": lambda context, _: contact(context.knowledge, context.exam, context.region),
    "list": _list,
    "unlisted": _unlisted,
    "region": _region,
    "region_hint": lambda context, _: context.knowledge.phrases["region_hint"] if context.region == NATION else "",
}
