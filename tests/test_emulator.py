"""`kaoda wechat-emulator`: one command from nothing to an answer on the phone, and beside a service that runs already."""

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from learnt import begun

KAODA = Path(sys.executable).parent / "kaoda"
SECONDS = 60  # until something has to be there, on a slow machine
ACCOUNT = {
    "KAODA_WECHAT_TOKEN": "abcdefgh12345678",
    "KAODA_WECHAT_APP_ID": "wx0123456789abcdef",
    "KAODA_WECHAT_APP_SECRET": "0123456789abcdef0123456789abcdef",
    "KAODA_WECHAT_ENCODING_AES_KEY": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
}


@contextmanager
def running(*arguments: str, folder: Path, says: str, **settings: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The command, once it says so; what the pattern's group found."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KAODA_")}
    fixed = {"KAODA_DATA_DIR": str(begun(folder)), "KAODA_PORT": "0", "KAODA_NOW": "2023-12-05T09:00+08:00"}
    log = folder / f"log-{arguments[0]}"
    with (
        log.open("w") as out,
        subprocess.Popen(  # noqa: S603  # our own command
            [KAODA, *arguments], env=kept | fixed | settings, cwd=folder, stdout=out, stderr=out, text=True
        ) as process,
    ):
        try:
            end = time.monotonic() + SECONDS
            while not (found := re.search(says, log.read_text())):
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < end, log.read_text()
                time.sleep(0.05)
            yield found[1], process
        finally:
            process.terminate()


def call(address: str, path: str, data: dict[str, str]) -> dict[str, str]:
    request = urllib.request.Request(address + path, json.dumps(data).encode(), {"Content-Type": "application/json"})  # noqa: S310  # our own address
    return json.load(urllib.request.urlopen(request, timeout=20))  # noqa: S310  # likewise


def seen_on_the_phone(address: str) -> str:
    """Follow by Leshan's code, ask, and read what is shown until there is an answer or a fault."""
    openid = call(address, "/emulator/people", {})["openid"]
    call(address, "/emulator/acts", {"openid": openid, "do": "follow", "text": "CN-5111"})
    call(address, "/emulator/acts", {"openid": openid, "do": "say", "text": "缴费到什么时候"})
    shown = []
    with urllib.request.urlopen(f"{address}/emulator/people/{openid}/stream", timeout=SECONDS) as stream:  # noqa: S310  # our own address
        for line in stream:
            if not line.startswith(b"data: "):
                continue
            entry = json.loads(line.removeprefix(b"data: "))
            if entry["bubble"] in ("theirs", "fault"):
                shown.append("".join(part["text"] for part in entry["parts"]))
            if len(shown) == 2:
                return "\n".join(shown)
    return "\n".join(shown)


def test_one_command_starts_everything(tmp_path):
    says = r"open (\S+) for a phone"
    with running("wechat-emulator", "--port", "0", folder=tmp_path, says=says) as (address, process):
        shown = seen_on_the_phone(address)
        process.terminate()
        assert process.wait(SECONDS) == 0
    assert "乐山" in shown
    assert "2024年1月29日至2月8日" in shown
    assert "Traceback" not in (tmp_path / "log-wechat-emulator").read_text()


def test_beside_a_service_that_runs(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    platform = f"http://127.0.0.1:{port}"
    says = r"serving address=(\S+)"
    with running("serve", folder=tmp_path, says=says, KAODA_WECHAT_API_URL=platform, **ACCOUNT) as (service, _):
        arguments = ("wechat-emulator", "--port", port, "--push-to", f"{service}/wechat")
        with running(*arguments, folder=tmp_path, says=r"open (\S+) for a phone", **ACCOUNT) as (address, _):
            assert address == platform
            assert "2024年1月29日至2月8日" in seen_on_the_phone(address)


def test_push_to_needs_the_accounts_settings(tmp_path):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KAODA_")}
    command = [KAODA, "wechat-emulator", "--port", "0", "--push-to", "http://127.0.0.1:1/wechat"]
    done = subprocess.run(command, env=kept, cwd=tmp_path, capture_output=True, text=True, check=False)  # noqa: S603  # our own command
    assert done.returncode == 1
    assert done.stderr == "kaoda: --push-to needs the KAODA_WECHAT_… settings of that service; set them here too\n"
