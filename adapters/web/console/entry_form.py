"""A form of one entry: shown, read, saved as a draft; a second editor gets a merge question. Knows no kind of entry."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from adapters.web.console import pages
from adapters.web.console.differing import lines
from adapters.web.console.pages import person_of, render
from adapters.web.console.words import Words
from bot.staff.editing import Conflict, Edit, Editing, Kept
from bot.staff.editions import Finding
from bot.staff.forms import Fault, Forms, Layer


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Which entry a form is about."""

    kind: str
    key: str = ""
    """Empty: a new one."""
    file: str = ""
    topic: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A form with what stands in it."""

    place: Place
    base: str = ""
    """The text that it was made of."""
    seen: int = 0
    values: Mapping[str, str] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    findings: tuple[Finding, ...] = ()
    note: str = ""
    may_edit: bool = True
    is_draft: bool = False
    is_stale: bool = False
    is_form: bool = True
    """False where the text cannot be read as a form: it is mended as TOML."""


class EntryForms:
    """What every page with a form does."""

    def __init__(self, *, editing: Editing, forms: Forms, words: Words) -> None:
        """Take what keeps drafts, and what reads forms."""
        self.editing, self.forms, self.words = editing, forms, words

    async def open(self, request: web.Request, place: Place) -> Filled:
        """The form of an entry as it stands; of a new one, empty. HTTPNotFound where there is none."""
        if not place.key:
            return Filled(place=place)
        opened = await self.editing.open(place.key, person_of(request))
        if opened is None or opened.kind.value != place.kind:
            raise web.HTTPNotFound
        values = await self.forms.show(place.kind, opened.text or opened.published)
        return Filled(
            place=Place(kind=place.kind, key=place.key, file=opened.file, topic=place.topic),
            base=opened.text,
            seen=opened.version,
            values=values or {},
            note=opened.draft.note if opened.draft else "",
            may_edit=opened.may_edit,
            is_draft=opened.draft is not None,
            is_stale=opened.is_stale,
            is_form=values is not None or not opened.text.strip(),
        )

    async def read(self, request: web.Request, place: Place) -> tuple[Filled, dict[str, Any]]:
        """The form that was sent, and the fields that differ from what it was made of."""
        base = pages.field(request, "base")
        names = [each.name for each in await self.forms.fields(place.kind, Layer.DRAFTS)]
        values = {name: _value(request, name) for name in names}
        typed = await self.forms.read(place.kind, values, base, Layer.DRAFTS)
        filled = Filled(
            place=place,
            base=base,
            seen=seen_of(request),
            values=values,
            faults=typed.faults,
            note=pages.field(request, "note_why").strip(),
        )
        return filled, typed.fields

    async def save(self, request: web.Request, filled: Filled, fields: Mapping[str, Any]) -> Kept:
        """Keep a draft with these fields changed."""
        if not filled.place.key:
            fields = {name: value for name, value in fields.items() if value is not None}
        return await self.editing.set_fields(person_of(request), edit_of(filled), fields)

    def texts(self, faults: Sequence[Fault]) -> dict[str, list[str]]:
        """Field → what to say under it."""
        found: dict[str, list[str]] = {}
        for each in faults:
            text = self.words["editing"]["faults"].get(each.why, each.why)
            found.setdefault(each.field, []).append(text.replace("{what}", each.what))
        return found

    async def shown(self, filled: Filled) -> dict[str, Any]:
        """What entry_form.html needs."""
        return {
            "form": filled,
            "fields": await self.forms.fields(filled.place.kind, Layer.DRAFTS),
            "faults": self.texts(filled.faults),
        }


def merge_page(
    request: web.Request, conflict: Conflict, place: Place, findings: tuple[Finding, ...] = ()
) -> web.Response:
    """The page with the three texts; its form saves the decided one."""
    shown = {
        "conflict": conflict,
        "place": place,
        "findings": findings,
        "theirs": lines(conflict.base, conflict.theirs),
        "mine": lines(conflict.base, conflict.mine),
    }
    return render(request, "merge.html", shown, status=409)


def edit_of(filled: Filled, text: str = "") -> Edit:
    """What is to be saved."""
    place = filled.place
    return Edit(
        key=place.key,
        text=text,
        seen=filled.seen,
        file=place.file,
        topic=place.topic,
        base=filled.base if place.key else None,
        note=filled.note,
    )


def seen_of(request: web.Request) -> int:
    """The version that a form was shown."""
    text = pages.field(request, "seen")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _value(request: web.Request, name: str) -> str:
    """A field as it is typed: several boxes joined by commas, sources line by line."""
    fields = pages.fields_of(request)
    if name == "sources":
        pairs = zip(fields.getall("source_clause", []), fields.getall("source_quote", []), strict=False)
        return "\n".join(f"{str(clause).strip()}\t{_line(str(quote))}" for clause, quote in pairs if clause or quote)
    values = [each.replace("\r\n", "\n") for each in fields.getall(name, []) if isinstance(each, str)]
    return ", ".join(each for each in values if each) if len(values) > 1 else "".join(values)


def _line(quote: str) -> str:
    return quote.replace("\r\n", "\n").strip("\n").replace("\n", "\\n")
