"""The people page and the audit log, as admins use them; attempts of others to rise."""

import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from console_site import Visitor
from staff_people import House

from adapters.web.console import people
from adapters.web.console.words import read_words
from bot.staff.people import Role

DEED = re.compile(r'(?:deed=|_line\([\w.]+, |note\([\w.]+, |_open\(\w+, )"(\w+)"')
Enter = Callable[..., Awaitable[Visitor]]


async def test_an_admin_adds_somebody(enter: Enter, at: House) -> None:
    browser = await enter("admin")
    await browser.get("/people")
    response = await browser.post(
        "/people", {"name": "李伟", "role": "editor", "regions": "四川乐山、上海", "is_active": "yes"}
    )
    assert response.status == 200
    password = re.search(r'id="password">([^<]+)<', browser.text)[1]  # type: ignore[index]  # fails where there is none
    found = await at.store.person("李伟")
    assert found is not None
    assert (found[0].role, found[0].regions, found[0].must_change) == (Role.EDITOR, ("CN-5111", "CN-31"), True)
    await browser.get("/people")
    assert "四川乐山、上海" in browser.text
    assert password not in browser.text
    assert (await at.people.sign_in("李伟", password, "x")).person is not None


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"name": "", "role": "viewer"}, "姓名须是"),
        ({"name": "<script>alert(1)</script>", "role": "viewer"}, "姓名须是"),
        ({"name": "Viewer", "role": "viewer"}, "已经用过"),
        ({"name": "李伟", "role": "root"}, "请选择角色"),
        ({"name": "李伟"}, "请选择角色"),
        ({"name": "李伟", "role": "editor", "regions": "火星<b>"}, "没有“火星<b>”这个地区"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
async def test_what_was_typed_wrong_is_told_and_kept(enter: Enter, fields: dict[str, str], text: str) -> None:
    browser = await enter("admin")
    await browser.get("/people")
    response = await browser.post("/people", fields)
    assert response.status == 422
    assert text in browser.text
    assert "<script>alert" not in await response.text()
    assert f'value="{fields["name"]}"' in browser.text


async def test_a_changed_role_ends_the_session_at_once(enter: Enter) -> None:
    admin, editor = await enter("admin"), await enter("editor")
    await admin.get("/people/editor")
    response = await admin.post("/people/editor", {"role": "viewer", "is_active": "yes"})
    assert response.headers["Location"] == "/console/people?said=people.changed"
    assert (await editor.get("/")).url.path == "/console/sign-in"


async def test_a_closed_account_is_out_at_once(enter: Enter) -> None:
    admin, editor = await enter("admin"), await enter("editor")
    await admin.get("/people/editor")
    await admin.post("/people/editor", {"role": "editor"})
    assert (await editor.get("/")).url.path == "/console/sign-in"
    assert (await editor.sign_in("editor")).status == 403
    await admin.get("/people")
    assert "已停用" in admin.text


async def test_the_last_admin_is_told_why_not(enter: Enter) -> None:
    browser = await enter("admin")
    await browser.get("/people/admin")
    assert (await browser.post("/people/admin", {"role": "viewer", "is_active": "yes"})).status == 422
    assert "最后一位" in browser.text


async def test_a_password_is_given_anew(enter: Enter) -> None:
    admin, viewer = await enter("admin"), await enter("viewer")
    await admin.get("/people/viewer")
    assert (await admin.post("/people/viewer/password")).status == 200
    password = re.search(r'id="password">([^<]+)<', admin.text)[1]  # type: ignore[index]  # fails where there is none
    assert (await viewer.get("/")).url.path == "/console/sign-in"
    assert (await viewer.sign_in("viewer", password)).headers["Location"] == "/console/password"


@pytest.mark.parametrize("role", ["viewer", "editor", "publisher"])
@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/people/{role}", {"role": "admin", "is_active": "yes"}),
        ("/people", {"name": "mine", "role": "admin", "is_active": "yes"}),
        ("/people/admin/password", {}),
        ("/people/admin", {"role": "viewer"}),
    ],
    ids=["own role", "new admin", "admin's password", "demote admin"],
)
async def test_nobody_rises_by_himself(enter: Enter, at: House, role: str, path: str, fields: dict[str, str]) -> None:
    """Each with a form that is his own in all but the right; each attempt is in the log."""
    browser = await enter(role)
    before = await at.people.people()
    assert (await browser.post(path.format(role=role), fields)).status == 403
    assert await at.people.people() == before
    assert (await at.deeds(role))[0] == "refused"


async def test_the_own_password_form_changes_nothing_else(enter: Enter, at: House) -> None:
    """Fields that the form has not are not read."""
    browser = await enter("viewer")
    fields = {"old": "tianqing-luoyu", "new": "yuguo-tianqing", "again": "yuguo-tianqing"}
    more = {"role": "admin", "name": "admin", "username": "admin", "is_active": "yes", "regions": "上海"}
    assert (await browser.post("/password", fields | more)).status == 303
    found = await at.store.person("viewer")
    assert found is not None
    assert found[0].role is Role.VIEWER
    assert (await at.people.sign_in("admin", "tianqing-luoyu", "x")).person is not None


async def test_the_menu_shows_what_one_may_open(enter: Enter) -> None:
    viewer, admin = await enter("viewer"), await enter("admin")
    await viewer.get("/")
    await admin.get("/")
    assert "/console/people" not in viewer.text
    assert "/console/people" in admin.text


async def test_the_log_is_paged_and_searched(enter: Enter, at: House) -> None:
    for number in range(120):
        await at.people.note("李伟", "saved", f"topic:t{number}", "<img src=x onerror=alert(1)>")
    browser = await enter("admin")
    response = await browser.get("/log?about=李伟")
    assert "topic:t119" in browser.text
    assert "topic:t19<" not in browser.text
    assert "保存草稿" in browser.text
    assert "<img" not in await response.text()
    older = re.search(r'href="([^"]+)" id="older"', browser.text)[1]  # type: ignore[index]  # fails where there is none
    await browser.get(older.removeprefix("/console"))
    assert "topic:t19<" in browser.text
    await browser.get("/log?about=topic:t7")
    assert browser.text.count("<tr id=") == 1
    for odd in ("before=x", "before=-1", "before=99999999999999999999", "about=" + "x" * 3000):
        assert (await browser.get(f"/log?{odd}")).status == 200


def test_every_deed_has_its_word() -> None:
    """What the log says is Chinese, whoever wrote the line."""
    project = Path(people.__file__).parents[3]
    files = [*project.glob("bot/desk/*.py"), *project.glob("adapters/web/console/*.py")]
    written = {deed for file in files for deed in DEED.findall(file.read_text("utf-8"))}
    assert {"saved", "signed_in", "person_added"} <= written
    assert written - set(read_words()["people"]["deeds"]) == set()


async def test_a_sentence_is_shown_only_if_it_is_ours(enter: Enter) -> None:
    browser = await enter("admin")
    await browser.get("/people?said=people.changed")
    assert "账号已修改。" in browser.text
    for odd in ("people.refusals", "<b>x", "console.problems", "x", "people.said.changed"):
        await browser.get(f"/people?said={odd}")
        assert 'id="said"' not in browser.text
