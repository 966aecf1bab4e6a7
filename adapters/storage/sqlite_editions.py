"""Editions and drafts in the SQLite file of the store. A text is kept once, by its digest, however many editions hold it."""

import datetime as dt
import zlib
from collections.abc import Mapping
from hashlib import blake2b

import msgspec
from sqlite_utils import Database

from adapters.storage.edition_tables import log
from adapters.storage.sqlite_plans import SqlitePlans
from bot.staff.editions import Change, Draft, Publication, PublicationKind
from bot.staff.people import Done
from bot.staff.stores import PublishedMeanwhileError, SavedMeanwhileError

PUBLICATION = "select e.id, e.at, e.by, e.kind, e.note, e.override from edition e where"
HISTORY = (
    "select e.id, e.at, e.by, e.kind, e.note, e.override, c.body from edition_change c join edition e on e.id = c.edition "
    "where c.key = ? order by e.id desc"
)
COUNT = (
    "insert into draft_version (key, last) values (?, 1) on conflict (key) do update set last = last + 1 returning last"
)
encode = msgspec.json.encode


class SqliteEditions(SqlitePlans):
    """Fulfils bot.staff.stores.EditionStore."""

    async def current(self) -> int:
        """The number of the newest edition; 0 where there is none yet. Raises StoreError."""
        return await self._file.read(_current)

    async def texts(self, edition: int) -> Mapping[str, str]:
        """File → text of an edition, by name. KeyError where there is no such edition. Raises StoreError."""
        query = (
            "select each.key, t.body from edition e, json_each(e.files) each "
            "join content_text t on t.mark = each.value where e.id = ? order by each.key"
        )
        rows = await self._file.read(lambda db: db.execute(query, [edition]).fetchall())
        if not rows:
            raise KeyError(edition)
        return _texts(rows)

    async def publications(self, *, before: int = 0, limit: int = 50) -> tuple[Publication, ...]:
        """The newest first, without their changes. Raises StoreError."""
        query = f"{PUBLICATION} ? = 0 or e.id < ? order by e.id desc limit ?"
        rows = await self._file.read(lambda db: db.execute(query, [before, before, limit]).fetchall())
        return tuple(_publication(row) for row in rows)

    async def publication(self, edition: int) -> Publication | None:
        """One, with its changes. Raises StoreError."""
        changes = "select body from edition_change where edition = ? order by place"

        def work(db: Database) -> Publication | None:
            row = db.execute(f"{PUBLICATION} e.id = ?", [edition]).fetchone()
            return _publication(row, *(_change(body) for (body,) in db.execute(changes, [edition]))) if row else None

        return await self._file.read(work)

    async def history(self, key: str) -> tuple[Publication, ...]:
        """The publications that changed an entry, the newest first, each with that change alone. Raises StoreError."""
        rows = await self._file.read(lambda db: db.execute(HISTORY, [key]).fetchall())
        return tuple(_publication(row[:-1], _change(row[-1])) for row in rows)

    async def publish(
        self,
        publication: Publication,
        texts: Mapping[str, str],
        base: int,
        drafts: tuple[tuple[str, int], ...],
        done: Done,
    ) -> int:
        """Keep the next edition, take its drafts away, and give its number.

        PublishedMeanwhileError where `base` is no longer the newest; SavedMeanwhileError where a draft has another version.
        Raises StoreError.
        """
        marks = {file: _mark(text) for file, text in texts.items()}
        row = (publication.at.isoformat(), publication.by, publication.kind, publication.note, publication.override)

        def work(db: Database) -> int:
            if _current(db) != base:
                raise PublishedMeanwhileError
            for key, version in drafts:
                _seen(db, key, version)
                db.execute("delete from draft where key = ?", [key])
            _keep_texts(db, marks, texts)
            edition = base + 1
            manifest = encode(dict(sorted(marks.items()))).decode()
            db.execute("insert into edition values (?, ?, ?, ?, ?, ?, ?)", [edition, *row, manifest])
            for place, change in enumerate(publication.changes):
                values = [edition, place, change.key, change.file, zlib.compress(encode(change))]
                db.execute("insert into edition_change values (?, ?, ?, ?, ?)", values)
            log(db, msgspec.structs.replace(done, object=done.object or str(edition)))
            return edition

        return await self._file.run(work)

    async def announce(self, mark: str, texts: Mapping[str, str]) -> None:
        """Tell every process what is about to be published. Raises StoreError."""
        marks = {file: _mark(text) for file, text in texts.items()}

        def work(db: Database) -> None:
            _keep_texts(db, marks, texts)
            db.execute(
                "insert or replace into upcoming (id, mark, files) values (1, ?, ?)", [mark, encode(marks).decode()]
            )

        await self._file.run(work)

    async def announced(self) -> str:
        """The mark of what was announced last; empty: nothing. Raises StoreError."""
        row = await self._file.read(lambda db: db.execute("select mark from upcoming where id = 1").fetchone())
        return row[0] if row else ""

    async def announced_texts(self) -> Mapping[str, str]:
        """File → text of what was announced last. Raises StoreError."""
        query = (
            "select each.key, t.body from upcoming u, json_each(u.files) each "
            "join content_text t on t.mark = each.value order by each.key"
        )
        return _texts(await self._file.read(lambda db: db.execute(query).fetchall()))

    async def drafts(self) -> tuple[Draft, ...]:
        """All of them, by file and key. Raises StoreError."""
        query = "select body from draft order by file, key"
        return tuple(_draft(body) for (body,) in await self._file.read(lambda db: db.execute(query).fetchall()))

    async def draft(self, key: str) -> Draft | None:
        """The draft of an entry. Raises StoreError."""
        return await self._file.read(lambda db: _stands(db, key))

    async def save(self, draft: Draft, seen: int, done: Done) -> int:
        """Keep a draft where the version `seen` (0: none) stands, else SavedMeanwhileError; gives its version.

        Versions of an entry's drafts are never used twice, not even after one was discarded. Raises StoreError.
        """

        def work(db: Database) -> int:
            version = _save(db, draft, seen)
            log(db, done)
            return version

        return await self._file.run(work)

    async def save_all(self, drafts: tuple[tuple[Draft, int], ...], done: Done) -> None:
        """Keep several, all or none. Raises SavedMeanwhileError and StoreError."""

        def work(db: Database) -> None:
            for draft, seen in drafts:
                _save(db, draft, seen)
            log(db, done)

        await self._file.run(work)

    async def discard(self, key: str, seen: int, done: Done) -> None:
        """Take a draft away where the version `seen` stands, else SavedMeanwhileError. Raises StoreError."""

        def work(db: Database) -> None:
            _seen(db, key, seen)
            db.execute("delete from draft where key = ?", [key])
            log(db, done)

        await self._file.run(work)


