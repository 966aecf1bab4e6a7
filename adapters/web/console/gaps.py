"""Questions that were not answered well: the list, one cluster, and what is done with it."""

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from adapters.web.console.pages import Page, field, go, page, person_of, render
from adapters.web.console.words import Words
from bot.staff.gaps import Gaps, GapState, NewTopic, OpenedCluster, Wanted, Worked
from bot.staff.people import Right

SHOWN, MORE = 50, 500  # clusters of a list
REASONS = ("fallback", "none_of_these", "unknown", "unsure", "low_confidence", "not_helpful")
BY_HAND = frozenset({GapState.OUT_OF_SCOPE, GapState.DONE, GapState.OPEN})
"""What a form may make of gaps; the others follow from a draft."""
MOST_GAPS = 3000  # of a form


class GapPages:
    """The handlers of /gaps."""

    def __init__(self, *, gaps: Gaps, words: Words) -> None:
        """Take what works on gaps, and the words of refusals."""
        self._gaps, self._words = gaps, words

    def routes(self) -> list[Page]:
        """What to add to the application."""
        return [
            page("GET", "/gaps", self.index, Right.READ),
            page("GET", "/gaps/{gap}", self.show, Right.READ),
            page("GET", "/gaps/{gap}/phrasing", self.try_phrasing, Right.EDIT),
            page("POST", "/gaps/{gap}/phrasing", self.add_phrasing, Right.EDIT),
            page("GET", "/gaps/{gap}/topic", self.new_topic, Right.EDIT),
            page("POST", "/gaps/{gap}/topic", self.start_topic, Right.EDIT),
            page("POST", "/gaps/{gap}/settle", self.settle, Right.EDIT),
        ]

    async def index(self, request: web.Request) -> web.Response:
        """The clusters of a state, those with the nearest deadline first."""
        state = _state(request.query.get("state", "")) or GapState.OPEN
        region, reason = request.query.get("region", "")[:40], request.query.get("reason", "")
        wanted = Wanted(
            state=state,
            region=region,
            reason=reason if reason in REASONS else "",
            limit=MORE if request.query.get("all") else SHOWN,
        )
        shown = {"list": await self._gaps.worklist(wanted), "wanted": wanted, "states": tuple(GapState)}
        return render(request, "gaps.html", shown | {"reasons": REASONS})

    async def show(self, request: web.Request) -> web.Response:
        """One cluster."""
        return await self._cluster(request)

    async def try_phrasing(self, request: web.Request) -> web.Response:
        """What a phrasing would change, and the form to add it."""
        found = await self._opened(request)
        topic, phrasing = request.query.get("topic", ""), request.query.get("phrasing", "").strip()
        return await self._phrasing(request, found, topic, phrasing)

    async def add_phrasing(self, request: web.Request) -> web.Response:
        """Add it to the topic's draft."""
        found = await self._opened(request)
        topic, phrasing = field(request, "topic"), field(request, "phrasing").strip()
        worked = await self._gaps.add_phrasing(person_of(request), topic, phrasing, _ids(request))
        if worked.settled:
            raise go(f"/gaps/{found.cluster.id}", "gaps.phrasing")
        return await self._phrasing(request, found, topic, phrasing, worked)

    async def new_topic(self, request: web.Request) -> web.Response:
        """The form to begin a topic."""
        found = await self._opened(request)
        question = found.cluster.question
        lines = "\n".join(each.text for each in found.cluster.questions if each.text and "\n" not in each.text)
        typed = {"title": question[:30], "phrasings": lines, "id": "", "file": ""}
        return await self._topic(request, found, typed)

    async def start_topic(self, request: web.Request) -> web.Response:
        """Begin it as a draft."""
        found = await self._opened(request)
        typed = {name: field(request, name) for name in ("id", "title", "file", "phrasings")}
        topic = NewTopic(
            id=typed["id"].strip(),
            title=typed["title"].strip(),
            phrasings=tuple(line.strip() for line in typed["phrasings"].split("\n") if line.strip()),
            file=typed["file"],
        )
        worked = await self._gaps.start_topic(person_of(request), topic, _ids(request))
        if worked.settled:
            raise go(f"/gaps/{found.cluster.id}", "gaps.topic")
        return await self._topic(request, found, typed, worked)

    async def settle(self, request: web.Request) -> web.Response:
        """Mark the gaps that were shown."""
        found = await self._opened(request)
        state = _state(field(request, "state"))
        if state not in BY_HAND:
            raise web.HTTPBadRequest
        changed = await self._gaps.settle(person_of(request), _ids(request), state, field(request, "note"))
        if not changed:
            return await self._cluster(request, self._refusal("no_gaps"))
        path = f"/gaps/{found.cluster.id}" if state is GapState.OPEN else "/gaps"
        raise go(path, f"gaps.{state.value}")

    async def _opened(self, request: web.Request) -> OpenedCluster:
        number = request.match_info["gap"]
        found = (
            await self._gaps.open(int(number)) if number.isascii() and number.isdigit() and len(number) < 16 else None
        )
        if found is None:
            raise web.HTTPNotFound
        return found

    async def _cluster(self, request: web.Request, error: str = "") -> web.Response:
        shown = {"opened": await self._opened(request), "topics": self._gaps.topics(), "error": error}
        return render(request, "gap.html", shown, status=422 if error else 200)

    async def _phrasing(
        self, request: web.Request, found: OpenedCluster, topic: str, phrasing: str, worked: Worked | None = None
    ) -> web.Response:
        topics = self._gaps.topics()
        known = any(each.id == topic for each in topics)
        effect = await self._gaps.effect(topic, phrasing) if known and phrasing and worked is None else None
        error = self._error(worked)
        if not error and worked is None and (not known or not phrasing):
            error = self._refusal("no_topic" if not known else "bad_phrasing")
        shown = {
            "opened": found,
            "topic": topic,
            "phrasing": phrasing,
            "effect": effect,
            "topics": topics,
            "titles": {each.id: each.name for each in topics},
            "error": error,
            "findings": worked.kept.findings if worked and worked.kept else (),
        }
        return render(request, "gap_phrasing.html", shown, status=422 if error else 200)

    async def _topic(
        self, request: web.Request, found: OpenedCluster, typed: Mapping[str, Any], worked: Worked | None = None
    ) -> web.Response:
        error = self._error(worked)
        shown = {
            "opened": found,
            "typed": typed,
            "files": await self._gaps.files(),
            "error": error,
            "findings": worked.kept.findings if worked and worked.kept else (),
        }
        return render(request, "gap_topic.html", shown, status=422 if error else 200)

    def _error(self, worked: Worked | None) -> str:
        """Why work on a gap came to nothing; empty where none was done yet."""
        if worked is None:
            return ""
        if worked.refusal:
            return self._refusal(worked.refusal.value)
        kept = worked.kept
        return self._refusal(
            "conflict" if kept and kept.conflict else "findings" if kept and kept.findings else "nothing"
        )

    def _refusal(self, why: str) -> str:
        text: str = self._words["gaps"]["refusals"][why]
        return text


def _state(text: str) -> GapState | None:
    return GapState(text) if text in set(GapState) else None


def _ids(request: web.Request) -> tuple[int, ...]:
    """The gaps that were shown with a form."""
    words = field(request, "gaps").split(",")
    return tuple(int(word) for word in words if word.isascii() and word.isdigit() and len(word) < 16)[:MOST_GAPS]
