"""Work on gaps over a real store: real turns leave them, real drafts come of them."""

import datetime as dt
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from desk_site import LESHAN, LI, PAYMENT, VIEWER
from gap_site import ODD, GapSite, gap_site

from bot.mind import Mind
from bot.staff.effect import TroubleKind
from bot.staff.gaps import GapState, NewTopic, Refusal, Wanted

IDENTITY, MOBILE = "11010519491231002X", "13812345678"
QUESTION = "票子几号往外掏"


@pytest.fixture
async def site(mind: Mind, tmp_path: Path) -> AsyncIterator[GapSite]:
    async with gap_site(tmp_path, mind) as found:
        yield found


async def test_what_was_not_answered_is_listed(site: GapSite) -> None:
    """With region, channel, how sure the bot was and which rule decided."""
    await site.say(ODD, "乐山", channel="wechat")
    found = await site.gaps.worklist(Wanted())
    assert found.counts[GapState.OPEN] == 1
    (cluster,) = found.clusters
    opened = await site.gaps.open(cluster.id)
    assert opened is not None
    (gap,) = opened.gaps
    assert (gap.question, gap.reason, gap.region, gap.channel, gap.why) == (
        ODD,
        "fallback",
        "CN-5111",
        "wechat",
        "fallback",
    )
    assert gap.confidence is not None
    assert gap.confidence < 0.77
    assert [each.name for each in found.regions] == ["四川乐山"]


def written(folder: Path) -> bytes:
    """All bytes of the database."""
    return b"".join(file.read_bytes() for file in folder.glob("kaoda.sqlite3*"))


async def test_a_gap_names_nobody(site: GapSite, tmp_path: Path) -> None:
    """Numbers and names are masked before anything is stored: not in the list, and not in the file."""
    await site.say(f"我叫王小梅 乐山的合格分数线到底是多少分呀我的电话是{MOBILE} 身份证{IDENTITY}")
    reply = await site.say(f"乐山几号缴费 {MOBILE}", user="b")
    await site.rate(reply, "b", f"打我电话{MOBILE}")
    rows = await site.kept.gaps(None, limit=10)
    assert rows
    raw = written(tmp_path)
    assert all(secret not in str(rows) for secret in (MOBILE, IDENTITY, "王小梅"))
    assert all(secret.encode() not in raw for secret in (MOBILE, IDENTITY, "王小梅"))


async def test_none_of_these_and_low_ratings_are_listed(site: GapSite) -> None:
    """A rated reply brings its question and the comment."""
    await site.say("都不是", user="a")
    reply = await site.say("乐山几号缴费", user="b")
    await site.rate(reply, "b", "没说几点截止")
    rows = await site.kept.gaps(GapState.OPEN, limit=10)
    assert {(each.reason, each.question, each.comment) for each in rows} == {
        ("none_of_these", "都不是", ""),
        ("not_helpful", "乐山几号缴费", "没说几点截止"),
    }


async def test_an_answer_that_was_not_very_sure_is_listed(site: GapSite) -> None:
    """It was answered, perhaps wrongly; one that was sure leaves nothing."""
    assert (await site.say("乐山考护师一天就考完了吧")).kind == "answer"
    assert (await site.say("乐山几号缴费")).kind == "answer"
    (row,) = await site.kept.gaps(GapState.OPEN, limit=10)
    assert (row.reason, row.topic) == ("low_confidence", "result_when")
    assert row.confidence is not None
    assert 0.77 <= row.confidence < 0.80


async def test_own_state_leaves_no_words(site: GapSite) -> None:
    """A low rating on a reply on somebody's own registration is counted, and says nothing of it."""
    reply = await site.say("我的审核通过了吗", user="a")
    await site.rate(reply, "a")
    (row,) = await site.kept.gaps(GapState.OPEN, limit=10)
    assert (row.reason, row.question) == ("not_helpful", "")


async def test_the_list_is_narrowed(site: GapSite) -> None:
    """To a region and those within it, and to a reason."""
    await site.say(ODD, "乐山")
    await site.say("孩子的疫苗本在哪领", "上海")
    assert (await site.gaps.worklist(Wanted(region="CN-51"))).total == 1
    assert (await site.gaps.worklist(Wanted(region="CN-33"))).total == 0
    assert (await site.gaps.worklist(Wanted(reason="not_helpful"))).total == 0
    assert (await site.gaps.worklist(Wanted(limit=1))).total == 2
    assert len((await site.gaps.worklist(Wanted(limit=1))).clusters) == 1


async def test_there_is_no_such_gap(site: GapSite) -> None:
    assert await site.gaps.open(9) is None


