"""The account's menu: checked before it is sent, and every entry leads to an answer."""

import datetime as dt
import tomllib

import pytest

from adapters.wechat.menu import FILE, MenuError, read
from bot.conversation import Conversation
from bot.dialogue import Heard, decide
from bot.messages import Kind

PUBLIC = "https://kaoda.example"
SHIPPED = tomllib.loads(FILE.read_text("utf-8"))
SAID = [entry["send"] for button in SHIPPED["button"] for entry in button["entry"] if "send" in entry]


def _menu(tmp_path, text: str):
    path = tmp_path / "menu.toml"
    path.write_text(text, "utf-8")
    return path


def _button(name: str = "报名", entries: int = 1, **values: str) -> str:
    """A button with so many entries; `values` replace those of an entry, an empty one leaves it out."""
    entry = {"name": "时间", "send": "报名时间"} | values
    lines = "".join(f'{key} = "{value}"\n' for key, value in entry.items() if value)
    return f'[[button]]\nname = "{name}"\n' + f"[[button.entry]]\n{lines}" * entries


def test_the_shipped_menu_is_one_that_the_platform_takes():
    body = read(FILE, PUBLIC).body(PUBLIC)
    assert [button["name"] for button in body["button"]] == ["报名缴费", "考试成绩", "我的地区"]
    entries = [entry for button in body["button"] for entry in button["sub_button"]]
    assert {"type": "view", "name": "通知原文", "url": PUBLIC + "/notices"} in entries
    assert {"type": "click", "name": "缴费时间", "key": "网上缴费时间"} in entries


@pytest.mark.parametrize("said", SAID)
def test_an_entry_leads_to_an_answer(mind, said):
    """Or to the one question that the answer depends on; a menu that says 我不知道 would be worse than none."""
    now = dt.datetime(2023, 12, 5, 9, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    reply = decide(mind, Heard(text=said), Conversation(), now)
    assert reply.kind in (Kind.ANSWER, Kind.CLARIFY, Kind.SMALLTALK)
    if reply.kind is Kind.CLARIFY:
        assert "上海" in reply.text, "it asks for the region"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        pytest.param(_button("报名考试啊"), None, id="16 bytes fit"),
        pytest.param(_button("报名考试啊啊"), "button '报名考试啊啊': its name has 18 bytes", id="a button's name"),
        pytest.param(_button(send="时" * 43), "its send has 129 bytes (a 汉字 is 3); shorten it to 128", id="send"),
        pytest.param(_button(entries=6), "button '报名': it has 6 entries; make it 1 to 5", id="six entries"),
        pytest.param(_button(entries=5) * 4, "menu: it has 4 buttons; make it 1 to 3", id="four buttons"),
        pytest.param(_button(entries=0), "entry", id="no entries"),
        pytest.param(_button(page="/notices"), "entry '时间': give it either send or page", id="both"),
        pytest.param(_button(send=""), "entry '时间': give it either send or page", id="neither"),
        pytest.param(_button(send="", page="notices"), "page is not a path", id="not a path"),
        pytest.param(_button(send="", page="/" + "x" * 1024), "its address has 1046 bytes", id="a long address"),
        pytest.param(_button(name=" "), "its name is empty", id="no name"),
        pytest.param(_button(icon="x"), "icon", id="an unknown field"),
        pytest.param("[[button]", "see the shipped menu.toml", id="no TOML"),
        pytest.param("", "button", id="nothing"),
        pytest.param("button = 3", "button", id="a number"),
    ],
)
def test_what_the_platform_would_not_take_is_said_with_what_to_do(tmp_path, text, why):
    path = _menu(tmp_path, text)
    if why is None:
        assert read(path, PUBLIC)
        return
    with pytest.raises(MenuError) as caught:
        read(path, PUBLIC)
    assert str(caught.value).startswith(f"{path}: ")
    assert why in str(caught.value)


def test_an_entry_s_name_of_41_bytes_is_too_long(tmp_path):
    path = _menu(tmp_path, '[[button]]\nname = "a"\n[[button.entry]]\nname = "' + "x" * 41 + '"\nsend = "y"\n')
    with pytest.raises(MenuError, match="its name has 41 bytes"):
        read(path, PUBLIC)


def test_a_page_needs_the_service_s_address(tmp_path):
    with pytest.raises(MenuError, match="set KAODA_PUBLIC_URL, or leave the entry out"):
        read(FILE, "")


def test_all_that_is_wrong_is_said_at_once(tmp_path):
    with pytest.raises(MenuError, match=r"its name has 18 bytes.*; button '报名': it has 6 entries"):
        read(_menu(tmp_path, _button("报名考试啊啊") + _button(entries=6)), PUBLIC)
