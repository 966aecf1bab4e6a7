"""Pushes as values: the same as wechatpy reads, and keys that tell different pushes apart and repetitions not."""

import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wechat_line import ACCOUNT, USER
from wechatpy.parser import parse_message

from adapters.wechat import xml
from adapters.wechat.emulator import pushes
from adapters.wechat.emulator.pushes import ILLEGAL, cdata
from adapters.wechat.pushes import READ, Push, What, push_of

HEAD = {"ToUserName": ACCOUNT, "FromUserName": USER, "CreateTime": 1700000000}
WECHATPY = {
    What.TEXT: {"text", "voice"},
    What.OPTION: {"text"},
    What.EMPTY: {"text"},
    What.UNSUPPORTED: {"text"},
    What.VOICE: {"voice"},
    What.IMAGE: {"image"},
    What.VIDEO: {"video", "shortvideo"},
    What.LOCATION: {"location"},
    What.LINK: {"link"},
    What.MENU: {"click"},
    What.FOLLOW: {"subscribe", "subscribe_scan"},
    What.SCAN: {"scan"},
    What.SCANCODE: {"scancode_waitmsg"},
}


def read(fields: pushes.Fields) -> Push:
    return push_of(xml.read(written(fields), READ))


def written(fields: pushes.Fields) -> bytes:
    return pushes.Push(user=USER, fields=HEAD | dict(fields), number=1).xml()


MESSAGES = (
    pushes.text("什么时候缴费"),
    pushes.text(" \n1 "),
    pushes.text("考试日期", "2"),
    pushes.image(),
    pushes.voice(),
    pushes.voice("说的话"),
    pushes.video(),
    pushes.location("人民广场"),
    pushes.link("t", "d", "http://a"),
)


@pytest.mark.parametrize(
    "fields", [*MESSAGES, *pushes.every_event(USER)], ids=lambda fields: fields.get("Event") or fields["MsgType"]
)
def test_wechatpy_reads_the_same(fields: pushes.Fields) -> None:
    """Its parser is the oracle: who, what kind, which text, which scene."""
    ours, theirs = (
        read(dict(fields) | ({"MsgId": 1} if fields["MsgType"] != "event" else {})),
        parse_message(written(fields)),
    )
    assert ours.account == theirs.target
    assert ours.user == (fields.get("OpenID") or theirs.source)
    kind = theirs.event if theirs.type == "event" else theirs.type
    if ours.what in WECHATPY:
        assert kind in WECHATPY[ours.what]
    if ours.what is What.TEXT:
        assert ours.text == (theirs.content if theirs.type == "text" else theirs.recognition)
    if ours.what is What.MENU:
        assert ours.text == theirs.key
    if ours.what in (What.FOLLOW, What.SCAN) and ours.scene:
        assert ours.scene == theirs.scene_id


@given(text=st.text(max_size=200))
def test_any_text_is_read_as_it_was_written(text: str) -> None:
    """Without the space around it."""
    legal = ILLEGAL.sub("", text).replace("\r\n", "\n").replace("\r", "\n").strip()
    push = read(pushes.text(text) | {"MsgId": 1})
    assert push.what in (What.TEXT, What.EMPTY, What.UNSUPPORTED)
    if push.what is What.TEXT:
        assert push.text == legal


@pytest.mark.parametrize(
    "change",
    [
        {"FromUserName": "oOther"},
        {"ToUserName": "gh_other"},
        {"MsgId": 2},
        {"CreateTime": 1700000001},
    ],
)
def test_what_differs_in_who_number_or_time_is_another_message(change: dict[str, object]) -> None:
    one = pushes.text("问") | {"MsgId": 1}
    assert read(one).key == read(dict(one)).key
    assert read(one | change).key != read(one).key  # type: ignore[operator]  # Fields are dicts here


def test_events_differ_in_anything() -> None:
    """Media checks of one second differ in trace_id only."""
    events = [pushes.media_checked("1"), pushes.media_checked("2"), pushes.click("a"), pushes.click("b")]
    events += [pushes.located("31.1"), pushes.located("31.2"), pushes.template_sent(1), pushes.template_sent(2)]
    assert len({read(event).key for event in events}) == len(events)
    assert [read(event).key for event in events] == [read(event).key for event in events]


def test_every_event_of_the_platform_is_read() -> None:
    """None is an error; those that may be answered are known."""
    kinds = {event["Event"]: read(event).what for event in pushes.every_event(USER)}
    answered = {name for name, what in kinds.items() if what not in (What.SILENT, What.LEAVE)}
    assert answered == {"subscribe", "SCAN", "CLICK", "scancode_waitmsg"}
    assert {name for name, what in kinds.items() if what is What.LEAVE} >= {"unsubscribe", "user_authorization_revoke"}


