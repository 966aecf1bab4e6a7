"""Personal data through the running service with all logging at DEBUG: it is nowhere afterwards. And what was bound stays."""

import re
import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from bound_site import NOW, Person, Process, running

from adapters.status.stub.server import Stub
from adapters.wechat.emulator.emulator import Emulator

IDENTITIES = ("31010118510202001X", "440802186302140135", "110105194912310021", "11010519491231002x")
WRITTEN = ("510102 19900101 1234", "５１０１０２１９９００１０１１２３４", "510102900101123", "81000019800101001X")
PHONES = (
    "13812345678",
    "138 1234 5679",
    "139-1234-5678",
    "+86 13712345678",
    "１３６１２３４５６７８",
    "一三八一二三四五六七八",
)
NUMBERS = ("202431007919", "202431015838", "209900001234", "2024 3101 9999")
DOCUMENTS = ("E12345678", "EA1234567", "H1234567801")
NAMES = ("考生甲", "张三丰", "欧阳小明", "李小红")
TOKENS = tuple(secrets.token_urlsafe(32) for _ in range(2))
SAID = (
    "我的身份证{}，审核过了吗",
    "{}",
    "{} 查一下",
    "请问{}这个能不能用，谢谢",
    "吞吐量是什么 {}",  # not understood: leaves a gap
)
NAMED = ("我叫{}，我的审核过了吗", "姓名：{}，为什么被退回", "我是{}，量子力学怎么学", "本人{}，退税怎么退")
LINKS = ("/bind?token={}", "https://kaoda.example/bind?token={} 打不开", "{}", "token={}")
HARMLESS = (
    ("上海2024年什么时候缴费", "2024年"),
    ("乐山中级一科多少钱", "70元"),
    ("浙江副高全科医学的编码", "全科"),
    ("乐山的咨询电话是多少", "0833-"),
)


@pytest.fixture
async def stub() -> AsyncIterator[Stub]:
    async with Stub(clock=lambda: NOW) as found:
        yield found


def corpus() -> list[str]:
    """Everything that somebody might type who should not."""
    said = [text.format(each) for each in (*IDENTITIES, *WRITTEN, *PHONES, *NUMBERS, *DOCUMENTS) for text in SAID]
    said += [text.format(each) for each in NAMES for text in NAMED]
    return said + [text.format(each) for each in TOKENS for text in LINKS]


def personal() -> list[bytes]:
    """What must be nowhere; numbers also without the spaces and widths in which they were typed."""
    texts = {*IDENTITIES, *WRITTEN, *PHONES, *NUMBERS, *DOCUMENTS, *NAMES, *TOKENS}
    wide = str.maketrans("０１２３４５６７８９", "0123456789")
    texts |= {re.sub(r"[ -]|\+86", "", each.translate(wide)) for each in texts - {*NAMES, *TOKENS}}
    return [each.encode() for each in sorted(texts)]


async def type_all(person: Person, site: Process) -> list[str]:
    """The corpus in chat, by the page, as feedback; what was answered."""
    seen = []
    for text in corpus():
        reply = await person.say(text)
        seen.append(str(reply))
        said = {"conversation_id": person.conversation, "reply_id": reply["id"], "helpful": False, "comment": text}
        async with person.session.post(f"{site.address}/api/v1/feedback", json=said) as response:
            seen.append(await response.text())
    for text in corpus()[::9]:
        async with person.session.post(
            f"{site.address}/api/v1/chat", json={"text": "a", "region": text[:40]}
        ) as response:
            seen.append(await response.text())
        async with person.session.post(f"{site.address}/api/v1/chat", data=text.encode()) as response:
            seen.append(await response.text())
        async with person.session.get(f"{site.address}/nowhere/{text}", params={"q": text}) as response:
            seen.append(await response.text())
    return seen


async def fill_in_all(person: Person, site: Process) -> list[str]:
    """The corpus in the form: wrong, forged, and at last right."""
    seen = []
    for number, identity in enumerate(IDENTITIES):
        for name in NAMES[:2]:
            changes = {"id_number": identity, "name": name, "registration_no": NUMBERS[number % 3]}
            seen += [str(each) for each in await person.fill_in(TOKENS[0], site.candidate(0), **changes)]
    changes = {"id_number": PHONES[0], "name": NAMES[1], "registration_no": DOCUMENTS[0]}
    seen += [str(each) for each in await person.fill_in(await person.link(), site.candidate(0), **changes)]
    site.stub.order("500", "verify", times=1)
    seen += [str(each) for each in await person.fill_in(await person.link(), site.candidate(0))]
    seen += [str(each) for each in await person.fill_in(await person.link(), site.candidate(0))]
    seen.append(str(await person.say("我的报名状态")))
    site.stub.order("broken_json", "registrations", times=1)
    seen.append(str(await person.say("我的报名状态")))
    return seen


