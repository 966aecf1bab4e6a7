"""Everything outbound against the emulated platform: its tokens, quotas, menus and codes are its own, and so are its refusals."""

import asyncio
import dataclasses
import datetime as dt
import struct
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from prometheus_client import CollectorRegistry

from adapters.storage.memory_shared import MemoryKeyValue
from adapters.wechat import menu, qr
from adapters.wechat.client import Client, client
from adapters.wechat.customer_service import SEND, TYPING, CustomerService
from adapters.wechat.emulator.account import AccountType, random_account
from adapters.wechat.emulator.clock import Clock
from adapters.wechat.emulator.emulator import Emulator
from adapters.wechat.emulator.journal import Kind
from adapters.wechat.emulator.people import Trigger as Did
from adapters.wechat.errors import PlatformError, TokenUnavailable, Undeliverable
from adapters.wechat.notify import Notifier, Template, Way
from adapters.wechat.outbound import Trigger
from adapters.wechat.tokens import PATH as TOKEN_PATH
from adapters.wechat.tokens import Credentials, Tokens
from adapters.wechat.watch import Watch
from adapters.wechat.wire import connected
from bot.ports import NotifyError, Reminder

PUBLIC = "https://kaoda.example"
DAY = 86_400


class Account:
    """An emulated platform and our client of it, both by the emulated clock."""

    def __init__(self, platform: Emulator) -> None:
        self.platform = platform
        self.registry = CollectorRegistry()
        self.watch = Watch(self.registry)
        self.now = platform.clock.now
        self.values = MemoryKeyValue(lambda: dt.datetime.fromtimestamp(self.now(), dt.UTC))
        self.credentials = Credentials(app_id=platform.account.app_id, app_secret=platform.account.app_secret)

    @asynccontextmanager
    async def client(self):
        async with connected(self.platform.address, self.watch) as wire:
            tokens = Tokens(wire, self.credentials, self.values, self.watch, now=self.now)
            yield Client(wire, tokens, self.watch, now=self.now, pauses=(0.0, 0.0))
            await tokens.close()

    def did(self, trigger: Did) -> str:
        """A user who has done something, for the platform's books."""
        person = self.platform.people.add()
        person.did(trigger, self.now())
        return person.openid

    def calls(self, path: str) -> int:
        return len(self.platform.journal.entries(Kind.CALL, name=path))

    def shown(self, openid: str) -> list[str]:
        return self.platform.journal.shown(openid)


@pytest.fixture
async def account(request):
    kind = getattr(request, "param", AccountType.SERVICE)
    async with Emulator(dataclasses.replace(random_account(), type=kind), clock=Clock()) as platform:
        yield Account(platform)


async def test_a_late_answer_reaches_the_user(account):
    async with account.client() as api:
        out = CustomerService(api, account.values, account.watch, now=account.now)
        user = account.did(Did.MESSAGE)
        await out.noted(user, Trigger.MESSAGE)
        await out.typing(user)
        await out.typing(user)
        assert await out.send_text(user, "缴费时间：2月8日。")
    assert account.shown(user) == ["缴费时间：2月8日。"]
    assert account.calls(TYPING) == 1
    assert account.calls(TOKEN_PATH) == 1


@pytest.mark.parametrize(
    ("did", "trigger", "count"),
    [(Did.MESSAGE, Trigger.MESSAGE, 5), (Did.MENU, Trigger.MENU, 3), (Did.SCAN, Trigger.SCAN, 3)],
)
async def test_the_ledger_is_the_platform_s(account, did, trigger, count):
    """We stop where the platform would: it never has to say 45047 or 45015."""
    async with account.client() as api:
        out = CustomerService(api, account.values, account.watch, now=account.now)
        user = account.did(did)
        await out.noted(user, trigger)
        assert [await out.send_text(user, str(n)) for n in range(count + 1)] == [True] * count + [False]
        await out.noted(user, trigger)
        account.platform.people.get(user).did(did, account.now())
        account.platform.clock.advance(49 * 3600)
        assert not await out.send_text(user, "late")
    assert account.calls(SEND) == count


@pytest.mark.parametrize(
    "code", ["45015", "45047", "48001", "40003", "43004", "45009", "html", "500", "list", "text_errcode", "reset"]
)
async def test_trouble_keeps_the_answer(account, code):
    async with account.client() as api:
        out = CustomerService(api, account.values, account.watch, now=account.now)
        user = account.did(Did.MESSAGE)
        await out.noted(user, Trigger.MESSAGE)
        account.platform.troubles.order(code, path=SEND, times=None)
        assert await out.send_text(user, "answer") is False
    assert account.calls(SEND) == 1
    assert account.shown(user) == []


async def test_busy_twice_is_no_trouble(account):
    async with account.client() as api:
        out = CustomerService(api, account.values, account.watch, now=account.now)
        user = account.did(Did.MESSAGE)
        await out.noted(user, Trigger.MESSAGE)
        account.platform.troubles.order(-1, path=SEND, times=2)
        assert await out.send_text(user, "answer")
    assert account.shown(user) == ["answer"]


async def test_tokens_that_die_are_replaced(account):
    """A reset of the AppSecret kills all of them; one send, two fetches, nothing lost."""
    async with account.client() as api:
        out = CustomerService(api, account.values, account.watch, now=account.now)
        user = account.did(Did.MESSAGE)
        await out.noted(user, Trigger.MESSAGE)
        assert await out.send_text(user, "1")
        account.platform.tokens.revoke()
        assert await out.send_text(user, "2")
    assert account.shown(user) == ["1", "2"]
    assert account.calls(TOKEN_PATH) == 2


