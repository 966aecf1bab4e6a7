"""Answers messages: the one place that awaits ports. One user's turns are in order; a message is answered once."""

import secrets
import time

import msgspec

from bot import compose, privacy
from bot.answered import Answered, answered
from bot.confidential import Confidential
from bot.decided import Decided
from bot.dialogue import Decision, Heard
from bot.due import Due
from bot.journalling import Journalling, Received
from bot.messages import Feedback, Gap, Kind, Link, Message, Reply, UnknownScope
from bot.mind import Mind
from bot.need import Need
from bot.needs import Needs
from bot.ports import Amendments, Clock, ShownElsewhereError, Store, Turn
from bot.reminders import MOST_TOLD, Reminders
from bot.sealing import Sealer
from bot.turns import Turns

DOUBTFUL = 0.80  # confidence; of the labelled answers below it one in fifteen is wrong, above it one in sixty
LONGEST_QUESTION = 500  # characters of a question that are kept
TRIES = 3  # to tell reminders that another process shows at the same moment


class Responder:
    """Fulfils bot.ports.Responder. `mind` may be replaced at any time: running turns end on the old one."""

    def __init__(
        self,
        mind: Mind,
        store: Store,
        clock: Clock,
        public_url: str = "",
        *,
        needs: Needs | None = None,
        sealer: Sealer | None = None,
        reminders: Reminders | None = None,
        corrections: Amendments | None = None,
    ) -> None:
        """Take what it thinks with, where it keeps, what time it is, and where its pages are reached.

        `needs` gets what a decision needs from outside; `sealer` encrypts kept replies that tell of a candidate's own state.
        `reminders` are told with the next reply where they could not be sent, and so are `corrections`.
        """
        self.mind = mind
        self._needs, self._confidential = needs or Needs(None, None), Confidential(sealer)
        self._reminders, self._corrections, self._journalling = reminders, corrections, Journalling(sealer)
        self._store, self._clock, self._public_url = store, clock, public_url
        self._decided = Decided(self._reply)
        self._turns = Turns()

    async def respond(self, message: Message) -> Reply:
        """The reply to a message; the same message again gets the same reply. Raises UnknownScope and StoreError."""
        mind, came = self.mind, time.monotonic()
        heard = Heard(text=message.text, region=region_id(mind, message.region), exam=exam_id(mind, message.exam))
        async with self._turns.of(message.channel, message.user):
            now = self._clock()
            start = await self._store.start(message.channel, message.user, message.id, now)
            if start.reply is not None:
                return self._confidential.reply(message, start.reply)
            before = self._confidential.conversation(message, start.conversation)
            found = self._decided.decide(mind, heard, before, now)
            received = Received(message=message, heard=heard, before=before, edition=mind.edition, now=now)
            need = found.decision.asks
            if need is Need.NOTHING:
                return await self._kept(received, need, found, start.due[:MOST_TOLD] if self._reminders else ())
            decision = await self._needs.settle(mind, found.decision, message, now, came)
            settled = answered(decision, self._reply(mind, decision), found.question, found.is_exact)
            return await self._kept(received, need, settled)

    async def given(self, channel: str, user: str, message_id: str) -> Reply | None:
        """The reply already given to a message, or None. Raises StoreError."""
        kept = await self._store.reply_to(channel, user, message_id)
        return kept and self._confidential.reply(Message(id=message_id, channel=channel, user=user, text=""), kept)

    async def rate(self, feedback: Feedback) -> bool:
        """Keep a feedback; False where no such reply was given to that user. Raises StoreError."""
        masked = msgspec.structs.replace(feedback, comment=privacy.redact(feedback.comment))
        return await self._store.rate(masked, self._clock())

    async def knows(self, channel: str, user: str) -> bool:
        """Whether that user has a conversation. Raises StoreError."""
        return await self._store.conversation(channel, user) is not None

    async def forget(self, channel: str, user: str) -> None:
        """Forget all that is kept of one user, once the turns that wait are answered. Raises StoreError."""
        async with self._turns.of(channel, user):
            await self._needs.forget(channel, user)
            await self._store.forget_user(channel, user, self._journalling.who(channel, user))

    async def _kept(self, received: Received, need: Need, found: Answered, due: tuple[Due, ...] | None = None) -> Reply:
        """The reply, once its turn is kept together with what else it tells; without what was just told elsewhere.

        `due` are the reminders that wait. Without it the reply tells of the candidate's own state, and they are read anew:
        getting it may have changed them.
        """
        message, plain = received.message, msgspec.structs.replace(found.reply, id=_new_id())
        turn = Turn(
            message_id=message.id,
            channel=message.channel,
            user=message.user,
            reply=self._confidential.hidden_reply(message, plain) if due is None else plain,
            conversation=self._confidential.hidden_conversation(message, found.conversation),
            gaps=_gaps(received, found),
            at=received.now,
            journalled=self._journalling.line(received, need, found, plain.id),
        )
        for _ in range(TRIES):
            due = await self._waiting(message) if due is None else due
            amended = await self._corrections.waiting(message.channel, message.user) if self._corrections else ()
            if not due and not amended:
                break
            reply = self._reminding(plain, due, amended)
            telling = msgspec.structs.replace(
                turn,
                reply=self._confidential.hidden_reply(message, reply),
                reminders=tuple(each.id for each in due),
                corrections=tuple(number for number, _ in amended),
            )
            try:
                await self._store.keep(telling)
            except ShownElsewhereError:
                due = None
                continue
            return reply
        await self._store.keep(turn)
        return plain

    async def _waiting(self, message: Message) -> tuple[Due, ...]:
        return await self._reminders.waiting(message.channel, message.user) if self._reminders else ()

    def _reminding(self, reply: Reply, due: tuple[Due, ...], amended: tuple[tuple[int, str], ...]) -> Reply:
        """A reply that tells corrections and reminders after what was asked."""
        told = self._reminders.sentences(due) if self._reminders else ()
        also = self.mind.knowledge.phrases["remind_also"]
        texts = (reply.text, *(text for _, text in amended), *(also + each for each in told))
        return msgspec.structs.replace(reply, text="\n".join(texts))

    def _reply(self, mind: Mind, decision: Decision) -> Reply:
        return reply_of(mind, decision, self._public_url)


