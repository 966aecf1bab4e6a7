"""Chromium, and one of our commands as a process of its own with a data folder that is thrown away; for pictures and tests."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from learnt import begun

NOW = "2023-12-05T09:00+08:00"  # the fifth day of the registration
SECONDS = 60  # until the service has to be there
CHROMIUM = (os.environ.get("KAODA_CHROMIUM"), "chromium", "chromium-browser", "google-chrome")


def chromium() -> str:
    """Its path. Exits with what to do where it is missing."""
    path = next((found for name in CHROMIUM if name and (found := shutil.which(name))), None)
    if path is None:
        raise SystemExit("Chromium is missing: apt-get install chromium fonts-noto-cjk (or set KAODA_CHROMIUM)")
    return path


@contextmanager
def started(
    *arguments: str, says: str, settings: Mapping[str, str] | None = None, prepare: Callable[[Path], Path] = begun
) -> Iterator[tuple[str, Path]]:
    """The address that a command says it serves at (the first group of `says`), and the file of all that it says."""
    kaoda = Path(sys.executable).parent / "kaoda"
    with tempfile.TemporaryDirectory() as folder:
        log = prepare(Path(folder)) / "log"
        fixed = {"KAODA_DATA_DIR": folder, "KAODA_PORT": "0", "KAODA_NOW": NOW, **(settings or {})}
        with (
            log.open("w") as out,
            subprocess.Popen(  # noqa: S603  # our own command
                [kaoda, *arguments], env=os.environ | fixed, stdout=out, stderr=out
            ) as process,
        ):
            end = time.monotonic() + SECONDS
            while not (found := re.search(says, log.read_text("utf-8"))):
                if process.poll() is not None or time.monotonic() > end:
                    process.kill()
                    raise SystemExit(log.read_text("utf-8"))
                time.sleep(0.05)
            try:
                yield found[1], log
            finally:
                process.terminate()
