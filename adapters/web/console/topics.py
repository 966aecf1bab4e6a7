"""Topics: the list, the matrix topic × region, and a topic with its phrasings and its answers."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from adapters.web.console.entry_form import EntryForms, Filled, Place, merge_page
from adapters.web.console.pages import Page, field, go, page, render
from bot.staff.forms import Layer
from bot.staff.library import Library, TopicLine
from bot.staff.people import Right

LONGEST = 100  # characters of a search


def layer_of(request: web.Request) -> Layer:
    """What is looked at: with drafts, unless the address says otherwise."""
    return Layer.PUBLISHED if request.query.get("layer") == Layer.PUBLISHED else Layer.DRAFTS


class Topics:
    """The handlers of /topics and /matrix."""

    def __init__(self, *, library: Library, entries: EntryForms) -> None:
        """Take what shows topics, and what saves them."""
        self._library, self._entries = library, entries

    def routes(self) -> list[Page]:
        """What to add to the application."""
        return [
            page("GET", "/topics", self.index, Right.READ),
            page("GET", "/matrix", self.matrix, Right.READ),
            page("GET", "/topics/new", self.new, Right.EDIT),
            page("POST", "/topics/new", self.save, Right.EDIT),
            page("GET", "/topics/{topic}", self.show, Right.READ),
            page("POST", "/topics/{topic}", self.save, Right.EDIT),
        ]

    async def index(self, request: web.Request) -> web.Response:
        """The list, searched and sifted."""
        search, layer = request.query.get("q", "").strip()[:LONGEST], layer_of(request)
        stage, kind = request.query.get("stage", ""), request.query.get("kind", "")
        found = [each for each in await self._library.topics(search, layer) if _fits(each, stage, kind)]
        shown = {
            "topics": found, "q": search, "stage": stage, "kind": kind, "layer": layer,
            "shelf": await self._library.shelf(layer),
        }  # fmt: skip
        return render(request, "topics.html", shown)

    async def matrix(self, request: web.Request) -> web.Response:
        """Topics × regions, sifted to those with holes if wished."""
        search, layer = request.query.get("q", "").strip()[:LONGEST], layer_of(request)
        stage = request.query.get("stage", "")
        found = await self._library.matrix(request.query.get("exam", ""), search, layer)
        only = request.query.get("only", "")
        rows = [
            row
            for row in found.rows
            if _fits(row.topic, stage, "") and (not only or any(cell.state == only for cell in row.cells))
        ]
        shown = {"matrix": found, "rows": rows, "q": search, "stage": stage, "only": only, "layer": layer}
        return render(request, "matrix.html", shown)

    async def new(self, request: web.Request) -> web.Response:
        """The form of a topic that is not there yet."""
        filled = Filled(
            place=Place(kind="topic"), values={"kind": "answer", "phrasings": request.query.get("phrasing", "")}
        )
        return await self._shown(request, filled)

    async def show(self, request: web.Request) -> web.Response:
        """A topic."""
        place = Place(kind="topic", key=f"topic:{request.match_info['topic']}")
        return await self._shown(request, await self._entries.open(request, place))

    async def save(self, request: web.Request) -> web.StreamResponse:
        """Save title, phrasings and what else a topic has."""
        topic = request.match_info.get("topic", "")
        place = Place(kind="topic", key=f"topic:{topic}" if topic else "", file=_file_of(field(request, "file")))
        filled, fields = await self._entries.read(request, place)
        if filled.faults:
            return await self._shown(request, filled, status=422)
        kept = await self._entries.save(request, filled, fields)
        if kept.conflict:
            return merge_page(request, kept.conflict, place)
        if kept.findings:
            return await self._shown(request, replace(filled, findings=kept.findings), status=422)
        where = topic or str(fields.get("id", ""))
        raise go(f"/topics/{where}", "editing.saved" if kept.draft else "editing.nothing")

    async def _shown(self, request: web.Request, filled: Filled, *, status: int = 200) -> web.Response:
        topic = filled.place.key.partition(":")[2]
        found = await self._library.topic(topic, Layer.DRAFTS) if topic else None
        shown: dict[str, Any] = {
            **await self._entries.shown(filled),
            "topic": found,
            "shelf": await self._library.shelf(Layer.DRAFTS),
            "new_answer": lambda region, exam: (
                "/console/answers?" + urlencode({"topic": topic, "region": region, "exam": exam})
            ),
        }
        return render(request, "topic.html", shown, status=status)


def _fits(line: TopicLine, stage: str, kind: str) -> bool:
    return (not stage or line.stage == stage) and (not kind or line.kind == kind)


def _file_of(name: str) -> str:
    """The file that a new topic goes to."""
    plain = name.strip().removesuffix(".toml")
    return f"topics/{plain}.toml" if plain.isidentifier() and plain.isascii() else "topics/registration.toml"