async def test_40001_for_ever_costs_few_calls(account):
    async with account.client() as api:
        out = CustomerService(api, account.values, account.watch, now=account.now)
        account.platform.troubles.order(40001, path=SEND, times=None)
        for _ in range(30):
            user = account.did(Did.MESSAGE)
            await out.noted(user, Trigger.MESSAGE)
            assert not await out.send_text(user, "answer")
    assert account.calls(TOKEN_PATH) <= 3
    assert account.calls(SEND) <= 3


async def test_a_day_of_the_platform_s_own_tokens(account):
    """A call a minute for a day in 8 processes: each is taken, and few tokens are fetched."""
    async with AsyncExitStack() as stack:
        workers = [await stack.enter_async_context(account.client()) for _ in range(8)]
        for _ in range(DAY // 600):
            await asyncio.gather(*(each.call(menu.CREATE, _menu()) for each in workers))
            await asyncio.gather(*(_renewed(each) for each in workers))
            account.platform.clock.advance(600)
    assert account.calls(menu.CREATE) == 8 * DAY // 600
    assert account.calls(TOKEN_PATH) <= 40
    assert not [entry for entry in account.platform.journal.entries(Kind.CALL) if entry.code], "none was refused"


async def _renewed(api: Client) -> None:
    if api._tokens._renewal:
        await asyncio.wait([api._tokens._renewal])


def _menu():
    return menu.read(menu.FILE, PUBLIC).body(PUBLIC)


async def test_wrong_credentials_and_an_unlisted_address_say_what_to_do(account, caplog):
    account.platform.rules.whitelist = frozenset({"203.0.113.7"})
    async with account.client() as api:
        with pytest.raises(TokenUnavailable, match="40164"):
            await api.call(menu.CREATE, _menu())
    assert "IP whitelist; add it there (address 127.0.0.1)" in caplog.text


async def test_the_shipped_menu_is_taken(account):
    async with account.client() as api:
        await menu.push(api, menu.read(menu.FILE, PUBLIC), PUBLIC)
    assert [button["name"] for button in account.platform.menu.buttons] == ["报名缴费", "考试成绩", "我的地区"]


@pytest.mark.parametrize("account", [AccountType.UNVERIFIED_SUBSCRIPTION], indirect=True)
async def test_an_account_that_may_not_is_told_so(account):
    async with account.client() as api:
        with pytest.raises(Undeliverable, match=r"48001, the account may not use this API"):
            await menu.push(api, menu.read(menu.FILE, PUBLIC), PUBLIC)


@pytest.mark.parametrize(("days", "ends"), [(0, None), (30, 30 * DAY)])
async def test_a_code_holds_what_the_platform_gave_and_leads_to_its_region(account, days, ends):
    async with account.client() as api:
        address = await qr.address(api, "CN-31", days)
    (code,) = account.platform.scenes.valid()
    assert (code.scene, code.url) == ("CN-31", address)
    if ends is None:
        assert code.ends is None
    else:
        assert code.ends == pytest.approx(account.now() + ends, abs=5)
    picture = qr.png(address)
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", picture[16:24])
    assert width == height
    assert 350 < width < 900


@pytest.mark.parametrize(
    ("scene", "days"), [("", 0), ("上海", 0), ("a b", 0), ("x" * 65, 0), ("CN-31", 31), ("CN-31", -1)]
)
async def test_a_scene_that_the_platform_would_not_take_is_not_sent(account, scene, days):
    async with account.client() as api:
        with pytest.raises(qr.SceneError, match="give 1 to 64"):
            await qr.address(api, scene, days)
    assert account.calls(qr.CREATE) == 0


REMINDER = Reminder(kind="payment_ends", values={"deadline": "2月8日", "region": "上海"}, url=PUBLIC + "/notices")
TEMPLATES = {"payment_ends": Template(id="tpl1", fields={"deadline": "time2", "region": "thing1"})}


@pytest.mark.parametrize(("way", "field"), [(Way.TEMPLATE, "url"), (Way.SUBSCRIPTION, "page")])
async def test_a_reminder_reaches_who_agreed(account, way, field):
    user = account.did(Did.MESSAGE)
    account.platform.people.get(user).consents.add("tpl1")
    async with account.client() as api:
        notifier = Notifier(api, way, TEMPLATES)
        assert await notifier.notify(user, REMINDER)
        assert notifier._body(user, TEMPLATES["payment_ends"], REMINDER)[field] == REMINDER.url
    assert account.shown(user) == ["time2：2月8日\nthing1：上海"]


@pytest.mark.parametrize("way", list(Way))
async def test_a_reminder_to_nobody_is_false(account, way):
    """Unknown, gone, or not agreed; and a kind that this account has no template for."""
    gone = account.did(Did.MESSAGE)
    account.platform.people.get(gone).is_following = False
    async with account.client() as api:
        notifier = Notifier(api, way, TEMPLATES)
        assert not await notifier.notify("o" * 28, REMINDER)
        assert not await notifier.notify(gone, REMINDER)
        assert not await notifier.notify(gone, Reminder(kind="other", values={}))


async def test_a_reminder_that_may_work_later_is_an_error(account):
    user = account.did(Did.MESSAGE)
    async with account.client() as api:
        account.platform.troubles.order(-1, times=None)
        with pytest.raises(NotifyError, match="try again later"):
            await Notifier(api, Way.TEMPLATE, TEMPLATES).notify(user, REMINDER)


async def test_the_client_of_the_composition_root_works(account):
    """Its clocks are the real ones."""
    async with client(account.platform.address, account.credentials, account.values, account.watch) as api:
        await api.call(menu.CREATE, _menu())
        account.platform.troubles.order("reset", path=menu.CREATE)
        with pytest.raises(PlatformError):
            await api.call(menu.CREATE, _menu())
