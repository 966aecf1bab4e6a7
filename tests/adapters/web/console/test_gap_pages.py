"""The pages of gaps and of trying, over HTTP, with gaps that real turns left."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from console_site import Visitor, console, visitor
from gap_site import ODD, GapSite, gap_site
from staff_people import House

from adapters.web.console.bubbles import Piece, pieces
from adapters.web.console.parts import Parts
from adapters.web.console.words import read_words
from bot.dialogue import RULES, name_of
from bot.mind import Mind
from bot.need import Need
from bot.staff.effect import TroubleKind
from bot.staff.gaps import GapState, Refusal, Wanted
from bot.staff.people import Role
from bot.staff.trial import Origin, Outcome, Verdict

EVIL = "<script>window.hacked=1</script><img src=x onerror=window.hacked=2>\"'{{7*7}}猫病了"
QUESTION = "票子几号往外掏"
Enter = Callable[[Role], Awaitable[Visitor]]


@pytest.fixture
async def site(mind: Mind, tmp_path: Path) -> AsyncIterator[GapSite]:
    async with gap_site(tmp_path, mind) as found:
        yield found


@pytest.fixture
async def enter(site: GapSite) -> AsyncIterator[Enter]:
    """Sign in as somebody of a role."""
    house = House(site.desk.file)
    for role in Role:
        await house.add(role.value, role)
    parts = Parts(staff=house.people, gaps=site.gaps, trial=site.trial)
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(console(parts))

        async def sign_in(role: Role) -> Visitor:
            found = await stack.enter_async_context(visitor(server))
            await found.sign_in(role.value)
            return found

        yield sign_in


async def shown_ids(page: Visitor) -> str:
    found = re.search(r'name="gaps" value="([\d,]*)"', page.text)
    assert found
    return found[1]


async def test_gaps_are_listed_and_opened(site: GapSite, enter: Enter) -> None:
    await site.say(ODD, "乐山")
    await site.say(ODD, "上海", channel="wechat")
    page = await enter(Role.VIEWER)
    assert (await page.get("/gaps")).status == 200
    assert ODD in page.text
    assert "四川乐山 1、上海 1" in page.text or "上海 1、四川乐山 1" in page.text
    assert "还剩" in page.text
    await page.get("/gaps/1")
    assert "现在会怎样回答" in page.text
    assert "都不适用" in page.text, "the rule that decided, in words"
    assert "微信" in page.text


async def test_a_viewer_sees_no_forms(site: GapSite, enter: Enter) -> None:
    await site.say(ODD, "乐山")
    page = await enter(Role.VIEWER)
    await page.get("/gaps/1")
    assert "/gaps/1/settle" not in page.text
    assert (await page.post("/gaps/1/settle", {"gaps": "1", "state": "done"})).status == 403
    assert (await site.kept.counts())[GapState.OPEN] == 1


async def test_a_gap_becomes_a_phrasing(site: GapSite, enter: Enter) -> None:
    """First what would change, then the draft; the gap leaves the list."""
    await site.say(QUESTION, "乐山")
    page = await enter(Role.EDITOR)
    await page.get("/gaps/1")
    await page.get(f"/gaps/1/phrasing?topic=payment_window&phrasing={QUESTION}")
    assert '<dd id="won-count">1</dd>' in page.text
    assert (await site.desk.store.drafts()) == (), "looking saves nothing"
    fields = {"topic": "payment_window", "phrasing": QUESTION, "gaps": await shown_ids(page)}
    answer = await page.post("/gaps/1/phrasing", fields)
    assert (answer.status, answer.headers["Location"]) == (303, "/console/gaps/1?said=gaps.phrasing")
    (draft,) = await site.desk.store.drafts()
    assert QUESTION in draft.text
    await page.get("/gaps/1?said=gaps.phrasing")
    assert "已加到主题的草稿里" in page.text
    assert "已加为问法" in page.text
    again = await page.post("/gaps/1/phrasing", fields)
    assert again.status == 422
    assert "这条问法" in page.text


async def test_a_phrasing_that_cannot_be_published_says_why(site: GapSite, enter: Enter) -> None:
    await site.say(QUESTION, "乐山")
    page = await enter(Role.EDITOR)
    await page.get("/gaps/1/phrasing?topic=payment_window&phrasing=什么时候缴费")
    assert "已经有这条问法" in page.text
    assert 'id="add-phrasing"' not in page.text
    assert (await page.get("/gaps/1/phrasing?topic=gone&phrasing=x")).status == 422
    assert (await page.get("/gaps/1/phrasing?topic=payment_window")).status == 422


async def test_a_topic_is_begun(site: GapSite, enter: Enter) -> None:
    """What was typed stays where it is refused."""
    await site.say(ODD, "乐山")
    page = await enter(Role.EDITOR)
    await page.get("/gaps/1/topic")
    assert ODD in page.text
    fields = {
        "title": "家里猫病了",
        "id": "1 bad",
        "file": "topics/exam.toml",
        "phrasings": f"{ODD}\n猫病了怎么办\n",
        "gaps": "1",
    }
    assert (await page.post("/gaps/1/topic", fields)).status == 422
    assert "小写字母" in page.text
    assert "家里猫病了" in page.text
    answer = await page.post("/gaps/1/topic", fields | {"id": "sick_cat"})
    assert answer.status == 303
    draft = await site.desk.store.draft("topic:sick_cat")
    assert draft is not None
    assert "猫病了怎么办" in draft.text


@pytest.mark.parametrize("state", ["out_of_scope", "done"])
async def test_a_gap_is_settled_and_opened_again(site: GapSite, enter: Enter, state: str) -> None:
    await site.say(ODD, "乐山")
    page = await enter(Role.EDITOR)
    await page.get("/gaps/1")
    answer = await page.post("/gaps/1/settle", {"gaps": await shown_ids(page), "state": state, "note": "不管猫"})
    assert (answer.status, answer.headers["Location"]) == (303, f"/console/gaps?said=gaps.{state}")
    await page.get(f"/gaps?state={state}")
    assert ODD in page.text
    await page.get("/gaps/1")
    assert "不管猫" in page.text
    assert "editor" in page.text
    assert (await page.post("/gaps/1/settle", {"gaps": "1", "state": "open"})).status == 303
    assert (await site.gaps.worklist(Wanted())).total == 1


async def test_what_somebody_settled_meanwhile_is_said(site: GapSite, enter: Enter) -> None:
    await site.say(ODD, "乐山")
    page, other = await enter(Role.EDITOR), await enter(Role.ADMIN)
    await page.get("/gaps/1")
    await other.get("/gaps/1")
    assert (await other.post("/gaps/1/settle", {"gaps": "1", "state": "done"})).status == 303
    assert (await page.post("/gaps/1/settle", {"gaps": "1", "state": "done"})).status == 422
    assert "刚刚已由别人处理" in page.text


@pytest.mark.parametrize("path", ["/gaps/9", "/gaps/x", "/gaps/9/topic", "/gaps/99999999999999999999", "/gaps/²"])
async def test_there_is_no_such_gap(enter: Enter, path: str) -> None:
    page = await enter(Role.EDITOR)
    assert (await page.get(path)).status == 404


@pytest.mark.parametrize(
    "query", ["state=x", "region=火星", "reason=<script>", "state=done&region=CN-51&all=1", "region=" + "x" * 500]
)
async def test_a_list_of_nonsense_is_a_list(enter: Enter, query: str) -> None:
    page = await enter(Role.VIEWER)
    assert (await page.get(f"/gaps?{query}")).status == 200


@pytest.mark.parametrize("fields", [{"state": "phrasing", "gaps": "1"}, {"state": "", "gaps": "1"}])
async def test_states_that_follow_from_a_draft_are_not_set_by_hand(
    site: GapSite, enter: Enter, fields: dict[str, str]
) -> None:
    await site.say(ODD, "乐山")
    page = await enter(Role.EDITOR)
    await page.get("/gaps/1")
    assert (await page.post("/gaps/1/settle", fields)).status == 400


@pytest.mark.parametrize("gaps", ["", "x", "99", "1;drop", "-1", "²"])
async def test_gaps_that_are_none_settle_nothing(site: GapSite, enter: Enter, gaps: str) -> None:
    await site.say(ODD, "乐山")
    page = await enter(Role.EDITOR)
    await page.get("/gaps/1")
    assert (await page.post("/gaps/1/settle", {"gaps": gaps, "state": "done"})).status == 422
    assert (await site.kept.counts())[GapState.OPEN] == 1


async def test_what_a_candidate_typed_is_text_on_every_page(site: GapSite, enter: Enter) -> None:
    """Stored XSS: question, comment and nothing else of theirs, in the bytes that the server sends."""
    await site.say(EVIL, "乐山")
    reply = await site.say("乐山几号缴费", user="b")
    await site.rate(reply, "b", EVIL)
    page = await enter(Role.ADMIN)
    paths = (
        "/gaps",
        "/gaps/1",
        "/gaps/2",
        "/gaps/1/topic",
        "/gaps/1/phrasing?topic=fee&phrasing=%3Cscript%3E",
        "/trial?turns=%3Cscript%3E",
    )
    for path in paths:
        response = await page.client.get("/console" + path)
        body = await response.text()
        assert response.status == 200, path
        assert "<script>window" not in body
        assert "<script>" not in body
        assert "<img src=x" not in body
        assert "49猫" not in body


async def test_a_question_is_tried(site: GapSite, enter: Enter) -> None:
    """Both channels, slots, candidates, the rule and the steps; nothing of it is kept."""
    page = await enter(Role.VIEWER)
    await page.get("/trial")
    answer = await page.post("/trial", {"turns": "乐山中级几号缴费\r\n那多少钱", "at": "2024-02-01T09:00"})
    assert answer.status == 200
    assert 'id="turn-2"' in page.text
    assert "2024-02-01 09:00:00" in page.text
    for text in (
        "网页上",
        "微信里",
        "认出的范围",
        "四川乐山",
        "前面说过的",
        "可能的主题",
        "承接上一问",
        "采用",
        "最像的问法",
    ):
        assert text in page.text, text
    assert await site.kept.gaps(None, limit=5) == ()


async def test_a_tapped_option_is_said_next(enter: Enter) -> None:
    page = await enter(Role.VIEWER)
    await page.get("/trial")
    await page.post("/trial", {"turns": "几号缴费"})
    assert 'name="say" value="上海"' in page.text
    await page.post("/trial", {"turns": "几号缴费", "say": "上海"})
    assert 'id="turn-2"' in page.text
    assert re.search(r">几号缴费\n上海</textarea>", page.text)


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"turns": " "}, "请写一句"),
        ({"turns": "你好", "region": "火星"}, "没有“火星”这个地区"),
        ({"turns": "你好", "region": "<b>"}, "没有“<b>”这个地区"),
        ({"turns": "你好", "exam": "占星"}, "没有“占星”这个考试"),
        ({"turns": "你好", "at": "昨天"}, "北京时间"),
    ],
)
async def test_what_cannot_be_tried_says_what_to_do(enter: Enter, fields: dict[str, str], text: str) -> None:
    page = await enter(Role.VIEWER)
    await page.get("/trial")
    assert (await page.post("/trial", fields)).status == 422
    assert text in page.text


async def test_what_is_tried_shows_no_markup_of_its_own(enter: Enter) -> None:
    """Reflected: what is typed, in turns, region and options."""
    page = await enter(Role.VIEWER)
    await page.get("/trial")
    response = await page.post("/trial", {"turns": EVIL, "region": "乐山"})
    body = await response.text()
    assert response.status == 200
    assert "<script>" not in body
    assert "<img src=x" not in body


def test_every_word_is_there() -> None:
    """Each state, reason, rule, slot and verdict has its Chinese."""
    words = read_words()
    assert set(words["gaps"]["states"]) == set(GapState)
    assert set(words["gaps"]["refusals"]) >= set(Refusal)
    assert set(words["gaps"]["troubles"]) == set(TroubleKind)
    assert set(words["trial"]["rules"]) == {*map(name_of, RULES), "fallback"}
    assert set(words["trial"]["verdicts"]) == set(Verdict)
    assert set(words["trial"]["outcomes"]) == set(Outcome)
    assert set(words["trial"]["origins"]) == set(Origin)
    assert set(words["trial"]["needs"]) == set(Need) - {Need.NOTHING}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("只有字", (Piece("只有字"),)),
        (
            '请选\n<a href="weixin://bizmsgmenu?msgmenucontent=x&msgmenuid=1">1. 上海</a>',
            (Piece("请选\n"), Piece("1. 上海", "", True)),
        ),
        (
            '见<a href="https://a.example/n">《通知》</a>。',
            (Piece("见"), Piece("《通知》", "https://a.example/n"), Piece("。")),
        ),
        ('<a href="javascript:alert(1)">点我</a>', (Piece("点我"),)),
        ("<b>粗</b>", (Piece("<b>粗</b>"),)),
        ("", ()),
    ],
)
def test_a_wechat_text_is_text_and_links(text: str, found: tuple[Piece, ...]) -> None:
    assert pieces(text) == found