def test_shapes_that_are_too_large_end_early() -> None:
    """A megabyte of tags and a deep nest cost next to nothing: they are not read to their end."""
    for body in (b"<xml>" + b"<a/>" * 16_000 + b"</xml>", b"<xml>" + b"<a>" * 20_000, b"<xml>" * 10_000):
        start = time.perf_counter()
        with pytest.raises(xml.NotReadable):
            xml.read(body, READ)
        assert time.perf_counter() - start < 0.2  # s; some milliseconds where nothing else runs
    with pytest.raises(xml.NotReadable):
        xml.read(b"<xml>" + b"x" * 70_000 + b"</xml>", READ)


ENTITIES = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;">]><xml><Content>&b;</Content></xml>',
    '<!DOCTYPE x SYSTEM "file:///etc/passwd"><xml/>',
    '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><xml><Content>&e;</Content></xml>',
    '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1/">%p;]><xml/>',
    "<!DOCTYPE xml><xml/>",
    "<xml>&undefined;</xml>",
)


@pytest.mark.parametrize("body", ENTITIES)
def test_documents_with_a_doctype_are_refused(body: str) -> None:
    """No entity is ever declared, expanded or fetched."""
    with pytest.raises(xml.NotReadable):
        xml.read(body.encode(), READ)


@pytest.mark.parametrize("encoding", ["gbk", "latin-1", "utf-16", "utf-16-le", "utf-32"])
def test_other_encodings_are_refused(encoding: str) -> None:
    """Whatever the declaration says."""
    text = "缴费" if encoding not in ("latin-1",) else "é"
    body = f'<?xml version="1.0" encoding="{encoding}"?><xml><Content>{text}</Content></xml>'.encode(encoding)
    with pytest.raises(xml.NotReadable):
        xml.read(body, READ)


def test_a_byte_order_mark_and_a_declaration_are_fine() -> None:
    body = b"\xef\xbb\xbf" + '<?xml version="1.0" encoding="gbk"?>\n<xml><Content>缴费</Content></xml>'.encode()
    assert xml.read(body, READ).fields == {"Content": "缴费"}
    assert cdata("a") == "<![CDATA[a]]>"


PIECES = st.sampled_from(
    [
        *(
            "<xml>",
            "</xml>",
            "<a>",
            "</a>",
            "<Content>",
            "</Content>",
            "<![CDATA[",
            "]]>",
            "]]",
            "]",
            ">",
            "<",
            "&amp;",
            "&",
        ),
        *(
            "<a b='c'>",
            "<!-- -->",
            "<?p?>",
            "<!DOCTYPE xml>",
            "\n",
            "\r\n",
            " ",
            "问",
            "1",
            "\x00",
            "\ufffe",
            "<1>",
            "</b>",
        ),
    ]
)
FIELD = st.builds(
    "<{0}>{1}</{0}>{2}".format,
    st.sampled_from(["Content", "MsgId", "Extra", "a", "MsgType"]),
    st.one_of(st.just("<![CDATA[问]]>"), st.lists(PIECES, max_size=4).map("".join), st.text(max_size=9)),
    st.sampled_from(["", "\n", " "]),
)


@given(
    body=st.one_of(
        st.lists(FIELD, max_size=6).map(lambda each: f"<xml>{''.join(each)}</xml>"), st.lists(PIECES).map("".join)
    )
)
def test_the_short_way_reads_what_the_parser_reads(body: str) -> None:
    """A declaration in front makes the parser read it: the same fields, or the same refusal."""

    def said(text: str) -> xml.Document | None:
        try:
            return xml.read(text.encode("utf-8", "surrogatepass"), READ)
        except xml.NotReadable:
            return None

    assert said(body) == said('<?xml version="1.0"?>' + body)


@pytest.mark.parametrize("piece", ["]", "]]", "<a></a>", " ", "<", "<a>", "<![CDATA[", "a"])
def test_no_repetition_is_read_for_long(piece: str) -> None:
    """As short as it takes to look at every character a few times; a pattern that goes back would take minutes."""
    many = piece * (60_000 // len(piece))
    for body in (f"<xml>{many}", f"<xml><a>{many}</a></xml>", f"<xml><a><![CDATA[{many}</a></xml>", f"<xml><{many}"):
        began = time.perf_counter()
        with contextlib.suppress(xml.NotReadable):
            xml.read(body.encode(), READ)
        assert time.perf_counter() - began < 1.0
