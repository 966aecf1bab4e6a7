"""The measurements: they end by themselves, leave nothing behind, and print every row."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from bot import bench, bench_servers, bench_spoilt, bench_table, bench_wechat

ROWS = (
    "start-up, nothing kept yet",
    "start-up",
    "understand",
    "decide (with understand)",
    "answer over HTTP, 1 client",
    "bare aiohttp handler, 1 client",
    "answer / bare, 1 client",
    "answer over HTTP, 8 clients",
    "bare aiohttp handler, 8 clients",
    "answer / bare, 8 clients",
    "WeChat message, asked before",
    "bare wechatpy handler (asked before)",
    "WeChat / bare, asked before",
    "WeChat at half that load, asked before",
    "WeChat message, new words",
    "WeChat / bare, new words",
    "WeChat at half that load, new words",
    "WeChat, spoilt requests",
    "  the slowest of them",
    "resident memory after that",
)


def _is_empty(folder: Path) -> bool:
    return not any(folder.iterdir())


async def test_a_short_run_prints_every_row(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Every measurement has its row with figures, and the temporary folder is gone."""
    monkeypatch.setattr(bench, "STARTS", 1)
    monkeypatch.setattr(bench_spoilt, "SPOILT", 30)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    console = Console(file=io.StringIO(), width=160)
    await bench.run(5, console)
    assert isinstance(console.file, io.StringIO)
    lines = console.file.getvalue().splitlines()
    for name in ROWS:
        row = next(line for line in lines if line.startswith(f"│ {name} "))
        assert any(sign.isdigit() for sign in row.split("│")[4])
    assert _is_empty(tmp_path)


def test_new_words_are_never_the_same() -> None:
    """And stay the same questions."""
    found = bench.new_words(["缴费"] * 30 + ["考试"])
    assert len(set(found)) == 31
    assert {text.rstrip("。！？") for text in found} == {"缴费", "考试"}


def test_a_message_of_the_platform_is_whole() -> None:
    """Signed, encrypted, with the length of its body; each from another user."""
    one, other = bench_wechat.requests(["问", "问"])
    head, _, body = one.partition(b"\r\n\r\n")
    assert f"Content-Length: {len(body)}".encode() in head
    assert b"encrypt_type=aes&msg_signature=" in head
    assert one != other


def test_spoilt_messages_are_whole_requests_and_no_two_alike() -> None:
    """What is spoilt is what they say; their lengths are right, or a server would wait for the rest."""
    found = list(bench_spoilt.requests(60))
    assert len(set(found)) == 60
    for request in found:
        head, _, body = request.partition(b"\r\n\r\n")
        assert head.startswith(b"POST /wechat?")
        assert head.split(b"\r\n")[0].count(b" ") == 2
        assert f"Content-Length: {len(body)}".encode() in head.split(b"\r\n")


def test_the_questions_are_varied() -> None:
    """About forty, none twice, short ones and long ones."""
    lengths = [len(each) for each in bench.questions()]
    assert len(lengths) == len(set(bench.questions())) >= 40
    assert min(lengths) < 5
    assert max(lengths) > 150


@pytest.mark.parametrize(("percent", "expected"), [(0, 1), (50, 2), (75, 3), (99, 4), (100, 4)])
def test_a_percentile_is_one_of_the_values(percent: float, expected: float) -> None:
    """The nearest rank, not something between two values."""
    assert bench_table.percentile((4.0, 1.0, 3.0, 2.0), percent) == expected


async def test_a_server_that_ends_is_reported_with_what_it_said(tmp_path: Path) -> None:
    """A broken database keeps the service from starting; its last words are in the error."""
    (tmp_path / "kaoda.sqlite3").write_bytes(b"no database" * 500)
    with pytest.raises(bench_servers.NotServingError, match="its last words: kaoda: "):
        async with bench_servers.kaoda(tmp_path):
            raise AssertionError
