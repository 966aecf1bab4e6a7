"""The newest edition cut into entries, cut once; and what an entry is about. Reads the store, changes nothing."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.desk.drafting import topic_of
from bot.staff.editing import Entry, Kind
from bot.staff.editions import Draft
from bot.staff.people import Person, Role
from bot.staff.stores import EditionStore
from knowledge import entries
from knowledge.content import ContentError
from knowledge.model import Knowledge
from knowledge.region import NATION

FACTS = ("facts/", "notices/", "exams.toml")  # whose publishing needs a second person; the told year stands in the last


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """An edition in pieces."""

    edition: int
    texts: Mapping[str, str]
    index: Mapping[str, entries.Entry]

    def text(self, key: str) -> str:
        """What is published of an entry; empty: nothing."""
        return self.index[key].text if key in self.index else ""


class Contents:
    """Gives the newest edition in pieces."""

    def __init__(self, store: EditionStore) -> None:
        """Take where editions are kept."""
        self._store = store
        self._known: Content | None = None
        self._lock = asyncio.Lock()

    async def current(self) -> Content:
        """The newest. Raises StoreError."""
        async with self._lock:
            edition = await self._store.current()
            if self._known is None or self._known.edition != edition:
                texts = await self._store.texts(edition) if edition else {}
                index = await asyncio.to_thread(entries.index, texts)
                self._known = Content(edition=edition, texts=texts, index=index)
            return self._known


def shown(entry: entries.Entry, content: Content, draft: Draft | None = None) -> Entry:
    """An entry for the pages."""
    return Entry(
        key=entry.key,
        kind=Kind(entry.kind),
        file=entry.file,
        text=entry.text,
        fields=entry.fields,
        topic=entry.topic,
        regions=regions_of(entry, content),
        is_fact=is_fact(entry.file),
        draft=draft,
    )


def of_draft(draft: Draft) -> entries.Entry | None:
    """The entry that a draft's text is, under the draft's key; None where it cannot be read or deletes."""
    try:
        read = entries.read(draft.file, draft.text, topic_of(draft)) if draft.text.strip() else None
    except (ContentError, entries.NotOneEntryError):
        return None
    return entries.renamed(read, draft.key) if read else None


def regions_of(entry: entries.Entry, content: Content) -> tuple[str, ...]:
    """The regions that an entry is about; empty: all of them, and whoever may edit only some may not edit it."""
    if entry.kind == "list":
        return (NATION,)
    if entry.kind == "specialty":
        notice = content.index.get(f"notice:{str(entry.fields.get('source', '')).partition('#')[0]}")
        return (str(notice.fields.get("region", NATION)),) if notice else ()
    region = entry.fields.get("region")
    return (region,) if isinstance(region, str) and region else ()


def is_fact(file: str) -> bool:
    """Whether entries of a file are dates, fees, phones, sources, or the year that is told."""
    return file.startswith(FACTS)


def covers(person: Person, regions: Iterable[str], knowledge: Knowledge) -> bool:
    """Whether somebody may edit what is about these regions."""
    if person.role is not Role.EDITOR or not person.regions:
        return True
    found = tuple(regions)
    known = [region for region in found if region in knowledge.gazetteer]
    return (
        bool(found)
        and known == list(found)
        and all(any(knowledge.gazetteer.contains(own, region) for own in person.regions) for region in found)
    )
