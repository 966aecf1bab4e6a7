"""Checks are remembered, but not more than a few; none ends that a publication waits for."""

import asyncio
from pathlib import Path

from desk_site import NOW

from bot.desk.checking import REMEMBERED, Checks
from bot.desk.contents import Content
from bot.staff.editions import Draft

EMPTY = Content(edition=1, texts={}, index={})


def draft(version: int) -> Draft:
    """One that cannot be read: its check needs no process."""
    return Draft(
        key="window:x", file="facts/windows.toml", before="", text="[[", version=version, authors=("li",), at=NOW
    )


async def test_other_checks_do_not_end_the_one_that_a_publication_waits_for(tmp_path: Path) -> None:
    """Whoever may read may open the check of any choice of drafts; a publication or plan would be lost by it."""
    checks = Checks(cache=tmp_path, labelled=None, clock=lambda: NOW)
    waiting = asyncio.create_task(checks.result(EMPTY, (draft(0),)))
    await asyncio.sleep(0)  # it waits now
    for version in range(1, REMEMBERED + 3):
        checks.of(EMPTY, (draft(version),))
    assert not (await waiting).is_usable
    await checks.close()


async def test_of_the_others_the_oldest_ends(tmp_path: Path) -> None:
    checks = Checks(cache=tmp_path, labelled=None, clock=lambda: NOW)
    running = [checks.of(EMPTY, (draft(version),)) for version in range(REMEMBERED + 2)]
    tasks = [each.task for each in running if each.task]
    await asyncio.wait(tasks)
    assert [each.cancelled() for each in tasks] == [True] * 2 + [False] * REMEMBERED
    await checks.close()
