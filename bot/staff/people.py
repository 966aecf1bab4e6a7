"""Who works on the knowledge, and what each may do. Pure."""

import datetime as dt
from enum import StrEnum

import msgspec


class Role(StrEnum):
    """What somebody is; each may do all that the one before may."""

    VIEWER = "viewer"
    EDITOR = "editor"
    """Edits drafts of chosen regions, or of all."""
    PUBLISHER = "publisher"
    ADMIN = "admin"


class Right(StrEnum):
    """What a route or command needs."""

    READ = "read"
    EDIT = "edit"
    PUBLISH = "publish"
    MANAGE = "manage"
    """Accounts, and overriding the second person on facts."""


LEAST = {
    Right.READ: Role.VIEWER,
    Right.EDIT: Role.EDITOR,
    Right.PUBLISH: Role.PUBLISHER,
    Right.MANAGE: Role.ADMIN,
}
ORDER = tuple(Role)


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """An account of the console. The password's hash is no part of it."""

    name: str
    """What is typed to sign in, and what stands in the audit log; never reused."""
    role: Role
    regions: tuple[str, ...] = ()
    """Of an editor: the regions whose answers and facts, and those within, may be edited; empty for all."""
    is_active: bool = True
    made: dt.datetime
    must_change: bool = False
    """The password was given by somebody else: nothing can be done before it is changed."""


def may(person: Person, right: Right) -> bool:
    """Whether a person has a right at all; for which regions is a question of the entry."""
    return person.is_active and ORDER.index(person.role) >= ORDER.index(LEAST[right])


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the staff's audit log, which nothing changes or shortens."""

    at: dt.datetime
    who: str
    """A person's name; or what was typed at a failed sign-in, shortened; or `system`."""
    deed: str
    """What was done, one word of a closed set: signed_in, sign_in_failed, saved, published, rolled_back …"""
    object: str = ""
    """What it was done to: an entry's key, an edition's number, a person's name."""
    detail: str = ""
