"""kaoda staff, and the first account that serve makes: real processes."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from learnt import begun

KAODA = str(Path(sys.executable).parent / "kaoda")
GIVEN = re.compile(r"password (?:of \S+ )?(?:is )?((?:[a-z2-9]{4}-){3}[a-z2-9]{4}) ")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KAODA_")}
    return kept | {"KAODA_DATA_DIR": str(begun(tmp_path)), "KAODA_PORT": "0", "KAODA_STATUS_API_URL": "off"}


def staff(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([KAODA, "staff", *arguments], env=environment, capture_output=True, text=True, timeout=60)  # noqa: S603  our own


def test_accounts_from_the_command_line(environment: dict[str, str]) -> None:
    added = staff(environment, "add", "李伟", "--role", "editor", "-r", "四川乐山")
    assert added.returncode == 0, added.stderr
    first = GIVEN.search(added.stdout)
    given = GIVEN.search(staff(environment, "passwd", "李伟").stdout)
    assert first
    assert given
    assert first[1] != given[1]
    listed = staff(environment, "list").stdout
    assert "CN-5111" in listed
    assert given[1] not in listed


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("passwd", "无名"), "no such account"),
        (("add", "a b"), "a name has 1 to 32"),
        (("add", "x", "--role", "editor", "-r", "火星"), "no such region"),
    ],
    ids=str,
)
def test_what_is_refused_is_one_sentence(environment: dict[str, str], arguments: tuple[str, ...], says: str) -> None:
    done = staff(environment, *arguments)
    assert done.returncode == 1
    assert says in done.stderr
    assert len(done.stderr.splitlines()) == 1


def _served(environment: dict[str, str], tmp_path: Path) -> tuple[str, str]:
    """What serve printed and what it logged, from start to stop."""
    out, log = tmp_path / "out", tmp_path / "log"
    with out.open("w") as stdout, log.open("w") as stderr:
        process = subprocess.Popen([KAODA, "serve"], env=environment, stdout=stdout, stderr=stderr)  # noqa: S603  our own
        try:
            end = time.monotonic() + 60
            while "kaoda serves" not in out.read_text() and time.monotonic() < end and process.poll() is None:
                time.sleep(0.1)
            time.sleep(1)  # the account is told after the address
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)
    return out.read_text(), log.read_text()


@pytest.mark.slow
def test_serve_tells_the_first_account_once(environment: dict[str, str], tmp_path: Path) -> None:
    """On the terminal and not in the log, which may be kept for years; another start tells nothing."""
    out, log = _served(environment, tmp_path)
    found = GIVEN.search(out)
    assert found, out + log
    assert "/console" in out
    assert found[1] not in log
    assert not GIVEN.search(_served(environment, tmp_path)[0])
    kept = b"".join(each.read_bytes() for each in tmp_path.glob("kaoda.sqlite3*"))
    assert found[1].encode() not in kept
