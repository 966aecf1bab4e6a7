"""The editor of one answer: its scope, its text with placeholders, the clauses that it rests on."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from aiohttp import web

from adapters.web.console.entry_form import EntryForms, Filled, Place, merge_page
from adapters.web.console.pages import Page, field, go, page, render
from bot.messages import Named
from bot.staff.forms import Layer
from bot.staff.library import AnswerLine, Library, NoticePage, TopicPage
from bot.staff.people import Right


class Answers:
    """The handlers of /answers."""

    def __init__(self, *, library: Library, entries: EntryForms) -> None:
        """Take what shows topics and notices, and what saves answers."""
        self._library, self._entries = library, entries

    def routes(self) -> list[Page]:
        """What to add to the application."""
        return [
            page("GET", "/answers", self.show, Right.READ),
            page("POST", "/answers", self.save, Right.EDIT),
            page("GET", "/answers/placeholders", self.placeholders, Right.READ),
        ]

    async def show(self, request: web.Request) -> web.Response:
        """An answer by `key`; or a new one for `topic`, `region` and `exam`. `clause` and `quote` are added to its sources."""
        key, topic = request.query.get("key", ""), request.query.get("topic", "")
        found = await self._topic(topic or topic_in(key))
        place = Place(kind="answer", key=key, topic=found.line.id)
        filled = await self._entries.open(request, place) if key else await self._new(request, found)
        clause, quote = request.query.get("clause", ""), request.query.get("quote", "")
        if clause:
            line = clause + "\t" + quote.replace("\r", "").replace("\n", "\\n")
            sources = "\n".join(filter(None, (filled.values.get("sources", ""), line)))
            filled = replace(filled, values={**filled.values, "sources": sources})
        return await self._shown(request, filled, found)

    async def save(self, request: web.Request) -> web.StreamResponse:
        """Save it as a draft."""
        key = field(request, "key")
        found = await self._topic(field(request, "topic") or topic_in(key))
        place = Place(kind="answer", key=key, topic=found.line.id, file=await self._file(found))
        filled, fields = await self._entries.read(request, place)
        if filled.faults:
            return await self._shown(request, filled, found, status=422)
        kept = await self._entries.save(request, filled, fields)
        if kept.conflict:
            return merge_page(request, kept.conflict, place)
        if kept.findings:
            return await self._shown(request, replace(filled, findings=kept.findings), found, status=422)
        raise go(f"/topics/{found.line.id}", "editing.saved" if kept.draft else "editing.nothing")

    async def placeholders(self, request: web.Request) -> web.Response:
        """What may be put in, for a scope that was changed meanwhile."""
        places = await self._library.regions(request.query.get("region", ""), 1)
        region = places[0].id if places else ""
        codes = await self._library.placeholders(request.query.get("exam", ""), region, Layer.DRAFTS)
        return render(request, "placeholders.html", {"codes": codes})

    async def _new(self, request: web.Request, topic: TopicPage) -> Filled:
        """The form of an answer that is not there yet; the one that is inherited is its beginning if wished."""
        shelf = await self._library.shelf(Layer.DRAFTS)
        region = request.query.get("region", "")
        exam = request.query.get("exam", "") or shelf.exams[0].id
        places = await self._library.regions(region, 1) if region else ()
        values = {"region": places[0].name if places else "", "exams": exam, "year": str(shelf.year)}
        copied = next((each for each in topic.answers if each.key == request.query.get("copy", "")), None)
        if copied:
            values |= {"text": copied.text}
        return Filled(place=Place(kind="answer", topic=topic.line.id), values=values)

    async def _shown(
        self, request: web.Request, filled: Filled, topic: TopicPage, *, status: int = 200
    ) -> web.Response:
        region, exam = filled.values.get("region", ""), filled.values.get("exams", "").split(", ")[0]
        places = await self._library.regions(region, 1) if region else ()
        found = places[0] if places else Named(id="CN", name="")
        notices = [each for each in await self._library.notices(Layer.DRAFTS) if _is_of(each, filled.values)]
        notices.sort(
            key=lambda each: -len(each.region.id) if found.id.startswith(each.region.id) else 0
        )  # the nearest first
        inherited = _inherited(topic, found.id, exam)
        shown: dict[str, Any] = {
            **await self._entries.shown(filled),
            "topic": topic,
            "inherited": inherited,
            "codes": await self._library.placeholders(exam, found.id, Layer.DRAFTS),
            "shelf": await self._library.shelf(Layer.DRAFTS),
            "sources": sources_of(filled.values),
            "notices": [await self._library.notice(each.id, Layer.DRAFTS) for each in notices],
            "place": found,
            "exam": exam,
        }
        return render(request, "answer.html", shown, status=status)

    async def _topic(self, topic: str) -> TopicPage:
        found = await self._library.topic(topic, Layer.DRAFTS)
        if found is None:
            raise web.HTTPNotFound
        return found

    async def _file(self, topic: TopicPage) -> str:
        """The file of a topic, where its new answers go."""
        entries = await self._entries.editing.entries(topic=topic.line.id)
        return entries[0].file if entries else ""


def topic_in(key: str) -> str:
    """The topic of an answer's key."""
    return key.partition(":")[2].partition("/")[0]


def sources_of(values: Mapping[str, str]) -> list[tuple[str, str]]:
    """The pairs of clause and quote, one empty pair at the end."""
    lines = [line.partition("\t") for line in values.get("sources", "").split("\n") if line.strip()]
    return [(clause, quote.replace("\\n", "\n")) for clause, _, quote in lines] + [("", "")]


def _is_of(notice: NoticePage, values: Mapping[str, str]) -> bool:
    """Whether a notice may be cited: of the year and an exam of the answer."""
    exams = set(filter(None, values.get("exams", "").split(", ")))
    year = values.get("year", "")
    return (not exams or bool(exams & set(notice.exams))) and (not year or str(notice.year) == year)


def _inherited(topic: TopicPage, region: str, exam: str) -> AnswerLine | None:
    """What is told in a region that has no answer of its own."""
    cells: Iterable[Any] = next((cells for name, cells in topic.cells if name.id == exam), ())
    key = next((cell.key for cell in cells if cell.region == region and cell.state == "inherited"), "")
    return next((each for each in topic.answers if each.key == key), None)
