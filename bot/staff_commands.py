"""The commands about the console's accounts: kaoda staff add, passwd, list. The service may run meanwhile."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import cache
from typing import Annotated, TypeVar

import typer
from rich.console import Console as Screen
from rich.table import Table

from adapters.storage.database import SqliteFile
from adapters.storage.sqlite_shared import SqliteKeyValue
from adapters.storage.sqlite_staff import SqliteStaff
from bot.app import DATABASE
from bot.console import now
from bot.desk.lockout import Lockout
from bot.desk.people import SYSTEM, People
from bot.reader import KnowledgeReader
from bot.saying import say
from bot.settings import Settings, read
from bot.staff.accounts import Account, Refusal, RefusedError
from bot.staff.people import Role
from knowledge.content import CONTENT, load

T = TypeVar("T")
REFUSALS = {
    Refusal.BAD_NAME: "a name has 1 to 32 letters, digits, dots, dashes or underscores and begins with a letter or digit",
    Refusal.NAME_USED: "there is or was an account of that name; names are not given twice, choose another",
    Refusal.NO_SUCH_PERSON: "there is no such account; kaoda staff list shows them",
    Refusal.UNKNOWN_REGION: "there is no such region, or several: write it like 四川乐山, or CN-5111",
}
Name = Annotated[str, typer.Argument(help="The name to sign in with, which also stands in the audit log.")]

staff_cli = typer.Typer(no_args_is_help=True, help="Accounts of the staff's console.")


def add_to(cli: typer.Typer) -> None:
    """Add the commands."""
    cli.add_typer(staff_cli, name="staff")


@staff_cli.command("add")
def add(
    name: Name,
    role: Annotated[Role, typer.Option(help="viewer, editor, publisher or admin.")] = Role.VIEWER,
    region: Annotated[
        list[str] | None, typer.Option("--region", "-r", help="Of an editor: a region by name or id; without it all.")
    ] = None,
) -> None:
    """Make an account and print its first password, which has to be changed at the first sign-in."""
    account = Account(name=name, role=role, regions=tuple(region or ()))
    password = _run(lambda people: people.add(account, SYSTEM))
    say(
        f"{name} is {role.value}; the first password is {password} (shown this once, to be changed at the first sign-in)"
    )


@staff_cli.command("passwd")
def passwd(name: Name) -> None:
    """Give somebody a new password and print it: sessions end, a lock ends, and it has to be changed at the next sign-in."""
    password = _run(lambda people: people.give_password(name, SYSTEM))
    say(f"the password of {name} is {password} (shown this once, to be changed at the next sign-in)")


@staff_cli.command("list")
def show() -> None:
    """List the accounts."""
    table = Table("name", "role", "regions", "state")
    for person in _run(lambda people: people.people()):
        state = "closed" if not person.is_active else "has to change the password" if person.must_change else "in use"
        table.add_row(person.name, person.role.value, ", ".join(person.regions) or "all", state)
    Screen().print(table)


def _run(work: Callable[[People], Awaitable[T]]) -> T:
    """Do something with the accounts; what is refused is one sentence and exit status 1."""

    async def run() -> T:
        async with people_of(read()) as people:
            return await work(people)

    try:
        return asyncio.run(run())
    except RefusedError as error:
        sys.stderr.write(f"kaoda: {REFUSALS.get(error.why, error.why.value)}\n")
        raise SystemExit(1) from error


@asynccontextmanager
async def people_of(settings: Settings) -> AsyncIterator[People]:
    """The accounts in the data folder. Raises StoreError."""
    file = SqliteFile(settings.data_dir / DATABASE)
    await file.open()
    knowledge = cache(lambda: load(CONTENT))  # read only where a region is named
    try:
        yield People(
            store=SqliteStaff(file),
            lockout=Lockout(SqliteKeyValue(file, now)),
            reader=KnowledgeReader(knowledge, now),
            clock=now,
        )
    finally:
        await file.close()
