"""Preview: a topic as the web page and as WeChat show it, in any region, at any moment, with or without the drafts."""

import datetime as dt

from aiohttp import web

from adapters.web.console.bubbles import pieces
from adapters.web.console.pages import Page, page, render
from adapters.web.console.shown import BEIJING, in_century
from adapters.web.console.topics import layer_of
from bot.staff.library import Library, PreviewAsked
from bot.staff.people import Right


class Previews:
    """The handler of /preview."""

    def __init__(self, *, library: Library) -> None:
        """Take what asks the dialogue."""
        self._library = library

    def routes(self) -> list[Page]:
        """What to add to the application."""
        return [page("GET", "/preview", self.show, Right.READ)]

    async def show(self, request: web.Request) -> web.Response:
        """One topic in one scope."""
        layer = layer_of(request)
        asked = PreviewAsked(
            topic=request.query.get("topic", ""),
            region=request.query.get("region", "")[:60],
            exam=request.query.get("exam", ""),
            at=moment_of(request.query.get("at", "")),
            layer=layer,
        )
        found = await self._library.preview(asked)
        shown = {
            "asked": asked,
            "at": found.at.astimezone(BEIJING).strftime("%Y-%m-%dT%H:%M"),
            "preview": found,
            "wechat": [(pieces(part), len(part.encode())) for part in found.wechat],
            "shelf": await self._library.shelf(layer),
            "layer": layer,
        }
        return render(request, "preview.html", shown)


def moment_of(text: str) -> dt.datetime | None:
    """A moment of this century as a browser's field gives it, in Beijing's time."""
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    if not in_century(found):
        return None
    return found if found.tzinfo else found.replace(tzinfo=BEIJING)
