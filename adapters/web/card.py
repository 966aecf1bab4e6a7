"""POST /status-card: the status card of the chat page, for the page's own script. Not part of the public contract.

The conversation's id is in the body, never in an address; whoever has it is its user, as for the chat itself.
"""

import aiohttp_jinja2
import msgspec
from aiohttp import web

from adapters.web.binding import is_foreign
from adapters.web.chat_api import ConversationId, read_json
from adapters.web.rate import Guard
from bot.views import Cards, CardView

SECONDS = 3.5  # that the page waits for a card
BESIDE = 0.8  # s; beside a reply that was waited for already, and whose question has just been asked
HEADERS = {"Cache-Control": "no-store"}


class CardRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body."""

    conversation_id: ConversationId


class StatusCard:
    """The handler, and what the page without scripts asks."""

    def __init__(self, *, cards: Cards | None, guard: Guard) -> None:
        """Without cards nobody has one."""
        self._cards, self._guard = cards, guard

    def routes(self) -> list[web.RouteDef]:
        """What to add to the application."""
        return [web.post("/status-card", self.show)]

    async def show(self, request: web.Request) -> web.Response:
        """The card as a piece of HTML; 204 for who is not bound."""
        await self._guard.admit(request)
        asked = await read_json(request, CardRequest)
        card = None if is_foreign(request) else await self.of(asked.conversation_id, SECONDS)
        if card is None:
            return web.Response(status=204, headers=HEADERS)
        response = aiohttp_jinja2.render_template("status_card.html", request, {"card": card})
        response.headers.update(HEADERS)
        return response

    async def of(self, conversation_id: str, seconds: float = BESIDE) -> CardView | None:
        """The card of a conversation; None for who is not bound."""
        if self._cards is None or not conversation_id:
            return None
        return await self._cards.card(conversation_id.lower(), seconds)
