"""What a push is answered: by the dialogue, by a fixed text, or with what waits. Knows no time limit and no HTTP."""

import asyncio
import time
from collections.abc import Callable
from functools import lru_cache

import msgspec

from adapters.wechat.outbound import Outbound
from adapters.wechat.pushes import ASKED, Push, What
from adapters.wechat.render import MOST_BYTES, parts_of, said_by, split
from adapters.wechat.seen import Said, Seen
from adapters.wechat.shelf import Shelf, Waiting
from adapters.wechat.words import Words
from bot.messages import Kind, Message, Reply, UnknownScope
from bot.ports import Responder

CHANNEL = "wechat"
PICK_UP = "result"  # id of the link that asks for a late answer
REMEMBERED = 512  # renderings; some 4 KB each
LOOK_SECONDS = 0.1  # between looks at whether it is there
AROUND = " \t\r\n“”\"'‘’「」。．.！!~～"  # what may stand around a typed keyword
FIXED = frozenset(
    (
        What.EMPTY,
        What.VOICE,
        What.IMAGE,
        What.VIDEO,
        What.LOCATION,
        What.LINK,
        What.SCANCODE,
        What.UNSUPPORTED,
    )
)


ANSWERED = ASKED | FIXED | {What.FOLLOW, What.SCAN}
"""What may be answered with a message."""


class Answering:
    """Finds the answer to one push at a time; the caller sees to it that a push is answered once."""

    def __init__(
        self,
        *,
        responder: Responder,
        outbound: Outbound,
        shelf: Shelf,
        seen: Seen,
        words: Words,
        patience: Callable[[], float],
    ) -> None:
        """Take whom it asks and where answers are kept; `patience` is how many seconds a pick-up may wait for its answer."""
        self._responder, self._outbound, self._shelf, self._seen = responder, outbound, shelf, seen
        self._words, self._patience = words, patience
        self._rendered = lru_cache(REMEMBERED)(self._render)  # many ask the same; it depends on nothing but the reply

    async def answer(self, push: Push) -> tuple[Said, Reply | None]:
        """What to say, and the dialogue's reply where it was asked. Raises StoreError."""
        if push.what in ASKED:
            return await self._asked(push)
        if push.what in (What.FOLLOW, What.SCAN):
            return await self._welcome(push)
        if push.what in FIXED:
            return Said(parts=(getattr(self._words.texts, push.what.value),), outcome="fixed"), None
        if push.what is What.LEAVE:
            await self._forget(push.user)
        return Said(), None

    async def _asked(self, push: Push) -> tuple[Said, Reply | None]:
        word = push.text.strip(AROUND)
        if word in self._words.more:
            return await self._rest(push), None
        if word in self._words.pick_up and (said := await self._picked_up(push)):
            return said, None
        reply = await self._responder.respond(Message(id=push.key, channel=CHANNEL, user=push.user, text=push.text))
        return self._said(reply), reply

    async def given(self, push: Push) -> Said | None:
        """What the dialogue has answered to a push already, on whatever process. Raises StoreError."""
        if push.what not in ASKED:
            return None
        reply = await self._responder.given(CHANNEL, push.user, push.key)
        return None if reply is None else self._said(reply)

    def _said(self, reply: Reply) -> Said:
        is_own = reply.kind is Kind.STATUS or reply.links  # what is one candidate's is not remembered
        render = self._render if is_own else self._rendered
        return render(msgspec.structs.replace(reply, id="", confidence=None))

    def _render(self, reply: Reply) -> Said:
        return Said(parts=parts_of(reply, self._words), outcome=f"answered_{reply.kind.value}", is_given=True)

    async def _welcome(self, push: Push) -> tuple[Said, Reply | None]:
        """A greeting; the region of the code is remembered, an unknown one is none."""
        message = Message(id=push.key, channel=CHANNEL, user=push.user, text="", region=push.scene)
        try:
            reply = await self._responder.respond(message)
        except UnknownScope:
            message = Message(id=push.key, channel=CHANNEL, user=push.user, text="")
            reply = await self._responder.respond(message)
        texts = [reply.text]
        if reply.region is not None:
            texts.insert(0, self._words.texts.welcome_region.format(region=reply.region.name))
        return Said(parts=split("\n".join(texts), self._words), outcome="welcome"), None

    async def _rest(self, push: Push) -> Said:
        """The next part of a long reply. It is kept as this push's answer before it is taken away."""
        rest = await self._shelf.rest(push.user)
        if not rest:
            return Said(parts=(self._words.texts.no_more,), outcome="fixed")
        said = Said(parts=rest, outcome="more")
        await self._seen.keep(push.user, push.key, said)
        return said

    async def _picked_up(self, push: Push) -> Said | None:
        """A late answer; None where none waits and a word was typed that may mean something else (考试结果)."""
        waiting = await self._shelf.waiting(push.user)
        if not waiting:
            fixed = Said(parts=(self._words.texts.nothing_waiting,), outcome="fixed")
            return fixed if push.what is What.OPTION and push.option == PICK_UP else None
        until = time.monotonic() + self._patience()
        while not (ready := _ready(waiting)) and time.monotonic() < until:
            for each in waiting:
                if await self._seen.is_lost(push.user, each.key):
                    await self._shelf.put(push.user, each.key, (self._words.texts.lost,))
            await asyncio.sleep(LOOK_SECONDS)
            waiting = await self._shelf.waiting(push.user)
        if not ready:
            return Said(parts=(placeholder(self._words, self._words.texts.still_computing),), outcome="placeholder")
        parts = ready[0].parts
        if others := len(waiting) - 1:
            note = self._words.texts.others_waiting.format(count=others, word=self._words.pick_up[0])
            parts = with_note(parts, note)
        said = Said(parts=parts, outcome="picked_up")
        await self._seen.keep(push.user, push.key, said)
        await self._shelf.remove(push.user, ready[0].key)
        return said

    async def _forget(self, user: str) -> None:
        await self._responder.forget(CHANNEL, user)
        await self._outbound.forget(user)
        await self._shelf.forget(user)


def with_note(parts: tuple[str, ...], note: str) -> tuple[str, ...]:
    """The parts with a line at the end of the first, where there is room."""
    first = f"{parts[0]}\n{note}"
    return (first, *parts[1:]) if len(first.encode()) <= MOST_BYTES else parts


def placeholder(words: Words, template: str) -> str:
    """A text that says that the answer is on its way: with a link, and with a word for those whose client shows none."""
    link = said_by(words.pick_up[0], PICK_UP, words.texts.placeholder_link)
    return template.format(link=link, word=words.pick_up[0])


def is_question_back(reply: Reply | None) -> bool:
    """Whether the reply holds no answer yet, only asks for more: what is typed next may make it needless."""
    return reply is not None and reply.kind is Kind.CLARIFY


def _ready(waiting: tuple[Waiting, ...]) -> tuple[Waiting, ...]:
    return tuple(each for each in waiting if each.parts)
