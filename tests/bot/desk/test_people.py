"""Signing in and managing accounts, over a real store."""

import datetime as dt
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from staff_people import PASSWORD, House, house

from bot.staff.accounts import Account, Refusal, RefusedError
from bot.staff.people import Role

HERE = "192.0.2.1"


@pytest.fixture
async def at(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path / "k.sqlite3") as found:
        yield found


async def test_the_password_opens_a_session(at: House) -> None:
    li = await at.add("李伟", Role.EDITOR)
    entered = await at.people.sign_in("李伟", PASSWORD, HERE)
    assert entered.person == li
    assert await at.people.session(entered.secret) == li
    assert await at.deeds() == ["signed_in", "person_added"]


@pytest.mark.parametrize("name", ["Wang", "wang", " Wang ", "Ｗang"])
async def test_a_name_is_known_however_it_is_typed(at: House, name: str) -> None:
    await at.add("Wang", Role.VIEWER)
    assert (await at.people.sign_in(name, PASSWORD, HERE)).person is not None


@pytest.mark.parametrize(
    ("name", "password"), [("李伟", "wrong"), ("李伟", ""), ("无名", PASSWORD), ("", ""), ("x" * 5000, "y" * 5000)]
)
async def test_anything_else_does_not(at: House, name: str, password: str) -> None:
    """A wrong password and an unknown name are told alike; the log keeps no more than 32 characters of what was typed."""
    await at.add("李伟", Role.EDITOR)
    entered = await at.people.sign_in(name, password, HERE)
    assert (entered.person, entered.secret, entered.seconds) == (None, "", 0)
    [(_, done)] = await at.people.done(limit=1)
    assert (done.deed, done.who, done.detail) == ("sign_in_failed", name[:32], HERE)


async def test_a_closed_account_cannot_sign_in(at: House) -> None:
    await at.add("admin", Role.ADMIN)
    await at.add("李伟", Role.EDITOR)
    await at.people.change(Account(name="李伟", role=Role.EDITOR, is_active=False), "admin")
    assert (await at.people.sign_in("李伟", PASSWORD, HERE)).person is None


async def test_five_failures_lock_even_the_right_password_out(at: House) -> None:
    await at.add("李伟", Role.EDITOR)
    for _ in range(5):
        assert (await at.people.sign_in("李伟", "wrong", HERE)).seconds == 0
    entered = await at.people.sign_in("李伟", PASSWORD, "198.51.100.7")
    assert entered.person is None
    assert 890 < entered.seconds <= 900
    assert (await at.deeds())[0] == "sign_in_locked"
    at.ahead += dt.timedelta(minutes=15, seconds=1)
    assert (await at.people.sign_in("李伟", PASSWORD, HERE)).person is not None


async def test_a_name_that_does_not_exist_is_locked_alike(at: House) -> None:
    for number in range(5):
        await at.people.sign_in("无名", "wrong", f"192.0.2.{number}")
    assert (await at.people.sign_in("无名", "wrong", HERE)).seconds > 0


async def test_an_address_that_tries_many_names_is_locked(at: House) -> None:
    await at.add("李伟", Role.EDITOR)
    for number in range(5):
        await at.people.sign_in(f"n{number}", "wrong", HERE)
    assert (await at.people.sign_in("李伟", PASSWORD, HERE)).seconds > 0
    assert (await at.people.sign_in("李伟", PASSWORD, "198.51.100.7")).person is not None


async def test_nobody_locks_an_owner_out_where_he_has_signed_in_before(at: House) -> None:
    """Five requests from anywhere, again and again, would keep an admin out whose name is known."""
    await at.add("李伟", Role.ADMIN)
    await at.people.sign_in("李伟", PASSWORD, HERE)
    for _ in range(5):
        await at.people.sign_in("李伟", "wrong", "198.51.100.7")
    assert (await at.people.sign_in("李伟", PASSWORD, "203.0.113.5")).seconds > 0
    assert (await at.people.sign_in("李伟", PASSWORD, HERE)).person is not None
    assert (await at.people.sign_in("李伟", PASSWORD, "203.0.113.5")).seconds > 0
    for _ in range(5):
        await at.people.sign_in("李伟", "wrong", HERE)
    assert (await at.people.sign_in("李伟", PASSWORD, HERE)).seconds > 0


