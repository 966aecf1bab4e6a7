"""Gaps of real turns in a real store, the work on them, and trying; over the desk with the shipped content."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from desk_site import Desk, desk

from adapters.storage.sqlite import SqliteStore
from adapters.storage.sqlite_gaps import SqliteGaps
from adapters.wechat.render import parts_of
from adapters.wechat.words import read_words
from bot.desk.gaps import GapWork, Sources
from bot.desk.layers import Layers
from bot.desk.minds import Minds
from bot.desk.trial import Setting, TrialRoom
from bot.messages import Feedback, Message, Reply
from bot.mind import Mind
from bot.responder import Responder
from bot.sealing import Sealer

ODD = "我家猫生病了"


class GapSite:
    """Candidates on one side, staff on the other."""

    def __init__(self, desk: Desk, store: SqliteStore, folder: Path, labelled: Path | None) -> None:
        words = read_words()
        self.desk, self.store = desk, store
        self.responder = Responder(self.mind(), store, desk.clock, sealer=Sealer(bytes(32)))
        self.kept = SqliteGaps(store.file)
        self.gaps = GapWork(
            Sources(
                gaps=self.kept,
                editions=desk.store,
                editing=desk.editing,
                mind=self.mind,
                labelled=labelled,
                cache=folder / "cache",
                clock=desk.clock,
                real=desk.clock,
            )
        )
        self.trial = TrialRoom(
            Setting(
                editions=desk.store,
                layers=Layers(desk.store, self.mind),
                minds=Minds(desk.store, self.mind, folder / "cache"),
                mind=self.mind,
                wechat=lambda reply: parts_of(reply, words),
                public_url="https://kaoda.example.org",
                clock=desk.clock,
            )
        )
        self._count = 0

    def mind(self) -> Mind:
        assert self.desk.live.mind is not None
        return self.desk.live.mind

    async def say(self, text: str, region: str = "", user: str = "", channel: str = "web") -> Reply:
        """A message; each of another user where none is named."""
        self._count += 1
        self.responder.mind = self.mind()
        user = user or f"u{self._count}"
        message = Message(id=f"m{self._count}", channel=channel, user=user, text=text, region=region)
        return await self.responder.respond(message)

    async def rate(self, reply: Reply, user: str, comment: str = "", channel: str = "web") -> None:
        said = Feedback(user=user, channel=channel, reply_id=reply.id, helpful=False, comment=comment)
        assert await self.responder.rate(said)


@asynccontextmanager
async def gap_site(folder: Path, mind: Mind, labelled: Path | None = None) -> AsyncIterator[GapSite]:
    """All of it in a folder."""
    store = SqliteStore(folder / "kaoda.sqlite3", 30)
    async with desk(folder, mind, labelled) as found:
        await store.open(found.clock())
        try:
            yield GapSite(found, store, folder, labelled)
        finally:
            await store.close()
