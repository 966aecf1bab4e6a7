"""Delivering a push as the platform does: attempts, retries, what the user sees, and MarkFail."""

import asyncio
from dataclasses import dataclass

from adapters.wechat.emulator.account import Rules
from adapters.wechat.emulator.clock import Clock
from adapters.wechat.emulator.journal import Journal, Kind
from adapters.wechat.emulator.pushes import Push
from adapters.wechat.emulator.sending import Attempt, Sender, Stamp, new_stamp
from adapters.wechat.emulator.verdict import Broken, Shown, Silent, Verdict
from adapters.wechat.emulator.words import words


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a push."""

    push: Push
    attempts: tuple[Attempt, ...]
    """Empty where it was dropped."""
    shown: Shown | None
    """What the user saw in reply."""
    fault: str
    """Why the user saw the fault text; empty where not."""


def _rank(verdict: Verdict) -> int:
    """Of several answers to one push the user sees the best."""
    return (Shown, Silent, Broken).index(type(verdict))


class Delivery:
    """Delivers the pushes of one account to one address."""

    def __init__(self, sender: Sender, rules: Rules, clock: Clock, journal: Journal) -> None:
        """`address` is where pushes go; set it before the first."""
        self._sender, self._rules, self._clock, self._journal = sender, rules, clock, journal
        self.address = ""
        self._failed_in_a_row = 0
        self._marked_until = 0.0

    async def deliver(self, push: Push) -> Outcome:
        """Push until there is a valid answer, at most so often as the rules say."""
        if self._clock.now() < self._marked_until:
            self._journal.add(Kind.DROPPED, self._clock.now(), user=push.user, name=push.kind, push=push.number)
            return Outcome(push=push, attempts=(), shown=None, fault="")
        attempts: list[Attempt] = []
        stamp = new_stamp()
        for number in range(1, self._rules.attempts + 1):
            if attempts and self._rules.renew:
                stamp = new_stamp()
            start = self._clock.now()
            attempts.append(await self.attempt(push, number, stamp))
            verdict = attempts[-1].verdict
            if not isinstance(verdict, Broken) or verdict.is_final:
                break
            if number < self._rules.attempts:  # retries are 5 s apart, however soon the attempt failed
                await self._clock.sleep(max(0.0, start + self._rules.answer_seconds - self._clock.now()))
        return self._finish(push, attempts, attempts[-1].verdict)

    async def deliver_at_once(self, push: Push, *, apart: float = 0.0, is_late_first: bool = False) -> Outcome:
        """All attempts without waiting for an answer in between, `apart` seconds from each other; or the last one first.

        The platform is not known to do so; a load balancer in front of it may make it look so.
        """

        async def after(seconds: float, number: int) -> Attempt:
            await self._clock.sleep(seconds)
            return await self.attempt(push, number, new_stamp())

        numbers = list(range(1, self._rules.attempts + 1))
        order = reversed(numbers) if is_late_first else numbers
        attempts = await asyncio.gather(*(after(place * apart, number) for place, number in enumerate(order)))
        verdicts = [attempt.verdict for attempt in attempts]
        return self._finish(push, list(attempts), min(verdicts, key=_rank))

    async def attempt(self, push: Push, number: int = 1, stamp: Stamp | None = None) -> Attempt:
        """One attempt; nothing is shown to anybody. For duplicates that come late."""
        self._note(Kind.PUSH, push, attempt=number)
        found = await self._sender.attempt(self.address, push, stamp or new_stamp())
        more = {"attempt": number, "status": found.status, "ms": found.ms}
        match found.verdict:
            case Silent():
                self._note(Kind.SILENT, push, **more)
            case Shown(kind=kind):
                self._note(Kind.ANSWERED, push, **more | {"name": kind})
            case Broken(reason=reason):
                self._note(Kind.FAILED, push, **more, reason=reason)
        return found

    def _finish(self, push: Push, attempts: list[Attempt], verdict: Verdict) -> Outcome:
        fault = verdict.reason if isinstance(verdict, Broken) else ""
        if isinstance(verdict, Shown):
            self._note(Kind.SHOWN, push, name=verdict.kind, text=verdict.text, articles=verdict.articles)
        if fault:
            self._note(Kind.FAULT, push, text=words()["fault"], reason=fault)
        self._count(push, has_failed=bool(fault))
        shown = verdict if isinstance(verdict, Shown) else None
        return Outcome(push=push, attempts=tuple(attempts), shown=shown, fault=fault)

    def _count(self, push: Push, *, has_failed: bool) -> None:
        """MarkFail: after many failures in a row nothing is pushed for a while."""
        self._failed_in_a_row = self._failed_in_a_row + 1 if has_failed else 0
        if self._failed_in_a_row >= self._rules.mark_fail_after:
            self._failed_in_a_row = 0
            self._marked_until = self._clock.now() + self._rules.mark_fail_seconds
            self._note(Kind.ALARM, push)

    def _note(self, kind: Kind, push: Push, **fields: object) -> None:
        about = {"user": push.user, "name": push.kind, "push": push.number}
        self._journal.add(kind, self._clock.now(), **about | fields)
