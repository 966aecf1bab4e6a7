"""Puts the inbound side of the channel together. Import it only where WeChat is served: wechatpy is slow to import."""

import time
from collections.abc import Callable

from aiohttp import web
from prometheus_client import CollectorRegistry

from adapters.wechat.account import Account
from adapters.wechat.answering import Answering
from adapters.wechat.attending import MOST_JOBS, Attending
from adapters.wechat.counting import Counts
from adapters.wechat.late import Late
from adapters.wechat.outbound import Outbound
from adapters.wechat.pace import REPLY_SECONDS, Pace
from adapters.wechat.protocol import Protocol
from adapters.wechat.seen import Seen
from adapters.wechat.shelf import Shelf
from adapters.wechat.webhook import Webhook
from adapters.wechat.words import read_words
from bot.ports import KeyValue, Responder

PATIENCE = 0.8  # of the time that a reply has: how long a pick-up waits for its answer


class Channel:
    """The callback address of one account; `close` it once no request is running any more."""

    def __init__(
        self,
        *,
        account: Account,
        responder: Responder,
        outbound: Outbound,
        values: KeyValue,
        registry: CollectorRegistry,
        now: Callable[[], float] = time.time,
        reply_seconds: float = REPLY_SECONDS,
        most_jobs: int = MOST_JOBS,
    ) -> None:
        """`now` is the machine's time: the platform's timestamps do not follow a fixed clock. Raises AccountError."""
        words, counts = read_words(), Counts(registry)
        seen, shelf, pace = Seen(values), Shelf(values, now), Pace(time.monotonic, reply_seconds)
        self._attending = Attending(
            answering=Answering(
                responder=responder,
                outbound=outbound,
                shelf=shelf,
                seen=seen,
                words=words,
                patience=lambda: PATIENCE * pace.seconds(),
            ),
            late=Late(outbound=outbound, shelf=shelf, seen=seen, counts=counts, words=words),
            outbound=outbound,
            seen=seen,
            shelf=shelf,
            pace=pace,
            words=words,
            most_jobs=most_jobs,
        )
        self._webhook = Webhook(
            protocol=Protocol(account, now), attending=self._attending, counts=counts, salt=account.token
        )

    def routes(self) -> list[web.RouteDef]:
        """What to add to the application."""
        return self._webhook.routes()

    async def close(self) -> None:
        """Let late answers come and keep them."""
        await self._attending.close()
