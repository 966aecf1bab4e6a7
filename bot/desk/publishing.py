"""Publishes drafts as the next edition, goes back to an older one, and does both at a time that was planned.

The next mind is made before its edition is kept: once it is kept it answers here at once, and elsewhere within a second.
"""

import asyncio
import datetime as dt
from collections.abc import Mapping

import msgspec

from bot.desk.building import NotBuiltError
from bot.desk.checking import Checks
from bot.desk.contents import Content, Contents
from bot.desk.drafting import with_drafts
from bot.desk.findings import UNUSABLE, of_unusable
from bot.desk.live import Live
from bot.desk.orders import findings, needs_second, refusal, released
from bot.desk.shipping import changed, with_sentences
from bot.desk.words import words
from bot.mind import Mind
from bot.ports import Clock
from bot.staff.editions import (
    Change,
    Checked,
    Draft,
    DraftState,
    Publication,
    PublicationKind,
    Scheduled,
    ScheduleState,
)
from bot.staff.people import Done, Person, Right, may
from bot.staff.releases import Check, CheckState, Order, Released, Verdict
from bot.staff.stores import EditionStore, PublishedMeanwhileError, SavedMeanwhileError
from knowledge.content import ContentError

TRIES = 3  # to publish while others publish


class Publisher:
    """Fulfils bot.staff.releases.Publishing."""

    def __init__(self, *, store: EditionStore, contents: Contents, checks: Checks, live: Live, clock: Clock) -> None:
        """`contents` give the newest edition in pieces; `clock` is the machine's."""
        self._store, self._contents, self._checks = store, contents, checks
        self._live, self._clock = live, clock

    async def check(self, person: Person, keys: tuple[str, ...] = ()) -> Check:
        """How far the check of these drafts is (empty: of all that are open). Raises StoreError."""
        content, drafts = await self._contents.current(), await self._chosen(keys)
        versions = tuple((each.key, each.version) for each in drafts)
        second = needs_second(person, drafts)
        running = self._checks.of(content, drafts)
        found = Check(state=CheckState.RUNNING, drafts=versions, progress=running.progress, needs_second=second)
        if running.task is None or not running.task.done():
            return found
        if running.task.cancelled() or running.task.exception() is not None:
            return msgspec.structs.replace(found, state=CheckState.FAILED)
        return msgspec.structs.replace(found, state=CheckState.DONE, progress=1.0, checked=running.task.result())

    async def _chosen(self, keys: tuple[str, ...]) -> tuple[Draft, ...]:
        drafts = await self._store.drafts()
        return tuple(each for each in drafts if (each.key in keys if keys else each.state is DraftState.OPEN))

    async def publish(self, person: Person, order: Order) -> Released:
        """Publish; it waits for the check. Raises NotBuiltError and StoreError."""
        for _ in range(TRIES):
            content = await self._contents.current()
            drafts = {each.key: each for each in await self._store.drafts()}
            if refused := refusal(person, order, content, drafts):
                return refused
            keys = {key for key, _ in order.drafts}
            chosen = tuple(each for each in drafts.values() if each.key in keys)
            checked = await self._checks.result(content, chosen)
            if refused := findings(person, order, checked):
                return refused
            after = await asyncio.to_thread(with_drafts, content.texts, chosen)
            publication = Publication(
                edition=content.edition + 1,
                at=self._clock(),
                by=person.name,
                kind=PublicationKind.PUBLISH,
                note=order.note,
                override=order.override.strip(),
                changes=tuple(_change(each, content) for each in chosen),
            )
            if kept := await self._keep(publication, after, order.drafts):
                return msgspec.structs.replace(kept, checked=checked)
        return released(Verdict.CHANGED, [key for key, _ in order.drafts])

    async def _keep(
        self,
        publication: Publication,
        texts: Mapping[str, str],
        drafts: tuple[tuple[str, int], ...] = (),
    ) -> Released | None:
        """Make the mind, keep the edition, answer with it. None where somebody published or saved meanwhile."""
        mind: Mind = await self._live.prepare(texts, publication.edition)
        reason = words("publishing", "override", reason=publication.override) if publication.override else ""
        detail = " ".join(filter(None, [publication.note, reason]))
        done = Done(
            at=publication.at,
            who=publication.by,
            deed=DEEDS[publication.kind],
            object=str(publication.edition),
            detail=detail,
        )
        try:
            edition = await self._store.publish(publication, texts, publication.edition - 1, drafts, done)
        except (PublishedMeanwhileError, SavedMeanwhileError):
            return None
        self._live.adopt(mind)
        verdict = released(Verdict.PUBLISHED, edition=edition, count=len(publication.changes))
        return msgspec.structs.replace(verdict, edition=edition)

    async def rollback(self, person: Person, edition: int, note: str) -> Released:
        """Make the content of an older edition the newest, with the sentences that it has not and today's program says.

        Raises StoreError.
        """
        if not may(person, Right.PUBLISH):
            return released(Verdict.REFUSED)
        for _ in range(TRIES):
            current = await self._store.current()
            before = await self._store.texts(current)
            try:
                older = await self._store.texts(edition)
            except KeyError:
                return released(Verdict.NOTHING)
            try:
                texts = await asyncio.to_thread(with_sentences, older)
                if texts == before:
                    return released(Verdict.NOTHING)
                publication = Publication(
                    edition=current + 1,
                    at=self._clock(),
                    by=person.name,
                    kind=PublicationKind.ROLLBACK,
                    note=" ".join(filter(None, [f"→ {edition}", note])),
                    changes=await asyncio.to_thread(_changed, before, texts),
                )
                kept = await self._keep(publication, texts)
            except (*UNUSABLE, NotBuiltError) as error:
                checked = Checked(
                    base=current, drafts=(), findings=(of_unusable(error),), is_usable=False, at=self._clock()
                )
                return released(Verdict.FINDINGS, checked=checked, count=1)
            if kept:
                return kept
        return released(Verdict.CHANGED)

    async def schedule(self, person: Person, order: Order, due: dt.datetime) -> Released:
        """Plan a publication. Raises StoreError."""
        content = await self._contents.current()
        drafts = {each.key: each for each in await self._store.drafts()}
        if refused := refusal(person, order, content, drafts):
            return refused
        if due <= self._clock():
            return released(Verdict.REFUSED)
        plan = Scheduled(id=0, due=due, by=person.name, drafts=order.drafts, note=order.note, override=order.override)
        kept = await self._store.schedule(
            plan, Done(at=self._clock(), who=person.name, deed="planned", detail=order.note)
        )
        return msgspec.structs.replace(released(Verdict.PLANNED), plan=kept)

    async def cancel(self, person: Person, plan: int) -> bool:
        """Cancel a plan; False where it was done already. Raises StoreError."""
        if not may(person, Right.PUBLISH):
            return False
        done = Done(at=self._clock(), who=person.name, deed="plan_cancelled", object=str(plan))
        return await self._store.settle(plan, ScheduleState.CANCELLED, "", done)

    async def schedules(self) -> tuple[Scheduled, ...]:
        """All plans, those to come first. Raises StoreError."""
        return await self._store.schedules()

    async def current(self) -> int:
        """The newest edition. Raises StoreError."""
        return await self._store.current()

    async def publications(self, *, before: int = 0, limit: int = 50) -> tuple[Publication, ...]:
        """The newest first, without their changes. Raises StoreError."""
        return await self._store.publications(before=before, limit=limit)

    async def publication(self, edition: int) -> Publication | None:
        """One, with its changes. Raises StoreError."""
        return await self._store.publication(edition)

    async def history(self, key: str) -> tuple[Publication, ...]:
        """The publications that changed an entry, the newest first, each with that change alone. Raises StoreError."""
        return await self._store.history(key)

    async def compare(self, older: int, newer: int) -> tuple[Change, ...]:
        """What differs between two editions. Raises KeyError where one does not exist, and StoreError."""
        return await asyncio.to_thread(changed, await self._store.texts(older), await self._store.texts(newer))


DEEDS = {
    PublicationKind.PUBLISH: "published",
    PublicationKind.ROLLBACK: "rolled_back",
    PublicationKind.IMPORT: "imported",
}


def _changed(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Change, ...]:
    """What differs; nothing where one cannot be cut any more: what was published by mistake is left all the same."""
    try:
        return changed(before, after)
    except ContentError:
        return ()


def _change(draft: Draft, content: Content) -> Change:
    return Change(
        key=draft.key, file=draft.file, before=content.text(draft.key), after=draft.text, authors=draft.authors
    )
