"""What the program learns from the shipped content, learnt once for all tests: a data folder begins with a copy."""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from bot.check import examine
from bot.desk.building import build, place_of
from knowledge.content import read_folder
from knowledge.problem import Problem


@cache
def known() -> Path:
    """A cache folder as it is after the first start."""
    folder = Path(tempfile.mkdtemp(prefix="kaoda-learnt-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    build(read_folder(), folder)
    return folder


@cache
def examined() -> tuple[Path, list[Problem]]:
    """The same after the first check, which understands every phrasing, and what it found."""
    folder, texts = known(), read_folder()
    found = examine(texts, place_of(texts, folder), passed=folder / "phrasings")
    return folder, found.problems


def begun(data: Path) -> Path:
    """The data folder of a service that was started before."""
    return _with(data, known())


def used(data: Path) -> Path:
    """The data folder of a service with which drafts were checked before."""
    return _with(data, examined()[0])


def _with(data: Path, cache: Path) -> Path:
    shutil.copytree(cache, data / "cache", dirs_exist_ok=True)
    return data
