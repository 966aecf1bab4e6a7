"""What every implementation of bot.staff.stores.EditionStore keeps to."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from adapters.storage.database import SqliteFile
from adapters.storage.sqlite_editions import SqliteEditions
from bot.ports import StoreError
from bot.staff.editions import Change, Draft, DraftState, Publication, PublicationKind, Scheduled, ScheduleState
from bot.staff.people import Done
from bot.staff.stores import EditionStore, PublishedMeanwhileError, SavedMeanwhileError

NOW = dt.datetime(2023, 12, 5, 9, tzinfo=dt.timezone(dt.timedelta(hours=8)))
SAVED = Done(at=NOW, who="li", deed="saved", object="topic:fee")
TEXTS = {"phrases.toml": 'nation = "全国"\n', "topics/a.toml": '[[topic]]\nid = "fee"\r\n', "exams.toml": ""}
DRAFT = Draft(
    key="topic:fee", file="topics/a.toml", before="甲", text="乙", version=1, authors=("li",), at=NOW, note="改"
)
CHANGE = Change(key="topic:fee", file="topics/a.toml", before="甲", after="乙", authors=("li",))
FIRST = Publication(edition=1, at=NOW, by="system", kind=PublicationKind.IMPORT, note="开始")


def published(**given: object) -> Publication:
    return msgspec.structs.replace(
        FIRST, by="wang", kind=PublicationKind.PUBLISH, changes=(CHANGE,), **{"note": "", **given}
    )


@pytest.fixture
async def file(path: Path) -> AsyncIterator[SqliteFile]:
    found = SqliteFile(path)
    await found.open()
    yield found
    await found.close()


@pytest.fixture(params=["sqlite"])
def store(file: SqliteFile) -> EditionStore:
    return SqliteEditions(file)


async def log_of(file: SqliteFile) -> list[tuple[str, str, str]]:
    return await file.read(lambda db: db.execute("select who, deed, object from staff_log order by id").fetchall())


async def test_at_first_there_is_no_edition(store: EditionStore) -> None:
    assert await store.current() == 0
    assert await store.publications() == ()
    assert await store.publication(1) is None
    with pytest.raises(KeyError):
        await store.texts(1)


async def test_texts_come_back_byte_for_byte(store: EditionStore) -> None:
    """Also line ends of another system, and a file without anything in it; in the order of their names."""
    assert await store.publish(FIRST, TEXTS, 0, (), SAVED) == 1
    assert await store.current() == 1
    assert list((await store.texts(1)).items()) == sorted(TEXTS.items())
    assert await store.publication(1) == FIRST


async def test_a_publication_takes_its_drafts_away_and_stays(store: EditionStore) -> None:
    await store.publish(FIRST, TEXTS, 0, (), SAVED)
    version = await store.save(DRAFT, 0, SAVED)
    kept = await store.publish(published(), TEXTS | {"topics/a.toml": "乙"}, 1, ((DRAFT.key, version),), SAVED)
    assert (kept, await store.drafts()) == (2, ())
    assert (await store.texts(1))["topics/a.toml"] == TEXTS["topics/a.toml"]
    assert (await store.texts(2))["topics/a.toml"] == "乙"
    assert await store.publication(2) == published(edition=2)


async def test_a_publication_on_an_older_edition_keeps_nothing(store: EditionStore) -> None:
    await store.publish(FIRST, TEXTS, 0, (), SAVED)
    with pytest.raises(PublishedMeanwhileError):
        await store.publish(published(), {}, 0, (), SAVED)
    assert await store.current() == 1


async def test_a_publication_of_a_draft_that_was_saved_since_keeps_nothing(store: EditionStore) -> None:
    await store.publish(FIRST, TEXTS, 0, (), SAVED)
    version = await store.save(DRAFT, 0, SAVED)
    await store.save(msgspec.structs.replace(DRAFT, text="丙"), version, SAVED)
    with pytest.raises(SavedMeanwhileError) as caught:
        await store.publish(published(), {}, 1, ((DRAFT.key, version),), SAVED)
    assert caught.value.current is not None
    assert caught.value.current.text == "丙"
    assert await store.current() == 1
    assert len(await store.drafts()) == 1


async def test_of_ten_who_publish_at_once_one_does(store: EditionStore) -> None:
    await store.publish(FIRST, TEXTS, 0, (), SAVED)
    tries = [store.publish(published(note=str(n)), TEXTS, 1, (), SAVED) for n in range(10)]
    done = await asyncio.gather(*tries, return_exceptions=True)
    assert sorted(str(each) for each in done if not isinstance(each, Exception)) == ["2"]
    assert sum(isinstance(each, PublishedMeanwhileError) for each in done) == 9


async def test_publications_come_in_pages_newest_first_without_changes(store: EditionStore) -> None:
    await store.publish(FIRST, TEXTS, 0, (), SAVED)
    for number in range(1, 5):
        await store.publish(published(), TEXTS, number, (), SAVED)
    assert [each.edition for each in await store.publications(limit=2)] == [5, 4]
    assert [each.edition for each in await store.publications(before=4, limit=2)] == [3, 2]
    assert all(each.changes == () for each in await store.publications())


async def test_the_history_of_an_entry_has_that_change_alone(store: EditionStore) -> None:
    await store.publish(FIRST, TEXTS, 0, (), SAVED)
    other = msgspec.structs.replace(CHANGE, key="topic:other")
    await store.publish(msgspec.structs.replace(published(), changes=(other, CHANGE)), TEXTS, 1, (), SAVED)
    await store.publish(msgspec.structs.replace(published(), changes=(other,)), TEXTS, 2, (), SAVED)
    assert [(each.edition, each.changes) for each in await store.history("topic:fee")] == [(2, (CHANGE,))]
    assert [each.edition for each in await store.history("topic:other")] == [3, 2]


async def test_a_draft_comes_back_whole(store: EditionStore) -> None:
    draft = msgspec.structs.replace(DRAFT, state=DraftState.UNVERIFIED, authors=("li", "wang"))
    version = await store.save(draft, 0, SAVED)
    assert await store.draft(draft.key) == msgspec.structs.replace(draft, version=version)
    assert await store.drafts() == (msgspec.structs.replace(draft, version=version),)
    assert await store.draft("topic:other") is None


async def test_who_saves_on_another_version_keeps_nothing(store: EditionStore) -> None:
    version = await store.save(DRAFT, 0, SAVED)
    for seen in (0, version + 1):
        with pytest.raises(SavedMeanwhileError) as caught:
            await store.save(msgspec.structs.replace(DRAFT, text="丙"), seen, SAVED)
        assert caught.value.current is not None
        assert caught.value.current.text == "乙"


async def test_a_version_is_never_used_twice(store: EditionStore) -> None:
    """Who still holds the version of a draft that was discarded must not overwrite the one that was begun since."""
    version = await store.save(DRAFT, 0, SAVED)
    await store.discard(DRAFT.key, version, SAVED)
    again = await store.save(DRAFT, 0, SAVED)
    assert again > version
    with pytest.raises(SavedMeanwhileError):
        await store.save(DRAFT, version, SAVED)


async def test_who_saves_a_draft_that_is_gone_keeps_nothing(store: EditionStore) -> None:
    with pytest.raises(SavedMeanwhileError) as caught:
        await store.save(DRAFT, 1, SAVED)
    assert caught.value.current is None


async def test_several_drafts_are_kept_all_or_none(store: EditionStore, file: SqliteFile) -> None:
    other = msgspec.structs.replace(DRAFT, key="topic:other")
    await store.save(other, 0, SAVED)
    with pytest.raises(SavedMeanwhileError):
        await store.save_all(((DRAFT, 0), (other, 0)), SAVED)
    assert [each.key for each in await store.drafts()] == ["topic:other"]
    await store.save_all(((DRAFT, 0), (other, 1)), SAVED)
    assert len(await store.drafts()) == 2
    assert len(await log_of(file)) == 2


async def test_discarding_names_the_version_too(store: EditionStore) -> None:
    version = await store.save(DRAFT, 0, SAVED)
    with pytest.raises(SavedMeanwhileError):
        await store.discard(DRAFT.key, version + 1, SAVED)
    await store.discard(DRAFT.key, version, SAVED)
    assert await store.drafts() == ()


async def test_every_change_is_logged_with_it_and_a_refused_one_is_not(store: EditionStore, file: SqliteFile) -> None:
    await store.save(DRAFT, 0, SAVED)
    with pytest.raises(SavedMeanwhileError):
        await store.save(DRAFT, 0, SAVED)
    await store.publish(FIRST, TEXTS, 0, (), Done(at=NOW, who="wang", deed="published"))
    assert await log_of(file) == [("li", "saved", "topic:fee"), ("wang", "published", "1")]


@pytest.mark.parametrize("table", ["staff_log", "edition", "edition_change", "content_text"])
async def test_nothing_takes_away_what_was_published_or_logged(
    store: EditionStore, file: SqliteFile, table: str
) -> None:
    await store.publish(published(), TEXTS, 0, (), SAVED)
    with pytest.raises(StoreError, match="Nothing was changed"):
        await file.run(lambda db: db.table(table).delete_where())


async def test_an_edition_costs_what_it_changes(store: EditionStore, file: SqliteFile) -> None:
    await store.publish(FIRST, TEXTS, 0, (), SAVED)
    await store.publish(published(), TEXTS | {"phrases.toml": "x"}, 1, (), SAVED)
    assert await file.read(lambda db: db.execute("select count(*) from content_text").fetchone()[0]) == len(TEXTS) + 1


async def test_what_is_announced_is_read_until_something_else_is(store: EditionStore) -> None:
    assert (await store.announced(), await store.announced_texts()) == ("", {})
    for number in (1, 2):
        texts = TEXTS | {"exams.toml": str(number)}
        await store.announce(f"mark {number}", texts)
        assert await store.announced() == f"mark {number}"
        assert await store.announced_texts() == texts
    assert await store.current() == 0


PLAN = Scheduled(id=0, due=NOW, by="wang", drafts=((DRAFT.key, 1),))


async def test_a_plan_is_claimed_once_when_it_is_due(store: EditionStore) -> None:
    later = await store.schedule(msgspec.structs.replace(PLAN, due=NOW + dt.timedelta(hours=1)), SAVED)
    plan = await store.schedule(PLAN, SAVED)
    assert [each.id for each in await store.schedules()] == [plan.id, later.id]
    lease = dt.timedelta(minutes=1)
    assert await store.claim_due(NOW - dt.timedelta(seconds=1), lease) is None
    assert await store.claim_due(NOW, lease) == plan
    assert await store.claim_due(NOW, lease) is None
    assert await store.claim_due(NOW + lease, lease) == plan


async def test_a_plan_is_settled_once(store: EditionStore) -> None:
    plan = await store.schedule(PLAN, SAVED)
    assert await store.settle(plan.id, ScheduleState.DONE, "第2版", SAVED)
    assert not await store.settle(plan.id, ScheduleState.CANCELLED, "", SAVED)
    assert [(each.state, each.outcome) for each in await store.schedules()] == [(ScheduleState.DONE, "第2版")]
    assert await store.claim_due(NOW, dt.timedelta(minutes=1)) is None
