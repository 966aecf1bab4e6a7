"""The pages of the journal, of corrections and of numbers, over a real store with real turns in it."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from console_site import Visitor, console, visitor
from journalled import NEW_END, OLD_END, World, corrected, journalling
from staff_people import House

from adapters.web.console.charts import Chart, bars, columns
from adapters.web.console.parts import Parts
from bot.desk.numbers import Numbers
from bot.mind import Mind
from bot.staff.people import Role

ASKED = "乐山什么时候缴费"
EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'{{7*7}} 缴费"


@pytest.fixture
async def world(mind: Mind, tmp_path: Path) -> AsyncIterator[World]:
    async with journalling(mind, tmp_path) as found:
        yield found


@pytest.fixture
async def browser(world: World) -> AsyncIterator[Visitor]:
    """A publisher's."""
    house = House(world.store.file)
    await house.add("publisher", Role.PUBLISHER)
    await house.add("viewer", Role.VIEWER)
    numbers = Numbers(world.lines, lambda: world.responder.mind, lambda: world.now)
    parts = Parts(staff=house.people, journal=world.journal, corrections=world.corrections, numbers=numbers)
    async with console(parts) as server, visitor(server) as found:
        await found.sign_in("publisher")
        yield found


async def test_what_was_told_is_listed_and_opened(world: World, browser: Visitor) -> None:
    await world.say(ASKED)
    await world.say("那多少钱")
    await browser.get("/journal")
    assert browser.text.count('id="line-') == 2
    assert ASKED in browser.text
    assert "四川乐山" in browser.text
    assert "网上缴费时间" in browser.text
    assert world.journalling.who("web", "u1")[:8] in browser.text
    await browser.get("/journal/2")
    assert 'data-outcome="same"' in browser.text
    assert "逐字节相同" in browser.text
    assert re.search(r"<dt>上一个问题的主题</dt><dd>网上缴费时间</dd>", browser.text)


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("channel=web", 1),
        ("channel=wechat", 1),
        ("region=乐山市", 1),
        ("region=火星", 0),
        ("words=多少", 1),
        ("since=2023-12-05&until=2023-12-05", 2),
        ("until=2023-12-04", 0),
        ("since=morgen&edition=x&before=-1&helpful=maybe", 2),
        ("edition=99999999999999999999", 2),
    ],
)
async def test_the_form_finds(world: World, browser: Visitor, query: str, count: int) -> None:
    """What makes no sense counts as left out."""
    await world.say(ASKED)
    await world.say("上海报名要多少钱", "u2", "wechat")
    assert (await browser.get(f"/journal?{query}")).status == 200
    assert browser.text.count('id="line-') == count


async def test_older_lines_are_a_page_further(world: World, browser: Visitor) -> None:
    """The form's fields go along."""
    for _ in range(52):
        await world.say("你好")
    await browser.get("/journal?channel=web")
    assert browser.text.count('id="line-') == 50
    assert '<input type="hidden" name="channel" value="web">' in browser.text
    await browser.get("/journal?channel=web&before=3")
    assert browser.text.count('id="line-') == 2
    assert 'id="older"' not in browser.text


@pytest.mark.parametrize("path", ["/journal/99", "/journal/0", "/journal/x", "/corrections/7", "/corrections/x"])
async def test_what_is_not_there_says_so(browser: Visitor, path: str) -> None:
    assert (await browser.get(path)).status == 404


async def test_ones_own_state_is_not_shown(world: World, browser: Visitor) -> None:
    await world.say("我的审核通过了吗")
    await browser.get("/journal")
    assert "本人状态，不记内容" in browser.text
    await browser.get("/journal/1")
    assert 'data-outcome="own_state"' in browser.text


async def test_a_question_cannot_put_anything_on_the_page(world: World, browser: Visitor) -> None:
    """Stored XSS: in the list, on the line's page and among corrections it is text."""
    await world.say(EVIL + ASKED)
    world.publish(corrected(world.responder.mind, 2))
    await world.corrections.look()
    for path in ("/journal", "/journal?words=<script>", "/journal/1?edition=2", "/corrections/2", "/numbers"):
        raw = await (await browser.client.get("/console" + path)).text()
        assert "<script>alert" not in raw
        assert "<img" not in raw
        assert "49 缴费" not in raw


