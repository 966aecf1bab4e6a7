"""The command line: kaoda serve, chat, ask, evaluate, knowledge check, wechat …, stub-…, calibrate, bench."""

import asyncio
import datetime as dt
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from bot import app as service
from bot import (
    gap_commands,
    journal_commands,
    knowledge_commands,
    staff_commands,
    stub_commands,
    stubbed,
    year_commands,
)
from bot.evaluation import Result, count, judge
from bot.messages import UnknownScope
from bot.mind import Mind
from bot.ports import Clock, StoreError
from bot.saying import fail, say
from bot.settings import Settings, SettingsError, moment, read
from bot.terminal import Terminal
from intents.evaluate import Case
from intents.evaluate import read as read_cases
from knowledge.content import CONTENT, ContentError, load

cli = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Answers candidates of China's health professional qualification exams.",
)
knowledge_cli = typer.Typer(no_args_is_help=True, help="The curated knowledge.")
cli.add_typer(knowledge_cli, name="knowledge")
wechat_cli = typer.Typer(no_args_is_help=True, help="The WeChat official account.")
cli.add_typer(wechat_cli, name="wechat")
menu_cli = typer.Typer(no_args_is_help=True, help="The account's menu.")
wechat_cli.add_typer(menu_cli, name="menu")
journal_commands.add_to(cli)
staff_commands.add_to(cli)
stub_commands.add_to(cli)
knowledge_commands.add_to(knowledge_cli)
year_commands.add_to(knowledge_cli)
gap_commands.add_to(knowledge_cli)

Region = Annotated[str, typer.Option("--region", "-r", help="Region by name or id, as a page passes it.")]
Exam = Annotated[str, typer.Option("--exam", help="Exam by name or id.")]
Now = Annotated[str, typer.Option("--now", help="A fixed time, e.g. 2023-12-05T09:00+08:00.")]


@cli.command()
def serve() -> None:
    """Serve the chat page and API (settings: KAODA_… variables, see docs/settings.md)."""
    settings = read()
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)  # it would log raw request lines
    note = f"(data in {settings.data_dir}; stop with Ctrl-C)"

    async def run() -> None:
        async with stubbed.beside(settings, say) as own:
            await service.serve(own, lambda address: say(f"kaoda serves {address}  {note}"), first=_first)

    asyncio.run(run())


def _first(address: str, name: str, password: str) -> None:
    say(
        f"the staff's console is at {address}/console; sign in as {name} with the password {password} "
        f"(shown this once; kaoda staff passwd {name} gives another)"
    )


@cli.command("wechat-emulator")
def wechat_emulator(
    port: Annotated[int, typer.Option(help="Port of the emulator's page.", min=0, max=65535)] = 8090,
    push_to: Annotated[
        str, typer.Option(help="Callback of a running service, e.g. http://127.0.0.1:8080/wechat; else one is started.")
    ] = "",
) -> None:
    """Try the WeChat account without one: an emulated platform with a phone to type on, and the service behind it."""
    from bot import emulated

    settings = read()
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)  # it would log raw request lines
    asyncio.run(emulated.run(settings, port, push_to, say))


@cli.command()
def chat(region: Region = "", exam: Exam = "", now: Now = "") -> None:
    """Talk to the bot in the terminal; a number picks an option, Ctrl-D ends."""
    settings, mind = _mind()
    asyncio.run(Terminal(mind, region, exam, _clock(settings, now)).talk())


@cli.command()
def ask(
    text: Annotated[list[str], typer.Argument(help="What the candidate says; several are turns of one conversation.")],
    region: Region = "",
    exam: Exam = "",
    now: Now = "",
    why: Annotated[bool, typer.Option("--explain", help="Show slots, candidates, scores and scope.")] = False,
) -> None:
    """Ask once (or several turns) and print the reply."""
    settings, mind = _mind()
    terminal = Terminal(mind, region, exam, _clock(settings, now))

    async def run() -> None:
        for turn in text:
            await terminal.say(turn, why=why)

    asyncio.run(run())


@cli.command()
def evaluate(
    files: Annotated[list[Path], typer.Argument(help="Labelled questions, one JSON object a line.", exists=True)],
    failures: Annotated[Path | None, typer.Option(help="Write what went wrong here, one JSON object a line.")] = None,
    least_right: Annotated[float, typer.Option(help="Exit with 1 below this share of right, in percent.")] = 0.0,
    most_wrong: Annotated[float, typer.Option(help="Exit with 1 above this share of wrong, in percent.")] = 100.0,
    now: Now = "",
) -> None:
    """Play labelled questions and count right, unsure and wrong."""
    settings, mind = _mind()
    clock = _clock(settings, now)
    results = [(file.stem, judge(mind, case, clock())) for file in files for case in _cases(file)]
    if failures:
        _write_failures(failures, [result for _, result in results if result.faults])
    table = Table("group", "n", "right %", "unsure %", "wrong %")
    for name, counted in sorted(count(results).items(), key=lambda pair: (pair[0] == "ALL", pair[0])):
        n = counted.total()
        shares = [f"{100 * counted[each] / n:.1f}" for each in ("right", "unsure", "wrong")]
        table.add_row(name, str(n), *shares)
    Console().print(table)
    whole = count(results)["ALL"]
    right, wrong = (100 * whole[each] / whole.total() for each in ("right", "wrong"))
    if right < least_right or wrong > most_wrong:
        fail(f"right {right:.1f} % (at least {least_right}), wrong {wrong:.1f} % (at most {most_wrong})")


