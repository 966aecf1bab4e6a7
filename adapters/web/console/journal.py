"""What was told: looked for, opened, and decided again."""

import datetime as dt
from collections.abc import Mapping

from aiohttp import web

from adapters.web.console.differing import lines as differences
from adapters.web.console.pages import Page, page, render
from adapters.web.console.shown import BEIJING, in_century
from bot.messages import Kind
from bot.staff.journal import Journal, Sought
from bot.staff.people import Right

LINES = 50  # on a page
LONGEST = 200  # characters of a field
FIELDS = ("since", "until", "channel", "kind", "topic", "region", "edition", "helpful", "words", "who", "before")
CHANNELS = ("web", "wechat")
RATED = {"yes": True, "no": False}


class JournalPages:
    """The handlers of /journal."""

    def __init__(self, journal: Journal) -> None:
        """Take whom they ask."""
        self._journal = journal

    def routes(self) -> list[Page]:
        """What to add to the application."""
        return [
            page("GET", "/journal", self.index, Right.READ),
            page("GET", "/journal/{number}", self.show, Right.READ),
        ]

    async def index(self, request: web.Request) -> web.Response:
        """The newest lines of those that are looked for."""
        typed = {name: request.query.get(name, "").strip()[:LONGEST] for name in FIELDS}
        sought = sought_of(typed)
        found = await self._journal.lines(sought)
        shown = {
            "lines": found[:LINES],
            "older": found[LINES - 1].id if len(found) > LINES else 0,
            "typed": typed,
            "channels": CHANNELS,
            "kinds": tuple(Kind),
            "topics": self._journal.topics(),
            "topic": self._journal.topic,
            "region": self._journal.region,
        }
        return render(request, "journal.html", shown)

    async def show(self, request: web.Request) -> web.Response:
        """One line, with what its own edition or another one says to it at that moment."""
        number = whole(request.match_info["number"])
        replayed = await self._journal.replay(number, whole(request.query.get("edition", ""))) if number else None
        if replayed is None:
            raise web.HTTPNotFound
        told, said = replayed.line.reply, replayed.said
        shown = {
            "replayed": replayed,
            "line": replayed.line,
            "differences": differences(told.text, said.text) if told and said and told.text != said.text else (),
            "topic": self._journal.topic,
            "region": self._journal.region,
        }
        return render(request, "journal_line.html", shown)


def sought_of(typed: Mapping[str, str]) -> Sought:
    """What a form asks for; what makes no sense counts as left out."""
    until = _day(typed["until"])
    return Sought(
        since=_day(typed["since"]),
        until=until + dt.timedelta(days=1) if until else None,
        channel=typed["channel"],
        region=typed["region"],
        topic=typed["topic"],
        kind=typed["kind"],
        edition=whole(typed["edition"]),
        who=typed["who"],
        words=typed["words"],
        helpful=RATED.get(typed["helpful"]),
        before=whole(typed["before"]),
        limit=LINES + 1,
    )


def whole(text: str) -> int:
    """A number that was typed or stands in an address; 0 where it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


def _day(text: str) -> dt.datetime | None:
    """The beginning of a day in Beijing, of this century."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return dt.datetime.combine(day, dt.time(tzinfo=BEIJING)) if in_century(day) else None
