"""Drafts are checked in another process and published; the mind that answers is another one the moment it is acknowledged."""

import asyncio
import datetime as dt
import re
import time
from pathlib import Path

import msgspec
import pytest
from desk_site import LESHAN, LI, NOW, WANG, WINDOW, ZHAO, Desk, desk
from learnt import used

from bot.desk.live import Live
from bot.desk.plans import Plans
from bot.desk.shipping import PHRASES
from bot.mind import Mind
from bot.staff.editing import Edit
from bot.staff.editions import Publication, PublicationKind, ScheduleState
from bot.staff.people import Done, Person
from bot.staff.releases import Check, CheckState, Order, Verdict

CONSEQUENCE = "consequence"
CASES = (
    '{"id": "t1", "turns": ["什么时候缴费"], "region": "四川乐山", "kind": ["answer"], "dates": ["2024-01-29"]}\n'
    '{"id": "t2", "turns": ["什么时候缴费"], "region": "上海", "kind": ["answer"]}\n'
)
SECOND = 1.0  # s within which a publication is live everywhere


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What was learnt, of all tests here: phrasings are the same in all of them."""
    return used(tmp_path_factory.mktemp("learnt")) / "cache"


async def checked(site: Desk, person: Person) -> Check:
    """The check as a page gets it: by asking again."""
    found = await site.publishing.check(person)
    while found.state is CheckState.RUNNING:
        await asyncio.sleep(0.1)
        found = await site.publishing.check(person)
    return found


async def edited(site: Desk, person: Person, seen: int, **fields: object) -> int:
    kept = await site.editing.set_fields(person, Edit(key=WINDOW, text="", seen=seen), fields)
    assert kept.draft
    return kept.draft.version


def told(mind: Mind) -> tuple[object, str]:
    window = mind.knowledge.window("payment", "health", "CN-5111")
    assert window
    return window.start, window.consequence


async def test_the_way_of_a_fact_from_a_wrong_year_to_a_rollback(tmp_path: Path, mind: Mind, cache: Path) -> None:
    """A wrong year cannot be published; what is right is published by a second person, is live at once, and goes back."""
    labelled = tmp_path / "labelled"
    labelled.mkdir()
    (labelled / "cases.jsonl").write_text(CASES, "utf-8")
    async with desk(tmp_path, mind, labelled, cache) as site:
        was = told(mind)

        version = await edited(site, LESHAN, 0, start=dt.date(2025, 1, 29), end=dt.date(2025, 2, 8))
        check = await checked(site, WANG)
        assert check.checked
        assert {each.key for each in check.checked.findings} == {WINDOW}
        assert all("对不上" in each.problem for each in check.checked.findings)
        assert (check.checked.questions, check.checked.right_before, check.checked.right_after) == (2, 2, 1)
        (different,) = check.checked.differences
        assert different.turns == ("什么时候缴费",)
        assert (different.faults_before, different.faults_after) == ((), ("does not name 2024-01-29",))
        refused = await site.publishing.publish(WANG, Order(drafts=check.drafts))
        assert (refused.verdict, site.live.edition) == (Verdict.FINDINGS, 1)

        version = await edited(
            site, LESHAN, version, start=dt.date(2024, 1, 29), end=dt.date(2024, 2, 8), consequence="弃考。"
        )
        check = await checked(site, WANG)
        assert check.checked
        assert check.checked.findings == ()
        own = await site.publishing.publish(
            msgspec.structs.replace(WANG, name="leshan"), Order(drafts=((WINDOW, version),))
        )
        assert own.verdict is Verdict.SECOND_PERSON
        published = await site.publishing.publish(WANG, Order(drafts=((WINDOW, version),), note="更正"))
        assert (published.verdict, published.edition, published.text) == (
            Verdict.PUBLISHED,
            2,
            "已发布为第2版，改动1条",
        )
        assert site.live.mind
        assert (site.live.edition, told(site.live.mind)[1]) == (2, "弃考。")
        assert await site.store.drafts() == ()
        (kept,) = await site.publishing.history(WINDOW)
        assert (kept.by, kept.note, kept.changes[0].authors) == ("wang", "更正", ("leshan",))
        assert await site.publishing.compare(1, 2) == (msgspec.structs.replace(kept.changes[0], authors=()),)

        back = await site.publishing.rollback(WANG, 1, "先撤回")
        assert (back.verdict, back.edition) == (Verdict.PUBLISHED, 3)
        assert told(site.live.mind) == was
        assert await site.store.texts(3) == await site.store.texts(1)
        found = await site.publishing.publication(3)
        assert found
        assert (found.kind, found.note, len(found.changes)) == (PublicationKind.ROLLBACK, "→ 1 先撤回", 1)
        assert (await site.publishing.rollback(WANG, 1, "")).verdict is Verdict.NOTHING
        assert (await site.publishing.rollback(LI, 2, "")).verdict is Verdict.REFUSED
        assert (await site.publishing.rollback(WANG, 99, "")).verdict is Verdict.NOTHING


DELAY = """
[[clause]]
id = "delay"
label = "补充"
text = "因系统维护，缴费时间延长为2024年1月29日-2月18日。"
"""
NEW_WORDS = "缴费时间延长为2024年1月29日-2月18日"
OLD = 'clause = "leshan-2024#3", quote = "通过考区审核的考生，须于2024年1月29日-2月8日期间通过网上支付方式缴纳考试费。'
NEW = f'clause = "leshan-2024#delay", quote = "{NEW_WORDS}"}}, {{clause = "leshan-2024#3", quote = "'
QUOTING = [
    f"answer:{topic}/health/CN-5111/2024" for topic in ("payment_window", "payment_precondition", "review_window")
]
NATION = "answer:online_payment_list/health/CN/2024"  # it prints 乐山's days there, and quotes the nation's
CONSEQUENCE_TOLD = ("视为自动放弃", "视为放弃")
LABELS = (
    '{"id": "t1", "turns": ["什么时候缴费"], "region": "四川乐山", "kind": ["answer"], "dates": ["02-08"]}\n'
    '{"id": "t2", "turns": ["什么时候缴费"], "region": "四川乐山", "kind": ["answer"], "all": ["视为自动放弃"]}\n'
    '{"id": "t3", "turns": ["什么时候缴费"], "region": "上海", "kind": ["answer"], "dates": ["02-08"]}\n'
    '{"id": "t4", "turns": ["缴费截止哪天"], "region": "四川乐山", "kind": ["answer"], "dates": ["02-08"]}\n'
)


async def changed(site: Desk, key: str, *changes: tuple[str, str]) -> None:
    """Change words of an entry, in its draft where there is one."""
    opened = await site.editing.open(key, LI)
    assert opened
    text, seen = opened.text, opened.draft.version if opened.draft else 0
    for old, new in changes:
        assert old in text, (key, old)
        text = text.replace(old, new, 1)
    assert (await site.editing.save(LI, Edit(key=key, text=text, seen=seen))).draft


async def test_labels_follow_a_right_change_and_excuse_nothing_else(tmp_path: Path, mind: Mind, cache: Path) -> None:
    """The last day is moved by a clause and the answers quote it: who asks for it is told right, whatever its label says."""
    labelled = tmp_path / "labelled"
    labelled.mkdir()
    (labelled / "cases.jsonl").write_text(LABELS, "utf-8")
    async with desk(tmp_path, mind, labelled, cache) as site:
        notice = await site.editing.open("notice:leshan-2024", LI)
        assert notice
        kept = await site.editing.save(LI, Edit(key="notice:leshan-2024", text=notice.text + DELAY, seen=0))
        assert kept.draft
        await edited(site, LI, 0, end=dt.date(2024, 2, 18), source="leshan-2024#delay", quote=NEW_WORDS)
        await changed(site, QUOTING[0], (OLD, NEW), CONSEQUENCE_TOLD)
        check = await checked(site, WANG)
        assert check.checked
        assert sorted(each.key for each in check.checked.findings) == sorted([*QUOTING[1:], NATION])
        assert all("02-08" in each.problem for each in check.checked.findings)
        assert (check.checked.right_before, check.checked.right_after, check.checked.follow) == (4, 3, 2)
        assert [(each.follows, each.faults_after) for each in check.checked.differences] == [
            (False, ("does not say 视为自动放弃",)),
            (True, ()),
            (True, ()),
        ]

        await changed(site, QUOTING[0], CONSEQUENCE_TOLD[::-1])
        for key in QUOTING[1:]:
            await changed(site, key, (OLD, NEW))
        await changed(site, NATION, (",通过资格审核的考生须在2024年1月29日-2月8日期间完成网上缴费", ""))
        check = await checked(site, WANG)
        assert check.checked
        assert (check.checked.findings, check.checked.right_after) == ((), 4)
        released = await site.publishing.publish(WANG, Order(drafts=check.drafts))
        assert released.verdict is Verdict.PUBLISHED


async def test_another_process_answers_with_it_within_a_second(tmp_path: Path, mind: Mind, cache: Path) -> None:
    """Here: another Live over the same file, which knows of it by looking only."""
    async with desk(tmp_path, mind, cache=cache) as site:
        other = Live(store=site.store, cache=cache, clock=site.clock)
        await other.begin(mind)
        answers, swapped = asyncio.Event(), []

        def swap(each: Mind) -> None:
            swapped.append((each.edition, time.monotonic()))
            if each.edition == 2:
                answers.set()

        async with other.watching(swap):
            version = await edited(site, LI, 0, consequence="弃考。")
            published = await site.publishing.publish(WANG, Order(drafts=((WINDOW, version),)))
            acknowledged = time.monotonic()
            assert published.verdict is Verdict.PUBLISHED
            assert site.live.edition == 2
            await answers.wait()
        took = swapped[-1][1] - acknowledged
        assert swapped[-1][0] == 2
        assert took < 5 * SECOND  # a second on a machine that does nothing else; tests run beside others


async def test_what_cannot_be_read_together_is_said_and_never_published(
    tmp_path: Path, mind: Mind, cache: Path
) -> None:
    """Two topics with one id, each of which can be read by itself."""
    async with desk(tmp_path, mind, cache=cache) as site:
        text = '[[topic]]\nid = "fee"\ntitle = "又一个"\nphrasings = ["又一个"]\n'
        entry = await site.editing.open("topic:fee", LI)
        assert entry
        kept = await site.editing.save(
            LI,
            Edit(key="topic:payment_missed", text=text.replace("又一个", "补缴"), seen=0, file="topics/payment.toml"),
        )
        assert "已有同一条" in kept.findings[0].problem
        kept = await site.editing.save(LI, Edit(key="exam:health", text="", seen=0))
        assert kept.draft
        check = await checked(site, ZHAO)
        assert check.checked
        assert check.checked.findings
        refused = await site.publishing.publish(ZHAO, Order(drafts=check.drafts, override="急"))
        assert (refused.verdict, site.live.edition) == (Verdict.FINDINGS, 1)


async def test_a_plan_is_carried_out_when_it_is_due_and_once(tmp_path: Path, mind: Mind, cache: Path) -> None:
    async with desk(tmp_path, mind, cache=cache) as site:
        accounts = {"wang": WANG}

        async def person(name: str) -> Person | None:
            return accounts.get(name)

        plans = Plans(store=site.store, publisher=site.publishing, person=person, clock=site.clock)
        version = await edited(site, LI, 0, consequence="弃考。")
        order = Order(drafts=((WINDOW, version),), note="到期生效")
        assert (await site.publishing.schedule(WANG, order, NOW)).verdict is Verdict.REFUSED
        assert (await site.publishing.schedule(LI, order, NOW + dt.timedelta(hours=1))).verdict is Verdict.REFUSED
        planned = await site.publishing.schedule(WANG, order, NOW + dt.timedelta(hours=1))
        assert planned.verdict is Verdict.PLANNED
        assert not await plans.once()
        site.clock.now += dt.timedelta(hours=1)
        assert await plans.once()
        assert not await plans.once()
        assert site.live.edition == 2
        (plan,) = await site.publishing.schedules()
        assert (plan.state, plan.outcome) == (ScheduleState.DONE, "已发布为第2版，改动1条")
        assert (await site.publishing.publications())[0].by == "wang"
        assert not await site.publishing.cancel(WANG, plan.id)

        version = await edited(site, LI, 0, consequence="自动弃考。")
        order = Order(drafts=((WINDOW, version),))
        first, second = [
            await site.publishing.schedule(WANG, order, site.clock() + dt.timedelta(hours=hours)) for hours in (1, 2)
        ]
        assert first.plan
        assert second.plan
        assert await site.publishing.cancel(WANG, first.plan.id)
        del accounts["wang"]
        site.clock.now += dt.timedelta(hours=3)
        assert await plans.once()
        states = {each.id: each.state for each in await site.publishing.schedules()}
        assert (states[first.plan.id], states[second.plan.id]) == (ScheduleState.CANCELLED, ScheduleState.FAILED)
        assert site.live.edition == 2


async def test_of_two_who_publish_at_once_both_are_kept(tmp_path: Path, mind: Mind, cache: Path) -> None:
    """The second is checked anew on what the first published."""
    async with desk(tmp_path, mind, cache=cache) as site:
        other = "window:payment/health/CN-31/2024"
        version = await edited(site, LI, 0, consequence="弃考。")
        kept = await site.editing.set_fields(LI, Edit(key=other, text="", seen=0), {"consequence": "弃考。"})
        assert kept.draft
        done = await asyncio.gather(
            site.publishing.publish(WANG, Order(drafts=((WINDOW, version),))),
            site.publishing.publish(WANG, Order(drafts=((other, kept.draft.version),))),
        )
        assert [each.verdict for each in done] == [Verdict.PUBLISHED] * 2
        texts = await site.store.texts(3)
        assert texts["facts/windows.toml"].count("弃考。") >= 2


async def test_going_back_to_before_a_newer_program_keeps_the_sentences_that_it_says(
    tmp_path: Path, mind: Mind, cache: Path
) -> None:
    """Without them whatever says one would be an error to a candidate."""
    async with desk(tmp_path, mind, cache=cache) as site:
        texts = dict(await site.store.texts(1))
        older = texts | {PHRASES: re.sub(r"(?m)^correction = .*\n", "", texts[PHRASES])}
        for edition, each in ((2, older), (3, texts)):
            made = Publication(edition=edition, at=NOW, by="wang", kind=PublicationKind.PUBLISH)
            await site.store.publish(made, each, edition - 1, (), Done(at=NOW, who="wang", deed="published"))
        window = texts | {"facts/windows.toml": f"# 改\n{texts['facts/windows.toml']}"}
        made = Publication(edition=4, at=NOW, by="wang", kind=PublicationKind.PUBLISH)
        await site.store.publish(made, window, 3, (), Done(at=NOW, who="wang", deed="published"))
        back = await site.publishing.rollback(WANG, 2, "")
        assert (back.verdict, back.edition) == (Verdict.PUBLISHED, 5)
        assert site.live.mind
        assert site.live.mind.knowledge.phrases["correction"]


async def test_what_cannot_be_read_any_more_is_left_and_not_gone_back_to(
    tmp_path: Path, mind: Mind, cache: Path
) -> None:
    async with desk(tmp_path, mind, cache=cache) as site:
        texts = dict(await site.store.texts(1))
        broken = texts | {"facts/windows.toml": "[[window]]\nname = 1\n[[fee]]\n"}
        made = Publication(edition=2, at=NOW, by="wang", kind=PublicationKind.PUBLISH)
        await site.store.publish(made, broken, 1, (), Done(at=NOW, who="wang", deed="published"))
        back = await site.publishing.rollback(WANG, 1, "")
        assert (back.verdict, back.edition) == (Verdict.PUBLISHED, 3)
        there = await site.publishing.rollback(WANG, 2, "")
        assert (there.verdict, await site.store.current()) == (Verdict.FINDINGS, 3)
        assert there.checked
        assert len(there.checked.findings) == 1


async def test_a_plan_that_breaks_does_not_end_those_after_it(tmp_path: Path, mind: Mind, cache: Path) -> None:
    async with desk(tmp_path, mind, cache=cache) as site:
        asked = asyncio.Event()
        faults: list[Exception] = [KeyError("broken")]

        async def person(_: str) -> Person | None:
            if faults:
                raise faults.pop()
            asked.set()
            return None

        plans = Plans(store=site.store, publisher=site.publishing, person=person, clock=site.clock, look=0.01)
        version = await edited(site, LI, 0, consequence="弃考。")
        for _ in range(2):
            await site.publishing.schedule(WANG, Order(drafts=((WINDOW, version),)), NOW + dt.timedelta(hours=1))
        site.clock.now += dt.timedelta(hours=1)
        going = asyncio.create_task(plans.go())
        await asyncio.wait({asyncio.create_task(asked.wait()), going}, return_when=asyncio.FIRST_COMPLETED)
        assert not going.done()
        going.cancel()
        assert asked.is_set()
