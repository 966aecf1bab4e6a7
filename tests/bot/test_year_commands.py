"""kaoda knowledge roll-over, new-region, sheets-out, sheets-in: real processes over one data folder."""

import csv
import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest
from learnt import begun

from knowledge.content import read_folder

KAODA = str(Path(sys.executable).parent / "kaoda")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KAODA_")}
    return kept | {"KAODA_DATA_DIR": str(begun(tmp_path / "data")), "COLUMNS": "200"}


def knowledge(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [KAODA, "knowledge", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)  # noqa: S603  # our own


def test_a_year_is_copied_and_filled_in_by_a_table(environment: dict[str, str], tmp_path: Path) -> None:
    """Twice makes nothing twice; what a table changes stays unverified; a wrong table is refused by cell."""
    done = knowledge(environment, "roll-over", "2024", "2025", "-r", "CN-5111")
    assert done.returncode == 0, done.stderr
    assert "82 unverified drafts of 2025 were made, 0 were there already" in done.stdout
    again = knowledge(environment, "roll-over", "2024", "2025", "-r", "CN-5111")
    assert "0 unverified drafts of 2025 were made, 82 were there already" in again.stdout
    table = tmp_path / "sites.csv"
    assert knowledge(environment, "sheets-out", str(table), "--table", "sites", "--drafts").returncode == 0
    rows = list(csv.reader(io.StringIO(table.read_text("utf-8-sig"), newline="")))
    row = next(row for row in rows if row[0] == "site:leshan-shawan/2025")
    row[rows[0].index("地点")] = "沙湾区政务中心"
    table.write_text("\n".join(",".join(f'"{cell}"' for cell in row) for row in rows), "utf-8-sig")
    refused = knowledge(environment, "sheets-in", str(table))
    assert refused.returncode == 1
    assert "依据条款: 没有填" in refused.stderr
    assert "nothing of" in refused.stderr


def test_a_region_is_asked_for(environment: dict[str, str], tmp_path: Path) -> None:
    """What it lacks, and the workbook to fill in."""
    sheet = tmp_path / "sheet.xlsx"
    done = knowledge(environment, "new-region", "成都", "--sheet", str(sheet))
    assert done.returncode == 0, done.stderr
    assert "四川成都 (CN-5101)" in done.stdout
    assert "still asked for: notice, windows, fees, contacts, sites" in done.stdout
    assert openpyxl.load_workbook(sheet).sheetnames[1:5] == ["时间", "考试费", "报名点", "咨询"]
    assert knowledge(environment, "sheets-in", str(sheet)).stdout.startswith("0 drafts"), "nothing was filled in"


def test_the_zip_is_the_shipped_content(environment: dict[str, str], tmp_path: Path) -> None:
    """Byte for byte."""
    assert knowledge(environment, "sheets-out", str(tmp_path / "k.zip")).returncode == 0
    with zipfile.ZipFile(tmp_path / "k.zip") as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist() if name.endswith(".toml")}
    assert texts == read_folder()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("roll-over", "2019", "2020"), "2019年度没有可以复制的内容"),
        (("new-region", "火星"), "there is no region '火星'"),
        (("sheets-out", "a.doc"), "end its name in .xlsx"),
    ],
)
def test_what_is_refused_is_one_sentence(environment: dict[str, str], arguments: tuple[str, ...], says: str) -> None:
    done = knowledge(environment, *arguments)
    assert done.returncode == 1
    assert says in done.stderr
    assert done.stderr.count("\n") == 1
