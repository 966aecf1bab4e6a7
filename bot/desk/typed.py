"""Values of entries as they are typed into fields, and back. Pure; what rows have to agree on is bot.desk.proofread."""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from typing import Any

from bot.desk.fields import NUMBERS, SPECS
from bot.staff.forms import Fault, Field, FieldKind
from knowledge.model import Knowledge
from knowledge.region import NATION, full_name

K = FieldKind
SEPARATORS = re.compile(r"[,，、;；\n]+")
ID = re.compile(r"[a-z0-9][a-z0-9_.-]{0,79}")
COUNTY = 3  # places in the line of a city: itself, its province, the nation
DIGITS = re.compile(r"\d{1,9}")


class TypedError(ValueError):
    """A field cannot be read as it was typed. `why` is a word of bot.staff.forms.Fault."""

    def __init__(self, why: str, what: str = "") -> None:
        """`what` is at fault, where there are several."""
        super().__init__(why)
        self.why, self.what = why, what


def show(kind: str, fields: Mapping[str, Any], knowledge: Knowledge) -> dict[str, str]:
    """Every field of a form as it is typed."""
    return {name: _shown(typed, fields.get(name), knowledge) for name, typed, _ in SPECS[kind]}


def _shown(typed: FieldKind, value: Any, knowledge: Knowledge) -> str:
    if value is None or value is False:
        return ""
    if value is True:
        return "yes"
    if typed is K.REGION:
        return region_text(str(value), knowledge)
    if typed is K.SOURCES:
        return "\n".join(f"{each['clause']}\t{_line(each['quote'])}" for each in value)
    if isinstance(value, list | tuple):
        shown = [region_text(each, knowledge) if typed is K.REGIONS else str(each) for each in value]
        return ("\n" if typed is K.LINES else ", ").join(shown)
    return str(value)


def _line(quote: str) -> str:
    """A quote on one line."""
    return quote.replace("\n", "\\n")


def region_text(region: str, knowledge: Knowledge) -> str:
    """The shortest name by which a region is found again: 上海, 四川乐山, 四川乐山市中区; else its id."""
    gazetteer = knowledge.gazetteer
    if region not in gazetteer:
        return region
    parent = gazetteer[region].parent
    outer = full_name(gazetteer, parent) if parent and parent != NATION else ""
    names = [full_name(gazetteer, region), outer + gazetteer[region].name]
    if len(gazetteer.lineage(region)) > COUNTY:
        names.reverse()  # 四川乐山市中 is found too, but nobody says so
    return next((name for name in names if gazetteer.lookup(name) == (region,)), region)


def read(
    kind: str, fields: tuple[Field, ...], typed: Mapping[str, str], knowledge: Knowledge
) -> tuple[dict[str, Any], list[Fault]]:
    """The values of a form (None: left empty), and what cannot be read."""
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    for field in fields:
        text = typed.get(field.name, "").strip()
        if not text:
            values[field.name] = None
            if field.is_needed:
                faults.append(Fault(field=field.name, why="needed"))
            continue
        try:
            values[field.name] = _READERS[field.kind](text, knowledge)
            if (kind, field.name) in NUMBERS:
                values[field.name] = [_number(each, knowledge) for each in values[field.name]]
            _check_choice(field, values[field.name])
            if field.name == "id" and not ID.fullmatch(text):
                raise TypedError("bad_id", text)
        except TypedError as error:
            values.pop(field.name, None)
            faults.append(Fault(field=field.name, why=error.why, what=error.what))
    return values, faults


def changed(values: Mapping[str, Any], stands: Mapping[str, Any]) -> dict[str, Any]:
    """The values that differ from those of the entry: what is empty and was empty in whatever way stays as it was."""
    return {name: value for name, value in values.items() if (value or None) != (_plain(stands.get(name)) or None)}


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _check_choice(field: Field, value: Any) -> None:
    """Where the choices are closed, the value is one of them."""
    if field.kind is K.CHOICE and field.name in ("name", "window"):
        return  # a new window may be named
    if field.kind in (K.CHOICE, K.CHOICES, K.TOPIC, K.TOPICS):
        known = {each.id for each in field.choices}
        for each in value if isinstance(value, list) else [value]:
            if each not in known:
                raise TypedError("unknown_choice", each)


def _text(text: str, _: Knowledge) -> str:
    return text


def _number(text: str, _: Knowledge) -> int:
    if not (text.isascii() and DIGITS.fullmatch(text)):
        raise TypedError("not_number", text)
    return int(text)


def _day(text: str, _: Knowledge) -> dt.date:
    parts = re.findall(r"\d+", text)
    try:
        year, month, day = map(int, parts)
        return dt.date(year, month, day)
    except (ValueError, OverflowError) as error:
        raise TypedError("not_day", text) from error


def _days(text: str, knowledge: Knowledge) -> list[dt.date]:
    return [_day(each, knowledge) for each in _split(text)]


def _words(text: str, _: Knowledge) -> list[str]:
    return _split(text)


def _lines(text: str, _: Knowledge) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]


def _split(text: str) -> list[str]:
    return [each.strip() for each in SEPARATORS.split(text) if each.strip()]


def regions_named(text: str, knowledge: Knowledge) -> tuple[str, ...]:
    """What a region's name or id may mean; 全国 too, which is no place where candidates write it."""
    gazetteer = knowledge.gazetteer
    return (NATION,) if text.strip() == gazetteer[NATION].short else gazetteer.lookup(text)


def _region(text: str, knowledge: Knowledge) -> str:
    found = regions_named(text, knowledge)
    if len(found) != 1:
        raise TypedError("which_region" if found else "unknown_region", text)
    return found[0]


def _regions(text: str, knowledge: Knowledge) -> list[str]:
    return [_region(each, knowledge) for each in _split(text)]


def _yes(text: str, _: Knowledge) -> bool:
    return text == "yes"


def _clause(text: str, knowledge: Knowledge) -> str:
    try:
        knowledge.clause(text)
    except KeyError as error:
        raise TypedError("unknown_clause", text) from error
    return text


def _sources(text: str, knowledge: Knowledge) -> list[dict[str, str]]:
    found = []
    for line in text.split("\n"):
        clause, _, quote = line.partition("\t")
        if not (clause.strip() or quote.strip()):
            continue
        if not quote.strip():
            raise TypedError("no_quote", clause)
        quote = quote.replace("\\n", "\n").strip()
        notice, found_clause = knowledge.clause(_clause(clause.strip(), knowledge))
        if quote not in found_clause.full_text:
            raise TypedError("not_in_clause", f"{notice.short} {found_clause.label}")
        found.append({"clause": clause.strip(), "quote": quote})
    return found


_READERS: dict[FieldKind, Callable[[str, Knowledge], Any]] = {
    K.TEXT: _text,
    K.LONG: _text,
    K.QUOTE: _text,
    K.CHOICE: _text,
    K.TOPIC: _text,
    K.NUMBER: _number,
    K.DAY: _day,
    K.DAYS: _days,
    K.WORDS: _words,
    K.CHOICES: _words,
    K.TOPICS: _words,
    K.LINES: _lines,
    K.REGION: _region,
    K.REGIONS: _regions,
    K.YES: _yes,
    K.CLAUSE: _clause,
    K.SOURCES: _sources,
}
