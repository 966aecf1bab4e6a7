"""What the command line does with the WeChat account: its menu, codes for regions. Like `app` it puts things together."""

import datetime as dt
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from prometheus_client import CollectorRegistry

from adapters.storage.database import SqliteFile
from adapters.storage.sqlite_shared import SqliteKeyValue
from adapters.wechat import menu, qr
from adapters.wechat.client import Client, client
from adapters.wechat.errors import PlatformError
from adapters.wechat.tokens import Credentials
from adapters.wechat.watch import Watch
from bot.app import DATABASE, clock_of
from bot.messages import UnknownScope
from bot.reader import KnowledgeReader
from bot.settings import Settings, SettingsError
from bot.views import RegionView
from knowledge.content import CONTENT, load

FAILURES = (PlatformError, menu.MenuError, qr.SceneError)
"""What may go wrong; each says in one sentence what to do."""
MENU = menu.FILE


def menu_body(settings: Settings, file: Path) -> dict[str, object]:
    """The menu as the platform would be sent it. Raises MenuError."""
    return menu.read(file, settings.public_url).body(settings.public_url)


async def push_menu(settings: Settings, file: Path) -> int:
    """Set the menu up and tell how many entries it has. Raises MenuError, PlatformError, SettingsError."""
    found = menu.read(file, settings.public_url)
    async with _client(settings) as api:
        await menu.push(api, found, settings.public_url)
    return sum(len(button.entry) for button in found.button)


def region_of(settings: Settings, text: str) -> RegionView:
    """The region that a name or id means. Raises UnknownScope."""
    knowledge = load(CONTENT)
    found = KnowledgeReader(lambda: knowledge, clock_of(settings)).region(text)
    if found is None:
        raise UnknownScope("region", text)
    return found


async def region_code(settings: Settings, region: RegionView, days: int) -> bytes:
    """A code as PNG by which people follow the account from a region. Raises PlatformError, SceneError, SettingsError."""
    async with _client(settings) as api:
        return qr.png(await qr.address(api, region.id, days))


@asynccontextmanager
async def _client(settings: Settings) -> AsyncIterator[Client]:
    """The account's API, with the token that the service shares. Raises SettingsError and StoreError."""
    account = settings.wechat
    if account is None or not account.app_id or not account.app_secret:
        raise SettingsError(
            "KAODA_WECHAT_TOKEN, KAODA_WECHAT_APP_ID and KAODA_WECHAT_APP_SECRET are all needed to call the platform; set them"
        )
    file = SqliteFile(settings.data_dir / DATABASE)
    try:
        await file.open()
        values = SqliteKeyValue(file, lambda: dt.datetime.now(dt.UTC))  # the real time, as for the service
        credentials = Credentials(app_id=account.app_id, app_secret=account.app_secret)
        async with client(account.api_url, credentials, values, Watch(CollectorRegistry())) as api:
            yield api
    finally:
        await file.close()
