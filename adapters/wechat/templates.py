"""Which of the account's templates is for which kind of reminder: read from a TOML file that the operator writes.

way = "template" or "subscription"; a table per kind: id, and fields from what the reminder knows to the template's own.
"""

import tomllib
from pathlib import Path

import msgspec

from adapters.wechat.notify import Template, Way

WAYS = {"template": Way.TEMPLATE, "subscription": Way.SUBSCRIPTION}
OF_REGISTRATIONS = frozenset({"stage", "state", "at", "region", "exam", "deadline", "left"})
KNOWN = {
    "state_changed": OF_REGISTRATIONS,
    "deadline": OF_REGISTRATIONS,
    "correction": frozenset({"day", "topic"}),
}
"""Kind of reminder → what it knows."""


class TemplatesError(Exception):
    """The file of templates cannot be used. Change it as the message says."""


class Templates(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file."""

    way: str = "template"
    state_changed: Template | None = None
    deadline: Template | None = None
    correction: Template | None = None
    """That an answer was corrected: to those who asked for reminders."""

    def by_kind(self) -> dict[str, Template]:
        """The templates by kind of reminder; of a kind without one nothing is sent."""
        found = {kind: getattr(self, kind) for kind in KNOWN}
        return {kind: template for kind, template in found.items() if template is not None}


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
        if unknown := sorted(set(template.fields) - KNOWN[kind]):
            known = ", ".join(sorted(KNOWN[kind]))
            raise TemplatesError(f"{path}: {kind}: no reminder knows {unknown[0]!r}; use {known}")
    return WAYS[found.way], templates
