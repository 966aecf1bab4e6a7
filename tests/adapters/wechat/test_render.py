"""What replies look like: short enough, whole, links never cut, and well-formed whatever they hold."""

import re
import time
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wechat_line import ACCOUNT, AES_KEY, APP_ID, TOKEN, USER

from adapters.wechat.account import Account
from adapters.wechat.emulator import pushes
from adapters.wechat.emulator.account import Account as Emulated
from adapters.wechat.emulator.account import Mode
from adapters.wechat.emulator.strict import Answer, Judge
from adapters.wechat.emulator.verdict import Shown
from adapters.wechat.protocol import Protocol
from adapters.wechat.pushes import Push, What
from adapters.wechat.render import parts_of, split, tail_of
from adapters.wechat.words import read_words
from adapters.wechat.xml import ILLEGAL
from bot.messages import Citation, Kind, Link, Option, Reply

WORDS = read_words()
LINKS = re.compile(r'<a href="([^"<>]*)">([^<]*)</a>')
ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=()), max_size=300)  # surrogates and controls too
LONG = st.lists(
    st.sampled_from(["审核通过。", "缴费\n", "<a href='x'>", "👨‍👩‍👧‍👦", "🇨🇳", "é", "]]>", "&", "x" * 90]), max_size=400
).map("".join)


def reply(text: str, **more: object) -> Reply:
    return Reply(id="r", kind=Kind.ANSWER, text=text, **more)  # type: ignore[arg-type]  # a table of keywords


def citation(notice: str, clause: str = "三", url: str = "https://kaoda.example/notices/n#3") -> Citation:
    return Citation(notice=notice, title=f"公告{notice}", clause=clause, quote="原文", url=url)


def seen(text: str) -> str:
    """As the user sees it: links as their labels."""
    return LINKS.sub(r"\2", text)


def test_a_short_answer_is_its_text() -> None:
    assert parts_of(reply("2024年1月29日至2月8日。"), WORDS) == ("2024年1月29日至2月8日。",)


def test_options_that_the_text_lists_become_links_in_their_place() -> None:
    """What is seen is the very text of the chat API."""
    options = (Option(label="上海", send="上海"), Option(label="都不是", send="都不是"))
    text = "您在哪里报考？\n1. 上海\n2. 都不是"
    (part,) = parts_of(reply(text, options=options), WORDS)
    assert seen(part) == text
    assert part.count("<a href=") == 2


def test_what_a_tap_says_cannot_leave_its_link() -> None:
    """Signs that mean something in an address are escaped; 汉字 are not, which saves bytes."""
    evil = '"><a href="http://evil">&msgmenuid=9#%'
    (part,) = parts_of(reply("好", options=(Option(label=evil, send=evil),)), WORDS)
    ((address, label),) = LINKS.findall(part)
    assert address.count("&") == 1
    assert address.endswith("&msgmenuid=1")
    assert "＜a href" in label
    assert part.count("<a ") == 1


def test_an_option_that_says_much_is_tapped_by_its_number() -> None:
    """Cut, it would say something else."""
    (part,) = parts_of(reply("好", options=(Option(label="长" * 60, send="长" * 60),)), WORDS)
    assert "msgmenucontent=1&msgmenuid=1" in part
    assert "长" * 60 not in part


def test_sources_are_one_line_of_links() -> None:
    """One a notice, to the first clause that is cited of it; the clauses themselves are named in the text."""
    sources = (citation("a", "三"), citation("a", "四"), citation("b"), citation("c"), citation("d"))
    (part,) = parts_of(reply("答。", sources=sources), WORDS)
    last = part.split("\n")[-1]
    assert seen(last) == "原文：《公告a》三、《公告b》三、《公告c》三"
    assert [address for address, _ in LINKS.findall(last)] == ["https://kaoda.example/notices/n#3"] * 3


