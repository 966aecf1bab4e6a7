"""Trying a conversation: what each channel shows, and why."""

import datetime as dt

from aiohttp import web

from adapters.web.console.bubbles import pieces
from adapters.web.console.pages import Page, field, page, render
from adapters.web.console.shown import BEIJING, in_century
from adapters.web.console.words import Words
from bot.staff.people import Right
from bot.staff.trial import Asked, Trial, Tried

LONGEST = 20_000  # characters of all turns
FIELDS = ("turns", "region", "exam", "at", "with_drafts")


class TrialPages:
    """The handlers of /trial. It is sent as a form, so that what is tried stands in no address and no log."""

    def __init__(self, *, trial: Trial, words: Words) -> None:
        """Take what plays conversations, and the words of troubles."""
        self._trial, self._words = trial, words

    def routes(self) -> list[Page]:
        """What to add to the application."""
        return [page("GET", "/trial", self.form, Right.READ), page("POST", "/trial", self.play, Right.READ)]

    async def form(self, request: web.Request) -> web.Response:
        """The form; a link from another page may fill it in."""
        typed = {name: request.query.get(name, "")[:LONGEST] for name in FIELDS}
        return self._page(request, typed, None, "")

    async def play(self, request: web.Request) -> web.Response:
        """Play the turns; a tapped option is said after them."""
        typed = {name: field(request, name)[:LONGEST] for name in FIELDS}
        if said := field(request, "say").strip():
            typed["turns"] = "\n".join([typed["turns"].rstrip("\n"), said]).strip("\n")
        try:
            at = _moment(typed["at"])
        except ValueError:
            return self._page(request, typed, None, self._words["trial"]["troubles"]["bad_time"])
        asked = Asked(
            turns=tuple(line for line in typed["turns"].split("\n") if line.strip()),
            region=typed["region"].strip(),
            exam=typed["exam"].strip(),
            at=at,
            with_drafts=typed["with_drafts"] == "yes",
        )
        tried = await self._trial.play(asked)
        trouble = self._words["trial"]["troubles"][tried.trouble].format(detail=tried.detail) if tried.trouble else ""
        return self._page(request, typed, tried, trouble)

    def _page(self, request: web.Request, typed: dict[str, str], tried: Tried | None, error: str) -> web.Response:
        shown = {
            "typed": typed,
            "tried": tried if tried and tried.turns else None,
            "exams": self._trial.exams(),
            "error": error,
            "pieces": pieces,
        }
        return render(request, "trial.html", shown, status=422 if error else 200)


def _moment(text: str) -> dt.datetime | None:
    """A moment of this century; Beijing time where it names no other. None for an empty text. Raises ValueError."""
    if not text.strip():
        return None
    found = dt.datetime.fromisoformat(text.strip())
    if not in_century(found):
        raise ValueError(text)
    return found if found.tzinfo else found.replace(tzinfo=BEIJING)
