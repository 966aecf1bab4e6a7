"""Commands of the store's editions: kaoda knowledge import, export, diff, publish, rollback, history. The service may run."""

import asyncio
import sys
from collections.abc import Mapping
from datetime import datetime
from difflib import unified_diff
from pathlib import Path
from typing import Annotated

import typer

from bot.console import Console, now
from bot.desk import shipping
from bot.desk.drafting import with_drafts
from bot.offline import run
from bot.saying import fail, say
from bot.staff.editions import Draft, DraftState, Publication
from bot.staff.people import Done
from bot.staff.releases import Order, Released, Verdict
from bot.staff.stores import SavedMeanwhileError
from knowledge.content import CONTENT, load_texts, read_folder
from knowledge.model import BEIJING

Note = Annotated[str, typer.Option(help="Why; it stands in the history.")]


def add_to(knowledge: typer.Typer) -> None:
    """Add the commands to `kaoda knowledge`."""
    knowledge.command("import")(take_in)
    knowledge.command("export")(export)
    knowledge.command("diff")(diff)
    knowledge.command("publish")(publish)
    knowledge.command("plans")(plans)
    knowledge.command("cancel")(cancel)
    knowledge.command("rollback")(rollback)
    knowledge.command("history")(history)


def take_in(
    folder: Annotated[Path, typer.Argument(help="A content folder.", exists=True, file_okay=False)] = CONTENT,
    note: Note = "",
) -> None:
    """Make drafts of what a content folder has otherwise than the newest edition; all of them or none.

    Entries of which there is a draft already are named, and nothing is kept: publish or discard these first.
    """
    texts = read_folder(folder)
    load_texts(texts, folder)

    async def work(data: Console) -> tuple[str, ...]:
        content = await data.editing.contents.current()
        changes = await asyncio.to_thread(shipping.changed, content.texts, texts)
        drafts = [
            Draft(
                key=each.key,
                file=each.file,
                before=each.before,
                text=each.after,
                version=1,
                authors=(shipping.SYSTEM,),
                at=now(),
                note=note,
            )
            for each in changes
        ]
        done = Done(
            at=now(), who=shipping.SYSTEM, deed="imported", object=folder.name, detail=f"{len(drafts)} {note}".strip()
        )
        if drafts:
            await data.editions.save_all(tuple((each, 0) for each in drafts), done)
        return tuple(each.key for each in drafts)

    try:
        keys = run(work)
    except SavedMeanwhileError as error:
        fail(
            f"there is a draft of {error.current.key if error.current else 'one of them'} already; nothing was taken in"
        )
    for key in keys:
        say(key)
    say(f"{len(keys)} drafts were made; publish them in the console, or by kaoda knowledge publish")


def export(
    folder: Annotated[
        Path, typer.Argument(help="Where to write the content folder; made if missing.", file_okay=False)
    ],
    edition: Annotated[int, typer.Option(help="Which edition; without it the newest.", min=0)] = 0,
) -> None:
    """Write an edition as a content folder, byte for byte as it was imported where nothing changed."""
    number, texts = run(lambda data: _edition(data, edition))
    stray = sorted(set(read_folder(folder)) - set(texts)) if folder.is_dir() else []
    if stray:
        fail(
            f"{folder} holds {', '.join(stray)}, which edition {number} has not; move them aside, or name another folder"
        )
    for file, text in texts.items():
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    say(f"edition {number} is in {folder}: {len(texts)} files")


def diff(
    older: Annotated[
        str, typer.Argument(help="An edition's number, or a content folder; 0: the newest edition.")
    ] = "0",
    newer: Annotated[str, typer.Argument(help="Likewise; without it the newest edition with all drafts.")] = "",
) -> None:
    """Show entry by entry what differs between two editions, folders or the drafts."""

    async def side(data: Console, name: str) -> Mapping[str, str]:
        if name.isdigit():
            return (await _edition(data, int(name)))[1]
        if name:
            return read_folder(Path(name))
        drafts = [each for each in await data.editions.drafts() if each.state is DraftState.OPEN]
        return with_drafts((await _edition(data, 0))[1], drafts)

    async def work(data: Console) -> tuple[Mapping[str, str], Mapping[str, str]]:
        return await side(data, older), await side(data, newer)

    for change in shipping.changed(*run(work)):
        before, after = (text.strip("\n").splitlines() for text in (change.before, change.after))
        for line in unified_diff(
            before, after, f"{change.file} {change.key}", f"{change.file} {change.key}", lineterm=""
        ):
            say(line)


