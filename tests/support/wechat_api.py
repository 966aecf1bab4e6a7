"""A platform's API that answers as it is told to, over real HTTP: for what a well-behaved one would not do."""

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

TOKEN_PATH = "/cgi-bin/stable_token"
TOKEN = "tk_" + "S" * 60
SECRET = "sec_0123456789abcdef0123456789ab"
APP_ID = "wx0123456789abcdef"
OPENID = "oABCD1234efgh5678ijkl9012mnop"

Answer = dict[str, Any] | list[Any] | web.Response | Callable[[], Any]


@dataclass
class ScriptedApi:
    """Records every call; answers from a queue per path, then with the path's usual answer."""

    calls: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    """Path, token, body."""
    script: dict[str, deque[Answer]] = field(default_factory=lambda: defaultdict(deque))
    usual: dict[str, Answer] = field(default_factory=dict)
    url: str = ""

    def tell(self, path: str, *answers: Answer) -> None:
        """What to answer to the next calls of a path."""
        self.script[path].extend(answers)

    def paths(self, *, without_tokens: bool = True) -> list[str]:
        """The paths that were called, in order."""
        return [path for path, _, _ in self.calls if not (without_tokens and path == TOKEN_PATH)]

    def fetches(self) -> int:
        """How many tokens were fetched."""
        return self.paths(without_tokens=False).count(TOKEN_PATH)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one call."""
        self.calls.append((request.path, request.query.get("access_token", ""), json.loads(await request.read())))
        queue = self.script[request.path]
        answer = queue.popleft() if queue else self.usual.get(request.path, {"errcode": 0, "errmsg": "ok"})
        if callable(answer):
            answer = answer()
        if asyncio.iscoroutine(answer):
            answer = await answer
        if isinstance(answer, web.StreamResponse):
            return answer
        return web.Response(text=json.dumps(answer), content_type="text/plain")


async def serve(api: ScriptedApi) -> web.AppRunner:
    """Serve on a free port; clean the runner up at the end."""
    app = web.Application()
    app.router.add_post("/{tail:.*}", api.handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    api.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    api.usual[TOKEN_PATH] = lambda: {"access_token": f"{TOKEN}{api.fetches()}", "expires_in": 7200}
    return runner