async def test_a_gap_becomes_a_phrasing_of_a_draft(site: GapSite) -> None:
    """What it would change is shown, the draft has the phrasing after all others, and the gap says by whom and when."""
    await site.say(QUESTION, "乐山")
    (cluster,) = (await site.gaps.worklist(Wanted())).clusters
    effect = await site.gaps.effect("payment_window", QUESTION)
    assert effect is not None
    assert effect.troubles == ()
    assert [each.turns for each in effect.won] == [(QUESTION,)]
    assert effect.won[0].after.kind == "answer"
    worked = await site.gaps.add_phrasing(LI, "payment_window", f" {QUESTION} ", cluster.gaps)
    assert (worked.refusal, worked.settled, worked.key) == (None, 1, PAYMENT)
    draft = await site.desk.store.draft(PAYMENT)
    assert draft is not None
    assert f'"{QUESTION}"' in draft.text
    assert draft.authors == ("li",)
    (gap,) = await site.kept.gaps(GapState.PHRASING, limit=10)
    assert (gap.by, gap.settled, gap.note, gap.entry) == ("li", site.desk.clock(), QUESTION, PAYMENT)
    assert (await site.gaps.worklist(Wanted())).clusters == ()


async def test_two_gaps_go_into_one_draft(site: GapSite) -> None:
    """The second phrasing does not push the first one out."""
    for question in (QUESTION, ODD):
        await site.say(question, "乐山")
    for question in (QUESTION, ODD):
        (row,) = [each for each in await site.kept.gaps(GapState.OPEN, limit=9) if each.question == question]
        assert (await site.gaps.add_phrasing(LI, "payment_window", question, (row.id,))).settled == 1
    draft = await site.desk.store.draft(PAYMENT)
    assert draft is not None
    assert QUESTION in draft.text
    assert ODD in draft.text


@pytest.mark.parametrize(
    ("topic", "phrasing", "refusal"),
    [
        ("gone", QUESTION, Refusal.NO_TOPIC),
        ("payment_window", "  ", Refusal.BAD_PHRASING),
        ("payment_window", "甲" * 201, Refusal.BAD_PHRASING),
        ("payment_window", "一\n二", Refusal.BAD_PHRASING),
        ("payment_window", "什么时候缴费", Refusal.THERE),
        ("payment_window", "网上缴费时间", Refusal.THERE),
    ],
)
async def test_a_bad_phrasing_is_refused(site: GapSite, topic: str, phrasing: str, refusal: Refusal) -> None:
    """Nothing is saved, and the gap stays open."""
    await site.say(QUESTION, "乐山")
    worked = await site.gaps.add_phrasing(LI, topic, phrasing, (1,))
    assert (worked.refusal, worked.settled) == (refusal, 0)
    assert await site.desk.store.drafts() == ()
    assert (await site.kept.counts())[GapState.OPEN] == 1


async def test_a_gap_that_somebody_settled_is_not_settled_again(site: GapSite) -> None:
    """Two people on one gap: the second is told, and no draft is made."""
    await site.say(QUESTION, "乐山")
    assert await site.gaps.settle(LI, (1,), GapState.OUT_OF_SCOPE, "与考试无关") == 1
    worked = await site.gaps.add_phrasing(LI, "payment_window", QUESTION, (1,))
    assert worked.refusal is Refusal.NO_GAPS
    assert await site.desk.store.drafts() == ()


async def test_only_those_that_were_shown_are_settled(site: GapSite) -> None:
    """What came in after the page was opened stays open."""
    await site.say(ODD, "乐山")
    (cluster,) = (await site.gaps.worklist(Wanted())).clusters
    await site.say(ODD, "上海")
    assert await site.gaps.settle(LI, cluster.gaps, GapState.DONE, "") == 1
    assert (await site.kept.counts())[GapState.OPEN] == 1


async def test_a_settled_gap_is_opened_again(site: GapSite) -> None:
    await site.say(ODD, "乐山")
    await site.gaps.settle(LI, (1,), GapState.DONE, "")
    assert await site.gaps.settle(LI, (1,), GapState.OPEN, "") == 1
    assert (await site.gaps.worklist(Wanted())).total == 1


async def test_an_editor_of_a_region_may_not_change_what_all_share(site: GapSite) -> None:
    """A phrasing is of all regions: the draft is refused by the editor's rule, and the gap stays open."""
    await site.say(QUESTION, "乐山")
    for person in (LESHAN, VIEWER):
        worked = await site.gaps.add_phrasing(person, "payment_window", QUESTION, (1,))
        assert worked.settled == 0
        assert worked.kept is not None
        assert worked.kept.findings
    assert (await site.kept.counts())[GapState.OPEN] == 1


