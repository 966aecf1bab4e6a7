"""Edits entries as drafts: rights by region, a version that is named with every save, a merge question to who comes second."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from tomlkit.exceptions import TOMLKitError

from bot.desk import words
from bot.desk.contents import Content, Contents, covers, of_draft, regions_of, shown
from bot.desk.drafting import is_stale, topic_of
from bot.desk.naming import full_name_of
from bot.desk.reading import read
from bot.ports import Clock
from bot.staff.editing import Conflict, Edit, Entry, Kept, Kind, Opened
from bot.staff.editions import Draft, Finding
from bot.staff.people import Done, Person, Right, may
from bot.staff.stores import EditionStore, SavedMeanwhileError
from knowledge.edit import set_fields
from knowledge.entries import ROWS, may_hold
from knowledge.entries import Entry as Piece
from knowledge.merge import merge
from knowledge.model import Knowledge


class Editor:
    """Fulfils bot.staff.editing.Editing."""

    def __init__(self, *, store: EditionStore, knowledge: Callable[[], Knowledge], clock: Clock) -> None:
        """`knowledge` gives the current one, whose regions tell what lies in what."""
        self._store, self._knowledge, self._clock = store, knowledge, clock
        self.contents = Contents(store)

    async def entries(self, kind: Kind | None = None, *, topic: str = "", file: str = "") -> tuple[Entry, ...]:
        """Entries in the order of files, with their drafts; new ones after those of their file. Raises StoreError."""
        content, drafts = await self.contents.current(), {each.key: each for each in await self._store.drafts()}
        found = [shown(entry, content, drafts.pop(key, None)) for key, entry in content.index.items()]
        fresh = [(draft, of_draft(draft)) for draft in drafts.values()]
        found += [shown(entry, content, draft) for draft, entry in fresh if entry]
        found.sort(key=lambda entry: entry.file)
        return tuple(
            each
            for each in found
            if (kind is None or each.kind is kind)
            and (not topic or topic in (each.topic, each.fields.get("id") if each.kind is Kind.TOPIC else ""))
            and (not file or each.file == file)
        )

    async def open(self, key: str, person: Person) -> Opened | None:
        """One entry; None where neither published nor draft has it. Raises StoreError."""
        content, draft = await self.contents.current(), await self._store.draft(key)
        if key not in content.index and draft is None:
            return None
        return self._opened(key, content, draft, person)

    async def drafts(self) -> tuple[Opened, ...]:
        """All drafts, each with what is published. Raises StoreError."""
        content = await self.contents.current()
        return tuple(self._opened(each.key, content, each, None) for each in await self._store.drafts())

    def _opened(self, key: str, content: Content, draft: Draft | None, person: Person | None) -> Opened:
        published = content.index.get(key)
        file = draft.file if draft else content.index[key].file
        read = of_draft(draft) if draft else None
        entry = read or published
        return Opened(
            key=key,
            name=full_name_of(entry, self._knowledge()) if entry else "",
            kind=Kind(published.kind if published else key.partition(":")[0]),
            file=file,
            published=content.text(key),
            draft=draft,
            is_stale=draft is not None and is_stale(draft, content.text(key)),
            may_edit=person is not None and self._may(person, content, published, read),
        )

    def _may(self, person: Person, content: Content, *found: Piece | None) -> bool:
        """Whether somebody may edit an entry as it was, is and becomes."""
        knowledge = self._knowledge()
        return may(person, Right.EDIT) and all(
            covers(person, regions_of(entry, content), knowledge) for entry in found if entry is not None
        )

    async def save(self, person: Person, edit: Edit) -> Kept:
        """Keep a draft. Raises StoreError."""
        content = await self.contents.current()
        edit, entry, findings = self._read(content, edit, await self._drafted(edit.key))
        if findings:
            return Kept(findings=findings)
        draft, published = await self._store.draft(edit.key), content.index.get(edit.key)
        if not self._may(person, content, published, of_draft(draft) if draft else None, entry):
            return _refused(edit, "not_yours")
        if draft is None and edit.seen == 0 and edit.base is not None and _differ(edit.base, content.text(edit.key)):
            return Kept(conflict=self._conflict(edit, content, None))
        if not edit.text.strip() and published is None:
            return await self.discard(person, edit.key, edit.seen) if draft else _refused(edit, "unknown")
        if draft is not None and draft.version == edit.seen and not _differ(edit.text, content.text(edit.key)):
            return await self.discard(person, edit.key, edit.seen)
        if draft is None and not edit.seen and not _differ(edit.text, content.text(edit.key)):
            return Kept()
        return await self._keep(person, content, edit, draft)

    async def _drafted(self, key: str) -> Draft | None:
        return await self._store.draft(key) if key else None

    def _read(
        self, content: Content, edit: Edit, draft: Draft | None
    ) -> tuple[Edit, Piece | None, tuple[Finding, ...]]:
        """The edit with its key, file and line ends put right; and the entry that its text is."""
        published = content.index.get(edit.key)
        file = (published or draft or edit).file
        topic = published.topic if published else topic_of(draft) if draft else edit.topic
        text = _with_end(edit.text, published.text if published else "")
        edit = msgspec.structs.replace(edit, file=file, topic=topic, text=text)
        if not text:
            return edit, None, ()
        entry, findings = read(file, text, topic)
        if entry is None:
            return edit, None, findings
        is_new = published is None and draft is None
        if is_new and not may_hold(file):
            return edit, None, _refused(edit, "no_file", file=file).findings
        edit = msgspec.structs.replace(edit, key=entry.key if is_new else edit.key)
        if (entry.key != edit.key or (is_new and not edit.seen)) and entry.key in content.index:
            return edit, None, _refused(edit, "taken", other=entry.key).findings
        return edit, entry, ()

    async def _keep(self, person: Person, content: Content, edit: Edit, stands: Draft | None) -> Kept:
        published = content.text(edit.key)
        if edit.seen != (stands.version if stands else 0):  # whose authors these are is known of what stands alone
            return Kept(conflict=self._conflict(edit, content, stands))
        is_rebased = stands is None or (edit.base is not None and not _differ(edit.base, published))
        before = published if is_rebased or stands is None else stands.before
        draft = Draft(
            key=edit.key,
            file=edit.file,
            before=before,
            text=edit.text,
            version=edit.seen + 1,
            authors=tuple(dict.fromkeys((*(stands.authors if stands else ()), person.name))),
            at=self._clock(),
            note=edit.note or (stands.note if stands else ""),
            **({"state": stands.state} if stands else {}),
        )
        done = Done(at=draft.at, who=person.name, deed="saved", object=draft.key, detail=edit.note)
        try:
            version = await self._store.save(draft, edit.seen, done)
        except SavedMeanwhileError as error:
            return Kept(conflict=self._conflict(edit, content, error.current))
        return Kept(draft=msgspec.structs.replace(draft, version=version))

    def _conflict(self, edit: Edit, content: Content, current: Draft | None) -> Conflict:
        """What to ask who comes second."""
        published = content.text(edit.key)
        theirs = current.text if current else published
        base = edit.base if edit.base is not None else current.before if current else published
        merged = merge(base, theirs, edit.text)
        _, findings = (
            read(edit.file, merged.text, edit.topic) if merged.is_clean and merged.text.strip() else (None, ())
        )
        return Conflict(
            key=edit.key,
            base=base,
            theirs=theirs,
            theirs_by=current.authors if current else (),
            mine=edit.text,
            merged=merged.text,
            is_clean=merged.is_clean and not findings,
            seen=current.version if current else 0,
        )

    async def stale(self, key: str) -> Conflict | None:
        """What to ask where something else was published since the draft was begun; None where nothing was.

        Raises StoreError.
        """
        content, draft = await self.contents.current(), await self._store.draft(key)
        if draft is None or not is_stale(draft, content.text(key)):
            return None
        edit = Edit(
            key=key, text=draft.text, seen=draft.version, file=draft.file, topic=topic_of(draft), base=draft.before
        )
        found = self._conflict(edit, content, None)
        return msgspec.structs.replace(found, seen=draft.version)

    async def set_fields(self, person: Person, edit: Edit, fields: Mapping[str, Any]) -> Kept:
        """Keep a draft in which these fields have these values. Raises StoreError."""
        content, draft = await self.contents.current(), await self._drafted(edit.key)
        published = content.index.get(edit.key)
        known = draft.text if draft and draft.version == edit.seen else content.text(edit.key)
        text = known if edit.base is None else edit.base
        kind = published.kind if published else _kind(edit)
        try:
            text = await asyncio.to_thread(set_fields, text, kind, fields)
        except (TOMLKitError, KeyError, ValueError, TypeError):
            return _refused(edit, "no_fields")
        return await self.save(person, msgspec.structs.replace(edit, text=text))

    async def discard(self, person: Person, key: str, seen: int) -> Kept:
        """Take a draft away. Raises StoreError."""
        content, draft = await self.contents.current(), await self._store.draft(key)
        edit = Edit(key=key, text=content.text(key), seen=seen)
        if draft is None:
            return _refused(edit, "unknown")
        if not self._may(person, content, content.index.get(key), of_draft(draft)):
            return _refused(edit, "not_yours")
        try:
            await self._store.discard(key, seen, Done(at=self._clock(), who=person.name, deed="discarded", object=key))
        except SavedMeanwhileError as error:
            return Kept(conflict=self._conflict(edit, content, error.current))
        return Kept()


def _kind(edit: Edit) -> str:
    """The kind of a new entry, from its key or from the file it goes to."""
    if edit.key:
        return edit.key.partition(":")[0]
    if edit.file.startswith("topics/"):
        return "answer" if edit.topic else "topic"
    return ROWS.get(edit.file, "notice")


def _with_end(text: str, published: str) -> str:
    """The text with the line ends that content has, and the blank lines after it that were there."""
    plain = text.replace("\r\n", "\n").strip("\n")
    if not plain.strip():
        return ""
    end = published[len(published.rstrip("\n")) :] or "\n"
    return plain + end


def _differ(one: str, other: str) -> bool:
    """Whether two texts differ in more than line ends and the blank lines after them."""
    return one.replace("\r\n", "\n").strip("\n") != other.replace("\r\n", "\n").strip("\n")


def _refused(edit: Edit, why: str, **values: object) -> Kept:
    problem, remedy = (words.words("editing", f"{why}{part}", key=edit.key, **values) for part in ("", "_remedy"))
    return Kept(findings=(Finding(file=edit.file, entry=edit.key, problem=problem, remedy=remedy),))
