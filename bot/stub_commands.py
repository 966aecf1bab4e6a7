"""The commands about the stub of the status service: kaoda stub-status, stub-move, stub-fault."""

import asyncio
import logging
from typing import Annotated

import msgspec
import typer

from adapters.status.stub.faults import KINDS, Fault
from adapters.status.stub.register import Move
from adapters.status.stub.values import Reason, Stage
from bot import stubbed
from bot.saying import say
from bot.settings import SettingsError, moment, read

At = Annotated[str, typer.Option("--stub", help="Address of the stub.")]
HERE = f"http://127.0.0.1:{stubbed.PORT}"
CODE = "education_mismatch, specialty_mismatch, insufficient_years, material_unclear, profile_changed"


def stub_status(
    port: Annotated[
        int, typer.Option(help="Port to listen on, of this machine alone.", min=0, max=65535)
    ] = stubbed.PORT,
) -> None:
    """Serve a stub of the registration status service with fictional candidates."""
    settings = read()
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)  # it would log raw request lines
    asyncio.run(stubbed.run(settings, port, say))


def stub_move(
    who: Annotated[str, typer.Argument(help="Name of a stub candidate.")],
    stage: Annotated[
        str, typer.Argument(help="submission, confirmation, review, payment, admission_ticket, exam, result.")
    ],
    state: Annotated[str, typer.Argument(help="pending, passed, rejected, paid, available, published …")],
    reasons: Annotated[list[str] | None, typer.Argument(help="Reasons, as a reviewer would write them.")] = None,
    deadline: Annotated[str, typer.Option(help="By when to act, e.g. 2023-12-14T23:59+08:00.")] = "",
    code: Annotated[str, typer.Option(help=f"Code of the reasons: {CODE}.")] = "",
    registration: Annotated[str, typer.Option(help="Id of the registration; the newest by default.")] = "",
    at: At = HERE,
) -> None:
    """Move a candidate of a running stub on, so that the change is told: kaoda stub-move NAME confirmation rejected REASON."""
    try:
        due = moment(deadline) if deadline else None
    except SettingsError as error:
        raise stubbed.StubError(f"--deadline {deadline!r} is no ISO 8601 time") from error
    given = tuple(Reason(text=text, code=code or None) for text in reasons or ())
    told = Move(
        who=who, stage=Stage(stage=stage, state=state, deadline=due, reasons=given), registration_id=registration
    )
    cursor = asyncio.run(stubbed.move(at, told))
    say(f"{who}: {stage} is {state} now (change {cursor})")


def stub_fault(
    kind: Annotated[str, typer.Argument(help=f"One of {', '.join(KINDS)}; none takes all back.")],
    operation: Annotated[str, typer.Option(help="verify, registrations or changes; each by default.")] = "",
    times: Annotated[int, typer.Option(help="How many requests it befalls; 0: all.", min=0)] = 0,
    seconds: Annotated[float, typer.Option(help="How long it lasts; 0: until taken back.", min=0)] = 0,
    delay: Annotated[float, typer.Option(help="Seconds that a slow answer takes.", min=0, max=600)] = 3,
    retry_after: Annotated[float | None, typer.Option(help="What 429 and 503 say, in seconds.", min=0)] = None,
    at: At = HERE,
) -> None:
    """Order a fault of a running stub, or take all back."""
    fault = None
    if kind != "none":
        try:
            fault = msgspec.convert(
                {
                    "kind": kind,
                    "operation": operation,
                    "times": times or None,
                    "seconds": seconds or None,
                    "delay": delay,
                    "retry_after": retry_after,
                },
                Fault,
            )
        except msgspec.ValidationError as error:
            raise stubbed.StubError(str(error)) from error
    say(f"{asyncio.run(stubbed.order(at, fault))} faults are ordered now")


def add_to(cli: typer.Typer) -> None:
    """Add the commands."""
    cli.command("stub-status")(stub_status)
    cli.command("stub-move")(stub_move)
    cli.command("stub-fault")(stub_fault)
