"""The emulated platform with an account of a few lines behind it, for the browser tests and for trying the page by hand.

`python tests/browser/emulated_site.py [PORT]` prints the page's address; run it from the project's folder.
"""

import asyncio
import sys
from pathlib import Path

from aiohttp import web

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from emulated import Service, reply_to, served, value

from adapters.wechat.emulator.emulator import Emulator

MENU = [
    {"name": "报名缴费", "sub_button": [{"type": "click", "name": "缴费时间", "key": "缴费时间"}]},
    {"type": "click", "name": "查成绩", "key": "查成绩"},
]
OPTIONS = (
    "2024年1月29日至2月8日。\n"
    '<a href="weixin://bizmsgmenu?msgmenucontent=收费标准&msgmenuid=1">1 考试收费标准</a>\n'
    '来源：<a href="https://example.com/notices/1#3">乐山公告三</a>'
)


def answering(service: Service) -> None:
    """Let the service know a few words, be slow at one, and wrong at another."""

    async def answer(body: bytes, _request: web.Request) -> web.StreamResponse:
        said = value(body, "Content") or value(body, "Event") or value(body, "MsgType")
        if said == "慢":
            await asyncio.sleep(30)
        if said == "错":
            return web.Response(text="<html>")
        if said in ("unsubscribe", "不说"):
            return web.Response(text="success")
        return service.sealed(reply_to(body, OPTIONS if "缴费" in said else f"收到：{said} {value(body, 'EventKey')}"))

    service.answer = answer


async def main(port: int) -> None:
    """Serve until the process is ended; the address is the one line printed."""
    emulator = Emulator()
    emulator.suggested_scenes = (("CN-5111", "四川乐山"), ("CN-31", "上海"))
    emulator.menu.create({"button": MENU})
    async with served(emulator.account) as service:
        answering(service)
        await emulator.start("127.0.0.1", port)
        await emulator.connect(service.address)
        sys.stdout.write(emulator.address + "\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 0))
