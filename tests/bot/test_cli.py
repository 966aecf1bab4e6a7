"""The command line as it is run: real processes, their output and their exit status."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from knowledge.content import CONTENT

KAODA = str(Path(sys.executable).parent / "kaoda")
FIXED = "2023-12-05T09:00+08:00"
RIGHT = {"id": "right", "turns": ["中级一科多少钱"], "region": "乐山", "kind": ["answer"], "all": ["70元"]}
WRONG = {"id": "wrong", "turns": ["中级一科多少钱"], "region": "乐山", "kind": ["answer"], "all": ["99元"]}


@pytest.fixture(scope="module")
def cache(tmp_path_factory) -> Path:
    """What is slow to make, made by the first command and used by all."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def environment(tmp_path, cache) -> dict[str, str]:
    """A process's environment: nothing of ours but a data folder, a free port and a fixed time."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "cache").symlink_to(cache)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KAODA_")}
    return kept | {
        "KAODA_DATA_DIR": str(tmp_path / "data"),
        "KAODA_PORT": "0",
        "KAODA_NOW": FIXED,
        "PYTHONWARNINGS": "error",
        "COLUMNS": "400",
    }


@pytest.fixture
def kaoda(environment, tmp_path):
    """Run the command to its end."""

    def run(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603  # our own command
            [KAODA, *arguments],
            env=environment | more,
            cwd=tmp_path,
            text=True,
            capture_output=True,
            timeout=60,
            check=False,
        )

    return run


@contextmanager
def _serving(environment: dict[str, str], folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The service until the block ends, and its address as its log tells it."""
    log = folder / "log"
    with (
        log.open("w") as out,
        subprocess.Popen(  # noqa: S603  # our own command
            [KAODA, "serve"], env=environment, cwd=folder, text=True, stdout=subprocess.PIPE, stderr=out
        ) as process,
    ):
        try:
            for _ in range(600):
                found = re.search(r"serving address=(\S+)", log.read_text())
                if found or process.poll() is not None:
                    break
                time.sleep(0.05)
            assert found, log.read_text()
            yield process, found[1]
        finally:
            process.kill()


def _post(address: str, body: dict[str, str]) -> dict[str, object]:
    request = urllib.request.Request(  # noqa: S310  # our own service
        address + "/api/v1/chat", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310  # our own service
        return json.load(response)


def _failed_with_one_line(done: subprocess.CompletedProcess[str]) -> str:
    """The one line that a failed command says on the error output."""
    assert done.returncode == 1, done.stdout + done.stderr
    lines = [line for line in done.stderr.splitlines() if " secret_key_made " not in line]  # a first run says that too
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("kaoda: ")
    return lines[0]


def test_ask_prints_the_reply_and_what_it_rests_on(kaoda):
    done = kaoda("ask", "中级一科多少钱", "--region", "乐山")
    assert (done.returncode, done.stderr) == (0, "")
    assert "70元" in done.stdout
    assert "参加中级资格考试人员每人每科收取考试费70元" in done.stdout


def test_ask_takes_several_turns_as_one_conversation(kaoda):
    done = kaoda("ask", "现场确认在哪里", "夹江")
    assert done.returncode == 0
    assert done.stdout.index("哪个地区") < done.stdout.index("0833-5686923")


def test_ask_has_the_time_that_it_is_given(kaoda):
    """The option wins over the setting."""
    assert "已于2024年2月8日结束" in kaoda("ask", "乐山什么时候缴费", "--now", "2026-11-21T09:00+08:00").stdout


def test_ask_explain_shows_how_the_answer_was_found(kaoda):
    done = kaoda("ask", "上海怎么查成绩", "--explain")
    assert done.returncode == 0
    for word in ("confidence", "result_where", "CN-31", "phrasing that won", "Found"):
        assert word in done.stdout


def test_ask_explain_explains_the_reply_that_was_given(kaoda):
    """A follow-up is explained as the follow-up that it was, in its conversation and at its time."""
    done = kaoda("ask", "乐山中级一科多少钱", "那湛江呢", "--explain")
    assert done.returncode == 0
    assert done.stdout.count("answer fee") == 2


def test_ask_without_a_question_says_how_to_ask(kaoda):
    done = kaoda("ask")
    assert done.returncode == 2
    assert "text" in done.stderr.lower()


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        pytest.param(("--region", "火星"), "火星", id="a region that there is not"),
        pytest.param(("--exam", "高考"), "高考", id="an exam that there is not"),
        pytest.param(("--now", "yesterday"), "yesterday", id="a time that is none"),
    ],
)
def test_ask_says_in_one_line_what_it_cannot_use(kaoda, arguments, named):
    assert named in _failed_with_one_line(kaoda("ask", "缴费", *arguments))


