"""Answers every attempt of a push in time, and computes each push once. Knows no HTTP.

Attempts of one push join one job. Where the job is not done in time, they are answered with a placeholder (or silently,
if a message can follow), and the answer is sent or waits: `late`. Turns of one user stay in order: the responder sees to
that. Of a burst (上海, then 学历不符) each message is a turn on top of the one before; only a mere question back to a short
message waits a moment, and is dropped if the user has gone on meanwhile: the reply to her next message stands for both.
"""

import asyncio
import logging
import time
import traceback
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from adapters.wechat.answering import ANSWERED, Answering, is_question_back, with_note
from adapters.wechat.late import Late
from adapters.wechat.outbound import Outbound, Trigger
from adapters.wechat.pace import Pace
from adapters.wechat.pushes import ASKED, Push, What
from adapters.wechat.seen import RENEW_SECONDS, Said, Seen
from adapters.wechat.shelf import Shelf
from adapters.wechat.words import Words
from bot.ports import StoreError

MOST_JOBS = 256  # pushes at once; more are told to come back
TYPING_SECONDS = 2.0  # an answer that takes longer is announced, where the account may
BURST_SECONDS = 1.0  # a question back waits for the next message
BURST_LETTERS = 6  # characters of a message that may be a beginning
MOST_REMEMBERED = 10_000  # users with more to read
CLOSE_SECONDS = 8.0  # for late answers when the service stops
TRIGGERS = {
    What.OPTION: Trigger.MENU,
    What.MENU: Trigger.MENU,
    What.FOLLOW: Trigger.FOLLOW,
    What.SCAN: Trigger.SCAN,
}
_logger = logging.getLogger(__name__)


class Job:
    """A push that is being answered, with all of its attempts."""

    task: asyncio.Task[None]

    def __init__(self, push: Push, started: float) -> None:
        """Take what is asked, and when."""
        self.push, self.started = push, started
        self.said: Said | None = None
        """The answer, once it is there."""
        self.waiting: list[asyncio.Future[None]] = []
        """Attempts that wait for it."""
        self.instead: asyncio.Task[str] | None = None
        """What attempts are answered once it is late; begun when the first of them runs out of time."""
        self.went_on = asyncio.Event()
        """The user has sent the next message."""
        self.is_given = False
        """An attempt took the answer over a live connection."""
        self.is_kept = False
        """The connection of an attempt was gone, and the answer waits."""


