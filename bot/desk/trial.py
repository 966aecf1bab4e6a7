"""Fulfils bot.staff.trial.Trial: conversations are played on the running mind, or on one with the drafts. Nothing is kept."""

import asyncio
import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from bot.conversation import Conversation
from bot.desk.building import NotBuiltError
from bot.desk.explaining import Wechat, explained
from bot.desk.layers import FAULTY, Layers
from bot.desk.minds import Minds
from bot.dialogue import Heard
from bot.messages import Named, UnknownScope
from bot.mind import Mind
from bot.ports import Clock
from bot.responder import exam_id, region_id
from bot.staff.forms import Layer
from bot.staff.stores import EditionStore
from bot.staff.trial import Asked, Explained, Tried
from knowledge.render import RenderError

MOST_TURNS = 20
LONGEST = 2000  # characters of a message


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What trying rests on."""

    editions: EditionStore
    layers: Layers
    """Tells which drafts can be read."""
    minds: Minds
    mind: Callable[[], Mind]
    """Gives the running mind."""
    wechat: Wechat
    public_url: str
    clock: Clock
    """What candidates are answered by: the moment that is tried unless another is asked for."""


class TrialRoom:
    """Plays what is asked."""

    def __init__(self, setting: Setting) -> None:
        """Take what it rests on."""
        self._of = setting

    async def play(self, asked: Asked) -> Tried:
        """Play a conversation. Raises StoreError."""
        at = asked.at or self._of.clock()
        tried = Tried(turns=(), edition=self._of.mind().edition, at=at)
        turns = [each.strip()[:LONGEST] for each in asked.turns if each.strip()][:MOST_TURNS]
        if not turns:
            return msgspec.structs.replace(tried, trouble="nothing_said")
        mind = self._of.mind()
        drafts: tuple[str, ...] = ()
        unreadable: tuple[str, ...] = ()
        if asked.with_drafts:
            try:
                mind, drafts, unreadable = await self._with_drafts()
            except (*FAULTY, NotBuiltError) as error:
                return msgspec.structs.replace(tried, trouble="unreadable", detail=_line(error))
        tried = msgspec.structs.replace(tried, edition=mind.edition, drafts=drafts, unreadable=unreadable)
        try:
            region, exam = region_id(mind, asked.region), exam_id(mind, asked.exam)
        except UnknownScope as error:
            return msgspec.structs.replace(tried, trouble=f"unknown_{error.field}", detail=error.value)
        try:
            played = await asyncio.to_thread(self._played, mind, turns, (region, exam), at)
        except RenderError as error:
            return msgspec.structs.replace(tried, trouble="unfilled", detail=_line(error))
        return msgspec.structs.replace(tried, turns=played)

    def exams(self) -> tuple[Named, ...]:
        """The exams to choose from."""
        return tuple(Named(id=each.id, name=each.short) for each in self._of.mind().knowledge.exams.values())

    def _played(self, mind: Mind, turns: list[str], scope: tuple[str, str], at: dt.datetime) -> tuple[Explained, ...]:
        conversation, found = Conversation(), []
        for text in turns:
            heard = Heard(text=text, region=scope[0], exam=scope[1])
            view, conversation = explained(mind, heard, conversation, at, (self._of.wechat, self._of.public_url))
            found.append(view)
        return tuple(found)

    async def _with_drafts(self) -> tuple[Mind, tuple[str, ...], tuple[str, ...]]:
        """The mind of the newest edition with the drafts that can be read, their keys, and the keys of the others."""
        layered = await self._of.layers.of(Layer.DRAFTS)
        unreadable = tuple(each.key for each in layered.unreadable)
        keys = tuple(each.key for each in await self._of.editions.drafts() if each.key not in unreadable)
        return await self._of.minds.drafted(keys), keys, unreadable


def _line(error: Exception) -> str:
    return str(error).partition("\n")[0]