def test_links_that_lead_nowhere_are_left_out() -> None:
    """Without a public address the pages cannot be reached from a phone; nor are other schemes opened."""
    links = (Link(label="页面", url="/notices/n"), Link(label="脚本", url="javascript:alert(1)"))
    assert parts_of(reply("答。", sources=(citation("a", url="/notices/n#3"),), links=links), WORDS) == ("答。",)
    page = Link(label="查询", url="https://kaoda.example/bind")
    assert parts_of(reply("答。", links=(page,)), WORDS) == ('答。\n<a href="https://kaoda.example/bind">查询</a>',)


@given(text=ANY_TEXT | LONG, labels=st.lists(ANY_TEXT, max_size=12), with_sources=st.booleans())
def test_any_reply_is_whole_in_parts_that_fit(text: str, labels: list[str], with_sources: bool) -> None:
    """Each at most 2000 bytes, its links complete; together they say all of it."""
    options = tuple(Option(label=label, send=label) for label in labels)
    sources = (citation("a"), citation("b")) if with_sources else ()
    parts = parts_of(reply(text, options=options, sources=sources), WORDS)
    tail = tail_of(WORDS)
    for part in parts:
        assert len(part.encode()) <= 2000
        assert part.count("<a ") == part.count("</a>") == len(LINKS.findall(part))
    assert all(part.endswith(tail) for part in parts[:-1])
    whole = "".join(seen(part.removesuffix(tail)) for part in parts)
    wanted = ILLEGAL.sub("", text).replace("<", "＜")
    assert _letters(whole).startswith(_letters(wanted))


def _letters(text: str) -> str:
    return re.sub(r"\s", "", text).replace("<", "＜")


@given(text=LONG)
def test_splitting_keeps_characters_whole(text: str) -> None:
    """Families, flags and accents stay together."""
    for part in split(text, WORDS):
        first = part[:1]
        assert first not in ("\u200d", "\u0301", "\ufe0f")


def test_a_split_comes_at_the_end_of_a_paragraph_or_sentence() -> None:
    paragraph = "审核通过的考生须在此期间缴费。" * 20
    parts = split("\n".join([paragraph] * 5), WORDS)
    assert len(parts) > 1
    for part in parts[:-1]:
        assert part.removesuffix(tail_of(WORDS)).endswith("。")


@pytest.mark.parametrize("mode", [Mode.SAFE, Mode.PLAIN])
@given(text=ANY_TEXT | LONG)
def test_any_text_survives_the_way_to_the_platform(mode: Mode, text: str) -> None:
    """Through rendering and encryption, to a strict reader written from the specification; what XML cannot hold is gone."""
    protocol = Protocol(Account(token=TOKEN, encoding_aes_key=AES_KEY, app_id=APP_ID, mode=mode.value), time.time)
    emulated = Emulated(
        app_id=APP_ID, app_secret="", token=TOKEN, encoding_aes_key=AES_KEY, original_id=ACCOUNT, mode=mode
    )
    sent = pushes.Push(user=USER, fields={"MsgType": "text"}, number=1)
    push = Push(what=What.TEXT, name="text", account=ACCOUNT, user=USER, key="k")
    said = split(ILLEGAL.sub("", text), WORDS)[0]
    if not said.strip():
        return
    verdict = Judge(emulated).judge(Answer(status=200, body=protocol.reply(push, said)), sent)
    assert isinstance(verdict, Shown), verdict
    assert verdict.text.replace("\r\n", "\n").replace("\r", "\n") == said.replace("\r\n", "\n").replace("\r", "\n")


@pytest.mark.parametrize(
    "evil", ["a]]>b", "]]></Content><MsgType>news</MsgType><Content>", "]]]]>>", "]]>]]>", "\x00]\x0b]\ud800>"]
)
def test_the_end_of_cdata_is_harmless(evil: str) -> None:
    """Also where it comes about only by taking out what XML cannot hold."""
    protocol = Protocol(Account(token=TOKEN, encoding_aes_key="", app_id=APP_ID, mode="plain"), time.time)
    push = Push(what=What.TEXT, name="text", account=ACCOUNT, user=USER, key="k")
    root = ET.fromstring(protocol.reply(push, evil))  # noqa: S314  # our own reply
    assert [child.tag for child in root].count("MsgType") == 1
    assert root.findtext("Content") == ILLEGAL.sub("", evil)
