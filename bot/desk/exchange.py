"""Carries the knowledge out as files and takes files in as drafts, all or nothing, with progress. Fulfils bot.staff.exchange."""

import asyncio
import datetime as dt
import logging
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import PurePath

import msgspec

from bot.desk import archive, comma, said, sheets
from bot.desk.contents import Content, Contents, covers, regions_of
from bot.desk.drafting import with_drafts
from bot.desk.incoming import Fault, Incoming, Stands
from bot.desk.layers import Layered, Layers
from bot.desk.misfits import misfit, told
from bot.desk.uploaded import UnreadableError
from bot.ports import Clock, StoreError
from bot.staff.editions import Draft
from bot.staff.exchange import Exported, Format, Job, JobState, Misfit, Table
from bot.staff.forms import Layer
from bot.staff.people import Done, Person, Right, may
from bot.staff.stores import EditionStore, SavedMeanwhileError
from knowledge import entries
from knowledge.content import ContentError
from knowledge.entries import Edit

MOST_BYTES = 20 * 2**20  # of an uploaded file
MOST_MISFITS = 500  # told at once
MOST_JOBS = 50  # remembered
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _Running:
    """A job and how far it is; a thread counts, the event loop reads."""

    job: Job
    done: int = 0
    total: int = 0

    def now(self) -> Job:
        """The job as it is."""
        return msgspec.structs.replace(self.job, done=self.done, total=self.total)


@dataclass(slots=True)
class _Found:
    """What a file comes to."""

    edits: list[Edit] = field(default_factory=list)
    misfits: list[Misfit] = field(default_factory=list)


