"""kaoda knowledge publish --at, plans, cancel: what is published later, over a data folder."""

import asyncio
import shutil
from pathlib import Path

import pytest
from learnt import begun
from typer.testing import CliRunner, Result

from bot.cli import cli
from bot.offline import parts
from bot.staff.people import Right, may
from knowledge.content import CONTENT

TOPICS = "topics/payment.toml"


def kaoda(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["knowledge", *arguments])


def test_a_publication_is_planned_listed_and_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its moment is Beijing's; one that is past is refused, and the drafts stay."""
    monkeypatch.setenv("KAODA_DATA_DIR", str(begun(tmp_path / "data")))
    folder = shutil.copytree(CONTENT, tmp_path / "content")
    text = (folder / TOPICS).read_text("utf-8")
    (folder / TOPICS).write_text(text.replace("不受理现场缴费。", "不受理现场缴费，请注意。", 1), "utf-8")
    (key, _) = kaoda("import", str(folder)).output.splitlines()
    late = kaoda("publish", "--at", "2020-01-01T09:00")
    assert late.exit_code == 1
    planned = kaoda("publish", "--at", "2099-01-01T09:00", "--note", "明年")
    assert planned.exit_code == 0, planned.output
    assert f"1  2099-01-01 09:00  planned  system  {key}  明年" in kaoda("plans").output
    assert kaoda("cancel", "1").exit_code == 0
    assert "cancelled" in kaoda("plans").output
    again = kaoda("cancel", "1")
    assert again.exit_code == 1
    assert "no plan 1 that waits" in again.output


def test_the_service_carries_out_what_the_operator_planned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """He has no account, and may publish."""

    async def operator() -> bool:
        async with parts() as console:
            person = await console.person("system")
            return person is not None and may(person, Right.PUBLISH) and await console.person("nobody") is None

    monkeypatch.setenv("KAODA_DATA_DIR", str(begun(tmp_path)))
    assert asyncio.run(operator())
