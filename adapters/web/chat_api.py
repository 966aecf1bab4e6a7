"""POST /api/v1/chat and /api/v1/feedback, as openapi.yaml has them: read, ask the responder, write."""

import json
import uuid
from typing import Annotated, Any, TypeVar

import msgspec
from aiohttp import web

from adapters.web.binding import Browsers
from adapters.web.health import Metrics
from adapters.web.problems import Problem
from adapters.web.rate import Guard
from bot.messages import Feedback, Message, Reply
from bot.ports import Responder

T = TypeVar("T")
CHANNEL = "web"
BODY_LIMIT = 128 * 1024  # bytes: the longest text with every character escaped is 94 KiB
TEXT_LIMIT = 8000  # characters; the contract's maxLength
UUID_PATTERN = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$"

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=TEXT_LIMIT)]
ConversationId = Annotated[str, msgspec.Meta(pattern=UUID_PATTERN)]
Hint = Annotated[str, msgspec.Meta(max_length=40)]
Comment = Annotated[str, msgspec.Meta(max_length=500)]


class ChatRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body of a chat request; a field left out and an empty one differ only for the text."""

    text: Text
    conversation_id: ConversationId | msgspec.UnsetType = msgspec.UNSET
    region: Hint = ""
    exam: Hint = ""


class FeedbackRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body of a feedback request."""

    conversation_id: ConversationId
    reply_id: str
    helpful: bool
    comment: Comment = ""


class Conversations:
    """Asks the responder for one turn, under the conversation id of the request or a fresh one."""

    def __init__(self, *, responder: Responder, metrics: Metrics) -> None:
        """Take the responder and the place where replies are counted."""
        self._responder = responder
        self._metrics = metrics

    async def goes_on(self, conversation_id: str) -> bool:
        """Whether there is a conversation of that id."""
        return bool(conversation_id) and await self._responder.knows(CHANNEL, conversation_id.lower())

    async def say(self, asked: ChatRequest) -> tuple[str, Reply]:
        """The conversation's id, fresh where the one asked for is unknown or expired, and the reply."""
        user = "" if asked.conversation_id is msgspec.UNSET else asked.conversation_id.lower()
        if not await self.goes_on(user):
            user = str(uuid.uuid4())
        message = Message(
            id=str(uuid.uuid4()), channel=CHANNEL, user=user, text=asked.text, region=asked.region, exam=asked.exam
        )
        reply = await self._responder.respond(message)
        self._metrics.count_reply(reply)
        return user, reply


class ChatApi:
    """The handlers of the contract."""

    def __init__(self, *, responder: Responder, conversations: Conversations, guard: Guard, browsers: Browsers) -> None:
        """Take what the handlers call."""
        self._browsers = browsers
        self._responder = responder
        self._conversations = conversations
        self._guard = guard

    def routes(self) -> list[web.RouteDef]:
        """What to add to the application."""
        return [web.post("/api/v1/chat", self.chat), web.post("/api/v1/feedback", self.feedback)]

    async def chat(self, request: web.Request) -> web.Response:
        """Say one thing, get one reply."""
        await self._guard.admit(request)
        conversation_id, reply = await self._conversations.say(await read_json(request, ChatRequest))
        body = msgspec.json.encode({"conversation_id": conversation_id, "reply": reply})
        response = web.Response(body=body, content_type="application/json")
        await self._browsers.tie(request, response, reply)
        return response

    async def feedback(self, request: web.Request) -> web.Response:
        """Keep whether a reply was helpful."""
        await self._guard.admit(request)
        said = await read_json(request, FeedbackRequest)
        feedback = Feedback(
            user=said.conversation_id.lower(),
            channel=CHANNEL,
            reply_id=said.reply_id,
            helpful=said.helpful,
            comment=said.comment,
        )
        if not await self._responder.rate(feedback):
            raise Problem("unknown-reply")
        return web.Response(status=204)


async def read_json(request: web.Request, into: type[T]) -> T:
    """The body as a value of that type; raises the problem that it has."""
    if request.content_type != "application/json" or (request.charset or "utf-8").lower() not in ("utf-8", "utf8"):
        raise Problem("wrong-content-type")
    body = parse(await read_body(request))
    try:
        return msgspec.convert(body, into)
    except msgspec.ValidationError as error:
        _, _, path = str(error).partition("`$.")
        raise Problem("invalid-values", field=path.rstrip("`")) from error


async def read_body(request: web.Request) -> bytes:
    """The body, if it is within the limit; a larger one is not read to its end."""
    if (request.content_length or 0) > BODY_LIMIT:
        raise Problem("too-large")
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > BODY_LIMIT:
            raise Problem("too-large")
    return bytes(body)


def parse(body: bytes) -> Any:
    """The JSON value of a body. A lone surrogate is well-formed JSON but no text, hence 422 and not 400."""
    try:
        value = json.loads(body.decode("utf-8"), parse_constant=_refuse)
        written = json.dumps(value, ensure_ascii=False)
    except (ValueError, RecursionError) as error:
        raise Problem("malformed-json") from error
    try:
        written.encode("utf-8")
    except UnicodeEncodeError as error:
        raise Problem("invalid-values") from error
    return value


def _refuse(constant: str) -> None:
    """NaN and Infinity are Python's, not JSON's."""
    raise ValueError(constant)