def test_help_names_every_command(kaoda):
    done = kaoda("--help")
    assert done.returncode == 0
    for command in ("serve", "chat", "ask", "evaluate", "calibrate", "knowledge", "bench"):
        assert command in done.stdout


def test_chat_answers_what_is_typed_until_the_input_ends(environment, tmp_path):
    done = subprocess.run(  # noqa: S603  # our own command
        [KAODA, "chat", "--region", "乐山"],
        input="中级一科多少钱\n\n那初级呢\n",
        env=environment,
        cwd=tmp_path,
        text=True,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.index("70元") < done.stdout.index("50元")


@pytest.mark.parametrize(
    ("cases", "arguments", "status"),
    [
        pytest.param(
            [RIGHT, WRONG], ("--least-right", "50", "--most-wrong", "50"), 0, id="as right and wrong as allowed"
        ),
        pytest.param([RIGHT, WRONG], ("--least-right", "50.1"), 1, id="less right than asked for"),
        pytest.param([RIGHT, WRONG], ("--most-wrong", "49.9"), 1, id="more wrong than allowed"),
    ],
)
def test_evaluate_exits_by_its_thresholds(kaoda, tmp_path, cases, arguments, status):
    file = tmp_path / "cases.jsonl"
    file.write_text("\n".join(json.dumps(case) for case in cases))
    done = kaoda("evaluate", str(file), *arguments)
    assert done.returncode == status, done.stderr
    assert "right %" in done.stdout
    if status:
        assert "wrong" in _failed_with_one_line(done)


def test_evaluate_writes_what_went_wrong(kaoda, tmp_path):
    file, failures = tmp_path / "cases.jsonl", tmp_path / "failures.jsonl"
    file.write_text("\n".join(json.dumps(case) for case in (RIGHT, WRONG)))
    assert kaoda("evaluate", str(file), "--failures", str(failures)).returncode == 0
    written = [json.loads(line) for line in failures.read_text().splitlines()]
    assert [(each["case"]["id"], each["outcome"], each["faults"]) for each in written] == [
        ("wrong", "wrong", ["does not say 99元"])
    ]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("{", id="a broken line"),
        pytest.param('{"id": "1", "turns": [], "kind": ["answer"]}', id="a case with no turn"),
    ],
)
def test_evaluate_says_in_one_line_what_is_wrong_with_a_file(kaoda, tmp_path, text):
    """An author who mistyped a case reads a sentence and no traceback."""
    file = tmp_path / "cases.jsonl"
    file.write_text(text)
    _failed_with_one_line(kaoda("evaluate", str(file)))


def test_check_passes_the_shipped_content(kaoda):
    done = kaoda("knowledge", "check")
    assert done.returncode == 0, done.stdout
    assert "passes every gate" in done.stdout


def test_check_of_a_broken_copy_says_file_entry_and_remedy(kaoda, tmp_path):
    """A quote that its clause does not have: which file, which row, what to do."""
    copy = tmp_path / "content"
    shutil.copytree(CONTENT, copy)
    fees = copy / "facts" / "fees.toml"
    text = fees.read_text()
    assert text.count('quote = "纸笔考试每人每科65元"') == 1
    fees.write_text(text.replace('quote = "纸笔考试每人每科65元"', 'quote = "纸笔考试每人每科66元"'))
    done = kaoda("knowledge", "check", str(copy))
    assert "problems in" in _failed_with_one_line(done)
    line = next(line for line in done.stdout.splitlines() if "66元” is not in" in line)
    assert "fees.toml" in line
    assert "CN-4408" in line
    assert re.search(r"copy|quote|write|correct", line), line


