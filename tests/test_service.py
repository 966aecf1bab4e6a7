"""The service needs no network: it starts and answers where nothing beyond the loopback can be reached."""

import json
import os
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

KAODA = Path(sys.executable).parent / "kaoda"

# Runs inside the fence: tries to get out, then starts the service, asks it over the loopback and stops it.
INSIDE = textwrap.dedent(
    """
    import json, pathlib, re, socket, subprocess, sys, time, urllib.error, urllib.request
    kaoda, folder = sys.argv[1:]
    seen = {}
    with socket.socket() as probe:
        probe.settimeout(5)
        try:
            probe.connect(("192.0.2.1", 80))
            seen["outside"] = "reached"
        except OSError as error:
            seen["outside"] = type(error).__name__
    log = pathlib.Path(folder) / "log"
    with log.open("w") as out, subprocess.Popen([kaoda, "serve"], stdout=out, stderr=out) as service:
        try:
            for _ in range(1200):
                found = re.search(r"serving address=(\\S+)", log.read_text())
                if found or service.poll() is not None:
                    break
                time.sleep(0.05)
            address = found[1]
            body = json.dumps({"text": "中级一科多少钱", "region": "乐山"}).encode()
            request = urllib.request.Request(address + "/api/v1/chat", body, {"Content-Type": "application/json"})
            seen["reply"] = json.load(urllib.request.urlopen(request, timeout=20))["reply"]["text"]
            for path in ("/", "/notices", "/static/chat.js", "/api"):
                seen[path] = urllib.request.urlopen(address + path, timeout=20).status
        finally:
            service.terminate()
        seen["status"] = service.wait(20)
    seen["log"] = log.read_text()
    print(json.dumps(seen))
    """
)

# Brings the loopback of a fresh network namespace up, and becomes the program that is named after it.
LOOPBACK_UP = textwrap.dedent(
    """
    import fcntl, os, socket, struct, sys
    SIOCSIFFLAGS, IFF_UP, IFF_LOOPBACK, IFF_RUNNING = 0x8914, 1, 8, 0x40
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP | IFF_LOOPBACK | IFF_RUNNING))
    os.execv(sys.argv[1], sys.argv[1:])
    """
)

# Refuses, in every Python process, whatever would leave the loopback, names included; and notes that it was tried.
FENCE = textwrap.dedent(
    """
    import ipaddress, os, sys

    def _is_here(host):
        if isinstance(host, bytes):
            host = host.decode()
        try:
            return host in (None, "", "localhost") or ipaddress.ip_address(host).is_loopback
        except ValueError:
            return False

    def _fence(event, arguments):
        if event in ("socket.connect", "socket.sendto"):
            address = arguments[1]
            host = address[0] if isinstance(address, tuple) else None  # a path: a socket of this machine
        elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
            host = arguments[0]
        else:
            return
        if not _is_here(host):
            with open(os.environ["FENCE_LOG"], "a") as log:
                log.write(f"{event} {host}\\n")
            raise ConnectionRefusedError(f"{event} {host}: there is no network")

    sys.addaudithook(_fence)
    """
)


def _environment(folder: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KAODA_")}
    fixed = {"KAODA_DATA_DIR": str(folder / "data"), "KAODA_PORT": "0", "KAODA_NOW": "2023-12-05T09:00+08:00"}
    return kept | fixed | more


def _run(command: list[str], folder: Path, **more: str) -> dict[str, object]:
    """What was seen inside the fence."""
    done = subprocess.run(  # noqa: S603  # our own programs
        [*command, "-c", INSIDE, str(KAODA), str(folder)],
        env=_environment(folder, **more),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _assert_served(seen: dict[str, object]) -> None:
    assert "70元" in str(seen["reply"])
    assert [seen[path] for path in ("/", "/notices", "/static/chat.js", "/api")] == [200] * 4
    assert seen["status"] == 0, seen["log"]
    assert "Traceback" not in str(seen["log"])


def test_answers_in_a_network_of_its_own(tmp_path):
    """In a namespace with nothing but a loopback: no cloud, no model, no CDN."""
    command = ["unshare", "--user", "--map-root-user", "--net"]
    if not shutil.which("unshare") or subprocess.run([*command, "true"], capture_output=True).returncode:  # noqa: S603  # util-linux
        pytest.skip(
            "this machine lets no one make a network namespace (util-linux: unshare --user --net); see the next test"
        )
    seen = _run([*command, sys.executable, "-c", LOOPBACK_UP, sys.executable], tmp_path)
    assert seen["outside"] == "OSError", "the fence has a hole"  # ENETUNREACH
    _assert_served(seen)


def test_tries_to_reach_nothing(tmp_path):
    """Not even in vain: no name is looked up and no address beyond the loopback is tried."""
    fence = tmp_path / "fence"
    fence.mkdir()
    (fence / "sitecustomize.py").write_text(FENCE)
    log = tmp_path / "tried"
    path = os.pathsep.join(filter(None, (str(fence), os.environ.get("PYTHONPATH"))))
    seen = _run([sys.executable], tmp_path, PYTHONPATH=path, FENCE_LOG=str(log))
    assert seen["outside"] == "ConnectionRefusedError", "the fence has a hole"
    _assert_served(seen)
    assert log.read_text().splitlines() == ["socket.connect 192.0.2.1"], "only the probe itself was refused"


def test_pages_ask_for_nothing_from_elsewhere():
    """No template, script or style names an address of another host that a browser would fetch."""
    import re

    web = Path(__file__).parents[1] / "adapters" / "web"
    files = [*web.glob("templates/*"), *web.glob("static/*")]
    assert len(files) > 10
    fetched = re.compile(
        r"""(?:src|href)=["'](?:https?:)?//|url\(["']?(?:https?:)?//|@import|fetch\(["']https?:|from ["']https?:"""
    )
    found = {file.name: fetched.findall(file.read_text("utf-8")) for file in files}
    assert {name: each for name, each in found.items() if each} == {}