def reply_of(mind: Mind, decision: Decision, public_url: str) -> Reply:
    """What a decision says, without the id that is another each time; pages are under `public_url`."""

    def absolute(url: str) -> str:
        return public_url + url

    return Reply(
        id="",
        kind=decision.kind,
        text=decision.text,
        options=decision.options,
        links=tuple(Link(label=each.label, url=absolute(each.url)) for each in decision.links),
        sources=tuple(msgspec.structs.replace(each, url=absolute(each.url)) for each in decision.sources),
        topic=decision.topic or None,
        region=compose.named_region(mind.knowledge, decision.region),
        exam=compose.named_exam(mind.knowledge, decision.exam),
        confidence=None if decision.confidence is None else round(min(1.0, max(0.0, decision.confidence)), 4),
    )


def _new_id() -> str:
    """Nobody guesses it, and it grows with time: what is looked up by it is kept side by side."""
    return f"{time.time_ns() // 1_000_000:012x}{secrets.token_hex(10)}"


def region_id(mind: Mind, text: str) -> str:
    """The region that a page or QR code passes, by name or id; empty for none. Raises UnknownScope."""
    if not text.strip():
        return ""
    found = mind.knowledge.gazetteer.lookup(text)
    if len(found) != 1:
        raise UnknownScope("region", text)
    return found[0]


def exam_id(mind: Mind, text: str) -> str:
    """The exam that a page passes, by id or any of its names; empty for none. Raises UnknownScope."""
    if not text.strip():
        return ""
    for exam in mind.knowledge.exams.values():
        if text.strip() in (exam.id, exam.name, exam.short, exam.ask):
            return exam.id
    found = mind.understander.understand(text).slots.exam
    if not found:
        raise UnknownScope("exam", text)
    return found


def _gaps(received: Received, found: Answered) -> tuple[Gap, ...]:
    decision = found.decision
    reason = gap_reason(decision)
    if not reason:
        return ()
    nearest = decision.understanding.candidates[:1] if decision.understanding else ()
    topic = decision.topic or next((each.topic for each in nearest), "")
    return (
        Gap(
            question=found.question[:LONGEST_QUESTION],
            reason=reason,
            region=decision.region,
            exam=decision.exam,
            topic=topic,
            channel=received.message.channel,
            confidence=decision.confidence,
            why=decision.rule,
            at=received.now,
        ),
    )


def gap_reason(decision: Decision) -> str:
    """Why staff should look at a question: it was not answered, or the answer was not very sure; empty where neither."""
    is_doubtful = decision.kind is Kind.ANSWER and decision.confidence is not None and decision.confidence < DOUBTFUL
    return decision.gap or ("low_confidence" if is_doubtful else "")
