"""Checks of drafts: each runs in a process of its own (bot.desk.checker), so that answering goes on as before."""

import asyncio
import datetime as dt
import logging
import sys
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

import msgspec

from bot.desk.building import NotBuiltError
from bot.desk.checker import Found, Step, Task
from bot.desk.contents import Content
from bot.desk.drafting import with_drafts
from bot.desk.findings import of_content
from bot.ports import Clock
from bot.staff.editions import Checked, Draft
from knowledge import entries
from knowledge.content import ContentError

log = logging.getLogger("kaoda")
COMMAND = (sys.executable, "-m", "bot.desk.checker")
REMEMBERED = 8  # checks
LONGEST_LINE = 64 * 2**20  # bytes of what the process says at once
Key = tuple[int, tuple[tuple[str, int], ...]]


@dataclass(slots=True)
class Running:
    """A check that is on its way, or done."""

    progress: float = 0.0
    """0 to 1."""
    task: asyncio.Task[Checked] | None = None
    waiting: int = 0
    """How many publications wait for it: others' checks do not push it out."""


class Checks:
    """Checks by edition and drafts; the last few are remembered, and one runs at a time."""

    def __init__(self, *, cache: Path, labelled: Path | None, clock: Clock) -> None:
        """`labelled` is a folder of questions; without one the gates alone are passed."""
        self._cache, self._labelled, self._clock = cache, labelled, clock
        self._known: OrderedDict[Key, Running] = OrderedDict()
        self._one = asyncio.Lock()

    def of(self, content: Content, drafts: tuple[Draft, ...]) -> Running:
        """The check of these drafts on this edition; started where there is none, or where the last one broke off."""
        key = content.edition, tuple((each.key, each.version) for each in drafts)
        known = self._known.get(key)
        if known is None or known.task is None or _broke_off(known.task):
            known = Running()
            known.task = asyncio.create_task(self._check(known, content, drafts))
            self._known[key] = known
        self._known.move_to_end(key)
        self._forget(known)
        return known

    def _forget(self, new: Running) -> None:
        """End the oldest of too many, but none that a publication waits for."""
        idle = [key for key, each in self._known.items() if not each.waiting and each is not new]
        for key in idle[: max(0, len(self._known) - REMEMBERED)]:
            old = self._known.pop(key)
            if old.task is not None:
                old.task.cancel()

    async def result(self, content: Content, drafts: tuple[Draft, ...]) -> Checked:
        """What the check of these drafts found, once it is done. Raises NotBuiltError."""
        running = self.of(content, drafts)
        if running.task is None:
            raise RuntimeError("a check has no task; Checks.of starts one")
        running.waiting += 1
        try:
            return await asyncio.shield(running.task)
        finally:
            running.waiting -= 1

    async def close(self) -> None:
        """End what still runs."""
        tasks = {each.task for each in self._known.values() if each.task is not None}
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def _check(self, running: Running, content: Content, drafts: tuple[Draft, ...]) -> Checked:
        checked = Checked(
            base=content.edition,
            drafts=tuple((each.key, each.version) for each in drafts),
            at=self._clock(),
        )
        try:
            after = await asyncio.to_thread(with_drafts, content.texts, drafts)
            await asyncio.to_thread(entries.index, after)
        except ContentError as error:
            return msgspec.structs.replace(checked, findings=(of_content(error),), is_usable=False)
        async with self._one:
            found = await self._ask(running, dict(content.texts), after, checked.at)
        values = {name: getattr(found, name) for name in found.__struct_fields__}
        return msgspec.structs.replace(checked, **values)

    async def _ask(self, running: Running, before: dict[str, str], after: dict[str, str], now: dt.datetime) -> Found:
        """What the other process finds. Raises NotBuiltError."""
        labelled = str(self._labelled or "")
        task = Task(before=before, after=after, cache=str(self._cache), labelled=labelled, now=now)
        process = await asyncio.create_subprocess_exec(
            *COMMAND, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=LONGEST_LINE
        )
        if process.stdin is None or process.stdout is None:
            raise NotBuiltError
        found: Found | None = None
        try:
            process.stdin.write(msgspec.json.encode(task))
            process.stdin.close()
            async for line in process.stdout:
                step = msgspec.json.decode(line, type=Step)
                running.progress, found = step.progress, step.found or found
            status = await process.wait()
        except OSError as error:
            raise NotBuiltError from error
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if status or found is None:
            log.error("check_failed status=%s", status)
            raise NotBuiltError(status)
        return found


def _broke_off(task: asyncio.Task[Checked]) -> bool:
    return task.done() and (task.cancelled() or task.exception() is not None)
