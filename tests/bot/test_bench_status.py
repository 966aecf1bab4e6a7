"""The measurements of status questions: they end by themselves, print every row, and everybody is answered in time."""

import io

import pytest
from rich.console import Console

from bot import bench_status

ROWS = (
    "healthy stub, 1 client",
    "healthy stub, 8 clients",
    "stub hangs, 12 people at once, first time",
    "others' questions meanwhile, first time",
    "stub hangs, 12 people at once, second time",
    "others' questions meanwhile, second time",
    "others' questions alone",
)


async def test_a_short_run_prints_every_row_and_nobody_waits_longer_than_four_seconds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bench_status, "PEOPLE", 12)
    monkeypatch.setattr(bench_status, "FAQ", 10)
    console = Console(file=io.StringIO(), width=160)
    await bench_status.run(12, console)
    assert isinstance(console.file, io.StringIO)
    lines = console.file.getvalue().splitlines()
    for name in ROWS:
        row = next(line for line in lines if line.startswith(f"│ {name} ")).split("│")
        longest, unit = row[6].split()
        assert unit in ("ms", "s")
        assert "hangs" not in name or unit == "ms" or float(longest) <= bench_status.AIM_HANG
