"""The Chinese texts of this channel, read once from `words.toml`."""

import tomllib
from pathlib import Path

import msgspec


class Texts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table [texts]; what stands in braces is filled in."""

    more_follows: str
    no_more: str
    placeholder: str
    placeholder_link: str
    still_computing: str
    nothing_waiting: str
    others_waiting: str
    waits: str
    lost: str
    busy: str
    failed: str
    welcome_region: str
    source: str
    empty: str
    voice: str
    image: str
    video: str
    location: str
    link: str
    scancode: str
    unsupported: str


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of `words.toml`."""

    pick_up: tuple[str, ...]
    more: tuple[str, ...]
    texts: Texts


def read_words() -> Words:
    """Read `words.toml`, the file beside this module."""
    text = (Path(__file__).parent / "words.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), Words)
