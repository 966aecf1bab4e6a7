"""Customer-service messages: an answer that came too late for its reply. Fulfils Outbound; never raises.

Only verified accounts may send them, and few: the ledger counts before the platform does. [custom/send, custom/typing]
"""

import hashlib
import logging
import time
from collections.abc import Callable

from adapters.wechat.client import Client
from adapters.wechat.cut import cut
from adapters.wechat.errors import PlatformError, TooLong, Undeliverable
from adapters.wechat.outbound import Trigger
from adapters.wechat.quota import Ledger
from adapters.wechat.watch import Alarm, Watch
from bot.ports import KeyValue, StoreError

SEND = "/cgi-bin/message/custom/send"
TYPING = "/cgi-bin/message/custom/typing"
MOST_BYTES = 2000  # of a text; the platform says 45002 above 2048
SMALLER_BYTES = 1000  # after a 45002 all the same
MOST_MESSAGES = 5  # for one text
TYPING_EVERY = 15.0  # s; it is shown as long [45081]
NO_PERMISSION, COUNT_USED_UP, TOO_LATE = 48001, 45047, 45015
BARRED_SECONDS = 3600.0  # after a 48001: an account is not verified from one minute to the next
_logger = logging.getLogger(__name__)


class CustomerService:
    """Sends texts and shows that one is being written."""

    def __init__(
        self,
        client: Client,
        values: KeyValue,
        watch: Watch,
        now: Callable[[], float] = time.time,
    ) -> None:
        """`now` is the real time: the platform's windows do not follow a fixed clock."""
        self._client, self._values, self._watch, self._now = client, values, watch, now
        self._ledger = Ledger(values, now)
        self._barred_until = 0.0

    async def noted(self, openid: str, trigger: Trigger) -> None:
        """The user did something that allows messages."""
        try:
            await self._ledger.note(openid, trigger)
        except StoreError as error:
            _failed("noted", openid, error)

    async def can_send(self, openid: str) -> bool:
        """Whether the ledger has a message left and nothing is known to be in the way."""
        if self._now() < self._barred_until or not self._client.is_open(SEND):
            return False
        try:
            return await self._ledger.left(openid) > 0
        except StoreError as error:
            _failed("can_send", openid, error)
            return False

    async def send_text(self, openid: str, text: str) -> bool:
        """Send a text, in several messages if it is long; False if any of them was not sent."""
        if self._now() < self._barred_until:
            return False
        text = text.encode(errors="replace").decode()  # half a character cannot be sent
        try:
            try:
                return await self._send_all(openid, cut(text, MOST_BYTES))
            except TooLong:
                return await self._send_all(openid, cut(text, SMALLER_BYTES))
        except Undeliverable as error:
            await self._undeliverable(openid, error)
        except (PlatformError, StoreError) as error:
            _failed("send", openid, error)
        return False

    async def typing(self, openid: str) -> None:
        """Show that an answer is being written, where the platform would show it."""
        if self._now() < self._barred_until:
            return
        try:
            if (
                await self._ledger.is_recent(openid)
                and await self._values.add(_typing(openid), b"1", TYPING_EVERY) is None
            ):
                await self._client.call(TYPING, {"touser": openid, "command": "Typing"})
        except (PlatformError, StoreError):
            return  # counted where it happened; it is only for show

    async def forget(self, openid: str) -> None:
        """Forget a user's quota."""
        try:
            await self._ledger.forget(openid)
            await self._values.drop(_typing(openid))
        except StoreError as error:
            _failed("forget", openid, error)

    async def _send_all(self, openid: str, texts: tuple[str, ...]) -> bool:
        """Raises TooLong only if nothing was sent: then it can be cut smaller."""
        if not 0 < len(texts) <= MOST_MESSAGES or not await self._ledger.take(openid, len(texts)):
            return False
        for position, text in enumerate(texts):
            try:
                await self._client.call(SEND, {"touser": openid, "msgtype": "text", "text": {"content": text}})
            except TooLong as error:
                if position == 0:
                    raise
                _failed("send", openid, error)
                return False
        await self._values.drop(_typing(openid))  # a message ends it: it may be shown again
        return True

    async def _undeliverable(self, openid: str, error: Undeliverable) -> None:
        _failed("send", openid, error)
        if error.code == NO_PERMISSION:
            self._barred_until = self._now() + BARRED_SECONDS
            self._watch.alarm(Alarm.PERMISSION, error)
        if error.code in (COUNT_USED_UP, TOO_LATE):
            try:
                await self._ledger.close(openid)
            except StoreError as unreachable:
                _failed("close", openid, unreachable)


def _typing(openid: str) -> str:
    return f"wechat:typing:{openid}."


def _failed(what: str, openid: str, error: Exception) -> None:
    user = hashlib.sha256(openid.encode()).hexdigest()[:12]
    reason = error if isinstance(error, PlatformError) else type(error).__name__
    _logger.warning("wechat_outbound what=%s user=%s reason=%s", what, user, reason)