class Attending:
    """Knows what is running in this process; what processes share is in `seen` and `shelf`."""

    def __init__(
        self,
        *,
        answering: Answering,
        late: Late,
        outbound: Outbound,
        seen: Seen,
        shelf: Shelf,
        pace: Pace,
        words: Words,
        most_jobs: int = MOST_JOBS,
    ) -> None:
        """Take what it calls."""
        self._answering, self._late, self._outbound, self._seen, self._shelf = answering, late, outbound, seen, shelf
        self._pace, self._words, self._most_jobs = pace, words, most_jobs
        self._jobs: dict[str, Job] = {}
        self._last: dict[str, Job] = {}  # of each user who has one running
        self._with_rest: dict[str, None] = {}  # users whose last reply was the first of several parts
        self._aside: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None

    async def attend(self, push: Push, started: float, is_gone: Callable[[], bool]) -> tuple[str, str]:
        """What to answer an attempt (empty: success), and its outcome for counting. `started` is on the monotonic clock."""
        job = self._jobs.get(push.key)
        if job is None:
            if len(self._jobs) >= self._most_jobs:
                return (self._words.texts.busy, "busy") if push.what in ANSWERED else ("", "busy")
            job = self._begin(push, started)
        left = started + self._pace.seconds() - time.monotonic()
        said = await _said(job, min(left, TYPING_SECONDS))
        if said is None and left > TYPING_SECONDS:
            self._beside(self._outbound.typing(push.user))
            said = await _said(job, left - TYPING_SECONDS)
        if said is None or job.instead is not None:  # what one attempt was told, all are
            return await self._in_time(job)
        if said.is_sent or not said.parts:
            return "", said.outcome
        if is_gone():
            await self._keep(job, said)
            return "", "gone"
        job.is_given = True
        if job.is_kept:
            await self._late.given(push)
        return said.parts[0], said.outcome

    async def close(self) -> None:
        """Let late answers come, and keep word of those that will not. Nothing is attended any more."""
        if running := [job.task for job in self._jobs.values()]:
            await asyncio.wait(running, timeout=CLOSE_SECONDS)
        for job in list(self._jobs.values()):
            job.task.cancel()
            await asyncio.wait({job.task})
            if job.push.what in ANSWERED:
                await self._late.keep(job.push, (self._words.texts.lost,), is_told=True)
        if self._timer is not None:
            self._timer.cancel()
        if self._aside:
            await asyncio.wait(self._aside, timeout=CLOSE_SECONDS)

    def _begin(self, push: Push, started: float) -> Job:
        job = self._jobs[push.key] = Job(push, started)
        if push.what in ASKED:
            if before := self._last.get(push.user):
                before.went_on.set()
            self._last[push.user] = job
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(RENEW_SECONDS, self._renew)
        job.task = asyncio.create_task(self._run(job))
        return job

    async def _run(self, job: Job) -> None:
        try:
            job.said = await self._work(job)
        finally:
            del self._jobs[job.push.key]
            if self._last.get(job.push.user) is job:
                del self._last[job.push.user]
            for each in job.waiting:
                _wake(each)

    def _renew(self) -> None:
        """Renew the claims of what is being answered, for as long as anything is."""
        for job in self._jobs.values():
            self._beside(self._seen.renew(job.push.user, job.push.key))
        self._timer = asyncio.get_running_loop().call_later(RENEW_SECONDS, self._renew) if self._jobs else None

    async def _in_time(self, job: Job) -> tuple[str, str]:
        """What to answer an attempt whose answer is not there yet."""
        if job.instead is None:
            self._pace.late()
            job.instead = asyncio.create_task(self._late.instead(job.push))
        text = await job.instead
        return text, "placeholder" if text else "later"

    async def _work(self, job: Job) -> Said:
        """What the push is answered, computed once in all processes. Raises nothing."""
        push = job.push
        try:
            said = await self._seen.claim(push.user, push.key, lambda: self._answering.given(push))
            if said is not None:
                self._late.make_aware(push.user)
                return said
            said = await self._computed(job)
            if not said.is_given or job.instead is not None:
                await self._seen.keep(push.user, push.key, said)
        except Exception as error:  # whatever fails, the attempt is answered
            _logger.error("wechat_failed push=%s error=%s at %s", push.name, _names(error), _place(error))
            self._beside(self._seen.let_go(push.user, push.key))
            said = Said(parts=(self._words.texts.failed,) if push.what in ANSWERED else (), outcome="failed")
        if job.instead is not None:
            return await self._late.deliver(push, said, await job.instead)
        return said

    async def _computed(self, job: Job) -> Said:
        push = job.push
        if push.what in ANSWERED:
            await self._outbound.noted(push.user, TRIGGERS.get(push.what, Trigger.MESSAGE))
        said, reply = await self._answering.answer(push)
        if push.what is What.TEXT and is_question_back(reply) and await self._went_on(job):
            return Said(outcome="went_on")
        if (
            push.what in ASKED and self._late.make_aware(push.user) and said.outcome != "picked_up"
        ):  # which tells itself
            note = self._words.texts.waits.format(word=self._words.pick_up[0])
            said = Said(parts=with_note(said.parts, note), outcome=said.outcome)
        if job.instead is None and push.what in ANSWERED:
            await self._keep_rest(push.user, said.parts[1:])
        return said

    async def _keep(self, job: Job, said: Said) -> None:
        """Keep an answer that nobody is there to take, unless another attempt takes it."""
        if job.is_given:
            return
        job.is_kept = True
        await self._late.keep(job.push, said.parts, is_told=False)
        if job.is_given:
            await self._late.given(job.push)

    async def _went_on(self, job: Job) -> bool:
        """Whether the user writes on at once; only after a short message, and while there is time."""
        if len(job.push.text) > BURST_LETTERS or self._pace.is_hurried():
            return False
        try:
            await asyncio.wait_for(job.went_on.wait(), job.started + BURST_SECONDS - time.monotonic())
        except TimeoutError:
            return False
        return True

    async def _keep_rest(self, user: str, rest: tuple[str, ...]) -> None:
        """What 继续 brings; a later reply in one part ends it."""
        if not rest and user not in self._with_rest:
            return
        await self._shelf.put_rest(user, rest)
        self._with_rest.pop(user, None)
        if rest:
            self._with_rest[user] = None
            while len(self._with_rest) > MOST_REMEMBERED:
                del self._with_rest[next(iter(self._with_rest))]

    def _beside(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something that no attempt waits for; the store's failures are of no matter there."""

        async def run() -> None:
            try:
                await work
            except StoreError as error:
                _logger.warning("wechat_store_failed what=beside error=%s", _names(error))

        task = asyncio.create_task(run())
        self._aside.add(task)
        task.add_done_callback(self._aside.discard)


async def _said(job: Job, seconds: float) -> Said | None:
    """The answer, if it is there within that time; asyncio.wait costs twice as much, at every attempt."""
    if job.said is None:
        loop = asyncio.get_running_loop()
        woken: asyncio.Future[None] = loop.create_future()
        job.waiting.append(woken)
        timer = loop.call_later(max(0.0, seconds), _wake, woken)
        try:
            await woken
        finally:
            timer.cancel()
    return job.said


def _wake(waiting: asyncio.Future[None]) -> None:
    if not waiting.done():
        waiting.set_result(None)


def _names(error: BaseException) -> str:
    """The types of an error and its cause; never its text, which may hold what a candidate wrote."""
    cause = error.__cause__
    return type(error).__name__ + (f" from {type(cause).__name__}" if cause else "")


def _place(error: BaseException) -> str:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(frame.filename).name}:{frame.lineno}"
