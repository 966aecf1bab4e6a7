"""What the console says, from words/*.toml: one file a page group, known by its name."""

import tomllib
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "words"
Words = dict[str, Any]
"""Group → table: `words.people.refusals.last_admin` in a template."""


def read_words() -> Words:
    """All of them."""
    return {file.stem: tomllib.loads(file.read_text("utf-8")) for file in sorted(FOLDER.glob("*.toml"))}


def said(words: Words, name: str) -> str:
    """The sentence that an address names, `people.added`; empty where there is none."""
    group, _, key = name.partition(".")
    found = words.get(group, {}).get("said", {}).get(key, "")
    return found if isinstance(found, str) else ""
