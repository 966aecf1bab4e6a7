"""What the staff are told by the use cases, in Chinese, from words.toml beside this file."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "words.toml"


@cache
def table() -> dict[str, Any]:
    """All of it, by group."""
    return tomllib.loads(FILE.read_text("utf-8"))


def words(group: str, name: str, /, **values: object) -> str:
    """A sentence with its values filled in."""
    text: str = table()[group][name]
    return text.format(**values)
