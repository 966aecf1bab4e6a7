"""The console over real accounts in a fresh folder, as a process: it prints its address."""

import asyncio
import sys
import tempfile
from pathlib import Path

from aiohttp import web

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from staff_people import house

from adapters.web.console.app import Parts, make_console
from adapters.web.console.pages import PREFIX
from adapters.web.security import header_setter
from bot.staff.people import Role


async def seal(_request: web.Request) -> web.FileResponse:
    """The icon, which the public pages serve."""
    return web.FileResponse(Path(__file__).parents[2] / "adapters/web/static/seal.svg")


async def main() -> None:
    """Serve until the process is ended."""
    with tempfile.TemporaryDirectory() as folder:
        async with house(Path(folder) / "k.sqlite3") as at:
            for role in Role:
                await at.add(role.value, role, ("CN-5111",) if role is Role.EDITOR else ())
            app = web.Application()
            app.on_response_prepare.append(header_setter(https=False))
            app.add_subapp(PREFIX, make_console(Parts(staff=at.people)))
            app.router.add_get("/static/seal.svg", seal)
            runner = web.AppRunner(app)
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            sys.stdout.write(f"http://127.0.0.1:{runner.addresses[0][1]}\n")
            sys.stdout.flush()
            await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
