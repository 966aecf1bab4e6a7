"""The service beside an emulated WeChat platform, so that anyone can try the account without one. Puts things together."""

import asyncio
import socket
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from adapters.wechat.emulator.account import Account, Mode, random_account
from adapters.wechat.emulator.emulator import Emulator
from bot import app as service
from bot import stubbed, wechat
from bot.reader import KnowledgeReader
from bot.settings import Settings, SettingsError, StatusSettings, WechatSettings
from knowledge.content import CONTENT, load

CALLBACK = "/wechat"
SCENES = 8  # regions that the page offers to follow from

Say = Callable[[str], None]


async def run(settings: Settings, port: int, push_to: str, say: Say) -> None:
    """Serve the emulator until SIGINT or SIGTERM, with a service of its own unless `push_to` is the callback of another.

    Raises SettingsError, and what serving raises.
    """
    emulator = Emulator(_account_of(settings) if push_to else random_account())
    emulator.suggested_scenes = _scenes(settings)
    await emulator.start(settings.host, port)
    try:
        if push_to:
            await _beside(emulator, push_to, say)
        else:
            await _together(emulator, settings, say)
    finally:
        await emulator.stop()


async def _beside(emulator: Emulator, push_to: str, say: Say) -> None:
    """Push to a service that runs already."""
    if not await emulator.connect(push_to):
        say(f"{push_to} does not answer the platform's check; look at its KAODA_WECHAT_TOKEN")
    say(f"pushing to {push_to}; that service needs KAODA_WECHAT_API_URL={emulator.address}")
    say(_open(emulator))
    await service.stop_signal().wait()


async def _together(emulator: Emulator, settings: Settings, say: Say) -> None:
    """Start the service with the credentials of the emulated account and a database that is thrown away."""
    mind = await asyncio.to_thread(service.think, settings)
    with tempfile.TemporaryDirectory() as folder:
        port = _free_port(settings.host, settings.port)
        own = replace(
            settings,
            port=port,
            public_url=settings.public_url or f"http://{settings.host}:{port}",
            data_dir=Path(folder),
            wechat=_settings_of(emulator),
            status=_for_show(settings),
        )
        wired: list[asyncio.Task[None]] = []  # keeps it from being collected
        async with stubbed.beside(own, say) as own:
            await service.serve(
                own, lambda address: wired.append(asyncio.create_task(_wire(emulator, own, address, say))), mind
            )


def _for_show(settings: Settings) -> StatusSettings | None:
    """The status service of the settings; where none is named the stub, for an emulated account is a demonstration."""
    found = settings.status
    return replace(found, is_stub=True) if found and not found.url else found


async def _wire(emulator: Emulator, settings: Settings, address: str, say: Say) -> None:
    """Do what an operator does once on the platform's pages: the address of the callback, and the menu."""
    if not await emulator.connect(address + CALLBACK):
        say(f"{address}{CALLBACK} does not answer the platform's check")
    try:
        await wechat.push_menu(settings, wechat.MENU)
    except wechat.FAILURES as error:
        say(f"the menu was not set up: {error}")
    say(f"kaoda serves {address}")
    say(_open(emulator))


def _open(emulator: Emulator) -> str:
    return f"open {emulator.address} for a phone to try the account on  (stop with Ctrl-C)"


def _account_of(settings: Settings) -> Account:
    """The account of the settings, for a service that runs with the same. Raises SettingsError."""
    found = settings.wechat
    if found is None:
        raise SettingsError("--push-to needs the KAODA_WECHAT_… settings of that service; set them here too")
    return Account(
        app_id=found.app_id,
        app_secret=found.app_secret,
        token=found.token,
        encoding_aes_key=found.encoding_aes_key or random_account().encoding_aes_key,
        mode=Mode(found.mode),
    )


def _settings_of(emulator: Emulator) -> WechatSettings:
    account = emulator.account
    return WechatSettings(
        token=account.token,
        app_id=account.app_id,
        app_secret=account.app_secret,
        encoding_aes_key=account.encoding_aes_key,
        mode=account.mode,
        api_url=emulator.address,
    )


def _scenes(settings: Settings) -> tuple[tuple[str, str], ...]:
    """The regions with a notice of their own: scene and name."""
    knowledge = load(CONTENT)
    reader = KnowledgeReader(lambda: knowledge, service.clock_of(settings))
    return tuple((region.id, region.path or region.name) for region in reader.regions("", SCENES))


def _free_port(host: str, wanted: int) -> int:
    """The port that is wanted, or any where it is taken: the phone does not mind."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, wanted))
        except OSError:
            probe.bind((host, 0))
        return int(probe.getsockname()[1])
