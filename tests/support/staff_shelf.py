"""The shipped content as the first edition of a real SQLite store, for what shows and edits it."""

import datetime as dt
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from adapters.storage.database import SqliteFile
from adapters.storage.sqlite_editions import SqliteEditions
from adapters.wechat.render import parts_of
from adapters.wechat.words import read_words
from bot.desk.forms import KnowledgeForms
from bot.desk.layers import Layers
from bot.desk.library import KnowledgeLibrary
from bot.mind import Mind
from bot.staff.editions import Draft, Publication, PublicationKind
from bot.staff.people import Done
from knowledge.content import read_folder
from knowledge.edit import set_fields
from knowledge.entries import index

NOW = dt.datetime(2024, 1, 30, 9, tzinfo=dt.timezone(dt.timedelta(hours=8)))


class Shelved:
    """An edition, and what shows it."""

    def __init__(self, file: SqliteFile, mind: Mind) -> None:
        words = read_words()
        self.file, self.editions = file, SqliteEditions(file)
        self.texts = read_folder()
        self.entries = index(self.texts)
        self.layers = Layers(self.editions, lambda: mind)
        self.forms = KnowledgeForms(self.layers)
        self.library = KnowledgeLibrary(self.layers, lambda: mind, lambda reply: parts_of(reply, words), lambda: NOW)

    async def draft(self, key: str, **fields: object) -> None:
        """A draft in which these fields of an entry have these values."""
        entry = self.entries[key]
        await self.draft_text(key, entry.file, set_fields(entry.text, entry.kind, fields))

    async def draft_text(self, key: str, file: str, text: str) -> None:
        seen = await self.editions.draft(key)
        draft = Draft(
            key=key,
            file=file,
            before=self.entries[key].text if key in self.entries else "",
            text=text,
            version=(seen.version if seen else 0) + 1,
            authors=("li",),
            at=NOW,
        )
        await self.editions.save(draft, seen.version if seen else 0, Done(at=NOW, who="li", deed="saved"))


@asynccontextmanager
async def shelved(path: Path, mind: Mind) -> AsyncIterator[Shelved]:
    file = SqliteFile(path)
    await file.open()
    try:
        found = Shelved(file, mind)
        first = Publication(edition=1, at=NOW, by="system", kind=PublicationKind.IMPORT)
        await found.editions.publish(first, found.texts, 0, (), Done(at=NOW, who="system", deed="imported"))
        yield found
    finally:
        await file.close()
