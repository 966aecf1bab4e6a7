"""kaoda knowledge import, export, diff, publish, rollback, history: real processes over a data folder."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from learnt import used

from knowledge.content import CONTENT, read_folder

KAODA = str(Path(sys.executable).parent / "kaoda")
WINDOW = "window:payment/health/CN-5111/2024"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KAODA_")}
    (tmp_path / "cases").mkdir()
    return kept | {"KAODA_DATA_DIR": str(used(tmp_path / "data")), "KAODA_LABELLED": str(tmp_path / "cases")}


def knowledge(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [KAODA, "knowledge", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)  # noqa: S603  our own


def said(environment: dict[str, str], *arguments: str) -> str:
    done = knowledge(environment, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_what_is_exported_is_byte_for_byte_what_was_shipped(environment: dict[str, str], tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert said(environment, "export", str(out)) == f"edition 1 is in {out}: {len(read_folder())} files\n"
    for file in read_folder():
        assert (out / file).read_bytes() == (CONTENT / file).read_bytes()
    assert said(environment, "import", str(out)).startswith("0 drafts were made")
    (out / "topics" / "own.toml").write_text("", "utf-8")
    refused = knowledge(environment, "export", str(out))
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "topics/own.toml, which edition 1 has not" in refused.stderr


def test_a_change_from_a_folder_is_a_draft_then_an_edition_and_goes_back(
    environment: dict[str, str], tmp_path: Path
) -> None:
    folder = shutil.copytree(CONTENT, tmp_path / "content")
    file = folder / "facts" / "windows.toml"
    text = file.read_text("utf-8")
    file.write_text(text.replace("2024-02-08", "2024-02-09", 1), "utf-8")  # the nation's
    taken = said(environment, "import", str(folder), "--note", "改")
    assert taken.splitlines()[0] == "window:payment/health/CN/2024"
    assert "-end = 2024-02-08\n+end = 2024-02-09\n" in said(environment, "diff")
    again = knowledge(environment, "import", str(folder))
    assert "there is a draft of window:payment/health/CN/2024 already" in again.stderr

    second = knowledge(environment, "publish")
    assert (second.returncode, "second_person window:payment" in second.stderr) == (1, True)
    (tmp_path / "again").mkdir()
    wrong = knowledge(environment, "publish", "topic:none")
    assert "there is no draft of topic:none" in wrong.stderr

    assert said(environment, "publish", "--override", "试一试") == "已发布为第2版，改动1条\n"
    assert "+end = 2024-02-09" in said(environment, "diff", "1", "2")
    assert said(environment, "diff", "2", str(folder)) == ""
    assert said(environment, "rollback", "1", "--note", "改回") == "已发布为第3版，改动1条\n"
    assert said(environment, "diff", "1", "3") == ""
    told = said(environment, "history")
    assert [line.split()[0] for line in told.splitlines()] == ["3", "2", "1"]
    assert "(override: 试一试)" in told
    assert "end = 2024-02-09" in said(environment, "history", "window:payment/health/CN/2024")
    assert (
        "there is no edition 9" in knowledge(environment, "rollback", "9").stderr
        or "nothing" in knowledge(environment, "rollback", "9").stderr
    )