async def test_nothing_personal_is_left_anywhere(tmp_path: Path, stub: Stub) -> None:
    """ID numbers, phones, names, 网报号 and tokens, typed in chat, in the form and in WeChat.

    Not in a log line, nor in a byte of the database, nor in a metric, nor in a problem document or page.
    """
    async with Emulator() as platform:
        account = platform.account
        wechat = {
            "KAODA_WECHAT_TOKEN": account.token,
            "KAODA_WECHAT_APP_ID": account.app_id,
            "KAODA_WECHAT_APP_SECRET": account.app_secret,
            "KAODA_WECHAT_ENCODING_AES_KEY": account.encoding_aes_key,
            "KAODA_WECHAT_API_URL": platform.address,
            "KAODA_PUBLIC_URL": "http://kaoda.example",
        }
        async with running(tmp_path, stub, **wechat) as site:
            assert await platform.connect(f"{site.address}/wechat")
            phone = platform.phone()
            async with site.person() as person:
                seen = await type_all(person, site)
                seen += await fill_in_all(person, site)
                for text in corpus()[::3]:
                    await phone.say(text)
                await phone.say("绑定")
                links = re.findall(r"/bind\?token=([\w-]{43})", "".join(platform.journal.shown(phone.openid)))
                given = [re.search(r"token=([\w-]{43})", each) for each in seen]
                tokens = {*links, *(each[1] for each in given if each)} - set(TOKENS)
                status, _ = await person.fill_in(links[-1], site.candidate(1))
                assert status == 200
                _, metrics = await person.get("/metrics")
            raw, log = site.raw(), site.log().encode()
    assert tokens
    assert b"kaoda_http_requests" in metrics.encode()
    assert b"wechat_push" in log, "the log was looked at"
    assert "量子力学".encode() in raw, "the file was looked at, and gaps were kept"
    places = {"log": log, "database": raw, "metrics": metrics.encode()}
    secret = [site.candidate(number).id.encode() for number in range(3)] + [each.encode() for each in tokens]
    found = [(place, each.decode()) for place, text in places.items() for each in personal() + secret if each in text]
    assert found == []
    shown = "\n".join(seen).encode()
    assert [each.decode() for each in personal() if each in shown and each.decode() not in TOKENS] == []


async def test_what_is_public_is_not_masked(tmp_path: Path, stub: Stub) -> None:
    """Years, fees, codes and office phones are asked for and told."""
    async with running(tmp_path, stub) as site:
        for text, told in HARMLESS:
            async with site.person() as person:
                reply = await person.say(text)
            assert told in reply["text"]
            assert "＊" not in str(reply)


async def test_a_binding_that_was_acknowledged_survives_kill_9(tmp_path: Path, stub: Stub) -> None:
    """Killed at once after the page said so; the next process knows her, and the link stays used."""
    async with running(tmp_path, stub) as site, site.person() as person:
        token = await person.link()
        status, _ = await person.fill_in(token, site.candidate(3))
        site.child.kill()
        assert status == 200
        conversation = person.conversation
    async with running(tmp_path, stub) as site, site.person() as person:
        assert "您本人绑定的报名" in (await person.say("我的报名状态", conversation))["text"]
        assert (await person.fill_in(token, site.candidate(3)))[0] == 410
        await person.say("解绑", conversation)
        site.child.kill()
    async with running(tmp_path, stub) as site, site.person() as person:
        assert "没有绑定" in (await person.say("我的数据", conversation))["text"]


async def test_a_wrong_key_is_refused_in_one_sentence(tmp_path: Path, stub: Stub) -> None:
    """And the service does not start, rather than losing bindings."""
    async with running(tmp_path, stub):
        pass
    with pytest.raises(AssertionError, match="is not the key by which the bindings"):
        async with running(tmp_path, stub, KAODA_SECRET_KEY="ab" * 32):
            pass
    (tmp_path / "data" / "secret.key").unlink()
    with pytest.raises(AssertionError, match=r"put the backup of secret\.key back"):
        async with running(tmp_path, stub):
            pass
    assert "Traceback" not in (tmp_path / "log").read_text("utf-8")
