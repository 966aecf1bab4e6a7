"""Minds from texts: what is slow to make is made in another process where it is missing, so that answering goes on.

Each content keeps what was learnt from it in a folder of its own under the cache, so that whoever needs the same content
next (after a check the publication, after a publication the other processes) finds it there.
"""

import asyncio
import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path

import msgspec

from bot.mind import Mind, think
from knowledge.content import ContentError, load_texts

KEPT = 10  # folders of contents; 6 MB each
NICE = 10  # how far a process beside the service steps back
READY = "ready"  # the file that says that a folder holds all
SHARED = "words"  # what depends on no content, and is taken from a neighbour
COMMAND = (sys.executable, "-m", "bot.desk.warming")


class NotBuiltError(Exception):
    """The process that prepares a mind ended without one. See the log of the service, and try again."""


def mark_of(texts: Mapping[str, str]) -> str:
    """The same for the same texts."""
    return blake2b(msgspec.json.encode(dict(sorted(texts.items()))), digest_size=12).hexdigest()


def place_of(texts: Mapping[str, str], cache: Path) -> Path:
    """The folder of what was learnt from these texts; others that were not used for long are gone then."""
    folder = cache / "contents" / mark_of(texts)
    folder.mkdir(parents=True, exist_ok=True)
    os.utime(folder)
    folders = sorted(folder.parent.iterdir(), key=_used, reverse=True)
    for old in folders[KEPT:]:
        shutil.rmtree(old, ignore_errors=True)
    shared = next((each / SHARED for each in (cache, *folders) if (each / SHARED).exists()), None)
    if shared and not (folder / SHARED).exists():
        shutil.copyfile(shared, folder / SHARED)
    return folder


def _used(folder: Path) -> float:
    try:
        return folder.stat().st_mtime
    except OSError:  # another process took it away
        return 0.0


def build(texts: Mapping[str, str], cache: Path, edition: int = 0) -> Mind:
    """The mind of these texts; some seconds, or one where they are known. Raises ContentError."""
    folder = place_of(texts, cache)
    try:
        mind = think(load_texts(texts), folder)
    except msgspec.ValidationError as error:
        problem, _, entry = str(error).partition(" - at ")
        remedy = "compare it with the entries beside it: the fields are in docs/content.md"
        raise ContentError("lexicon.toml", entry.strip("`") or "file", problem, remedy) from error
    (folder / READY).touch()
    return replace(mind, edition=edition)


async def mind_of(texts: Mapping[str, str], cache: Path, edition: int = 0) -> Mind:
    """As `build`, without holding up what else runs here. Raises ContentError and NotBuiltError."""
    folder = await asyncio.to_thread(place_of, texts, cache)
    if not (folder / READY).exists():
        await asyncio.to_thread(load_texts, texts)  # what cannot be read is said here and not by the other process
        await _warm(texts, cache)
    return await asyncio.to_thread(build, texts, cache, edition)


async def _warm(texts: Mapping[str, str], cache: Path) -> None:
    process = await asyncio.create_subprocess_exec(*COMMAND, str(cache), stdin=asyncio.subprocess.PIPE)
    try:
        await process.communicate(msgspec.json.encode(texts))
    except asyncio.CancelledError:
        process.kill()
        raise
    if process.returncode:
        raise NotBuiltError(process.returncode)
