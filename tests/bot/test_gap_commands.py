"""kaoda knowledge gaps and its neighbours, over a data folder with gaps in it."""

import asyncio
import datetime as dt
from pathlib import Path

import pytest
from learnt import begun
from typer.testing import CliRunner, Result

from adapters.storage.gap_rows import add_gap
from adapters.storage.sqlite import SqliteStore
from bot.app import DATABASE
from bot.cli import cli
from bot.messages import Gap

NOW = dt.datetime(2023, 12, 5, 9, tzinfo=dt.timezone(dt.timedelta(hours=8)))
ODD, ASKED = "考场门口能不能停摩托", "票子几号往外掏"


async def fill(folder: Path) -> None:
    """Three gaps, two of which ask the same."""
    store = SqliteStore(folder / DATABASE, 30)
    await store.open(NOW)
    for number, (question, region) in enumerate(((ODD, "CN-5111"), (ODD, "CN-31"), (ASKED, "CN-5111"))):
        at = NOW + dt.timedelta(minutes=number)
        gap = Gap(question=question, reason="fallback", region=region, exam="health", topic="", channel="web", at=at)
        await store.file.run(lambda db, gap=gap: add_gap(db, gap))
    await store.close()


def kaoda(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["knowledge", *arguments])


def test_gaps_are_worked_through_by_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Listed with what is near, looked at, added as a phrasing with its effect, settled, and opened again."""
    monkeypatch.setenv("KAODA_DATA_DIR", str(begun(tmp_path)))
    monkeypatch.setenv("KAODA_NOW", NOW.isoformat())
    monkeypatch.setenv("KAODA_LABELLED", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")
    asyncio.run(fill(tmp_path))
    listed = kaoda("gaps", "--region", "四川")
    assert listed.exit_code == 0, listed.output
    assert ODD in listed.output
    assert "四川乐山" in listed.output
    assert "open 3" in listed.output
    shown = kaoda("gap", "1")
    assert f"2× {ODD}" in shown.output
    assert "now: fallback" in shown.output
    tried = kaoda("gap-phrasing", "3", "payment_window", "--keep")
    assert f"won: {ASKED}" in tried.output
    assert "payment_window is a draft now, 1 gaps" in tried.output
    made = kaoda("gap-topic", "1", "parking", "考场停车", "--file", "topics/exam.toml")
    assert "topic:parking is a draft now, 2 gaps" in made.output, made.output
    assert "2 gaps are open now" in kaoda("gap-settle", "1", "open").output

    missing = kaoda("gap", "99")
    assert missing.exit_code == 1
    assert "there is no gap 99" in missing.output


def test_a_gap_becomes_a_phrasing_by_its_own_command() -> None:
    refused = kaoda("gap-settle", "1", "phrasing")
    assert refused.exit_code == 1
    assert "gap-phrasing or gap-topic" in refused.output
