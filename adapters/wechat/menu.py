"""The account's menu: read from TOML, checked against the platform's limits, and set up [menu/create].

A click comes back as a CLICK event whose EventKey is the text to answer, as if it had been typed: a menu that phones
still show after it has been changed goes on working.
"""

import tomllib
from pathlib import Path

import msgspec

from adapters.wechat.client import Client

CREATE = "/cgi-bin/menu/create"
FILE = Path(__file__).with_name("menu.toml")
MOST_BUTTONS, MOST_ENTRIES = 3, 5
BUTTON_NAME_BYTES = 16
ENTRY_NAME_BYTES = 40  # the platform's documentation says 60 in one place and 40 in another
KEY_BYTES = 128
URL_BYTES = 1024


class MenuError(Exception):
    """The menu cannot be set up as it is written. Change the file as the message says."""


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of a button: says something, or opens a page of this service."""

    name: str
    send: str = ""
    page: str = ""
    """A path: /notices."""


class Button(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A button with its entries."""

    name: str
    entry: tuple[Entry, ...]


class Menu(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole menu."""

    button: tuple[Button, ...]

    def body(self, public_url: str) -> dict[str, object]:
        """What the platform is sent."""
        return {"button": [_button(each, public_url) for each in self.button]}


def read(path: Path, public_url: str) -> Menu:
    """The menu of a file, if the platform would take it. Raises MenuError, and OSError where it cannot be read."""
    try:
        menu = msgspec.convert(tomllib.loads(path.read_text("utf-8")), Menu)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise MenuError(f"{path}: {error}; see the shipped {FILE.name} for how it is written") from error
    found = _problems(menu, public_url)
    if found:
        raise MenuError(f"{path}: " + "; ".join(found))
    return menu


async def push(client: Client, menu: Menu, public_url: str) -> None:
    """Set the menu up; phones show it within 5 minutes, or once the account is followed anew. Raises PlatformError."""
    await client.call(CREATE, menu.body(public_url))


def _button(button: Button, public_url: str) -> dict[str, object]:
    return {"name": button.name, "sub_button": [_entry(each, public_url) for each in button.entry]}


def _entry(entry: Entry, public_url: str) -> dict[str, str]:
    if entry.page:
        return {"type": "view", "name": entry.name, "url": public_url + entry.page}
    return {"type": "click", "name": entry.name, "key": entry.send}


def _problems(menu: Menu, public_url: str) -> list[str]:
    """What the platform would not take, with what to do."""
    found = _count("menu", "buttons", len(menu.button), MOST_BUTTONS)
    for button in menu.button:
        where = f"button {button.name!r}"
        found += _size(where, "name", button.name, BUTTON_NAME_BYTES)
        found += _count(where, "entries", len(button.entry), MOST_ENTRIES)
        for entry in button.entry:
            found += _entry_problems(f"{where}, entry {entry.name!r}", entry, public_url)
    return found


def _entry_problems(where: str, entry: Entry, public_url: str) -> list[str]:
    found = _size(where, "name", entry.name, ENTRY_NAME_BYTES)
    if bool(entry.send.strip()) == bool(entry.page):
        return [*found, f"{where}: give it either send or page"]
    if not entry.page:
        return found + _size(where, "send", entry.send, KEY_BYTES)
    if not entry.page.startswith("/"):
        return [*found, f"{where}: page is not a path of this service; write it like /notices"]
    if not public_url.startswith(("https://", "http://")):
        return [*found, f"{where}: a page needs an address; set KAODA_PUBLIC_URL, or leave the entry out"]
    return found + _size(where, "address", public_url + entry.page, URL_BYTES)


def _count(where: str, what: str, count: int, most: int) -> list[str]:
    return [] if 1 <= count <= most else [f"{where}: it has {count} {what}; make it 1 to {most}"]


def _size(where: str, what: str, text: str, most: int) -> list[str]:
    size = len(text.encode())
    if not text.strip():
        return [f"{where}: its {what} is empty; give it one"]
    return [] if size <= most else [f"{where}: its {what} has {size} bytes (a 汉字 is 3); shorten it to {most}"]
