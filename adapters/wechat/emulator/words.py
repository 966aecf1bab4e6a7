"""The words of words.toml."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("words.toml")


@cache
def words() -> dict[str, Any]:
    """The file, read once."""
    return tomllib.loads(FILE.read_text("utf-8"))


def phrase(table: str, name: str, /, **filled: object) -> str:
    """A phrase of a table with its placeholders filled."""
    return str(words()[table][name]).format(**filled)


def reason(name: str) -> str:
    """Why an answer is a fault, in words; the name itself where there are none."""
    return str(words()["reasons"].get(name, name))
