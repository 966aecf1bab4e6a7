"""What the console's pages call. A part that is None has no pages."""

from dataclasses import dataclass

from bot.staff.accounts import Staff
from bot.staff.corrections import Corrections
from bot.staff.editing import Editing
from bot.staff.exchange import Exchange
from bot.staff.forms import Forms
from bot.staff.gaps import Gaps
from bot.staff.journal import Journal
from bot.staff.library import Library
from bot.staff.numbers import Numbers
from bot.staff.releases import Publishing
from bot.staff.trial import Trial
from bot.staff.years import Years


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The ports of bot.staff; bot.console fulfils them."""

    staff: Staff
    editing: Editing | None = None
    forms: Forms | None = None
    library: Library | None = None
    publishing: Publishing | None = None
    gaps: Gaps | None = None
    trial: Trial | None = None
    journal: Journal | None = None
    corrections: Corrections | None = None
    numbers: Numbers | None = None
    exchange: Exchange | None = None
    years: Years | None = None
