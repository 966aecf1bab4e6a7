"""The shipped content and the store: the first start imports it; from then on the store is the truth.

A newer version of the program may bring content that it needs. Where nobody has published anything by hand yet, the whole of
it is imported; otherwise only the fixed sentences that are missing, for without them the program cannot speak.
"""

import asyncio
import datetime as dt
from collections.abc import Mapping

from bot.desk.words import words
from bot.ports import Clock
from bot.staff.editions import Change, Publication, PublicationKind
from bot.staff.people import Done, Person, Role
from bot.staff.stores import EditionStore, PublishedMeanwhileError
from knowledge import entries
from knowledge.content import parse, read_folder

SYSTEM = "system"
PHRASES = "phrases.toml"


def operator(made: dt.datetime) -> Person:
    """Who has the machine: what commands do is signed `system`."""
    return Person(name=SYSTEM, role=Role.ADMIN, made=made)


async def bring(store: EditionStore, clock: Clock) -> int:
    """The newest edition, after the shipped content was imported where it has to be. Raises ContentError and StoreError."""
    shipped = await asyncio.to_thread(read_folder)
    while True:
        edition = await store.current()
        texts = await store.texts(edition) if edition else {}
        after = await _wanted(store, texts, shipped)
        if after == dict(texts):
            return edition
        note = words("shipping", "updated" if texts else "first")
        try:
            return await publish_texts(store, clock, after, base=edition, by=SYSTEM, note=note)
        except PublishedMeanwhileError:  # another process was faster
            continue


async def _wanted(store: EditionStore, texts: Mapping[str, str], shipped: Mapping[str, str]) -> dict[str, str]:
    if await _is_untouched(store):
        return dict(shipped)
    return _with_sentences(texts, shipped[PHRASES])


def with_sentences(texts: Mapping[str, str]) -> dict[str, str]:
    """The texts with the fixed sentences that they lack and this program says. Raises ContentError."""
    return _with_sentences(texts, read_folder()[PHRASES])


def _with_sentences(texts: Mapping[str, str], shipped: str) -> dict[str, str]:
    own = texts.get(PHRASES, "")
    there = parse(PHRASES, own)
    missing = [name for name in parse(PHRASES, shipped) if name not in there]
    if not missing:
        return dict(texts)
    lines = [line for line in shipped.splitlines(keepends=True) if line.partition("=")[0].strip() in missing]
    return dict(texts) | {PHRASES: own + ("" if not own or own.endswith("\n") else "\n") + "".join(lines)}


async def _is_untouched(store: EditionStore) -> bool:
    """Whether the shipped content alone was imported so far, and no draft waits."""
    by_hand = any(each.kind is not PublicationKind.IMPORT for each in await store.publications(limit=1000))
    return not by_hand and not await store.drafts()


async def publish_texts(
    store: EditionStore, clock: Clock, texts: Mapping[str, str], *, base: int, by: str, note: str
) -> int:
    """Publish texts as they are, entry by entry in the history. Raises ContentError, PublishedMeanwhileError, StoreError."""
    changes = await asyncio.to_thread(changed, await store.texts(base) if base else {}, texts) if base else ()
    publication = Publication(
        edition=base + 1, at=clock(), by=by, kind=PublicationKind.IMPORT, note=note, changes=changes
    )
    done = Done(at=publication.at, who=by, deed="imported", detail=note)
    return await store.publish(publication, texts, base, (), done)


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Change, ...]:
    """Entry by entry what differs; blank lines after an entry make no difference. Raises ContentError."""
    old, new = entries.index(before), entries.index(after)
    found = []
    for key in dict.fromkeys((*old, *new)):
        was, now = (each[key].text if key in each else "" for each in (old, new))
        if was.rstrip() != now.rstrip():
            found.append(Change(key=key, file=(new.get(key) or old[key]).file, before=was, after=now))
    return tuple(found)
