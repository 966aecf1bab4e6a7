"""What commands say: lines on the output, and one sentence with exit status 1 where nothing can be done."""

import sys
from typing import NoReturn


def say(text: str) -> None:
    """A line on the output, at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def fail(text: str) -> NoReturn:
    """A sentence on the error output, and the end."""
    sys.stderr.write(f"kaoda: {text}\n")
    raise SystemExit(1)