async def test_a_lock_is_one_line_of_the_log(at: House) -> None:
    """The log can never be shortened: nobody from outside may fill it."""
    for number in range(50):
        await at.people.sign_in(f"n{number}", "wrong", HERE)
    assert sorted(await at.deeds()) == ["sign_in_failed"] * 5 + ["sign_in_locked"]


async def test_a_new_password_ends_the_lock(at: House) -> None:
    await at.add("李伟", Role.EDITOR)
    for _ in range(5):
        await at.people.sign_in("李伟", "wrong", "198.51.100.7")
    given = await at.people.give_password("李伟", "admin2")
    entered = await at.people.sign_in("李伟", given, HERE)
    assert entered.person is not None
    assert entered.person.must_change


async def test_secrets_and_passwords_are_in_no_file_and_no_repr(at: House, tmp_path: Path) -> None:
    await at.add("李伟", Role.ADMIN)
    entered = await at.people.sign_in("李伟", PASSWORD, HERE)
    given = await at.people.add(Account(name="新人", role=Role.VIEWER), "李伟")
    assert entered.secret not in repr(entered)
    kept = _bytes_in(tmp_path)
    for each in (PASSWORD, entered.secret, given):
        assert each.encode() not in kept


def _bytes_in(folder: Path) -> bytes:
    return b"".join(each.read_bytes() for each in folder.iterdir())


async def test_changing_ones_own_password_ends_every_other_session(at: House) -> None:
    await at.add("李伟", Role.EDITOR)
    old, other = [(await at.people.sign_in("李伟", PASSWORD, HERE)).secret for _ in range(2)]
    new = await at.people.change_password("李伟", PASSWORD, "yuguo-tianqing")
    assert await at.people.session(old) is await at.people.session(other) is None
    assert await at.people.session(new.secret) is not None
    assert (await at.people.sign_in("李伟", PASSWORD, HERE)).person is None
    assert (await at.people.sign_in("李伟", "yuguo-tianqing", HERE)).person is not None


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("wrong", "yuguo-tianqing", Refusal.WRONG_PASSWORD),
        (PASSWORD, "short", Refusal.SHORT_PASSWORD),
        (PASSWORD, PASSWORD, Refusal.SAME_PASSWORD),
    ],
)
async def test_a_password_that_may_not_be_changed_so(at: House, old: str, new: str, why: Refusal) -> None:
    await at.add("李伟", Role.EDITOR)
    secret = (await at.people.sign_in("李伟", PASSWORD, HERE)).secret
    with pytest.raises(RefusedError) as found:
        await at.people.change_password("李伟", old, new)
    assert found.value.why is why
    assert await at.people.session(secret) is not None


async def test_the_old_password_cannot_be_guessed_there_either(at: House) -> None:
    """Who finds a browser signed in cannot try passwords on the form that changes it."""
    await at.add("李伟", Role.EDITOR)
    for _ in range(5):
        with pytest.raises(RefusedError):
            await at.people.change_password("李伟", "wrong", "yuguo-tianqing")
    with pytest.raises(RefusedError) as found:
        await at.people.change_password("李伟", PASSWORD, "yuguo-tianqing")
    assert found.value.why is Refusal.LOCKED


async def test_an_editor_gets_regions_by_name_or_id(at: House) -> None:
    await at.people.add(Account(name="编辑", role=Role.EDITOR, regions=("乐山", "CN-31", "四川乐山")), "admin")
    [person] = await at.people.people()
    assert person.regions == ("CN-5111", "CN-31")
    assert person.must_change
    assert await at.people.region_names(person.regions) == ("四川乐山", "上海")