def publish(
    keys: Annotated[list[str] | None, typer.Argument(help="Drafts by key; without any all that are open.")] = None,
    note: Note = "",
    override: Annotated[
        str, typer.Option(help="Why facts are published that this command imported, or what a gate found.")
    ] = "",
    at: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%dT%H:%M"], help="Only then, in Beijing's time, by the service that runs."),
    ] = None,
) -> None:
    """Check drafts as the console does, and publish them: live everywhere within a second."""

    async def work(data: Console) -> Released:
        drafts = await data.editions.drafts()
        chosen = [each for each in drafts if (each.key in keys if keys else each.state is DraftState.OPEN)]
        if keys and len(chosen) < len(set(keys)):
            fail(f"there is no draft of {', '.join(set(keys) - {each.key for each in chosen})}")
        order = Order(drafts=tuple((each.key, each.version) for each in chosen), note=note, override=override)
        if at is not None:
            return await data.publishing.schedule(shipping.operator(now()), order, at.replace(tzinfo=BEIJING))
        return await data.publishing.publish(shipping.operator(now()), order)

    _tell(run(work))


def plans() -> None:
    """List what is to be published later, and what became of earlier plans."""
    for each in run(lambda data: data.publishing.schedules()):
        keys = " ".join(key for key, _ in each.drafts)
        due = f"{each.due.astimezone(BEIJING):%Y-%m-%d %H:%M}"
        say(f"{each.id}  {due}  {each.state.value}  {each.by}  {keys}  {each.outcome or each.note}".rstrip())


def cancel(plan: Annotated[int, typer.Argument(help="A plan's number, as kaoda knowledge plans lists it.")]) -> None:
    """Take a plan back; its drafts stay."""
    if not run(lambda data: data.publishing.cancel(shipping.operator(now()), plan)):
        fail(f"there is no plan {plan} that waits; kaoda knowledge plans lists them")
    say(f"plan {plan} is cancelled")


def rollback(
    edition: Annotated[int, typer.Argument(help="The edition whose content is told again.", min=1)], note: Note = ""
) -> None:
    """Make the content of an older edition the newest, at once; the drafts stay."""
    _tell(run(lambda data: data.publishing.rollback(shipping.operator(now()), edition, note)))


def history(
    key: Annotated[str, typer.Argument(help="An entry's key; without it all publications.")] = "",
    limit: Annotated[int, typer.Option(help="How many publications at most.", min=1)] = 50,
) -> None:
    """List what was published when and by whom, the newest first; of an entry also its text."""

    async def work(data: Console) -> tuple[Publication, ...]:
        return (await data.editions.history(key))[:limit] if key else await data.editions.publications(limit=limit)

    for each in run(work):
        reason = f" (override: {each.override})" if each.override else ""
        say(
            f"{each.edition}  {each.at.astimezone():%Y-%m-%d %H:%M}  {each.kind.value}  {each.by}  {each.note}{reason}".rstrip()
        )
        for change in each.changes:
            say(change.after.strip("\n"))


async def _edition(data: Console, edition: int) -> tuple[int, Mapping[str, str]]:
    """An edition's number and texts; 0 is the newest."""
    number = edition or await data.editions.current()
    try:
        return number, await data.editions.texts(number)
    except KeyError:
        fail(f"there is no edition {number}; kaoda knowledge history lists them")


def _tell(released: Released) -> None:
    """What became of an order; exit status 1 where nothing was published."""
    for each in released.checked.findings if released.checked else ():
        sys.stderr.write(f"{each.file} {each.entry}: {each.problem}\n  → {each.remedy}\n")
    if released.verdict not in (Verdict.PUBLISHED, Verdict.PLANNED):
        fail(f"{released.verdict.value} {' '.join(released.keys)}: {released.text}")
    say(released.text)
