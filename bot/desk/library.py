"""Fulfils bot.staff.library.Library: topics, matrix, facts, notices and previews over the published knowledge or its drafts."""

import asyncio
import datetime as dt
from collections.abc import Callable

from bot.desk import matrix, preview, shown
from bot.desk.fields import FACTS, WINDOWS, fields_of, places
from bot.desk.layers import Layered, Layers
from bot.desk.typed import region_text, regions_named
from bot.messages import Named
from bot.mind import Mind
from bot.ports import Clock
from bot.staff.forms import Layer
from bot.staff.library import (
    FactTable,
    Matrix,
    NoticePage,
    Placeholder,
    Preview,
    PreviewAsked,
    Shelf,
    TextLine,
    TopicLine,
    TopicPage,
)
from knowledge.entries import FILE_OF
from knowledge.region import NATION
from knowledge.render import Context, Details

PLAIN = ("exam", "file", "head")
"""Kinds of entries that are edited as TOML."""


class KnowledgeLibrary:
    """Shows what there is."""

    def __init__(
        self,
        layers: Layers,
        mind: Callable[[], Mind],
        wechat: preview.Wechat,
        clock: Clock,
        *,
        public_url: str = "",
    ) -> None:
        """Take the layers, the live mind whose understanding previews share, how WeChat shows a reply, and the time."""
        self._layers, self._mind, self._wechat, self._clock, self._url = layers, mind, wechat, clock, public_url
        self._previewing: tuple[Layered, Mind, Mind] | None = None

    async def shelf(self, layer: Layer) -> Shelf:
        """What there is to choose from."""
        found = await self._layers.of(layer)
        knowledge = found.knowledge
        return Shelf(
            edition=found.edition,
            year=knowledge.year,
            exams=tuple(Named(id=each.id, name=each.short) for each in knowledge.exams.values()),
            regions=places(knowledge, matrix.spoken(knowledge)),
            topics=tuple(Named(id=each.id, name=each.title) for each in knowledge.topics.values()),
            notices=tuple(Named(id=each.id, name=each.short) for each in knowledge.notices.values()),
            windows=tuple(dict.fromkeys((*WINDOWS, *(row.name for row in knowledge.facts.windows)))),
            lists=tuple(sorted({row.name for row in knowledge.facts.lists})),
            unreadable=found.unreadable,
        )

    async def topics(self, search: str, layer: Layer) -> tuple[TopicLine, ...]:
        """The topics that hold all the words."""
        return matrix.topics(await self._layers.of(layer), search)

    async def matrix(self, exam: str, search: str, layer: Layer) -> Matrix:
        """Topics × regions."""
        return matrix.matrix(await self._layers.of(layer), exam, search)

    async def topic(self, topic: str, layer: Layer) -> TopicPage | None:
        """A topic with its answers, those of other years last."""
        found = await self._layers.of(layer)
        known, entry = found.knowledge.topics.get(topic), found.entries.get(f"topic:{topic}")
        if known is None or entry is None:
            return None
        answers = [each for each in found.entries.values() if each.kind == "answer" and each.topic == topic]
        lines = [line for each in answers if (line := shown.answer(found, each))]
        order = {each.id: place for place, each in enumerate(places(found.knowledge, (a.region.id for a in lines)))}
        lines.sort(key=lambda each: (-each.year, order.get(each.region.id, 0)))
        titles = found.knowledge.topics
        return TopicPage(
            key=entry.key,
            line=matrix.line(found, known, ()),
            window=known.window,
            history=known.history,
            for_history=known.for_history,
            for_moved=known.for_moved,
            requires=known.requires,
            related=tuple(Named(id=each, name=titles[each].title) for each in known.related if each in titles),
            phrasings=known.phrasings,
            answers=tuple(lines),
            cells=matrix.of_topic(found, known),
        )

    async def placeholders(self, exam: str, region: str, layer: Layer) -> tuple[Placeholder, ...]:
        """What may be put into an answer of a scope, with what it becomes there."""
        knowledge = (await self._layers.of(layer)).knowledge
        place = region if region in knowledge.gazetteer else NATION
        context = Context(
            knowledge=knowledge, exam=exam if exam in knowledge.exams else next(iter(knowledge.exams)),
            region=place, details=Details(),
        )  # fmt: skip
        windows = dict.fromkeys((*WINDOWS, *(row.name for row in knowledge.facts.windows)))
        codes = [f"{{{name}:{window}}}" for window in windows for name in ("window", "start", "end", "before_end")]
        codes += ["{fees}", "{fees:4}", "{sites}", "{timetable}", "{specialties}", "{contact}", "{region}"]
        codes += [f"{{{name}:{each}}}" for each in sorted({row.name for row in knowledge.facts.lists})
                  for name in ("list", "unlisted")]  # fmt: skip
        return tuple(Placeholder(code=code, now=shown.filled(code, context)) for code in codes)

    async def facts(self, kind: str, layer: Layer) -> FactTable | None:
        """A fact table in the order of its file."""
        if kind not in FACTS:
            return None
        found = await self._layers.of(layer)
        rows = [each for each in found.entries.values() if each.kind == kind]
        return FactTable(
            kind=kind,
            file=FILE_OF[kind],
            fields=fields_of(kind, found.knowledge),
            rows=tuple(shown.row(found, each) for each in rows),
        )

    async def notices(self, layer: Layer) -> tuple[NoticePage, ...]:
        """All notices, the nation's first."""
        found = await self._layers.of(layer)
        pages = [
            shown.notice(found, each, with_clauses=False) for each in found.entries.values() if each.kind == "notice"
        ]
        return tuple(sorted(filter(None, pages), key=lambda each: (-each.year, each.region.id != NATION, each.id)))

    async def notice(self, notice: str, layer: Layer) -> NoticePage | None:
        """A notice with its clauses."""
        found = await self._layers.of(layer)
        entry = found.entries.get(f"notice:{notice}")
        return shown.notice(found, entry, with_clauses=True) if entry else None

    async def texts(self, search: str, layer: Layer) -> tuple[TextLine, ...]:
        """The entries that are edited as TOML and hold the words."""
        found = await self._layers.of(layer)
        words = search.split()
        return tuple(
            TextLine(key=each.key, file=each.file, first=shown.first(each.text), is_draft=each.key in found.drafted)
            for each in found.entries.values()
            if each.kind in PLAIN and all(word in each.text for word in words)
        )

    async def regions(self, search: str, limit: int) -> tuple[Named, ...]:
        """The regions whose name holds the words, the wider first."""
        knowledge = (await self._layers.of(Layer.PUBLISHED)).knowledge
        exact = regions_named(search, knowledge)
        found = [each.id for each in knowledge.gazetteer if each.id in exact or search in each.name]
        found.sort(key=lambda each: (each not in exact, len(each), each))
        return tuple(Named(id=each, name=region_text(each, knowledge)) for each in found[:limit])

    async def preview(self, asked: PreviewAsked) -> Preview:
        """A topic as the channels show it."""
        layered = await self._layers.of(asked.layer)
        knowledge, at = layered.knowledge, asked.at or self._clock()
        regions = regions_named(asked.region, knowledge) if asked.region.strip() else ("",)
        if len(regions) != 1:
            return Preview(at=at, trouble="unknown_region", detail=asked.region)
        exam = asked.exam if asked.exam in knowledge.exams else ""
        mind = self._mind_of(layered)
        return await asyncio.to_thread(
            preview.preview, mind, asked.topic, regions[0], exam, _aware(at), self._wechat, self._url
        )

    def _mind_of(self, layered: Layered) -> Mind:
        live = self._mind()
        kept = self._previewing
        if kept is None or kept[0] is not layered or kept[1] is not live:
            kept = self._previewing = layered, live, preview.with_knowledge(live, layered.knowledge)
        return kept[2]


def _aware(at: dt.datetime) -> dt.datetime:
    """A moment typed without a zone is Beijing's."""
    return at if at.tzinfo else at.replace(tzinfo=dt.timezone(dt.timedelta(hours=8)))
