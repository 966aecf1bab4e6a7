"""The whole service with one person of each role in its console: candidates ask on its page, staff work in the console.

`python tests/browser/whole_site.py FOLDER` prints its address; run it from the project's folder.
"""

import asyncio
import sys
from pathlib import Path

from aiohttp.test_utils import TestServer

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from staff_people import House

from adapters.storage.database import SqliteFile
from bot.app import DATABASE, application
from bot.settings import read
from bot.staff.people import Role


async def main(folder: Path) -> None:
    """Serve until the process is ended; the address is the one line printed."""
    settings = read(
        {
            "KAODA_DATA_DIR": str(folder),
            "KAODA_NOW": "2023-12-05T09:00+08:00",
            "KAODA_STATUS_API_URL": "off",
            "KAODA_LABELLED": str(folder),
        }
    )
    async with application(settings) as app, TestServer(app) as server:
        file = SqliteFile(folder / DATABASE)
        await file.open()
        try:
            people = House(file)
            for role in Role:
                await people.add(role.value, role)
            sys.stdout.write(str(server.make_url("")).rstrip("/") + "\n")
            sys.stdout.flush()
            await asyncio.Event().wait()
        finally:
            await file.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
