"""The staff's manual holds: what it says is done in the real console, chapter by chapter, and its pictures are those."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import staff_day
import staff_more
from learnt import used
from staff_stage import SERVES, Stage, settings
from started import started

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PROJECT = Path(__file__).parents[2]
MANUAL = PROJECT / "docs" / "staff.zh-CN.md"
STORY = (*staff_day.STORY, *staff_more.STORY)


@pytest.fixture(scope="module")
def stage(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The service as `make run` starts it, and a folder for pictures."""
    labelled = tmp_path_factory.mktemp("cases")
    with started("serve", says=SERVES, settings=settings(labelled), prepare=used) as (address, log):
        found = Stage(browser, address, log, tmp_path_factory.mktemp("images"))
        yield found
        found.close()


@pytest.mark.parametrize("chapter", STORY, ids=lambda each: each.__name__)
def test_what_the_manual_says_is_done(stage: Stage, chapter: Any) -> None:
    """In this order: each goes on where the one before ended."""
    before = len(stage.taken)
    chapter(stage)
    made = [stage.images / name for name in stage.taken[before:]]
    assert all(each.stat().st_size > 3_000 for each in made)


def test_the_manual_shows_what_is_taken(stage: Stage) -> None:
    """Every picture that the manual names is one that the story takes, and none is taken in vain."""
    named = re.findall(r"\(images/(staff-[\w-]+\.png)\)", MANUAL.read_text("utf-8"))
    assert sorted(set(named)) == sorted(stage.taken)