def _current(db: Database) -> int:
    return int(db.execute("select coalesce(max(id), 0) from edition").fetchone()[0])


def _keep_texts(db: Database, marks: Mapping[str, str], texts: Mapping[str, str]) -> None:
    """Keep those texts that no edition had yet."""
    known = {mark for (mark,) in db.execute("select mark from content_text")}
    for file in (file for file, mark in marks.items() if mark not in known):
        body = zlib.compress(texts[file].encode())
        db.execute("insert or ignore into content_text (mark, body) values (?, ?)", [marks[file], body])


def _texts(rows: list[tuple[str, bytes]]) -> dict[str, str]:
    return {file: zlib.decompress(body).decode() for file, body in rows}


def _stands(db: Database, key: str) -> Draft | None:
    row = db.execute("select body from draft where key = ?", [key]).fetchone()
    return _draft(row[0]) if row else None


def _seen(db: Database, key: str, seen: int) -> None:
    """SavedMeanwhileError unless that version stands."""
    current = _stands(db, key)
    if (current.version if current else 0) != seen:
        raise SavedMeanwhileError(current)


def _save(db: Database, draft: Draft, seen: int) -> int:
    _seen(db, draft.key, seen)
    version = int(db.execute(COUNT, [draft.key]).fetchone()[0])
    body = encode(msgspec.structs.replace(draft, version=version))
    db.execute(
        "insert or replace into draft (key, file, version, body) values (?, ?, ?, ?)",
        [draft.key, draft.file, version, body],
    )
    return version


def _draft(body: bytes) -> Draft:
    return msgspec.json.decode(body, type=Draft)


def _change(body: bytes) -> Change:
    return msgspec.json.decode(zlib.decompress(body), type=Change)


def _publication(row: tuple[int, str, str, str, str, str], *changes: Change) -> Publication:
    edition, at, by, kind, note, override = row
    return Publication(
        edition=edition,
        at=dt.datetime.fromisoformat(at),
        by=by,
        kind=PublicationKind(kind),
        note=note,
        override=override,
        changes=changes,
    )


def _mark(text: str) -> str:
    return blake2b(text.encode(), digest_size=32).hexdigest()
