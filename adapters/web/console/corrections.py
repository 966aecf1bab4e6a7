"""Who was told what is no longer so, and one click to correct it."""

from aiohttp import web

from adapters.web.console.differing import lines as differences
from adapters.web.console.journal import whole
from adapters.web.console.pages import Page, field, fields_of, go, page, person_of, render
from bot.staff.corrections import Corrections
from bot.staff.journal import Journal
from bot.staff.people import Right

SHOWN_LINES = 10  # of the journal, by each group


class CorrectionPages:
    """The handlers of /corrections."""

    def __init__(self, corrections: Corrections, journal: Journal) -> None:
        """Take whom they ask; the journal has the names of topics and regions."""
        self._corrections, self._journal = corrections, journal

    def routes(self) -> list[Page]:
        """What to add to the application."""
        return [
            page("GET", "/corrections", self.index, Right.READ),
            page("GET", "/corrections/{edition}", self.show, Right.READ),
            page("POST", "/corrections/{edition}", self.offer, Right.PUBLISH),
        ]

    async def index(self, request: web.Request) -> web.Response:
        """The publications with how many were told something else before."""
        return render(request, "corrections.html", {"reviews": await self._corrections.reviews()})

    async def show(self, request: web.Request) -> web.Response:
        """What was told before an edition, and what it says."""
        review = await self._corrections.review(whole(request.match_info["edition"]))
        if review is None:
            raise web.HTTPNotFound
        shown = {
            "review": review,
            "groups": [(each, differences(each.before, each.after)) for each in review.told],
            "most": SHOWN_LINES,
            "left": sum(each.people - each.offered for each in review.told),
            "topic": self._journal.topic,
            "region": self._journal.region,
        }
        return render(request, "correction.html", shown)

    async def offer(self, request: web.Request) -> web.StreamResponse:
        """Offer the correction of the chosen groups, or of all."""
        edition = whole(request.match_info["edition"])
        chosen = tuple(whole(each) for each in fields_of(request).getall("group", []) if isinstance(each, str))
        if not field(request, "all") and not chosen:
            raise go(f"/corrections/{edition}", "corrections.nothing")
        count = await self._corrections.offer(person_of(request), edition, () if field(request, "all") else chosen)
        raise go(f"/corrections/{edition}", "corrections.offered" if count else "corrections.nobody")