def test_check_of_a_file_that_is_no_toml_says_which(kaoda, tmp_path):
    copy = tmp_path / "content"
    shutil.copytree(CONTENT, copy)
    (copy / "phrases.toml").write_text("nation = ")
    done = kaoda("knowledge", "check", str(copy))
    assert done.returncode == 1
    assert "phrases.toml" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_check_of_a_folder_that_there_is_not(kaoda, tmp_path):
    done = kaoda("knowledge", "check", str(tmp_path / "nowhere"))
    assert done.returncode == 1
    assert "nowhere" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("KAODA_PORT", "99999", id="a port that is too high"),
        pytest.param("KAODA_PORT", "eighty", id="a port that is no number"),
        pytest.param("KAODA_NOW", "tomorrow", id="a time that is none"),
        pytest.param("KAODA_LOG_LEVEL", "LOUD", id="a level that there is not"),
        pytest.param("KAODA_CONVERSATION_DAYS", "0", id="no days"),
        pytest.param("KAODA_QUESTIONS_PER_MINUTE", "0", id="no questions"),
    ],
)
def test_serve_refuses_a_bad_setting_in_one_line(kaoda, name, value):
    """The line names the variable and what stands in it."""
    line = _failed_with_one_line(kaoda("serve", **{name: value}))
    assert name in line
    assert value in line


def test_serve_says_that_its_port_is_taken(kaoda):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = kaoda("serve", KAODA_PORT=port)
    assert port in _failed_with_one_line(done)


def test_serve_does_not_touch_a_corrupt_database(kaoda, tmp_path):
    """It says which file and what to do with it, and leaves it byte for byte."""
    database = tmp_path / "data" / "kaoda.sqlite3"
    database.write_bytes(b"no database " * 1000)
    line = _failed_with_one_line(kaoda("serve"))
    assert str(database) in line
    assert "backup" in line
    assert database.read_bytes() == b"no database " * 1000


def test_serve_says_that_its_data_folder_is_a_file(kaoda, tmp_path):
    file = tmp_path / "file"
    file.write_text("")
    assert str(file) in _failed_with_one_line(kaoda("serve", KAODA_DATA_DIR=str(file)))


def test_serve_claims_to_serve_only_once_it_does(kaoda):
    """An address that is told must answer; before a failure none is told."""
    assert "serves" not in kaoda("serve", KAODA_DATA_DIR="/dev/null/data").stdout


@pytest.mark.parametrize("name", [pytest.param(signal.SIGTERM, id="SIGTERM"), pytest.param(signal.SIGINT, id="Ctrl-C")])
def test_serve_answers_and_stops(environment, tmp_path, name):
    """It stops with status 0 and says nothing of errors."""
    with _serving(environment, tmp_path) as (process, address):
        reply = _post(address, {"text": "中级一科多少钱", "region": "乐山"})["reply"]
        assert reply["kind"] == "answer"
        assert "70元" in reply["text"]
        process.send_signal(name)
        assert process.wait(15) == 0
    assert "Traceback" not in (tmp_path / "log").read_text()


def test_serve_remembers_after_a_restart(environment, tmp_path):
    """The same conversation goes on: what was asked before the restart is what 那湛江呢 is about."""
    with _serving(environment, tmp_path) as (process, address):
        said = _post(address, {"text": "中级一科多少钱", "region": "乐山"})
        process.kill()
        process.wait(15)
    with _serving(environment, tmp_path) as (_, address):
        again = _post(address, {"text": "那湛江呢", "conversation_id": said["conversation_id"]})
    assert again["conversation_id"] == said["conversation_id"]
    assert "75元" in again["reply"]["text"]


def test_serve_logs_nothing_that_was_typed(environment, tmp_path):
    """Neither words nor numbers, at the most talkative level."""
    with _serving(environment | {"KAODA_LOG_LEVEL": "DEBUG"}, tmp_path) as (process, address):
        said = _post(address, {"text": "13812345678 王小梅的乐山缴费时间"})
        process.terminate()
        process.wait(15)
    log = (tmp_path / "log").read_text()
    assert "serving" in log
    for typed in ("13812345678", "王小梅", "缴费", str(said["conversation_id"])):
        assert typed not in log
