"""The contract of staff accounts, sessions and their log."""

import datetime as dt
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from sqlite_utils import Database

from adapters.storage.database import SqliteFile
from adapters.storage.sqlite_staff import SqliteStaff
from bot.ports import StoreError
from bot.staff.people import Done, Person, Role
from bot.staff.stores import LastAdminError

NOW = dt.datetime(2023, 12, 5, 9, tzinfo=dt.timezone(dt.timedelta(hours=8)))
UNTIL = NOW + dt.timedelta(hours=12)
IDLE = dt.timedelta(hours=2)


@pytest.fixture
async def file(path: Path) -> AsyncIterator[SqliteFile]:
    found = SqliteFile(path)
    await found.open()
    yield found
    await found.close()


@pytest.fixture
async def store(file: SqliteFile) -> SqliteStaff:
    return SqliteStaff(file)


def person(name: str = "王芳", role: Role = Role.ADMIN, **values: object) -> Person:
    return msgspec.structs.replace(Person(name=name, role=role, made=NOW), **values)


def line(deed: str = "noted", who: str = "王芳", what: str = "", minutes: float = 0) -> Done:
    return Done(at=NOW + dt.timedelta(minutes=minutes), who=who, deed=deed, object=what, detail="x")


async def open_for(store: SqliteStaff, name: str, mark: str = "m") -> None:
    await store.open_session(mark, name, UNTIL, line("signed_in", name))


async def seen(store: SqliteStaff, mark: str = "m", minutes: float = 1) -> Person | None:
    return await store.session(mark, NOW + dt.timedelta(minutes=minutes), IDLE)


async def test_a_store_starts_empty(store: SqliteStaff) -> None:
    assert await store.people() == await store.done() == ()
    assert await store.person("王芳") is None
    assert await seen(store) is None


@pytest.mark.parametrize(
    "kept",
    [
        person(),
        person("li.wei-2", Role.EDITOR, regions=("CN-5111", "CN-31"), must_change=True),
        person("关", Role.VIEWER, is_active=False),
    ],
    ids=lambda each: each.name,
)
async def test_an_account_comes_back_as_it_was_kept(store: SqliteStaff, kept: Person) -> None:
    assert await store.add(kept, "hash", line()) is True
    assert await store.person(kept.name) == (kept, "hash")
    assert await store.people() == (kept,)


async def test_a_name_is_given_once(store: SqliteStaff) -> None:
    """Not even in other capitals: the log would not tell them apart. Nothing is noted of what was not done."""
    await store.add(person("Li"), "one", line("first"))
    assert await store.add(person("lI", Role.VIEWER), "two", line("second")) is False
    assert await store.person("Li") == (person("Li"), "one")
    assert [done.deed for _, done in await store.done()] == ["first"]


async def test_a_change_keeps_the_password_unless_one_is_given(store: SqliteStaff) -> None:
    await store.add(person(), "one", line())
    await store.change(person(must_change=True), None, line())
    assert await store.person("王芳") == (person(must_change=True), "one")
    await store.change(person(), "two", line("changed"))
    assert await store.person("王芳") == (person(), "two")
    assert [done.deed for _, done in await store.done(limit=1)] == ["changed"]


@pytest.mark.parametrize("values", [{"role": Role.PUBLISHER}, {"is_active": False}], ids=["role", "state"])
async def test_the_last_admin_stays(store: SqliteStaff, values: dict[str, object]) -> None:
    await store.add(person(), "h", line())
    await store.add(person("李", Role.ADMIN, is_active=False), "h", line())
    with pytest.raises(LastAdminError):
        await store.change(person(**values), None, line("changed"))
    assert await store.person("王芳") == (person(), "h")
    assert "changed" not in [done.deed for _, done in await store.done()]


async def test_one_of_two_admins_may_go(store: SqliteStaff) -> None:
    await store.add(person(), "h", line())
    await store.add(person("李"), "h", line())
    await store.change(person(role=Role.VIEWER), None, line())
    assert (await store.people())[0].role is Role.ADMIN


async def test_a_session_is_somebodys(store: SqliteStaff) -> None:
    await store.add(person(), "h", line())
    await open_for(store, "王芳")
    assert await seen(store) == person()
    assert await seen(store, "another") is None


