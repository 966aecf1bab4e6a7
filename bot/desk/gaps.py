"""Fulfils bot.staff.gaps.Gaps: staff work through the questions that were not answered well."""

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.desk import effects
from bot.desk.building import mind_of
from bot.desk.clustered import Clusters
from bot.desk.clustering import counted_regions, ends_of
from bot.desk.played import cases_of, moment_of
from bot.messages import Named
from bot.mind import Mind
from bot.ports import Clock
from bot.staff.editing import Edit, Editing, Kept, Kind
from bot.staff.effect import Effect
from bot.staff.gaps import (
    GapState,
    GapStore,
    NewTopic,
    OpenedCluster,
    Refusal,
    Settled,
    Wanted,
    Worked,
    Worklist,
)
from bot.staff.people import Done, Person
from bot.staff.stores import EditionStore
from knowledge import edit, entries
from knowledge.model import beijing

MOST = 3000  # gaps of a state that are looked at, the newest
LONGEST_PHRASING = 200  # characters; a longer text is a story
LONGEST_NOTE = 500  # characters
ID = re.compile(r"[a-z][a-z0-9_]{1,60}")
FOLDER = "topics/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What the work on gaps rests on."""

    gaps: GapStore
    editions: EditionStore
    editing: Editing
    mind: Callable[[], Mind]
    """Gives the running mind."""
    labelled: Path | None
    """The folder of the labelled questions."""
    cache: Path
    clock: Clock
    """What candidates are answered by: deadlines are counted from it."""
    real: Clock
    """The machine's time: when something was settled."""


