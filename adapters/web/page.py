"""The chat page at /. Without JavaScript its form posts back here and the page comes with the reply in it."""

from typing import Any

import aiohttp_jinja2
import msgspec
from aiohttp import web

from adapters.web.binding import Browsers, is_foreign
from adapters.web.card import StatusCard
from adapters.web.chat_api import ChatRequest, Conversations
from adapters.web.forms import read_form
from adapters.web.problems import Problem
from adapters.web.rate import Guard
from adapters.web.timeline import Timelines
from bot.messages import Reply, UnknownScope
from bot.ports import StoreError
from bot.views import Reader

NATION = "CN"  # a reply for the whole nation tells nothing about where the candidate is
STATUS = {"empty": 422, "too_long": 422, "busy": 429, "unavailable": 503}


class Page:
    """The handlers of /."""

    def __init__(
        self,
        *,
        reader: Reader,
        conversations: Conversations,
        timelines: Timelines,
        guard: Guard,
        browsers: Browsers,
        card: StatusCard,
    ) -> None:
        """Take what the page shows and whom it asks."""
        self._card = card
        self._browsers = browsers
        self._reader = reader
        self._conversations = conversations
        self._timelines = timelines
        self._guard = guard

    def routes(self) -> list[web.RouteDef]:
        """What to add to the application."""
        return [web.get("/", self.show, name="chat"), web.post("/", self.ask), web.get("/api", self.api)]

    async def show(self, request: web.Request) -> web.Response:
        """The empty conversation, for ?region= and ?exam= as a QR code passes them."""
        return self._render(request, region=request.query.get("region", ""), exam=request.query.get("exam", ""))

    async def ask(self, request: web.Request) -> web.Response:
        """The form: ask one question, get the page with its reply."""
        form = await read_form(request)
        if is_foreign(request):  # a conversation that another page chose may be somebody else's
            form.pop("conversation_id", None)
        shown = {name: form.get(name, "") for name in ("text", "region", "exam", "conversation_id")}
        try:
            await self._guard.admit(request)
            conversation_id, reply = await self._say(shown)
        except (Problem, StoreError, msgspec.ValidationError) as error:
            response = self._render(request, **shown, error=_error_name(error, shown["text"]))
            response.headers.update(error.headers if isinstance(error, Problem) else {})
            return response
        if reply.region is not None and reply.region.id != NATION:
            shown["region"] = reply.region.id
        turn = {"text": shown["text"], "reply": reply}
        card = await self._card.of(conversation_id)
        response = self._render(
            request, **{**shown, "text": "", "conversation_id": conversation_id}, turn=turn, card=card
        )
        await self._browsers.tie(request, response, reply)
        return response

    async def _say(self, form: dict[str, str]) -> tuple[str, Reply]:
        """One turn. The hidden fields' region and exam count at its start only: then the conversation knows better."""
        asked = {"text": form["text"].replace("\r\n", "\n"), "conversation_id": form["conversation_id"]}
        if not await self._conversations.goes_on(form["conversation_id"]):
            asked["region"] = form["region"] if self._timelines.region(form["region"]) else ""
            try:
                return await self._conversations.say(_request_of(asked | {"exam": form["exam"]}))
            except UnknownScope:  # an exam that was tampered with
                pass
        return await self._conversations.say(_request_of(asked))

    @aiohttp_jinja2.template("api.html")
    async def api(self, request: web.Request) -> dict[str, Any]:
        """A readable page on the API; its problems are listed from the words that the API answers in."""
        return {"address": str(request.url.origin())}

    def _render(self, request: web.Request, *, region: str, exam: str, **shown: Any) -> web.Response:
        found = self._timelines.region(region.strip())
        context = {
            "turn": None,
            "text": "",
            "error": "",
            "conversation_id": "",
            "card": None,
            **shown,
            "unknown_region": region.strip() if region.strip() and found is None else "",
            "region": found,
            "exam": exam if len(exam) <= 40 else "",
            "timeline": self._timelines.view(found, exam),
        }
        return aiohttp_jinja2.render_template("chat.html", request, context, status=STATUS.get(context["error"], 200))


def _request_of(asked: dict[str, str]) -> ChatRequest:
    """The form's fields as the API takes them; hidden fields that are empty or were tampered with count as left out."""
    try:
        return msgspec.convert({name: value for name, value in asked.items() if value}, ChatRequest)
    except msgspec.ValidationError:
        return msgspec.convert({"text": asked["text"]}, ChatRequest)


def _error_name(error: Exception, text: str) -> str:
    """What chat.html says in Chinese."""
    if isinstance(error, Problem):
        return "busy"
    if isinstance(error, msgspec.ValidationError):
        return "too_long" if text else "empty"
    return "unavailable"
