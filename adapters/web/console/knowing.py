"""Which pages there are of topics, facts, notices, drafts, releases, years and regions: those whose ports are there."""

from collections.abc import Iterator

from adapters.web.console.answers import Answers
from adapters.web.console.drafts import Drafts
from adapters.web.console.entry_form import EntryForms
from adapters.web.console.facts import Facts
from adapters.web.console.notices import Notices
from adapters.web.console.pages import Page
from adapters.web.console.parts import Parts
from adapters.web.console.previews import Previews
from adapters.web.console.regions import RegionPages
from adapters.web.console.releases import Releases
from adapters.web.console.texts import Texts
from adapters.web.console.topics import Topics
from adapters.web.console.words import Words
from adapters.web.console.years import YearPages


def pages_of(parts: Parts, words: Words) -> Iterator[Page]:
    """The pages on which knowledge is edited and published."""
    library, editing, forms = parts.library, parts.editing, parts.forms
    if library is None or editing is None or forms is None:
        return
    entries = EntryForms(editing=editing, forms=forms, words=words)
    drafts = Drafts(entries=entries, publishing=parts.publishing)
    yield from Topics(library=library, entries=entries).routes()
    yield from Answers(library=library, entries=entries).routes()
    yield from Facts(library=library, entries=entries).routes()
    yield from Notices(library=library, entries=entries).routes()
    yield from Texts(library=library, entries=entries).routes()
    yield from Previews(library=library).routes()
    yield from drafts.routes()
    if parts.years is not None:
        yield from YearPages(years=parts.years, library=library, entries=entries).routes()
        yield from RegionPages(years=parts.years, library=library).routes()
    if parts.publishing is not None:
        yield from Releases(publishing=parts.publishing, editing=editing, drafts=drafts, words=words).routes()
