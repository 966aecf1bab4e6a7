"""Learns from texts, in a process of its own, and leaves it in the cache: python -m bot.desk.warming CACHE < texts."""

import os
import sys
from pathlib import Path

import msgspec

from bot.desk.building import NICE, build


def main() -> None:
    """Read file → text from the input, and learn."""
    os.nice(NICE)
    build(msgspec.json.decode(sys.stdin.buffer.read(), type=dict[str, str]), Path(sys.argv[1]))


if __name__ == "__main__":
    main()
