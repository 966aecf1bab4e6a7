"""The composition root: the one place where everything is put together. Nothing imports it but the command line."""

import asyncio
import datetime as dt
import gc
import logging
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

from aiohttp import web
from prometheus_client import CollectorRegistry

from adapters.status.client import client
from adapters.storage.database import SqliteFile
from adapters.storage.sqlite import SqliteStore
from adapters.storage.sqlite_accounts import SqliteAccounts
from adapters.storage.sqlite_shared import SqliteKeyValue
from adapters.web.server import WebConfig, make_app
from bot.accounts import Accounts
from bot.console import Console
from bot.desk.people import People
from bot.mind import Mind, from_content
from bot.needs import Needs
from bot.personal import Personal
from bot.ports import AccountStore, Clock, KeyValue, Notify, StatusService, StoreError
from bot.reader import KnowledgeReader
from bot.record import Record
from bot.responder import Responder
from bot.sealed import SealedValues
from bot.sealing import Sealer
from bot.secret_key import sealer_of
from bot.settings import Settings, SettingsError, StatusSettings, WechatSettings

log = logging.getLogger("kaoda")
DATABASE = "kaoda.sqlite3"
RESPONDER = web.AppKey("responder", Responder)
"""Who answers, for what talks to the application without HTTP."""
PEOPLE = web.AppKey("people", People)
"""Accounts of the console."""
WECHAT = "wechat"  # the channel whose users can be written to
WEB = "web"  # the channel whose users are conversations
DAY = 86_400.0  # s
SHUTDOWN_SECONDS = 10.0  # for turns that are running when the process is told to stop


def clock_of(settings: Settings) -> Clock:
    """The real time, or the fixed moment of the settings."""
    fixed = settings.now
    return (lambda: fixed) if fixed else (lambda: dt.datetime.now(dt.UTC))


def think(settings: Settings) -> Mind:
    """The mind of the shipped content, with what is slow to make kept in the data folder. Raises ContentError."""
    return from_content(cache=settings.data_dir / "cache")


@asynccontextmanager
async def application(settings: Settings, mind: Mind | None = None) -> AsyncIterator[web.Application]:
    """The whole service as an aiohttp application. Raises ContentError, SettingsError and StoreError before it serves."""
    clock, registry = clock_of(settings), CollectorRegistry()
    store = SqliteStore(settings.data_dir / DATABASE, settings.conversation_days)
    async with AsyncExitStack() as parts:
        parts.push_async_callback(store.close)
        await store.open(clock())
        sealer = await _sealer(settings, SqliteAccounts(store.file))
        values = SealedValues(_values(store.file), sealer)
        status = await parts.enter_async_context(_status(settings.status, clock, registry))
        own = None
        if status is not None:
            own = Personal(
                status=status,
                file=store.file,
                values=values,
                sealer=sealer,
                clock=clock,
                registry=registry,
                mind=lambda: responder.mind,
                url=settings.public_url,
            )
        accounts, reminders = (own.accounts, own.reminders) if own else (None, None)
        tidying = asyncio.create_task(_tidy(store, accounts, clock))
        parts.callback(tidying.cancel)
        staff = Console(settings=settings, file=store.file, values=_values(store.file), clock=clock)
        mind = await staff.begin(mind)
        needs = Needs(accounts, status, reminders=reminders)
        record = Record(
            file=store.file,
            sealer=sealer,
            mind=staff.mind,
            minds=staff.minds,
            clock=clock,
            public_url=settings.public_url,
            days=settings.journal_days,
        )
        parts.push_async_callback(record.close)
        responder = Responder(
            mind,
            store,
            clock,
            settings.public_url,
            needs=needs,
            sealer=sealer,
            reminders=reminders,
            corrections=record.corrections,
        )
        app = make_app(
            responder=responder,
            reader=KnowledgeReader(lambda: responder.mind.knowledge, clock),
            ready=store.check,
            config=WebConfig(
                public_url=settings.public_url,
                questions_per_minute=settings.questions_per_minute,
                trusted_proxies=settings.trusted_proxies,
            ),
            registry=registry,
            binder=accounts,
            cards=own.cards(responder) if own else None,
            console=staff.application(record),
        )
        app[RESPONDER], app[PEOPLE] = responder, staff.people
        await parts.enter_async_context(staff.running(responder))
        channels: dict[str, Notify] = {}
        if settings.wechat is not None:
            notify = await parts.enter_async_context(
                _wechat(settings.wechat, app, responder, store.file, values, registry)
            )
            channels |= {WECHAT: notify} if notify else {}
        await parts.enter_async_context(record.running(channels))
        if own is not None:
            await parts.enter_async_context(own.rounds(channels, settings.changes_seconds))
        yield app