class Exchanger:
    """Fulfils bot.staff.exchange.Exchange over the store's editions and drafts."""

    def __init__(self, *, store: EditionStore, layers: Layers, contents: Contents, clock: Clock) -> None:
        """`layers` gives what stands with all drafts, `contents` what is published."""
        self._store, self._layers, self._contents, self._clock = store, layers, contents, clock
        self._jobs: dict[str, _Running] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    # --- out -------------------------------------------------------------------------------------------------------

    async def export(self, form: Format, table: Table | None = None, *, with_drafts: bool = False) -> Exported:
        """A file of the newest edition, or of what it becomes with the drafts. Raises StoreError."""
        words = sheets.told()["exchange"]
        if form is Format.TOML:
            texts = await self._texts(with_drafts=with_drafts)
            body = await asyncio.to_thread(archive.write, texts)
            return Exported(name=f"{words['archive']}.zip", media_type="application/zip", body=body)
        layer = await self._layers.of(Layer.DRAFTS if with_drafts else Layer.PUBLISHED)
        if form is Format.CSV:
            wanted = table or Table.WINDOWS
            body = await asyncio.to_thread(_csv, wanted, layer)
            return Exported(name=f"{sheets.name_of(wanted)}.csv", media_type="text/csv; charset=utf-8", body=body)
        body = await asyncio.to_thread(as_workbook, tuple(Table), layer, with_drafts=with_drafts)
        return Exported(name=f"{words['workbook']}.xlsx", media_type=EXCEL, body=body)

    async def _texts(self, *, with_drafts: bool) -> dict[str, str]:
        content = await self._contents.current()
        if not with_drafts:
            return dict(content.texts)
        return await asyncio.to_thread(_over, content, await self._store.drafts())

    # --- in --------------------------------------------------------------------------------------------------------

    async def begin(self, person: Person, name: str, body: bytes) -> Job:
        """Begin an import; `job` tells how far it is."""
        job = Job(id=secrets.token_urlsafe(12), by=person.name, file=name, state=JobState.RUNNING, at=self._clock())
        running = self._jobs[job.id] = _Running(job)
        while len(self._jobs) > MOST_JOBS:
            self._jobs.pop(next(iter(self._jobs)))
        task = asyncio.create_task(self._import(running, person, body))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return running.now()

    def job(self, person: Person, job: str) -> Job | None:
        """A job of this person's."""
        found = self._jobs.get(job)
        return found.now() if found and found.job.by == person.name else None

    def jobs(self, person: Person) -> tuple[Job, ...]:
        """Those of a person, the newest first."""
        return tuple(each.now() for each in reversed(self._jobs.values()) if each.job.by == person.name)

    async def close(self) -> None:
        """Give up what is running; nothing of it is kept."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _import(self, running: _Running, person: Person, body: bytes) -> None:
        try:
            state, misfits, keys = await self._kept(running, person, body)
        except StoreError:
            state, misfits, keys = JobState.FAILED, [], ()
        except Exception as error:  # a job has nobody who would catch it, and must not stay RUNNING for ever
            _logger.error("import_failed error=%s", type(error).__name__)
            state, misfits, keys = JobState.FAILED, [], ()
        running.job = msgspec.structs.replace(
            running.job, state=state, misfits=tuple(misfits[:MOST_MISFITS]), keys=tuple(keys)
        )

    async def _kept(
        self, running: _Running, person: Person, body: bytes
    ) -> tuple[JobState, list[Misfit], tuple[str, ...]]:
        """Read a file and keep what it changes."""
        if not may(person, Right.EDIT):
            return JobState.REFUSED, [misfit("", "", "needs_right")], ()
        drafts = {each.key: each for each in await self._store.drafts()}  # before the layer: a later one is noticed
        layer, content = await self._layers.of(Layer.DRAFTS), await self._contents.current()
        if content.edition != layer.edition:  # what is written is compared with what the file was compared with
            return JobState.REFUSED, [misfit("", "", "saved_meanwhile")], ()
        found = await asyncio.to_thread(_found, running, body, layer, content)
        found.misfits += self._not_yours(person, found.edits, layer, content)
        if found.misfits:
            return JobState.REFUSED, found.misfits, ()
        at, note = self._clock(), running.job.file
        made = [(_draft(each, drafts.get(each.key), content, person, at, note)) for each in found.edits]
        if made:
            done = Done(at=at, who=person.name, deed="imported", object=running.job.file, detail=str(len(made)))
            try:
                await self._store.save_all(tuple(made), done)
            except SavedMeanwhileError:
                return JobState.REFUSED, [misfit("", "", "saved_meanwhile")], ()
        return JobState.KEPT, [], tuple(draft.key for draft, _ in made)

    def _not_yours(self, person: Person, edits: Iterable[Edit], layer: Layered, content: Content) -> Iterable[Misfit]:
        """What an editor of some regions may not change: as it is published, as it stands, and as it would be."""
        for edit in edits:
            after = entries.read(edit.file, edit.text, edit.topic) if edit.text.strip() else None
            for entry in filter(None, (content.index.get(edit.key), layer.entries.get(edit.key), after)):
                regions = regions_of(entry, content)
                if not covers(person, regions, layer.knowledge):
                    yield misfit(edit.file, edit.key, "not_yours", "、".join(regions))
                    break


def _found(running: _Running, body: bytes, layer: Layered, content: Content) -> _Found:
    """What a file comes to; may take seconds."""
    try:
        if len(body) > MOST_BYTES:
            raise UnreadableError("too_big", str(MOST_BYTES // 2**20))
        match PurePath(running.job.file).suffix.lower():
            case ".xlsx" | ".xlsm":
                from bot.desk import workbook  # late: openpyxl is needed by few, and costs memory

                tables, faults = workbook.read(body)
            case ".csv":
                tables, faults = comma.read(body, PurePath(running.job.file).stem)
            case ".zip":
                return _of_zip(body, layer)
            case _:
                raise UnreadableError("not_file")
    except UnreadableError as error:
        return _Found(misfits=[misfit(running.job.file, "", error.why, error.what)])
    return _of_tables(running, tables, faults, layer, content)


def _of_tables(
    running: _Running, tables: list[Incoming], faults: list[Fault], layer: Layered, content: Content
) -> _Found:
    running.total = sum(len(each.rows) for each in tables)

    def count(done: int) -> None:
        running.done = done

    stands = Stands(entries=layer.entries, knowledge=layer.knowledge, files=frozenset(content.texts))
    taken = said.take(tables, stands, count)
    named = {each.table: each for each in tables}
    is_csv = running.job.file.lower().endswith(".csv")
    misfits = [told(each, named.get(each.table), is_csv=is_csv) for each in (*faults, *taken.faults)]
    return _Found(edits=list(taken.edits.values()), misfits=misfits)


def _of_zip(body: bytes, layer: Layered) -> _Found:
    try:
        texts, marks = archive.read(body)
        return _Found(edits=archive.edits(texts, marks, layer.entries))
    except archive.TextFault as fault:
        return _Found(misfits=[misfit(fault.file, fault.where, fault.why, fault.what)])


def _draft(
    edit: Edit, stands: Draft | None, content: Content, person: Person, at: dt.datetime, note: str
) -> tuple[Draft, int]:
    seen = stands.version if stands else 0
    authors = tuple(dict.fromkeys((*(stands.authors if stands else ()), person.name)))
    made = Draft(
        key=edit.key,
        file=edit.file,
        before=stands.before if stands else content.text(edit.key),  # one that is stale stays so: it has to be merged
        text=edit.text,
        version=seen + 1,
        authors=authors,
        at=at,
        note=note,
    )
    return (msgspec.structs.replace(made, state=stands.state) if stands else made), seen


def _over(content: Content, drafts: tuple[Draft, ...]) -> dict[str, str]:
    """The published texts with the drafts that can be read."""
    texts = dict(content.texts)
    try:
        return with_drafts(texts, drafts)
    except ContentError:  # one of them: each by itself, then, which takes longer
        pass
    for draft in drafts:
        try:
            texts = with_drafts(texts, [draft])
        except ContentError:
            continue
    return texts


def _csv(table: Table, layer: Layered) -> bytes:
    return comma.write(sheets.sheet(table, layer.entries.values(), layer.knowledge))


def as_workbook(tables: Iterable[Table], layer: Layered, *, with_drafts: bool = False) -> bytes:
    """Some tables of a layer as a workbook; some seconds for all of them."""
    from bot.desk import workbook  # late, likewise

    about = sheets.told()["about"]
    drafts = about["drafts"] if with_drafts else ""
    lines = [line.format(edition=layer.edition, drafts=drafts) for line in about["lines"]]
    known = layer.knowledge
    made = [
        (sheets.sheet(each, layer.entries.values(), known), sheets.labels_of(sheets.KINDS[each], known))
        for each in tables
    ]
    return workbook.write(made, lines)