async def test_a_correction_is_found_and_offered_by_one_click(world: World, browser: Visitor, mind: Mind) -> None:
    for user in ("a", "b"):
        await world.say(ASKED, user)
    await browser.get("/corrections")
    assert 'id="empty"' in browser.text
    world.publish(corrected(mind, 2))
    await world.corrections.look()
    await browser.get("/corrections")
    assert "第 2 版" in browser.text
    await browser.get("/corrections/2")
    assert "2 人被告知" in browser.text
    assert "全部更正（2 人）" in browser.text
    plain = re.sub(r"<[^>]+>", "", browser.text)
    assert OLD_END in plain
    assert NEW_END in plain
    response = await browser.post("/corrections/2", {"all": "yes"})
    assert (response.status, response.headers["Location"]) == (303, "/console/corrections/2?said=corrections.offered")
    assert "更正" in (await world.say("你好", "a")).text
    await browser.get("/corrections/2")
    assert "已安排更正 2 人，已看到更正 1 人" in browser.text
    assert 'id="offer-all"' not in browser.text


@pytest.mark.parametrize(
    ("fields", "said", "offered"),
    [
        ({}, "nothing", 0),
        ({"group": "x"}, "nobody", 0),
        ({"group": "99"}, "nobody", 0),
        ({"group": "1"}, "offered", 1),
    ],
)
async def test_chosen_groups_are_offered(
    world: World, browser: Visitor, mind: Mind, fields: dict[str, str], said: str, offered: int
) -> None:
    await world.say(ASKED)
    world.publish(corrected(mind, 2))
    await world.corrections.look()
    await browser.get("/corrections/2")
    response = await browser.post("/corrections/2", fields)
    assert response.headers["Location"].endswith(f"said=corrections.{said}")
    found = await world.corrections.review(2)
    assert found is not None
    assert found.told[0].offered == offered


async def test_who_may_not_publish_offers_nothing(world: World, browser: Visitor, mind: Mind) -> None:
    await world.say(ASKED)
    world.publish(corrected(mind, 2))
    await world.corrections.look()
    await browser.post("/sign-out")
    await browser.sign_in("viewer")
    await browser.get("/corrections/2")
    assert "1 人被告知" in browser.text
    assert 'id="offer-all"' not in browser.text
    assert "checkbox" not in browser.text
    await browser.get("/password")
    assert (await browser.post("/corrections/2", {"all": "yes"})).status == 403
    found = await world.corrections.review(2)
    assert found is not None
    assert found.told[0].offered == 0


async def test_numbers_are_charts_with_tables(world: World, browser: Visitor) -> None:
    await world.say(ASKED)
    await world.say("缴费时间是几号", "u2", "wechat")
    await world.say("量子力学怎么学", "u3")
    response = await browser.get("/numbers?days=7")
    assert browser.text.count("<svg") == 7
    assert re.search(r"<dt>提问</dt><dd>3</dd>", browser.text)
    assert re.search(r'<th scope="row">四川乐山</th><td class="number">1</td>', browser.text)
    assert "网上缴费" in browser.text
    assert "微信" in browser.text
    assert "style-src 'self'" in response.headers["Content-Security-Policy"]
    for each in re.findall(r"<svg.*?</svg>", browser.text, re.S):
        assert not re.search(r"<style|<script|style=|xlink:href", each)


async def test_without_questions_there_are_deadlines(browser: Visitor) -> None:
    assert (await browser.get("/numbers?days=14")).status == 200
    assert 'id="empty"' in browser.text
    assert 'id="deadlines"' in browser.text


@pytest.mark.parametrize("draw", [columns, bars])
def test_a_chart_is_sound_and_its_texts_are_texts(draw) -> None:
    """Nothing in it but shapes and texts, and no id stands twice in two charts."""
    chart = Chart(name="x", title='<"&>', labels=["<b>", "&", "三"], series=[("<i>", [1, 2, 3]), ("乙", [0, 0, 4])])
    first, second = str(draw(chart)), str(draw(Chart(name="y", title="", labels=["a"], series=[("b", [0])])))
    root = ElementTree.fromstring(first)  # noqa: S314  # our own
    assert root.attrib["aria-label"] == '<"&>'
    tags = {each.tag.rpartition("}")[2] for each in root.iter()}
    assert tags <= {"svg", "defs", "pattern", "rect", "path", "g", "text", "title", "desc", "tspan", "line"}
    titles = [each.text for each in root.iter("{http://www.w3.org/2000/svg}title")]
    assert "三 乙 4" in titles
    assert not set(re.findall(r'id="([^"]+)"', first)) & set(re.findall(r'id="([^"]+)"', second))


def test_of_nothing_there_is_no_chart() -> None:
    assert columns(Chart(name="x", title="", labels=["a"], series=[])) == ""
    assert bars(Chart(name="x", title="", labels=[], series=[("a", [])])) == ""