async def test_a_topic_is_begun(site: GapSite) -> None:
    """As a draft of its own with the question's words, in the file that was chosen."""
    await site.say(ODD, "乐山")
    topic = NewTopic(id="exam_pets", title="家里猫病了", phrasings=(ODD, "家里的猫病了怎么弄"), file="topics/exam.toml")
    worked = await site.gaps.start_topic(LI, topic, (1,))
    assert (worked.refusal, worked.settled, worked.key) == (None, 1, "topic:exam_pets")
    draft = await site.desk.store.draft("topic:exam_pets")
    assert draft is not None
    assert draft.file == "topics/exam.toml"
    assert ODD in draft.text
    again = await site.gaps.start_topic(LI, topic, (1,))
    assert again.refusal is Refusal.ID_USED


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"id": "Bad Id"}, Refusal.BAD_ID),
        ({"id": "fee"}, Refusal.ID_USED),
        ({"title": "网上缴费时间"}, Refusal.TITLE_USED),
        ({"title": " "}, Refusal.BAD_PHRASING),
        ({"phrasings": ()}, Refusal.BAD_PHRASING),
        ({"file": "facts/windows.toml"}, Refusal.BAD_FILE),
        ({"file": "../secret.toml"}, Refusal.BAD_FILE),
    ],
)
async def test_a_bad_topic_is_refused(site: GapSite, change: dict[str, object], refusal: Refusal) -> None:
    await site.say(ODD, "乐山")
    fields = {"id": "exam_pets", "title": "家里猫病了", "phrasings": (ODD,), "file": "topics/exam.toml", **change}
    assert (await site.gaps.start_topic(LI, NewTopic(**fields), (1,))).refusal is refusal  # type: ignore[arg-type]  # a table of keywords
    assert await site.desk.store.drafts() == ()


async def test_an_effect_names_what_would_be_stolen(site: GapSite, tmp_path: Path) -> None:
    """A phrasing of another topic is not taken over unseen."""
    effect = await site.gaps.effect("payment_window", "考试地点在哪里看呀")
    assert effect is not None
    kinds = {(each.kind, each.topic) for each in effect.troubles}
    assert (TroubleKind.SAME, "exam_venue") in kinds or (TroubleKind.LOSES, "exam_venue") in kinds


@pytest.mark.parametrize(
    ("phrasing", "kind"), [("什么时候缴费", TroubleKind.THERE), ("乐山", TroubleKind.EMPTY), ("，", TroubleKind.EMPTY)]
)
async def test_an_effect_says_at_once_what_is_no_phrasing(site: GapSite, phrasing: str, kind: TroubleKind) -> None:
    effect = await site.gaps.effect("payment_window", phrasing)
    assert effect is not None
    assert [each.kind for each in effect.troubles] == [kind]
    assert await site.gaps.effect("gone", phrasing) is None


async def test_an_effect_counts_labelled_questions(mind: Mind, tmp_path: Path) -> None:
    """Those that are right now and would not be any more are told first."""
    folder = tmp_path / "labelled"
    folder.mkdir()
    line = '{"id": "1", "turns": ["乐山考场有停车位吗"], "kind": ["fallback"]}\n'
    (folder / "a.jsonl").write_text(line, "utf-8")
    async with gap_site(tmp_path / "site", mind, folder) as site:
        effect = await site.gaps.effect("payment_window", "考场有停车位吗")
    assert effect is not None
    assert effect.questions == 1
    assert [each.turns for each in effect.lost] == [("乐山考场有停车位吗",)]
    assert effect.lost[0].faults_after


async def test_what_is_answered_by_now_says_so(site: GapSite) -> None:
    """A low rating on an answer: the question is answered, and was so then."""
    reply = await site.say("乐山几号缴费", user="b")
    await site.rate(reply, "b")
    opened = await site.gaps.open(1)
    assert opened is not None
    assert opened.now.is_answered
    assert (opened.now.kind, opened.now.topic) == ("answer", "payment_window")
    assert opened.suggestions[0].topic == "payment_window"


async def test_the_list_follows_what_comes_in(site: GapSite) -> None:
    """What is remembered of clusters is not told when there is more."""
    await site.say(ODD, "乐山")
    assert (await site.gaps.worklist(Wanted())).clusters[0].count == 1
    await site.say(ODD, "乐山")
    assert (await site.gaps.worklist(Wanted())).clusters[0].count == 2
    site.desk.clock.now += dt.timedelta(days=1)
    (cluster,) = (await site.gaps.worklist(Wanted())).clusters
    assert cluster.deadline is not None
    assert cluster.deadline.days_left == 8


async def test_publishing_an_answer_keeps_what_was_understood(site: GapSite, mind: Mind) -> None:
    """The list is made anew on the new mind; questions are understood again only where understanding changed."""
    await site.say(ODD, "乐山")
    await site.gaps.worklist(Wanted())
    understood = site.gaps._clusters._understood
    site.desk.live.mind = replace(mind, edition=2)
    await site.gaps.worklist(Wanted())
    assert site.gaps._clusters._understood is understood
    topics = {**mind.knowledge.topics}
    topics["fee"] = msgspec.structs.replace(topics["fee"], phrasings=(*topics["fee"].phrasings, "新问法"))
    site.desk.live.mind = replace(mind, knowledge=replace(mind.knowledge, topics=topics))
    await site.gaps.worklist(Wanted())
    assert site.gaps._clusters._understood is not understood
