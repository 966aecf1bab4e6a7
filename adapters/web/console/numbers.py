"""Numbers that people look at: charts, and the same figures as tables."""

from collections.abc import Sequence

from aiohttp import web
from markupsafe import Markup

from adapters.web.console.charts import Chart, bars, columns
from adapters.web.console.journal import whole
from adapters.web.console.pages import Page, page, render
from adapters.web.console.words import Words
from bot.staff.numbers import Figures, Numbers, Share
from bot.staff.people import Right

SPANS = (7, 30, 90, 365)  # days to choose from
USUAL = 30


class NumbersPage:
    """The handler of /numbers."""

    def __init__(self, numbers: Numbers, words: Words) -> None:
        """Take whom it asks, and what charts are called."""
        self._numbers, self._words = numbers, words["numbers"]

    def routes(self) -> list[Page]:
        """What to add to the application."""
        return [page("GET", "/numbers", self.show, Right.READ)]

    async def show(self, request: web.Request) -> web.Response:
        """The figures of the last days."""
        days = whole(request.query.get("days", ""))
        days = days if days in SPANS else USUAL
        figures = await self._numbers.figures(days)
        shown = {"figures": figures, "days": days, "spans": SPANS, "charts": self._charts(figures)}
        return render(request, "numbers.html", shown)

    def _charts(self, figures: Figures) -> dict[str, Markup]:
        titles, kinds = self._words["charts"], self._words["kinds"]
        labels = [each.name for each in figures.days]
        channels = self._words["channels"]
        by_channel = [(channels.get(name, name), counts) for name, counts in figures.channels]
        rated = [
            (kinds["helpful"], [each.helpful for each in figures.days]),
            (kinds["unhelpful"], [each.unhelpful for each in figures.days]),
        ]
        missed = [(kinds["fell_back"], [each.fell_back for each in figures.gaps])]
        left = [(kinds["days_left"], [each.days_left for each in figures.deadlines])]
        names = [f"{each.region_name} {each.name}" for each in figures.deadlines]
        gaps = [each.name or self._words["no_topic"] for each in figures.gaps]
        return {
            "channels": columns(Chart(name="channels", title=titles["channels"], labels=labels, series=by_channel)),
            "days": columns(Chart(name="days", title=titles["days"], labels=labels, series=self._kinds(figures.days))),
            "regions": bars(self._of("regions", figures.regions)),
            "topics": bars(self._of("topics", figures.topics)),
            "gaps": bars(Chart(name="gaps", title=titles["gaps"], labels=gaps, series=missed)),
            "rated": columns(Chart(name="rated", title=titles["rated"], labels=labels, series=rated)),
            "deadlines": bars(Chart(name="deadlines", title=titles["deadlines"], labels=names, series=left)),
        }

    def _of(self, name: str, shares: Sequence[Share]) -> Chart:
        labels = [each.name or self._words["no_region"] for each in shares]
        return Chart(name=name, title=self._words["charts"][name], labels=labels, series=self._kinds(shares))

    def _kinds(self, shares: Sequence[Share]) -> list[tuple[str, list[int]]]:
        kinds = self._words["kinds"]
        return [
            (kinds[name], [getattr(each, name) for each in shares]) for name in ("answered", "asked_back", "fell_back")
        ]