class GapWork:
    """The gaps as clusters, and what is done with them."""

    def __init__(self, sources: Sources) -> None:
        """Take what it rests on."""
        self._of = sources
        self._clusters = Clusters(sources.mind, sources.clock)
        self._trying = asyncio.Lock()

    async def worklist(self, wanted: Wanted) -> Worklist:
        """The clusters of a state, region and reason."""
        mind = self._of.mind()
        rows = await self._of.gaps.gaps(wanted.state, limit=MOST + 1)
        contains = mind.knowledge.gazetteer.contains
        chosen = [
            row
            for row in rows[:MOST]
            if (not wanted.region or (row.region and contains(wanted.region, row.region)))
            and wanted.reason in ("", row.reason)
        ]
        found = await self._clusters.of(wanted.state, chosen)
        ends = ends_of(mind.knowledge, beijing(self._of.clock()))
        return Worklist(
            clusters=found[: wanted.limit],
            total=len(found),
            counts=await self._of.gaps.counts(),
            regions=counted_regions(mind.knowledge, rows[:MOST], ends),
            is_cut=len(rows) > MOST,
        )

    async def open(self, gap: int) -> OpenedCluster | None:
        """The cluster of a gap, with how its question is answered now."""
        one = await self._of.gaps.gap(gap)
        if one is None:
            return None
        rows = await self._of.gaps.gaps(one.state, limit=MOST)
        rows = rows if any(row.id == gap for row in rows) else (*rows, one)
        found = await self._clusters.of(one.state, rows)
        cluster = next(each for each in found if gap in each.gaps)
        ids = set(cluster.gaps)
        gaps = tuple(sorted((row for row in rows if row.id in ids), key=lambda row: row.id))
        shown = next(row for row in gaps if row.id == cluster.id)
        return OpenedCluster(
            cluster=cluster,
            gaps=gaps,
            now=self._clusters.now(shown),
            suggestions=self._clusters.suggested(cluster.question),
        )

    async def effect(self, topic: str, phrasing: str) -> Effect | None:
        """What a phrasing would change: the mind with it is made beside the running one."""
        before, phrasing = self._of.mind(), phrasing.strip()
        if topic not in before.knowledge.topics:
            return None
        title = before.knowledge.topics[topic].title
        trouble = effects.at_once(before, topic, phrasing)
        if trouble is not None:
            return Effect(topic=topic, title=title, phrasing=phrasing, troubles=(trouble,))
        async with self._trying:  # one at a time: it costs some seconds of a processor
            texts = await self._of.editions.texts(before.edition)
            after = await mind_of(await asyncio.to_thread(with_phrasing, texts, topic, phrasing), self._of.cache)
            now = self._of.clock()
            tried = effects.Trying(
                topic=topic,
                phrasing=phrasing,
                gaps=await self._of.gaps.gaps(GapState.OPEN, limit=MOST),
                labelled=await asyncio.to_thread(cases_of, str(self._of.labelled or "")),
                labelled_at=moment_of(before.knowledge, now),
                now=now,
            )
            return await asyncio.to_thread(effects.effect, before, after, tried)

    async def add_phrasing(self, person: Person, topic: str, phrasing: str, gaps: tuple[int, ...]) -> Worked:
        """Add a phrasing to the topic's draft, and settle the gaps that are still open."""
        phrasing, key = phrasing.strip(), f"topic:{topic}"
        opened = await self._of.editing.open(key, person)
        if opened is None or not opened.text.strip():
            return Worked(refusal=Refusal.NO_TOPIC)
        if not _is_phrasing(phrasing):
            return Worked(refusal=Refusal.BAD_PHRASING)
        fields = entries.read(opened.file, opened.text).fields
        there = tuple(fields.get("phrasings", ()))
        if phrasing in (fields.get("title"), *there):
            return Worked(refusal=Refusal.THERE)
        chosen = await self._open(gaps)
        if not chosen:
            return Worked(refusal=Refusal.NO_GAPS)
        change = Edit(key=key, text="", seen=opened.version, note=opened.draft.note if opened.draft else "")
        kept = await self._of.editing.set_fields(person, change, {"phrasings": [*there, phrasing]})
        return await self._worked(person, kept, chosen, GapState.PHRASING, phrasing)

    async def start_topic(self, person: Person, topic: NewTopic, gaps: tuple[int, ...]) -> Worked:
        """Begin a topic as a draft, and settle the gaps that are still open."""
        refusal = await self._refused(topic)
        chosen = await self._open(gaps)
        if refusal or not chosen:
            return Worked(refusal=refusal or Refusal.NO_GAPS)
        fields: Mapping[str, Any] = {
            "id": topic.id,
            "title": topic.title.strip(),
            "phrasings": [each.strip() for each in topic.phrasings],
        }
        change = Edit(key="", text="", seen=0, file=topic.file)
        kept = await self._of.editing.set_fields(person, change, fields)
        return await self._worked(person, kept, chosen, GapState.ENTRY, topic.title.strip())

    async def settle(self, person: Person, gaps: tuple[int, ...], state: GapState, note: str) -> int:
        """Mark gaps, or open them again."""
        return await self._settle(person, gaps, state, note.strip()[:LONGEST_NOTE], "")

    async def files(self) -> tuple[str, ...]:
        """The files of topics."""
        texts = await self._of.editions.texts(await self._of.editions.current())
        return tuple(file for file in texts if file.startswith(FOLDER))

    def topics(self) -> tuple[Named, ...]:
        """The topics, by title."""
        found = self._of.mind().knowledge.topics.values()
        return tuple(Named(id=each.id, name=each.title) for each in sorted(found, key=lambda each: each.title))

    async def _open(self, gaps: tuple[int, ...]) -> tuple[int, ...]:
        """Those of the gaps that nobody has settled meanwhile."""
        found = [await self._of.gaps.gap(each) for each in dict.fromkeys(gaps)]
        return tuple(each.id for each in found if each and each.state is GapState.OPEN)

    async def _refused(self, topic: NewTopic) -> Refusal | None:
        topics = self._of.mind().knowledge.topics.values()
        drafted = {each.key for each in await self._of.editing.drafts()}
        if not ID.fullmatch(topic.id):
            return Refusal.BAD_ID
        if any(each.id == topic.id for each in topics) or f"topic:{topic.id}" in drafted:
            return Refusal.ID_USED
        if not _is_phrasing(topic.title.strip()):
            return Refusal.BAD_PHRASING
        if any(each.title == topic.title.strip() for each in topics):
            return Refusal.TITLE_USED
        if not topic.phrasings or not all(_is_phrasing(each.strip()) for each in topic.phrasings):
            return Refusal.BAD_PHRASING
        return None if topic.file in await self.files() else Refusal.BAD_FILE

    async def _worked(self, person: Person, kept: Kept, gaps: tuple[int, ...], state: GapState, note: str) -> Worked:
        if kept.draft is None:
            return Worked(kept=kept)
        key = kept.draft.key
        return Worked(kept=kept, key=key, settled=await self._settle(person, gaps, state, note, key))

    async def _settle(self, person: Person, gaps: tuple[int, ...], state: GapState, note: str, entry: str) -> int:
        if not gaps:
            return 0
        at = self._of.real()
        deed = "gap_reopened" if state is GapState.OPEN else "gap_settled"
        detail = " ".join(filter(None, [state.value, str(len(gaps)), entry]))
        done = Done(at=at, who=person.name, deed=deed, object=f"gap:{gaps[0]}", detail=detail)
        return await self._of.gaps.settle(
            gaps, Settled(state=state, by=person.name, at=at, note=note, entry=entry), done
        )


def with_phrasing(texts: Mapping[str, str], topic: str, phrasing: str) -> dict[str, str]:
    """The texts with one phrasing more. KeyError: there is no such topic."""
    entry = entries.index(texts)[f"topic:{topic}"]
    text = edit.set_fields(entry.text, Kind.TOPIC.value, {"phrasings": [*entry.fields["phrasings"], phrasing]})
    return entries.apply(texts, [entries.Edit(key=entry.key, file=entry.file, text=text)])


def _is_phrasing(text: str) -> bool:
    return 0 < len(text) <= LONGEST_PHRASING and "\n" not in text
