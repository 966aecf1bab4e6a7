"""A store that forgets when the process ends: for the terminal, and as the fake that tests share."""

import datetime as dt

import msgspec

from adapters.storage.memory_reminders import MemoryReminders
from bot.journalled import Journalled
from bot.messages import Feedback, Gap, Reply
from bot.ports import Start, Turn

LONGEST_QUESTION = 500  # characters of a question that a gap keeps


class MemoryStore:
    """Fulfils bot.ports.Store."""

    def __init__(self, reminders: MemoryReminders | None = None) -> None:
        """Start empty; the reminders are those that turns show."""
        self.reminders = reminders or MemoryReminders()
        self._conversations: dict[tuple[str, str], bytes] = {}
        self._replies: dict[tuple[str, str, str], Reply] = {}
        self._asked: dict[str, Turn] = {}
        self._unhelpful: dict[str, Gap] = {}
        self.gaps: list[Gap] = []
        self.feedback: list[Feedback] = []
        self.journal: list[Journalled] = []

    async def conversation(self, channel: str, user: str) -> bytes | None:
        """The conversation of a user, or None."""
        return self._conversations.get((channel, user))

    async def reply_to(self, channel: str, user: str, message_id: str) -> Reply | None:
        """The reply already given, or None."""
        return self._replies.get((channel, user, message_id))

    async def start(self, channel: str, user: str, message_id: str, now: dt.datetime) -> Start:
        """What the turn of a message starts from."""
        return Start(
            reply=await self.reply_to(channel, user, message_id),
            conversation=await self.conversation(channel, user),
            due=await self.reminders.waiting(channel, user, now),
        )

    async def keep(self, turn: Turn) -> None:
        """Keep a turn; a second turn of the same message changes nothing. Raises ShownElsewhereError."""
        if (turn.channel, turn.user, turn.message_id) in self._replies:
            return
        self.reminders.show(turn.reminders, turn.at)
        self._conversations[turn.channel, turn.user] = turn.conversation
        self.journal += [turn.journalled] if turn.journalled else []
        self._replies[turn.channel, turn.user, turn.message_id] = turn.reply
        self._asked[turn.reply.id] = turn
        self.gaps.extend(turn.gaps)

    async def rate(self, feedback: Feedback, gap_at: dt.datetime) -> bool:
        """Keep a feedback on a reply that was given to that user."""
        for (channel, user, _), reply in self._replies.items():
            if (channel, user, reply.id) == (feedback.channel, feedback.user, feedback.reply_id):
                self.feedback = [f for f in self.feedback if f.reply_id != feedback.reply_id]
                self.feedback.append(feedback)
                if gap := self._unhelpful.pop(reply.id, None):
                    self.gaps.remove(gap)  # the latest rating counts
                if not feedback.helpful:
                    line = self._asked[reply.id].journalled
                    gap = not_helpful(feedback, reply, gap_at, line.question if line else "")
                    self._unhelpful[reply.id] = gap
                    self.gaps.append(gap)
                return True
        return False

    async def forget_user(self, channel: str, user: str, who: str = "") -> None:
        """Forget one user: conversation, replies, feedback, reminders, lines of his mark in the journal."""
        self.journal = [each for each in self.journal if not who or each.who != who]
        self._conversations.pop((channel, user), None)
        self._replies = {key: reply for key, reply in self._replies.items() if key[:2] != (channel, user)}
        self._asked = {key: turn for key, turn in self._asked.items() if (turn.channel, turn.user) != (channel, user)}
        self.feedback = [each for each in self.feedback if (each.channel, each.user) != (channel, user)]
        await self.reminders.unsubscribe(channel, user)

    async def check(self) -> None:
        """Always reachable."""

    async def close(self) -> None:
        """Nothing to let go."""


def not_helpful(feedback: Feedback, reply: Reply, at: dt.datetime, question: str) -> Gap:
    """The gap that a low rating leaves; `question` is what the journal has of the rated reply's turn."""
    return Gap(
        question=question[:LONGEST_QUESTION],
        reason="not_helpful",
        region=reply.region.id if reply.region else "",
        exam=reply.exam.id if reply.exam else "",
        topic=reply.topic or "",
        channel=feedback.channel,
        confidence=reply.confidence,
        comment=feedback.comment,
        at=at,
    )


def encode_reply(reply: Reply) -> bytes:
    """A reply as it is kept."""
    return msgspec.json.encode(reply)


def decode_reply(data: bytes) -> Reply:
    """A kept reply."""
    return msgspec.json.decode(data, type=Reply)
