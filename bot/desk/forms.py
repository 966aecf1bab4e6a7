"""Fulfils bot.staff.forms.Forms: entries as forms over the knowledge with its drafts."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from bot.desk import clauses, typed
from bot.desk.fields import SPECS, fields_of
from bot.desk.layers import FAULTY, Layers
from bot.desk.proofread import faults
from bot.staff.forms import ClauseLine, Field, Layer, Typed, Upload
from knowledge.entries import FILE_OF, read


class KnowledgeForms:
    """Each field is read and proofread against the layer that the author looks at."""

    def __init__(self, layers: Layers) -> None:
        """Take what gives the knowledge."""
        self._layers = layers

    async def fields(self, kind: str, layer: Layer) -> tuple[Field, ...]:
        """The fields of a kind of entry; none where it has no form."""
        return fields_of(kind, (await self._layers.of(layer)).knowledge)

    async def show(self, kind: str, text: str) -> dict[str, str] | None:
        """An entry's fields as they are typed; None where the text is none of that kind."""
        fields = fields_in(kind, text)
        if fields is None or kind not in SPECS:
            return None
        return typed.show(kind, fields, (await self._layers.of(Layer.DRAFTS)).knowledge)

    async def read(self, kind: str, given: Mapping[str, str], text: str, layer: Layer) -> Typed:
        """What a form says, and what is wrong with it."""
        knowledge = (await self._layers.of(layer)).knowledge
        values, wrong = typed.read(kind, fields_of(kind, knowledge), given, knowledge)
        wrong += faults(kind, values, knowledge)
        stands = fields_in(kind, text) or {}
        return Typed(fields=typed.changed(values, stands), faults=tuple(wrong))

    async def read_clauses(self, given: Sequence[ClauseLine], text: str) -> Typed:
        """The clauses of a notice as its form gives them."""
        return clauses.read(given, fields_in("notice", text) or {})

    async def clauses(self, text: str) -> tuple[ClauseLine, ...]:
        """The clauses of a notice's text."""
        return clauses.of_fields(fields_in("notice", text) or {})

    async def upload(self, data: bytes, *, mend: bool) -> Upload:
        """A file as clauses; Word's files may take a second."""
        return await asyncio.to_thread(clauses.upload, data, mend=mend)


def fields_in(kind: str, text: str) -> Mapping[str, Any] | None:
    """The fields of an entry's text; None where it cannot be read as one of that kind."""
    if not text.strip():
        return None
    file = {"topic": "topics/x.toml", "answer": "topics/x.toml", "notice": "notices/x.toml"}.get(kind)
    try:
        entry = read(file or FILE_OF[kind], text)
    except FAULTY:
        return None
    return entry.fields if entry.kind == kind else None
