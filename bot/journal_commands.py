"""The commands about what was told: kaoda journal list, show, replay. The service may run meanwhile."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Annotated, TypeVar

import typer

from adapters.storage.database import SqliteFile
from adapters.storage.reading import Reading
from adapters.storage.sqlite_accounts import SqliteAccounts
from adapters.storage.sqlite_editions import SqliteEditions
from adapters.storage.sqlite_journal import SqliteJournal
from bot.answered import body_of
from bot.app import DATABASE
from bot.desk.building import mind_of
from bot.desk.journal import Journal
from bot.desk.minds import Minds
from bot.journalling import Journalling
from bot.place import BEIJING
from bot.ports import StoreError
from bot.saying import fail, say
from bot.secret_key import sealer_of
from bot.settings import Settings, read
from bot.staff.journal import Line, Outcome, Sought

T = TypeVar("T")
MOST = 100_000  # lines that are replayed in one go
Number = Annotated[int, typer.Argument(help="The number of a line, as kaoda journal list shows it.")]

journal_cli = typer.Typer(no_args_is_help=True, help="What was told, and whether it would be told again.")


def add_to(cli: typer.Typer) -> None:
    """Add the commands."""
    cli.add_typer(journal_cli, name="journal")


@journal_cli.command("list")
def show_lines(
    region: Annotated[str, typer.Option("--region", "-r", help="Region by name or id, and what lies within.")] = "",
    topic: Annotated[str, typer.Option(help="Topic by id.")] = "",
    words: Annotated[str, typer.Option(help="That stand in the question or the reply.")] = "",
    edition: Annotated[int, typer.Option(help="Told by this edition.")] = 0,
    limit: Annotated[int, typer.Option(help="How many, the newest first.", min=1, max=MOST)] = 20,
) -> None:
    """List replies, the newest first: line, time, channel, edition, kind, topic, region, question, with tabs between."""

    async def work(data: Data) -> tuple[Line, ...]:
        sought = Sought(region=region, topic=topic, words=words, edition=edition, limit=limit)
        return await (data.lines.lines(sought) if not region else (await data.journal()).lines(sought))

    for each in _run(work):
        at = each.at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")
        told = (str(each.id), at, each.channel, str(each.edition), each.kind, each.topic, each.region)
        say("\t".join((*told, " ".join(each.question.split()))))


@journal_cli.command("show")
def show(number: Number) -> None:
    """Print one line: question, and the reply as JSON."""
    line = _run(lambda data: data.lines.line(number))
    if line is None:
        fail(f"there is no line {number}; kaoda journal list shows them")
    say(f"{line.at.astimezone(BEIJING).isoformat()} {line.channel} edition={line.edition} {line.question}")
    say(body_of(line.reply).decode() if line.reply else "it told of somebody's own state: nothing else was kept")


@journal_cli.command("replay")
def replay(
    number: Annotated[
        int | None, typer.Argument(help="The number of a line; without one the newest are replayed.")
    ] = None,
    edition: Annotated[int, typer.Option(help="With this edition instead of the one that told it.")] = 0,
    last: Annotated[int, typer.Option(help="How many of the newest, where no line is named.", min=1, max=MOST)] = 100,
) -> None:
    """Decide replies again with the edition of then, at the moment of then, and compare them byte for byte.

    Exits with 1 where one differs that has to be the same.
    """

    async def work(data: Data) -> tuple[Counter[str], list[Line]]:
        journal, outcomes, different = await data.journal(), Counter[str](), []
        numbers = [number] if number else [each.id for each in await journal.lines(Sought(limit=last))]
        for each in numbers:
            found = await journal.replay(each, edition)
            if found is None:
                fail(f"there is no line {each}; kaoda journal list shows them")
            outcomes[found.outcome.value] += 1
            if found.outcome is Outcome.DIFFERENT and (found.line.is_exact or edition):
                different.append(found.line)
            if number and found.said and found.line.reply:
                say(f"told:  {body_of(found.line.reply).decode()}")
                say(f"again: {body_of(found.said).decode()}")
        return outcomes, different

    outcomes, different = _run(work)
    for line in different:
        say(f"line {line.id} differs: {line.question}")
    say(", ".join(f"{name} {count}" for name, count in sorted(outcomes.items())) or "nothing was told yet")
    if different and not edition:
        fail(f"{len(different)} replies are not what was told; was the program changed since, or KAODA_PUBLIC_URL?")


class Data:
    """What is kept in a data folder, as far as these commands read it."""

    def __init__(self, settings: Settings, file: SqliteFile, reading: Reading) -> None:
        """Take the open file."""
        self._settings, self._file, self._editions = settings, file, SqliteEditions(file)
        self.lines = SqliteJournal(file, reading)

    async def journal(self) -> Journal:
        """What decides again: the newest mind is made for it. Raises SettingsError, ContentError and StoreError."""
        settings, cache = self._settings, self._settings.data_dir / "cache"
        sealer, _ = await sealer_of(settings.secret_key, settings.data_dir, SqliteAccounts(self._file))
        newest = await self._editions.current()
        if not newest:
            raise StoreError(f"there is no journal in {settings.data_dir} yet; it begins with the first kaoda serve")
        mind = await mind_of(await self._editions.texts(newest), cache, newest)
        return Journal(
            store=self.lines,
            journalling=Journalling(sealer),
            minds=Minds(self._editions, lambda: mind, cache),
            mind=lambda: mind,
            public_url=settings.public_url,
        )


def _run(work: Callable[[Data], Awaitable[T]]) -> T:
    async def run() -> T:
        settings = read()
        file = SqliteFile(settings.data_dir / DATABASE)
        async with AsyncExitStack() as parts:
            await file.open()
            parts.push_async_callback(file.close)
            reading = Reading(file.path)
            parts.push_async_callback(reading.close)
            return await work(Data(settings, file, reading))

    return asyncio.run(run())