@cli.command()
def calibrate(
    files: Annotated[list[Path], typer.Argument(help="Development questions (never the held-back ones).", exists=True)],
) -> None:
    """Fit the confidence curve to development questions and print it with its reliability by bins."""
    from bot.calibration import report

    settings, mind = _mind()
    cases = [case for file in files for case in _cases(file)]
    report(mind, cases, _clock(settings, "")(), Console())


@knowledge_cli.command("check")
def knowledge_check(
    folder: Annotated[Path, typer.Argument(help="Content folder; the shipped one by default.")] = CONTENT,
) -> None:
    """Check the content: sources, quotes, facts, coverage, phrasings, words. Exits with 1 where something is wrong."""
    from bot.check import problems

    settings = read()
    found = problems(folder, settings.data_dir / "cache")
    for problem in found:
        say(str(problem))
    if found:
        fail(f"{len(found)} problems in {folder}")
    say(f"the content in {folder} passes every gate")


@knowledge_cli.command("oddities")
def knowledge_oddities() -> None:
    """List the passages that read oddly in the notices: recorded beside their clause, never mended."""
    for notice in load(CONTENT).notices.values():
        for clause in notice.clause:
            for oddity in clause.oddity:
                say(f"{notice.id}#{clause.id} {clause.label}: {oddity.passage}: {oddity.note}")


@menu_cli.command("push")
def menu_push(
    file: Annotated[
        Path | None, typer.Option(help="A menu of your own; the shipped one by default.", exists=True)
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check it and print what would be sent.")] = False,
) -> None:
    """Set the account's menu up on the platform; phones show it within 5 minutes."""
    from bot import wechat

    settings = read()
    with _one_sentence(*wechat.FAILURES):
        if dry_run:
            body = wechat.menu_body(settings, file or wechat.MENU)
            say(msgspec.json.format(msgspec.json.encode(body)).decode())
        else:
            count = asyncio.run(wechat.push_menu(settings, file or wechat.MENU))
            say(f"the menu is set up with {count} entries; phones show it within 5 minutes")


@wechat_cli.command("qr")
def wechat_qr(
    region: Annotated[str, typer.Argument(help="Region by name or id: 上海, 四川乐山, CN-31.")],
    out: Annotated[Path | None, typer.Option(help="Where to write the PNG; by default the region's id.png.")] = None,
    days: Annotated[int, typer.Option(help="Days until it expires, at most 30; 0: never.", min=0, max=30)] = 0,
) -> None:
    """Make a code by which people follow the account and get the answers of a region."""
    from bot import wechat

    settings = read()
    with _one_sentence(*wechat.FAILURES):
        found = wechat.region_of(settings, region)
        picture = asyncio.run(wechat.region_code(settings, found, days))
    path = out or Path(f"{found.id}.png")
    path.write_bytes(picture)
    say(f"the code of {found.path} ({found.id}) is in {path}")


@cli.command()
def bench(
    requests: Annotated[int, typer.Option(help="How many questions each measurement asks.")] = 2000,
) -> None:
    """Measure start-up, matching and deciding, one answer over HTTP, memory, and one's own status with a stub that hangs."""
    from bot import bench, bench_status

    asyncio.run(bench.run(requests, Console()))
    asyncio.run(bench_status.run(requests // 2, Console()))


def main() -> None:
    """Run the command line; every known failure is one sentence and exit status 1."""
    try:
        cli()
    except (ContentError, SettingsError, StoreError, UnknownScope, stubbed.StubError) as error:
        fail(str(error))
    except OSError as error:
        fail(f"{error.strerror or error}: {error.filename or ''}")


@contextmanager
def _one_sentence(*failures: type[Exception]) -> Iterator[None]:
    """Known failures of what is imported late: one sentence, without its log lines, and exit status 1."""
    logging.getLogger("adapters").addHandler(logging.NullHandler())
    try:
        yield
    except failures as error:
        fail(str(error))


def _mind() -> tuple[Settings, Mind]:
    settings = read()
    return settings, service.think(settings)


def _clock(settings: Settings, now: str) -> Clock:
    if now:
        fixed: dt.datetime = moment(now)
        return lambda: fixed
    return service.clock_of(settings)


def _cases(file: Path) -> tuple[Case, ...]:
    """The labelled questions of a file; one sentence and exit status 1 where a line is none."""
    try:
        cases = read_cases(file.read_text("utf-8"))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        fail(f"{file}: {error}; each line must be a JSON object as in tests/cases")
    empty = [case.id for case in cases if not case.turns]
    if empty or not cases:
        fail(f"{file}: {'no questions in it' if not cases else 'no turns in ' + ', '.join(empty)}; give what is typed")
    return cases


def _write_failures(path: Path, results: list[Result]) -> None:
    path.write_bytes(b"".join(msgspec.json.encode(result) + b"\n" for result in results))