@asynccontextmanager
async def _status(
    settings: StatusSettings | None, clock: Clock, registry: CollectorRegistry
) -> AsyncIterator[StatusService | None]:
    """The registration status service; None where there is none."""
    if settings is None or not settings.url:
        yield None
        return
    async with client(settings.url, settings.token, clock, registry) as found:
        yield found


@asynccontextmanager
async def _wechat(
    settings: WechatSettings,
    app: web.Application,
    responder: Responder,
    file: SqliteFile,
    sealed: KeyValue,
    registry: CollectorRegistry,
) -> AsyncIterator[Notify | None]:
    """The WeChat account's callback in the application, and what reminds its users; late answers are kept at the end.

    Raises SettingsError.
    """
    from adapters.wechat.account import Account, AccountError  # here: who has no account need not wait for wechatpy
    from adapters.wechat.channel import Channel
    from adapters.wechat.client import client as wechat_client
    from adapters.wechat.customer_service import CustomerService
    from adapters.wechat.notify import Notifier
    from adapters.wechat.outbound import Outbound, RepliesOnly
    from adapters.wechat.templates import TemplatesError
    from adapters.wechat.templates import read as read_templates
    from adapters.wechat.tokens import Credentials
    from adapters.wechat.watch import Watch

    values = _values(file)
    account = Account(
        token=settings.token,
        encoding_aes_key=settings.encoding_aes_key,
        app_id=settings.app_id,
        mode=settings.mode,
    )
    async with AsyncExitStack() as outbound:
        sender: Outbound = RepliesOnly()
        notify: Notify | None = None
        if settings.app_secret:
            watch, credentials = Watch(registry), Credentials(app_id=settings.app_id, app_secret=settings.app_secret)
            api = await outbound.enter_async_context(wechat_client(settings.api_url, credentials, values, watch))
            sender = CustomerService(api, values, watch)
            if settings.templates is not None:
                try:
                    notify = Notifier(api, *read_templates(settings.templates))
                except TemplatesError as error:
                    raise SettingsError(str(error)) from error
        try:
            channel = Channel(account=account, responder=responder, outbound=sender, values=sealed, registry=registry)
        except AccountError as error:
            raise SettingsError(str(error)) from error
        app.add_routes(channel.routes())
        try:
            yield notify
        finally:
            await channel.close()


async def _sealer(settings: Settings, store: AccountStore) -> Sealer:
    """What encrypts; the operator is told of a key that was made. Raises SettingsError and StoreError."""
    sealer, made = await sealer_of(settings.secret_key, settings.data_dir, store)
    if made is not None:
        log.warning(
            "secret_key_made file=%s: back this file up, apart from the database; without it bindings cannot be read",
            made,
        )
    return sealer


def _values(file: SqliteFile) -> SqliteKeyValue:
    return SqliteKeyValue(file, lambda: dt.datetime.now(dt.UTC))  # real time, whatever the fixed clock says


async def _tidy(store: SqliteStore, accounts: Accounts | None, clock: Clock) -> None:
    """Forget expired conversations at the start and once a day, and the bindings that nobody can reach without them."""
    while True:
        try:
            await store.forget(clock())
            if accounts is not None:
                await accounts.forget_unreachable(WEB, store)
        except StoreError as error:
            log.warning("forgetting failed error=%s", type(error.__cause__).__name__)
        await asyncio.sleep(DAY)


def stop_signal() -> asyncio.Event:
    """An event that SIGINT and SIGTERM set."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    return stop


async def serve(
    settings: Settings,
    started: Callable[[str], None],
    mind: Mind | None = None,
    first: Callable[[str, str, str], None] | None = None,
) -> None:
    """Serve until SIGINT or SIGTERM; turns that are running end first. `started` is told the address.

    Where there is no account of the console yet, one is made, and `first` is told the address, its name and its password.
    """
    stop = stop_signal()
    async with application(settings, mind) as app:
        gc.collect()
        gc.freeze()  # the mind stays: to look through it again and again would hold up all that is being answered
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
        await runner.setup()
        try:
            site = web.TCPSite(runner, settings.host, settings.port)
            await site.start()
            port = runner.addresses[0][1]
            address = f"http://{settings.host}:{port}"
            log.info("serving address=%s data=%s", address, settings.data_dir)
            started(address)
            made = await app[PEOPLE].first() if first else None
            if first and made:
                first(address, *made)
            await stop.wait()
        finally:
            await runner.cleanup()
