"""Which of the account's templates is for which kind of reminder: read from a TOML file that the operator writes.

way = "template" or "subscription"; a table per kind: id, and fields from what the reminder knows to the template's own.
"""

import tomllib
from pathlib import Path

import msgspec

from adapters.wechat.notify import Template, Way

WAYS = {"template": Way.TEMPLATE, "subscription": Way.SUBSCRIPTION}
KNOWN = frozenset({"stage", "state", "at", "region", "exam", "deadline", "left"})
"""What a reminder knows."""


class TemplatesError(Exception):
    """The file of templates cannot be used. Change it as the message says."""


class Templates(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file."""

    way: str = "template"
    state_changed: Template | None = None
    deadline: Template | None = None

    def by_kind(self) -> dict[str, Template]:
        """The templates by kind of reminder; of a kind without one nothing is sent."""
        both = {"state_changed": self.state_changed, "deadline": self.deadline}
        return {kind: found for kind, found in both.items() if found is not None}


def read(path: Path) -> tuple[Way, dict[str, Template]]:
    """The way and the templates of a file. Raises TemplatesError."""
    try:
        found = msgspec.convert(tomllib.loads(path.read_text("utf-8")), Templates)
    except OSError as error:
        raise TemplatesError(f"{path}: {error.strerror}; name a file that can be read") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise TemplatesError(f"{path}: {error}; docs/wechat.md shows how it is written") from error
    if found.way not in WAYS:
        raise TemplatesError(f"{path}: way = {found.way!r}; write {' or '.join(WAYS)}")
    templates = found.by_kind()
    for kind, template in templates.items():
        if unknown := sorted(set(template.fields) - KNOWN):
            raise TemplatesError(f"{path}: {kind}: no reminder knows {unknown[0]!r}; use {', '.join(sorted(KNOWN))}")
    return WAYS[found.way], templates
