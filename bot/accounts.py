"""Binds users of a channel to candidates: by a one-time link, once they have proved who they are to the status service.

The law: a user has one candidate (national notice: 一个微信号只能绑定一名考生信息), a candidate one user of each channel, the one
who proved it last. What was typed into the form goes to the status service and nowhere else.
"""

import asyncio
import logging
import time
from collections.abc import Callable

import msgspec

from bot.attempts import Attempts
from bot.binding import Audited, Binding, Event, Form, Invitation, Outcome, Result
from bot.links import LINK_SECONDS, UNDO_SECONDS, Links, Ticket
from bot.need import Kept
from bot.ports import AccountStore, Clock, KeyValue, NotVerified, StatusError, StatusService, Store
from bot.proof import may_be_true, tidied
from bot.registration import Identity
from bot.sealing import BrokenSeal, Sealer

PATH = "/bind?token="
LEAST_SECONDS = 0.6  # that a refusal takes, whatever was wrong
VERIFY_SECONDS = 6.0
log = logging.getLogger("kaoda")


class Accounts:
    """Fulfils bot.ports.Binder, and tells the responder who is bound."""

    def __init__(
        self,
        *,
        status: StatusService,
        store: AccountStore,
        values: KeyValue,
        sealer: Sealer,
        clock: Clock,
        now: Callable[[], float] = time.time,
        least_seconds: float = LEAST_SECONDS,
    ) -> None:
        """`values` are encrypted at rest; `now` is the machine's time, by which links and locks end."""
        self._status, self._store, self._sealer, self._clock = status, store, sealer, clock
        self._links = Links("link", LINK_SECONDS, values, sealer, now)
        self._undos = Links("undo", UNDO_SECONDS, values, sealer, now)
        self._attempts, self._least_seconds = Attempts(values, now), least_seconds

    # --- what the responder asks -------------------------------------------------------------------------------------

    async def candidate(self, channel: str, user: str) -> str | None:
        """The candidate id that a user is bound to, or None. Raises StoreError."""
        identity = self._identity(await self._store.binding(channel, user))
        return identity.candidate_id if identity else None

    async def link(self, channel: str, user: str) -> str:
        """The address of a one-time page for that user, without the host. Raises StoreError."""
        token, _ = await asyncio.gather(self._links.issue(channel, user), self.note(Event.LINKED, channel, user))
        return PATH + token

    async def kept(self, channel: str, user: str) -> Kept:
        """What is kept of a user's binding. Raises StoreError."""
        binding = await self._store.binding(channel, user)
        identity = self._identity(binding)
        if binding is None or identity is None:
            return Kept(is_bound=False)
        return Kept(is_bound=True, masked_name=identity.masked_name, bound_at=binding.at)

    async def unbind(self, channel: str, user: str, event: Event = Event.UNBOUND) -> bool:
        """Delete a binding at once; False where there is none. Raises StoreError."""
        binding = await self._store.binding(channel, user)
        if binding is None or not await self._store.unbind(
            channel, user, self._row(event, channel, user, binding.mark)
        ):
            return False
        identity = self._identity(binding)
        if identity is not None and not await self._store.bound(mark=binding.mark):
            self._status.forget(identity.candidate_id)
        return True

    async def users_of(self, candidate_id: str) -> tuple[tuple[str, str], ...]:
        """Channel and user of all who are bound to a candidate: whom a change concerns. Raises StoreError."""
        found = await self._store.bound(mark=self._mark(candidate_id))
        return tuple((each.channel, each.user) for each in found)

    async def forget_unreachable(self, channel: str, store: Store) -> int:
        """Delete the bindings of users without a conversation, where that is all a user is known by. Raises StoreError."""
        found = await self._store.bound(channel=channel)
        gone = [each for each in found if await store.conversation(channel, each.user) is None]
        for each in gone:
            await self.unbind(channel, each.user, Event.EXPIRED)
        return len(gone)

    async def note(self, event: Event, channel: str, user: str, candidate_id: str = "") -> None:
        """Add a line to the audit log. Raises StoreError."""
        await self._store.note(self._row(event, channel, user, self._mark(candidate_id) if candidate_id else ""))

    # --- what the page behind the link asks --------------------------------------------------------------------------

    async def tie(self, token: str, browser: str) -> None:
        """Let the link be used in that browser only. Raises StoreError."""
        await self._links.tie(token, browser)

    async def open(self, token: str, browser: str) -> Invitation:
        """Whether the form may be shown. Raises StoreError."""
        ticket = await self._links.find(token)
        if ticket is None:
            return Invitation(result=Result.GONE)
        if not self._links.is_of(ticket, browser):
            return Invitation(result=Result.ELSEWHERE)
        seconds = await self._attempts.locked(self._who(ticket.channel, ticket.user))
        result = Result.LOCKED if seconds else None
        return Invitation(result=result, channel=ticket.channel, user=_owner(ticket), seconds=seconds)

    async def bind(self, token: str, browser: str, form: Form) -> Outcome:
        """Prove who somebody is and bind. Raises StoreError."""
        ticket = await self._links.find(token)
        if ticket is None:
            return Outcome(result=Result.GONE)
        if not self._links.is_of(ticket, browser):
            return Outcome(result=Result.ELSEWHERE)
        proof = tidied(form)
        if proof is None:
            return Outcome(result=Result.INCOMPLETE, channel=ticket.channel)
        number = self._sealer.mark("number", proof.registration_no.upper())  # one number, however it is written
        subjects = (self._who(ticket.channel, ticket.user), number)
        if seconds := await self._attempts.begin(subjects):
            await self.note(Event.LOCKED, ticket.channel, ticket.user)
            return Outcome(result=Result.LOCKED, channel=ticket.channel, user=_owner(ticket), seconds=seconds)
        started = time.monotonic()
        try:
            identity = await self._verified(proof)
        except NotVerified:
            await self.note(Event.FAILED, ticket.channel, ticket.user)
            await asyncio.sleep(started + self._least_seconds - time.monotonic())
            seconds = await self._attempts.locked(subjects[0])
            return Outcome(result=Result.FAILED, channel=ticket.channel, user=_owner(ticket), seconds=seconds)
        except StatusError as error:
            await self._attempts.take_back(subjects)
            await self.note(Event.UNAVAILABLE, ticket.channel, ticket.user)
            return Outcome(result=Result.UNAVAILABLE, channel=ticket.channel, seconds=int(error.retry_after or 0))
        await self._attempts.take_back(subjects)
        return await self._bound(token, ticket, identity)

    async def undo(self, token: str) -> bool:
        """Take back the binding that the token was given for, and no later one of that user. Raises StoreError."""
        ticket = await self._undos.find(token)
        if ticket is None or not await self._undos.use(token, ticket):
            return False
        binding = await self._store.binding(ticket.channel, ticket.user)
        is_of_it = binding is not None and binding.mark == ticket.mark
        return is_of_it and await self.unbind(ticket.channel, ticket.user)

    # --- parts -------------------------------------------------------------------------------------------------------

    async def _verified(self, proof: Form) -> Identity:
        if not may_be_true(proof):
            raise NotVerified
        try:
            async with asyncio.timeout(VERIFY_SECONDS):
                return await self._status.verify(proof.registration_no, proof.id_number, proof.name)
        except TimeoutError:
            raise StatusError("slow") from None

    async def _bound(self, token: str, ticket: Ticket, identity: Identity) -> Outcome:
        channel, user = ticket.channel, ticket.user
        if not await self._links.use(token, ticket):
            return Outcome(result=Result.GONE)
        mark = self._mark(identity.candidate_id)
        before = [each for each in await self._store.bound(mark=mark) if each.channel == channel and each.user != user]
        replaced = (self._row(Event.REPLACED, channel, each.user, mark) for each in before)
        rows = (self._row(Event.BOUND, channel, user, mark), *replaced)
        sealed = self._sealer.seal(msgspec.json.encode(identity), _place(channel, user))
        binding = Binding(channel=channel, user=user, mark=mark, sealed=sealed, at=self._clock())
        if not await self._store.bind(binding, rows):
            await self._store.note(self._row(Event.REFUSED, channel, user, mark))
            return Outcome(result=Result.REFUSED, channel=channel, user=_owner(ticket))
        undo = await self._undos.issue(channel, user, mark)
        return Outcome(result=Result.BOUND, channel=channel, user=user, masked_name=identity.masked_name, undo=undo)

    def _identity(self, binding: Binding | None) -> Identity | None:
        """Whom a binding names; None where there is none, or somebody changed the row."""
        if binding is None:
            return None
        try:
            plain = self._sealer.open(binding.sealed, _place(binding.channel, binding.user))
            identity = msgspec.json.decode(plain, type=Identity)
        except (BrokenSeal, msgspec.DecodeError):
            identity = None
        if identity is None or self._mark(identity.candidate_id) != binding.mark:
            log.error("binding_unreadable channel=%s who=%s", binding.channel, self._who(binding.channel, binding.user))
            return None
        return identity

    def _row(self, event: Event, channel: str, user: str, mark: str = "") -> Audited:
        return Audited(at=self._clock(), event=event, channel=channel, who=self._who(channel, user), candidate=mark)

    def _who(self, channel: str, user: str) -> str:
        return self._sealer.mark("user", channel, user)

    def _mark(self, candidate_id: str) -> str:
        return self._sealer.mark("candidate", candidate_id)


def _owner(ticket: Ticket) -> str:
    """Whose link it is, for who has shown to be in the browser that it was given to: a conversation's id is a key."""
    return ticket.user if ticket.browser else ""


def _place(channel: str, user: str) -> str:
    """What a binding is sealed for: moved to another row it does not open."""
    return msgspec.json.encode(["binding", channel, user]).decode()