async def test_others_have_all_regions(at: House) -> None:
    await at.people.add(Account(name="发布", role=Role.PUBLISHER, regions=("乐山",)), "admin")
    assert (await at.people.people())[0].regions == ()


@pytest.mark.parametrize(
    ("account", "why"),
    [
        (Account(name="", role=Role.VIEWER), Refusal.BAD_NAME),
        (Account(name="a b", role=Role.VIEWER), Refusal.BAD_NAME),
        (Account(name="<script>", role=Role.VIEWER), Refusal.BAD_NAME),
        (Account(name="../x", role=Role.VIEWER), Refusal.BAD_NAME),
        (Account(name="x" * 33, role=Role.VIEWER), Refusal.BAD_NAME),
        (Account(name="System", role=Role.VIEWER), Refusal.BAD_NAME),
        (Account(name="李伟", role=Role.VIEWER), Refusal.NAME_USED),
        (Account(name="新人", role=Role.EDITOR, regions=("火星",)), Refusal.UNKNOWN_REGION),
    ],
    ids=lambda each: each.name if isinstance(each, Account) else str(each),
)
async def test_accounts_that_cannot_be(at: House, account: Account, why: Refusal) -> None:
    await at.add("李伟", Role.EDITOR)
    with pytest.raises(RefusedError) as found:
        await at.people.add(account, "admin")
    assert found.value.why is why
    assert len(await at.people.people()) == 1


async def test_changes_are_noted_with_what_they_were(at: House) -> None:
    await at.add("admin", Role.ADMIN)
    await at.add("李伟", Role.VIEWER)
    await at.people.change(Account(name="李伟", role=Role.EDITOR, regions=("乐山",)), "admin")
    [(_, done)] = await at.people.done(limit=1)
    assert (done.who, done.deed, done.object) == ("admin", "person_changed", "李伟")
    assert done.detail == "viewer * active → editor CN-5111 active"
    await at.people.change(Account(name="李伟", role=Role.EDITOR, regions=("乐山",)), "admin")
    assert (await at.deeds()).count("person_changed") == 1, "what changes nothing is not noted"


async def test_the_last_admin_cannot_be_closed(at: House) -> None:
    await at.add("admin", Role.ADMIN)
    with pytest.raises(RefusedError) as found:
        await at.people.change(Account(name="admin", role=Role.ADMIN, is_active=False), "admin")
    assert found.value.why is Refusal.LAST_ADMIN


async def test_who_is_not_there_cannot_be_changed(at: House) -> None:
    with pytest.raises(RefusedError, match="no_such_person"):
        await at.people.change(Account(name="无名", role=Role.ADMIN), "admin")
    with pytest.raises(RefusedError, match="no_such_person"):
        await at.people.give_password("无名", "admin")


async def test_the_first_admin_is_made_once(at: House) -> None:
    first = await at.people.first()
    assert first is not None
    name, password = first
    entered = await at.people.sign_in(name, password, HERE)
    assert entered.person is not None
    assert (entered.person.role, entered.person.must_change) == (Role.ADMIN, True)
    assert await at.people.first() is None


async def test_an_idle_session_ends(at: House) -> None:
    await at.add("李伟", Role.EDITOR)
    secret = (await at.people.sign_in("李伟", PASSWORD, HERE)).secret
    at.ahead += dt.timedelta(hours=2, minutes=1)
    assert await at.people.session(secret) is None


async def test_signing_out_ends_the_session(at: House) -> None:
    await at.add("李伟", Role.EDITOR)
    secret = (await at.people.sign_in("李伟", PASSWORD, HERE)).secret
    await at.people.sign_out(secret)
    assert await at.people.session(secret) is None
    await at.people.sign_out(secret)
    assert await at.deeds() == ["signed_out", "signed_in", "person_added"]
