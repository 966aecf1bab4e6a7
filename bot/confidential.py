"""Conversations and replies as they are kept: encrypted for their user where they may tell of a candidate's own state."""

import base64

import msgspec

from bot.messages import Message, Reply
from bot.ports import StoreError
from bot.sealing import BrokenSeal, Sealer

SEALED = "sealed:"  # how what is encrypted begins; what is older than the key is as it was


class Confidential:
    """Hides and shows what a store keeps. Without a sealer, as in the terminal, nothing is hidden."""

    def __init__(self, sealer: Sealer | None) -> None:
        """Take what encrypts."""
        self._sealer = sealer

    def hidden_conversation(self, message: Message, conversation: bytes) -> bytes:
        """A conversation as it is kept: it may hold what a self-check was told."""
        if self._sealer is None:
            return conversation
        return SEALED.encode() + self._sealer.seal(conversation, _place("conversation", message))

    def conversation(self, message: Message, kept: bytes | None) -> bytes | None:
        """A kept conversation as it was. Raises StoreError."""
        if kept is None or not kept.startswith(SEALED.encode()):
            return kept
        return self._opened(kept.removeprefix(SEALED.encode()), _place("conversation", message))

    def hidden_reply(self, message: Message, reply: Reply) -> Reply:
        """A reply as it is kept, where it tells of the candidate's own state or holds a one-time link."""
        if self._sealer is None:
            return reply
        sealed = self._sealer.seal(msgspec.json.encode(reply), _place("reply", message, message.id))
        text = SEALED + base64.b64encode(sealed).decode()
        return Reply(id=reply.id, kind=reply.kind, text=text, topic=reply.topic, region=reply.region)

    def reply(self, message: Message, kept: Reply) -> Reply:
        """A kept reply as it was given. Raises StoreError."""
        if not kept.text.startswith(SEALED):
            return kept
        sealed = base64.b64decode(kept.text.removeprefix(SEALED))
        return msgspec.json.decode(self._opened(sealed, _place("reply", message, message.id)), type=Reply)

    def _opened(self, sealed: bytes, place: str) -> bytes:
        if self._sealer is None:
            raise StoreError("a kept value is encrypted and there is no key; put the backup of the key back")
        try:
            return self._sealer.open(sealed, place)
        except BrokenSeal as error:
            raise StoreError("a kept value does not open with this key; put the backup of the key back") from error


def _place(what: str, message: Message, *more: str) -> str:
    """What a kept value is sealed for: given to another user it does not open."""
    return msgspec.json.encode([what, message.channel, message.user, *more]).decode()
