"""Calls the emulated platform's API as a service does."""

from typing import Any

import aiohttp

from adapters.wechat.emulator.emulator import Emulator

CREDENTIAL = "client_credential"


class Caller:
    """What a service does: calls with a token."""

    def __init__(self, platform: Emulator, http: aiohttp.ClientSession) -> None:
        self.platform, self.http = platform, http

    async def get(self, path: str, **query: str) -> dict[str, Any]:
        async with self.http.get(self.platform.address + path, params=query) as response:
            return await response.json()

    async def token(self, **query: str) -> dict[str, Any]:
        account = self.platform.account
        known = {"grant_type": CREDENTIAL, "appid": account.app_id, "secret": account.app_secret} | query
        return await self.get("/cgi-bin/token", **{name: value for name, value in known.items() if value})

    async def stable(self, **fields: object) -> dict[str, Any]:
        account = self.platform.account
        known = {"grant_type": CREDENTIAL, "appid": account.app_id, "secret": account.app_secret}
        async with self.http.post(self.platform.address + "/cgi-bin/stable_token", json=known | fields) as response:
            return await response.json()

    async def post(self, path: str, data: Any, token: str | None = None) -> dict[str, Any]:
        query = {"access_token": (await self.stable())["access_token"] if token is None else token}
        async with self.http.post(self.platform.address + path, params=query, json=data) as response:
            return await response.json()

    async def code(self, path: str, data: Any, token: str | None = None) -> int:
        return int((await self.post(path, data, token))["errcode"])

    async def say(self, openid: str, text: str = "您好") -> int:
        return await self.code(
            "/cgi-bin/message/custom/send", {"touser": openid, "msgtype": "text", "text": {"content": text}}
        )

    async def uses(self, token: str) -> int:
        """The errcode of a call with that token."""
        return await self.code("/cgi-bin/menu/create", {"button": [{"type": "click", "name": "a", "key": "k"}]}, token)
