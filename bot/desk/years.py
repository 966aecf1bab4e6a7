"""A new year and a new region, prepared by drafts: copies that nobody has verified, a checklist, verifying, the year itself.

Fulfils bot.staff.years.Years. What is not verified is in no edition, so it is never told.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping

import msgspec

from bot.desk import checklists, regional, typed, verifying
from bot.desk.contents import Content, Contents, covers, of_draft, regions_of
from bot.desk.drafting import with_drafts
from bot.desk.editing import Editor
from bot.desk.layers import FAULTY, Layered, Layers
from bot.desk.sheets import told
from bot.ports import Clock
from bot.staff.editing import Edit, Kept
from bot.staff.editions import Draft, DraftState, Finding
from bot.staff.forms import Layer
from bot.staff.people import Done, Person, Right, may
from bot.staff.stores import EditionStore, SavedMeanwhileError
from bot.staff.years import Checklist, RegionPlan, Rolled, Verifying
from knowledge import rollover
from knowledge.content import load_texts
from knowledge.edit import set_fields
from knowledge.entries import Entry
from knowledge.model import Knowledge

HEAD = "head:exams.toml"
FIRST, LAST = 2000, 2099  # years that are years


class YearsDesk:
    """Years and regions over the store's editions and drafts."""

    def __init__(
        self, *, store: EditionStore, layers: Layers, contents: Contents, editor: Editor, clock: Clock
    ) -> None:
        """`layers` gives what stands with all drafts, `contents` what is published, `editor` saves the year itself."""
        self._store, self._layers, self._contents = store, layers, contents
        self._editor, self._clock = editor, clock

    # --- the year --------------------------------------------------------------------------------------------------

    async def checklist(self, year: int = 0) -> Checklist:
        """What there is of a year, and what is left of it. Raises StoreError."""
        drafts = {each.key: each for each in await self._store.drafts()}
        layer = await self._layers.of(Layer.DRAFTS)
        published = await self._layers.of(Layer.PUBLISHED)
        return await asyncio.to_thread(checklists.checklist, layer, published, drafts, year)

    async def roll_over(self, person: Person, source: int, target: int, regions: tuple[str, ...] = ()) -> Rolled:
        """Copy a year's answers and rows as unverified drafts, all or none. Raises StoreError."""
        if not may(person, Right.EDIT):
            return Rolled(findings=(refusal("needs_right"),))
        if source == target or not FIRST <= target <= LAST:
            return Rolled(findings=(refusal("same_year"),))
        drafts = {each.key for each in await self._store.drafts()}
        layer = await self._layers.of(Layer.DRAFTS)
        if source not in rollover.years_of(layer.entries):
            return Rolled(findings=(refusal("no_source", source=source),))
        within = _within(layer.knowledge, person, regions)
        copies = await asyncio.to_thread(lambda: list(rollover.copies(layer.entries, source, target, within)))
        made = [each for each in copies if each.key not in drafts]
        asked = [
            each
            for each in layer.entries.values()
            if each.kind in rollover.KINDS
            and each.fields.get("year") == source
            and within(str(each.fields.get("region", "CN")))
            and (each.topic not in layer.knowledge.topics or layer.knowledge.topics[each.topic].is_yearly)
        ]
        note = told()["years"]["note_copied"].format(source=source)
        found = [self._unverified(person, each.key, each.file, each.text, note) for each in made]
        rolled = await self._save_all(person, found, "rolled_over", str(target), str(source))
        return rolled if rolled.findings else msgspec.structs.replace(rolled, skipped=len(asked) - len(made))

    def _unverified(self, person: Person, key: str, file: str, text: str, note: str) -> Draft:
        return Draft(
            key=key,
            file=file,
            before="",
            text=text,
            version=1,
            state=DraftState.UNVERIFIED,
            authors=(person.name,),
            at=self._clock(),
            note=note,
        )

    async def _save_all(self, person: Person, drafts: list[Draft], deed: str, about: str, detail: str) -> Rolled:
        if not drafts:
            return Rolled()
        done = Done(at=self._clock(), who=person.name, deed=deed, object=about, detail=f"{detail} {len(drafts)}")
        try:
            await self._store.save_all(tuple((each, 0) for each in drafts), done)
        except SavedMeanwhileError:
            return Rolled(findings=(refusal("saved_meanwhile"),))
        return Rolled(keys=tuple(each.key for each in drafts))

    async def switch(self, person: Person, year: int) -> Kept:
        """The draft by which a year is told. Raises StoreError."""
        if not FIRST <= year <= LAST:
            return Kept(findings=(refusal("same_year"),))
        draft = await self._store.draft(HEAD)
        note = told()["years"]["note_switch"].format(year=year)
        edit = Edit(key=HEAD, text="", seen=draft.version if draft else 0, note=note)
        return await self._editor.set_fields(person, edit, {"year": year})

    # --- one entry -------------------------------------------------------------------------------------------------

    async def open(self, key: str) -> Verifying | None:
        """An unverified entry with what it was copied from and the clauses it may rest on. Raises StoreError."""
        draft, layer = await self._store.draft(key), await self._layers.of(Layer.DRAFTS)
        entry = of_draft(draft) if draft and draft.state is DraftState.UNVERIFIED else None
        return verifying.shown(draft, entry, layer) if draft and entry else None

    async def verify(self, person: Person, key: str, seen: int, fields: Mapping[str, str]) -> Kept:
        """Confirm an entry against a notice: from then on it may be published. Raises StoreError."""
        draft = await self._store.draft(key)
        layer, content = await self._layers.of(Layer.DRAFTS), await self._contents.current()
        entry = of_draft(draft) if draft else None
        if draft is None or entry is None or draft.state is not DraftState.UNVERIFIED:
            return Kept(findings=(refusal("gone"),))
        if draft.version != seen:
            return Kept(findings=(refusal("saved_meanwhile"),))
        values, findings = verifying.read(entry, fields, layer.knowledge)
        if findings:
            return Kept(findings=findings)
        text = set_fields(draft.text, entry.kind, typed.changed(values, entry.fields))
        after = msgspec.structs.replace(entry, text=text, fields={**entry.fields, **values})
        if not may(person, Right.EDIT) or not _covers(person, (entry, after), content, layer):
            return Kept(findings=(refusal("not_yours"),))
        year = values.get("year") or entry.fields.get("year")
        made = msgspec.structs.replace(
            draft,
            text=text,
            version=seen + 1,
            state=DraftState.OPEN,
            # whoever made the copies has written nothing of it
            authors=(person.name,) if seen == 1 else tuple(dict.fromkeys((*draft.authors, person.name))),
            at=self._clock(),
            note=told()["years"]["note"].format(year=year),
        )
        try:
            version = await self._store.save(
                made, seen, Done(at=made.at, who=person.name, deed="verified", object=key, detail=made.note)
            )
        except SavedMeanwhileError:
            return Kept(findings=(refusal("saved_meanwhile"),))
        return Kept(draft=msgspec.structs.replace(made, version=version))

    # --- a region --------------------------------------------------------------------------------------------------

    async def region(self, region: str, exam: str, year: int) -> RegionPlan | None:
        """How well a region is known, with the drafts that may be published. Raises StoreError."""
        known = await self._verified()
        place = regional.place(known, region, exam)
        return await asyncio.to_thread(regional.plan, known.in_year(year or known.year), *place) if place else None

    async def sheet(self, region: str, exam: str, year: int) -> bytes | None:
        """A workbook to fill in for a region. Raises StoreError."""
        layer = await self._layers.of(Layer.DRAFTS)
        place = regional.place(layer.knowledge, region, exam)
        if place is None:
            return None
        return await asyncio.to_thread(regional.sheet, layer, *place, year or layer.knowledge.year)

    async def propose(self, person: Person, region: str, exam: str, year: int) -> Rolled:
        """Keep what the region's facts alone let say, as unverified drafts. Raises StoreError."""
        drafts = {each.key for each in await self._store.drafts()}
        layer, known = await self._layers.of(Layer.DRAFTS), await self._verified()
        place = regional.place(known, region, exam)
        if place is None or not may(person, Right.EDIT) or not covers(person, place[:1], known):
            return Rolled(findings=(refusal("not_yours"),))
        made = await asyncio.to_thread(regional.proposals, known.in_year(year or known.year), layer.entries, *place)
        note = told()["years"]["note_proposed"]
        found = [
            self._unverified(person, each.key, each.file, each.text, note) for each in made if each.key not in drafts
        ]
        return await self._save_all(person, found, "proposed", place[0], exam)

    async def _verified(self) -> Knowledge:
        """The newest edition with the drafts that may be published."""
        content = await self._contents.current()
        drafts = [each for each in await self._store.drafts() if each.state is DraftState.OPEN]
        return await asyncio.to_thread(_with_readable, content, drafts)