@pytest.mark.parametrize(
    ("minutes", "is_there"), [([119], True), ([121], False), ([100, 200, 300], True), ([100, 221], False)], ids=str
)
async def test_a_session_that_is_not_used_ends(store: SqliteStaff, minutes: list[int], is_there: bool) -> None:
    """Each use keeps it for two hours more."""
    await store.add(person(), "h", line())
    await open_for(store, "王芳")
    found = [await seen(store, minutes=each) for each in minutes]
    assert (found[-1] is not None) is is_there


async def test_a_session_ends_however_much_it_is_used(store: SqliteStaff) -> None:
    await store.add(person(), "h", line())
    await open_for(store, "王芳")
    for minutes in range(60, 720, 60):
        assert await seen(store, minutes=minutes) == person()
    assert await seen(store, minutes=720) is None


@pytest.mark.parametrize(
    ("values", "password", "is_there"),
    [
        ({"role": Role.EDITOR}, None, False),
        ({"role": Role.ADMIN}, None, False),
        ({"is_active": False}, None, False),
        ({"is_active": False}, "other", False),
        ({}, "other", False),
        ({"regions": ("CN-31",)}, None, True),
        ({}, None, True),
    ],
    ids=str,
)
async def test_a_change_of_role_state_or_password_ends_the_sessions(
    store: SqliteStaff, values: dict[str, object], password: str | None, is_there: bool
) -> None:
    await store.add(person("a"), "h", line())
    await store.add(person("李", Role.VIEWER), "h", line())
    await open_for(store, "李", "1")
    await open_for(store, "李", "2")
    await open_for(store, "a", "other")
    await store.change(person("李", **({"role": Role.VIEWER} | values)), password, line())
    for mark in ("1", "2"):
        assert (await seen(store, mark) is not None) is is_there
    assert await seen(store, "other") is not None


async def test_regions_count_at_once(store: SqliteStaff) -> None:
    """A session shows the account as it is now, not as it was when it began."""
    await store.add(person("李", Role.ADMIN), "h", line())
    await open_for(store, "李")
    await store.change(person("李", regions=("CN-31",)), None, line())
    found = await seen(store)
    assert found is not None
    assert found.regions == ("CN-31",)


async def test_a_session_that_was_closed_is_over(store: SqliteStaff) -> None:
    await store.add(person(), "h", line())
    await open_for(store, "王芳")
    await store.close_session("m", line("signed_out"))
    assert await seen(store) is None
    await store.close_session("m", line("signed_out"))
    assert [done.deed for _, done in await store.done()].count("signed_out") == 1


async def test_old_sessions_are_forgotten(store: SqliteStaff, file: SqliteFile) -> None:
    await store.add(person(), "h", line())
    await open_for(store, "王芳", "old")
    await store.open_session("new", "王芳", UNTIL + IDLE, line(minutes=721))
    assert await file.read(lambda db: db.execute("select mark from session").fetchall()) == [("new",)]


async def test_the_log_is_read_from_its_end(store: SqliteStaff) -> None:
    for number in range(5):
        await store.note(line(f"d{number}", who=f"w{number % 2}", what=f"o{number % 3}"))
    lines = await store.done()
    assert [done.deed for _, done in lines] == ["d4", "d3", "d2", "d1", "d0"]
    assert lines[0][1].at == NOW
    assert [done.deed for _, done in await store.done(before=lines[1][0], limit=2)] == ["d2", "d1"]
    assert [done.deed for _, done in await store.done(about="w1")] == ["d3", "d1"]
    assert [done.deed for _, done in await store.done(about="o0")] == ["d3", "d0"]


@pytest.mark.parametrize("sql", ["update staff_log set who = 'x'", "delete from staff_log", "delete from person"])
async def test_nothing_rewrites_the_log_or_deletes_an_account(store: SqliteStaff, file: SqliteFile, sql: str) -> None:
    await store.add(person(), "h", line())

    def work(db: Database) -> None:
        db.execute(sql)

    with pytest.raises(StoreError):
        await file.run(work)
    assert len(await store.done()) == len(await store.people()) == 1
