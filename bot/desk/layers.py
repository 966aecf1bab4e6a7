"""The knowledge that a page looks at: the published one, or that with all drafts on top which can be read."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from bot.mind import Mind
from bot.staff.editions import Draft
from bot.staff.forms import Layer
from bot.staff.library import Unreadable
from bot.staff.stores import EditionStore
from knowledge import entries
from knowledge.content import ContentError, load_texts
from knowledge.entries import Edit, Entry
from knowledge.model import Knowledge

FAULTY = (ContentError, entries.NotOneEntryError, KeyError, ValueError)
"""What a draft that cannot be read raises."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layered:
    """A knowledge with the entries that it is made of."""

    edition: int
    knowledge: Knowledge
    entries: Mapping[str, Entry]
    drafted: frozenset[str] = frozenset()
    """Keys of the entries that are drafts here."""
    unreadable: tuple[Unreadable, ...] = ()
    uses: dict[str, list[str]] = field(default_factory=dict)
    """Clause → keys of the entries that cite it."""


class Layers:
    """Gives the layers; each is made once, and again when an edition or a draft is new."""

    def __init__(self, editions: EditionStore, mind: Callable[[], Mind]) -> None:
        """Take where editions and drafts are kept, and what gives the mind that is live."""
        self._editions, self._mind = editions, mind
        self._published: Layered | None = None
        self._drafts: tuple[object, Layered] | None = None
        self._making = asyncio.Lock()

    async def of(self, layer: Layer) -> Layered:
        """The knowledge of a layer. Raises bot.ports.StoreError."""
        async with self._making:
            edition = await self._editions.current()
            if self._published is None or self._published.edition != edition:
                texts = await self._editions.texts(edition)
                self._published = await asyncio.to_thread(_published, edition, texts)
            drafts = await self._editions.drafts() if layer is Layer.DRAFTS else ()
            if not drafts:
                return self._published
            state = edition, tuple((each.key, each.version) for each in drafts)
            if self._drafts is None or self._drafts[0] != state:
                texts = await self._editions.texts(edition)
                self._drafts = state, await asyncio.to_thread(_drafted, self._published, texts, drafts)
            return self._drafts[1]


def _published(edition: int, texts: Mapping[str, str]) -> Layered:
    found = entries.index(texts)
    return Layered(edition=edition, knowledge=load_texts(texts), entries=found, uses=_uses(found.values()))


def _drafted(published: Layered, texts: Mapping[str, str], drafts: Iterable[Draft]) -> Layered:
    """The drafts that can be read, each by itself and together with those before it."""
    edits: list[Edit] = []
    over, drafted = dict(published.entries), set()
    unreadable: list[Unreadable] = []
    knowledge = published.knowledge
    readable: list[Draft] = []
    for draft in drafts:
        try:
            entry = entries.read(draft.file, draft.text, topic_of(draft)) if draft.text.strip() else None
        except FAULTY as error:
            unreadable.append(_unreadable(draft, error))
            continue
        readable.append(draft)
        edits.append(edit_of(draft))
        drafted.add(draft.key)
        if entry is None:
            over.pop(draft.key, None)
        else:
            over[draft.key] = entries.Entry(
                key=draft.key, kind=entry.kind, file=entry.file, text=entry.text, fields=entry.fields, topic=entry.topic
            )
    try:
        knowledge = load_texts(entries.apply(texts, edits))
    except FAULTY:  # one of them: which is found by adding them one after another
        edits = []
        for draft in readable:
            try:
                knowledge = load_texts(entries.apply(texts, [*edits, edit_of(draft)]))
                edits.append(edit_of(draft))
            except FAULTY as error:
                unreadable.append(_unreadable(draft, error))
    return Layered(
        edition=published.edition,
        knowledge=knowledge,
        entries=over,
        drafted=frozenset(drafted),
        unreadable=tuple(unreadable),
        uses=_uses(over.values()),
    )


def edit_of(draft: Draft) -> Edit:
    """A draft as an edit of the files."""
    return Edit(key=draft.key, file=draft.file, text=draft.text, topic=topic_of(draft))


def topic_of(draft: Draft) -> str:
    """The topic of an answer's draft; empty for other entries."""
    kind, _, rest = draft.key.partition(":")
    return rest.partition("/")[0] if kind == "answer" else ""


def _unreadable(draft: Draft, error: Exception) -> Unreadable:
    return Unreadable(key=draft.key, file=draft.file, problem=str(error).partition("\n")[0])


def _uses(found: Iterable[Entry]) -> dict[str, list[str]]:
    uses: dict[str, list[str]] = {}
    for entry in found:
        sources = entry.fields.get("sources", ()) if entry.kind == "answer" else ()
        cited = [str(each.get("clause", "")) for each in sources if isinstance(each, Mapping)]
        if isinstance(entry.fields.get("source"), str):
            cited.append(entry.fields["source"])
        for clause in dict.fromkeys(cited):
            uses.setdefault(clause, []).append(entry.key)
    return uses
