"""The whole service over the stub, as it is served: real HTTP, real file, and people who talk to it."""

import asyncio
import datetime as dt
import os
import re
import sys
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp
from aiohttp import web
from learnt import begun

from adapters.status.stub.server import Stub
from adapters.status.stub.values import Candidate
from bot import app as service
from bot.mind import Mind
from bot.responder import Responder
from bot.settings import Settings, StatusSettings, read

NOW = dt.datetime(2023, 12, 5, 9, tzinfo=dt.timezone(dt.timedelta(hours=8)))
TOKEN = re.compile(r"/bind\?token=([\w-]+)")


class Person:
    """Somebody at a browser of her own without scripts, or at a program that calls the API."""

    def __init__(self, site: "Site") -> None:
        self.site, self.conversation = site, ""
        self.session = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.session.close()

    async def say(self, text: str, conversation: str = "") -> dict[str, Any]:
        """The reply as the API gives it."""
        body = {"text": text}
        if known := conversation or self.conversation:
            body["conversation_id"] = known
        async with self.session.post(f"{self.site.address}/api/v1/chat", json=body) as response:
            assert response.status == 200, await response.text()
            said = await response.json()
        if not conversation:
            self.conversation = said["conversation_id"]
        return dict(said["reply"])

    async def link(self, text: str = "绑定") -> str:
        """The one-time token that the bot gives."""
        found = [TOKEN.search(each["url"]) for each in (await self.say(text))["links"]]
        assert found, "no link was given"
        assert found[0]
        return found[0][1]

    async def fill_in(self, token: str, candidate: Candidate, **changes: str) -> tuple[int, str]:
        """Send the form; the status and the page."""
        right = {"registration_no": candidate.registration_no, "id_number": candidate.id_number, "name": candidate.name}
        form = {"token": token, **right, "consent": "yes", **changes}
        async with self.session.post(f"{self.site.address}/bind", data=form) as response:
            return response.status, await response.text()

    async def bind(self, candidate: Candidate) -> None:
        """Ask for a link and fill the form in."""
        status, text = await self.fill_in(await self.link(), candidate)
        assert status == 200, text

    async def get(self, path: str) -> tuple[int, str]:
        async with self.session.get(self.site.address + path) as response:
            return response.status, await response.text()


class Site:
    """A running service."""

    def __init__(self, address: str, stub: Stub, settings: Settings, responder: Responder) -> None:
        self.address, self.stub, self.settings, self.responder = address, stub, settings, responder

    def candidate(self, number: int = 0) -> Candidate:
        return self.stub.register.candidates[number]

    def person(self) -> Person:
        return Person(self)

    def raw(self) -> bytes:
        """Every byte of the data folder but the key and the caches."""
        files = (each for each in self.settings.data_dir.iterdir() if each.is_file() and each.name != "secret.key")
        return b"".join(each.read_bytes() for each in files)


def settings_in(folder: Path, stub: Stub, **more: str) -> Settings:
    environment = {"KAODA_DATA_DIR": str(folder / "data"), "KAODA_NOW": NOW.isoformat(), **more}
    return replace(read(environment), status=StatusSettings(url=stub.address, token=stub.token))


@asynccontextmanager
async def served(folder: Path, mind: Mind, **more: str) -> AsyncIterator[Site]:
    """The service on a free port, the stub beside it."""
    async with Stub(token=uuid.uuid4().hex, clock=lambda: NOW) as stub:
        settings = settings_in(folder, stub, **more)
        async with service.application(settings, mind) as app:
            runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            yield Site(f"http://127.0.0.1:{runner.addresses[0][1]}", stub, settings, app[service.RESPONDER])
            await runner.cleanup()


class Process(Site):
    """The service as a process of its own, logging all there is to log."""

    def __init__(self, address: str, stub: Stub, settings: Settings, child: asyncio.subprocess.Process) -> None:
        self.address, self.stub, self.settings, self.child = address, stub, settings, child

    def log(self) -> str:
        return (self.settings.data_dir.parent / "log").read_text("utf-8")


@asynccontextmanager
async def running(folder: Path, stub: Stub, **more: str) -> AsyncIterator[Process]:
    """`kaoda serve` at DEBUG over the folder's data; killed at the end, if it was not before."""
    more = {"KAODA_PORT": "0", "KAODA_LOG_LEVEL": "DEBUG", "PYTHONASYNCIODEBUG": "", **more}
    more |= {"KAODA_STATUS_API_URL": stub.address, "KAODA_STATUS_API_TOKEN": stub.token}
    more |= {"KAODA_DATA_DIR": str(folder / "data"), "KAODA_NOW": NOW.isoformat()}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KAODA_")}
    begun(folder / "data")
    log = folder / "log"
    before = log.read_text("utf-8").count("serving address=") if log.exists() else 0
    with log.open("a") as out:
        kaoda = str(Path(sys.executable).parent / "kaoda")
        child = await asyncio.create_subprocess_exec(kaoda, "serve", stdout=out, stderr=out, env=kept | more)
    try:
        for _ in range(1200):
            found = re.findall(r"serving address=(\S+)", log.read_text("utf-8"))
            if len(found) > before or child.returncode is not None:
                break
            await asyncio.sleep(0.05)
        assert child.returncode is None, log.read_text("utf-8")
        yield Process(found[-1], stub, settings_in(folder, stub), child)
    finally:
        if child.returncode is None:
            child.kill()
        await child.wait()
