"""The commands that prepare drafts in bulk: kaoda knowledge roll-over, new-region, sheets-out, sheets-in. The service may run."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console as Screen
from rich.table import Table as Printed

from bot.console import Console, now
from bot.desk import shipping
from bot.offline import run
from bot.saying import fail, say
from bot.staff.exchange import Format, Job, JobState, Table
from bot.staff.years import Answered, Checklist, RegionPlan, Rolled, WorkState

LOOK = 0.2  # s between two looks at a running import
Year = Annotated[int, typer.Option(help="The exam year; without it the one that is told.", min=0, max=2099)]
Exam = Annotated[str, typer.Option(help="Exam by name or id; without it the usual one.")]
Drafts = Annotated[bool, typer.Option("--drafts", help="With what is not published yet.")]


def add_to(knowledge: typer.Typer) -> None:
    """Add the commands to `kaoda knowledge`."""
    knowledge.command("roll-over")(roll_over)
    knowledge.command("new-region")(new_region)
    knowledge.command("sheets-out")(sheets_out)
    knowledge.command("sheets-in")(sheets_in)


def roll_over(
    source: Annotated[int, typer.Argument(help="The year to copy from.", min=2000, max=2099)],
    target: Annotated[int, typer.Argument(help="The year to copy to.", min=2000, max=2099)],
    region: Annotated[
        list[str] | None, typer.Option("--region", "-r", help="Only this region and what lies within, by id.")
    ] = None,
) -> None:
    """Copy a year's answers and facts as unverified drafts of another, without days, amounts, phones and sources.

    Nothing of it can be published before somebody has verified it in the console (新年度). Prints what is left, by region.
    """

    async def work(data: Console) -> Rolled:
        rolled = await data.years.roll_over(shipping.operator(now()), source, target, tuple(region or ()))
        if not rolled.findings:
            _print(await data.years.checklist(target))
        return rolled

    rolled = run(work)
    _refuse(rolled)
    say(f"{len(rolled.keys)} unverified drafts of {target} were made, {rolled.skipped} were there already")


def new_region(
    region: Annotated[str, typer.Argument(help="Region by name or id: 四川成都, CN-5101.")],
    exam: Exam = "",
    year: Year = 0,
    sheet: Annotated[Path | None, typer.Option(help="Write the workbook to fill in here (.xlsx).")] = None,
    propose: Annotated[
        bool, typer.Option("--propose", help="Keep what the region's facts alone let say as unverified drafts.")
    ] = False,
) -> None:
    """Show what a region lacks, and which topics are answered there; the filled-in workbook goes in by sheets-in."""

    async def work(data: Console) -> tuple[RegionPlan | None, bytes | None, Rolled]:
        rolled = await data.years.propose(shipping.operator(now()), region, exam, year) if propose else Rolled()
        body = await data.years.sheet(region, exam, year) if sheet else None
        return await data.years.region(region, exam, year), body, rolled

    plan, body, rolled = run(work)
    if plan is None:
        fail(f"there is no region {region!r}, or several, or no exam {exam!r}: write it like 四川乐山, or CN-5111")
    _refuse(rolled)
    if sheet and body is not None:
        sheet.write_bytes(body)
    printed = Printed("topic", "answered", "from its facts alone")
    for each in plan.topics:
        if each.state is not Answered.OWN:
            printed.add_row(each.topic.name, each.state.value, each.proposal)
    Screen().print(printed)
    counts = ", ".join(f"{sum(t.state is state for t in plan.topics)} {state.value}" for state in Answered)
    say(f"{plan.region.name} ({plan.region.id}), {plan.exam.name}, {plan.year}: {counts}")
    say(f"still asked for: {', '.join(plan.lacks) or 'nothing'}")
    if rolled.keys:
        say(f"{len(rolled.keys)} unverified drafts of answers were made")


def sheets_out(
    file: Annotated[Path, typer.Argument(help="A .xlsx of all tables, a .zip of the content folder, or a .csv.")],
    table: Annotated[Table, typer.Option(help="Which table a .csv has.")] = Table.WINDOWS,
    drafts: Drafts = False,
) -> None:
    """Write the knowledge as tables (or as its TOML files), to be changed and taken in again."""
    forms = {".xlsx": Format.EXCEL, ".zip": Format.TOML, ".csv": Format.CSV}
    form = forms.get(file.suffix.lower())
    if form is None:
        fail(f"{file}: end its name in .xlsx, .zip or .csv")

    async def work(data: Console) -> bytes:
        return (await data.exchange.export(form, table, with_drafts=drafts)).body

    file.write_bytes(run(work))
    say(f"{file} is written")


def sheets_in(
    file: Annotated[Path, typer.Argument(help="A .xlsx, .csv or .zip as sheets-out writes it.", exists=True)],
) -> None:
    """Take tables in as drafts: all that they change, or nothing and a line for each cell that does not fit."""

    async def work(data: Console) -> Job:
        person = shipping.operator(now())
        job = await data.exchange.begin(person, file.name, file.read_bytes())
        while job.state is JobState.RUNNING:
            await asyncio.sleep(LOOK)  # a job says how far it is when it is asked
            job = data.exchange.job(person, job.id) or job
        return job

    job = run(work)
    for each in job.misfits:
        sys.stderr.write(f"{each.sheet} {each.cell}: {each.problem}\n  → {each.remedy}\n")
    if job.state is not JobState.KEPT:
        fail(f"nothing of {file} was taken in")
    for key in job.keys:
        say(key)
    say(f"{len(job.keys)} drafts were made; they are published in the console")


def _print(found: Checklist) -> None:
    printed = Printed("region", *(state.value for state in WorkState), "notices to ask for")
    for each in found.regions:
        lacks = ", ".join(notice.name for notice in each.lacks_notice)
        printed.add_row(each.region.name, *(str(each.count(state)) for state in WorkState), lacks)
    Screen().print(printed)
    for line in found.by_hand:
        say(line)


def _refuse(rolled: Rolled) -> None:
    if rolled.findings:
        fail("; ".join(f"{each.problem}。{each.remedy}" for each in rolled.findings))