def refusal(why: str, **values: object) -> Finding:
    """Why something was not done, in Chinese."""
    words = told()["refusals"][why]
    return Finding(file="", entry="", problem=words["problem"].format(**values), remedy=words["remedy"])


def _within(knowledge: Knowledge, person: Person, regions: tuple[str, ...]) -> Callable[[str], bool]:
    """Whether a region is asked for, and the person's to edit."""

    def is_within(region: str) -> bool:
        asked = not regions or any(_lies(knowledge, each, region) for each in regions)
        return asked and covers(person, (region,), knowledge)

    return is_within


def _lies(knowledge: Knowledge, around: str, region: str) -> bool:
    """The nation, where it is asked for, is itself alone."""
    if around == "CN":
        return region == around
    return region in knowledge.gazetteer and knowledge.gazetteer.contains(around, region)


def _covers(person: Person, found: Iterable[Entry], content: Content, layer: Layered) -> bool:
    return all(covers(person, regions_of(entry, content), layer.knowledge) for entry in found)


def _with_readable(content: Content, drafts: list[Draft]) -> Knowledge:
    """Drafts that cannot be read together with the others are left out from the last one on."""
    while drafts:
        try:
            return load_texts(with_drafts(content.texts, drafts))
        except FAULTY:
            drafts = drafts[:-1]
    return load_texts(content.texts)
