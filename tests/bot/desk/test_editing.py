"""Entries are edited as drafts: rights by region, a version with every save, a merge question to who comes second."""

import datetime as dt
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from desk_site import LESHAN, LI, PAYMENT, VIEWER, WANG, WINDOW, Desk, desk

from bot.mind import Mind
from bot.staff.editing import Edit, Kind
from bot.staff.editions import Change, Draft, Publication, PublicationKind
from bot.staff.people import Done, Person, Role

NEW = '[[topic.answer]]\nexams = ["health"]\nregion = "CN-5111"\nyear = 2024\ntext = "新"\n'
SHANGHAI = "window:payment/health/CN-31/2024"


@pytest.fixture
async def site(tmp_path: Path, mind: Mind) -> AsyncIterator[Desk]:
    async with desk(tmp_path, mind) as found:
        yield found


async def text_of(site: Desk, key: str) -> str:
    found = await site.editing.open(key, LI)
    assert found
    return found.text


async def test_an_entry_is_opened_with_what_is_published(site: Desk) -> None:
    found = await site.editing.open(WINDOW, LI)
    assert found
    assert (found.kind, found.file, found.version, found.draft, found.is_stale) == (
        Kind.WINDOW,
        "facts/windows.toml",
        0,
        None,
        False,
    )
    assert found.text.startswith("[[window]]")
    assert await site.editing.open("window:nothing", LI) is None


async def test_entries_tell_what_they_are_about(site: Desk) -> None:
    answers = await site.editing.entries(Kind.ANSWER, topic="payment_window")
    assert {each.regions for each in answers} >= {("CN-5111",), ("CN-31",), ("CN",)}
    assert not any(each.is_fact for each in answers)
    windows = await site.editing.entries(file="facts/windows.toml")
    assert all(each.is_fact and each.kind is Kind.WINDOW for each in windows)
    (topic,) = await site.editing.entries(Kind.TOPIC, topic="payment_window")
    assert (topic.regions, topic.fields["title"]) == ((), "网上缴费时间")
    (first, *_) = await site.editing.entries(Kind.SPECIALTY)
    assert first.regions == ("CN-33",)


async def test_a_draft_is_seen_by_staff_and_changes_nothing_published(site: Desk) -> None:
    kept = await site.editing.set_fields(LI, Edit(key=WINDOW, text="", seen=0), {"half": "上午"})
    assert kept.draft
    assert 'half = "上午"' in kept.draft.text
    assert kept.draft.authors == ("li",)
    (found,) = [each for each in await site.editing.entries(Kind.WINDOW) if each.key == WINDOW]
    assert found.draft == kept.draft
    assert "half" not in found.text
    assert await site.store.current() == 1


async def test_saving_what_is_published_keeps_no_draft(site: Desk) -> None:
    """Nor do other line ends, or other blank lines after it."""
    text = await text_of(site, WINDOW)
    for same in (text, text.replace("\n", "\r\n"), text.strip() + "\n\n\n"):
        kept = await site.editing.save(LI, Edit(key=WINDOW, text=same, seen=0))
        assert (kept.draft, kept.conflict, kept.findings) == (None, None, ())
    assert await site.store.drafts() == ()


async def test_a_draft_that_becomes_what_is_published_is_gone(site: Desk) -> None:
    text = await text_of(site, WINDOW)
    kept = await site.editing.save(LI, Edit(key=WINDOW, text=f"# 改\n{text}", seen=0))
    assert kept.draft
    await site.editing.save(LI, Edit(key=WINDOW, text=text, seen=kept.draft.version))
    assert await site.store.drafts() == ()


# --- two at once -----------------------------------------------------------------------------------------------------


async def test_who_saves_second_is_asked(site: Desk) -> None:
    """Both changed different lines: the merged text has both, and only saving it again keeps it."""
    text = await text_of(site, WINDOW)
    mine, theirs = text.replace("02-08", "02-09"), text.replace("01-29", "01-28")
    await site.editing.save(LI, Edit(key=WINDOW, text=theirs, seen=0, base=text))
    kept = await site.editing.save(WANG, Edit(key=WINDOW, text=mine, seen=0, base=text))
    found = kept.conflict
    assert found
    assert (found.base, found.theirs, found.mine, found.theirs_by) == (text, theirs, mine, ("li",))
    assert found.is_clean
    assert "2024-01-28" in found.merged
    assert "2024-02-09" in found.merged
    assert await text_of(site, WINDOW) == theirs
    again = await site.editing.save(WANG, Edit(key=WINDOW, text=found.merged, seen=found.seen, base=found.theirs))
    assert again.draft
    assert again.draft.authors == ("li", "wang")


async def test_who_changed_the_same_line_has_to_decide(site: Desk) -> None:
    text = await text_of(site, WINDOW)
    await site.editing.save(LI, Edit(key=WINDOW, text=text.replace("02-08", "02-07"), seen=0))
    kept = await site.editing.save(WANG, Edit(key=WINDOW, text=text.replace("02-08", "02-09"), seen=0))
    assert kept.conflict
    assert not kept.conflict.is_clean
    assert "<<<<<<<\nend = 2024-02-09\n=======\nend = 2024-02-07\n>>>>>>>\n" in kept.conflict.merged
    unread = await site.editing.save(
        WANG, Edit(key=WINDOW, text=kept.conflict.merged, seen=kept.conflict.seen, base=kept.conflict.theirs)
    )
    assert unread.findings


async def test_fields_of_who_comes_second_are_a_question_too(site: Desk) -> None:
    await site.editing.set_fields(LI, Edit(key=WINDOW, text="", seen=0), {"end": dt.date(2024, 2, 7)})
    kept = await site.editing.set_fields(WANG, Edit(key=WINDOW, text="", seen=0), {"half": "上午"})
    assert kept.conflict
    assert kept.conflict.is_clean
    assert "2024-02-07" in kept.conflict.merged


async def test_who_opened_before_a_publication_is_asked(site: Desk) -> None:
    text = await text_of(site, WINDOW)
    await publish(site, WINDOW, text.replace("02-08", "02-10"))
    kept = await site.editing.save(LI, Edit(key=WINDOW, text=text.replace("01-29", "01-28"), seen=0, base=text))
    assert kept.conflict
    assert "2024-02-10" in kept.conflict.merged


async def test_a_draft_on_what_is_published_no_more_is_merged_before_it_is_published(site: Desk) -> None:
    text = await text_of(site, WINDOW)
    await site.editing.save(LI, Edit(key=WINDOW, text=text.replace("01-29", "01-28"), seen=0))
    await publish(site, WINDOW, text.replace("02-08", "02-10"))
    (opened,) = await site.editing.drafts()
    assert opened.is_stale
    found = await site.editing.stale(WINDOW)
    assert found
    assert found.is_clean
    kept = await site.editing.save(LI, Edit(key=WINDOW, text=found.merged, seen=found.seen, base=found.theirs))
    assert kept.draft
    assert await site.editing.stale(WINDOW) is None
    assert ("2024-01-28" in kept.draft.text, "2024-02-10" in kept.draft.text) == (True, True)


async def publish(site: Desk, key: str, text: str) -> None:
    """Make the next edition with one entry changed, as another process may."""
    edition = await site.store.current()
    texts = dict(await site.store.texts(edition))
    file = "facts/windows.toml"
    before = (await site.editing.contents.current()).text(key)
    texts[file] = texts[file].replace(before, text)
    change = Change(key=key, file=file, before=before, after=text)
    publication = Publication(
        edition=edition + 1, at=site.clock(), by="zhao", kind=PublicationKind.PUBLISH, changes=(change,)
    )
    await site.store.publish(publication, texts, edition, (), Done(at=site.clock(), who="zhao", deed="published"))


# --- rights ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("person", "key", "may"),
    [
        (LESHAN, WINDOW, True),
        (LESHAN, "site:leshan-shizhong/2024", True),
        (LESHAN, "answer:payment_window/health/CN-5111/2024", True),
        (LESHAN, "notice:leshan-2024", True),
        (LESHAN, SHANGHAI, False),
        (LESHAN, "answer:payment_window/health/CN/2024/on-online_payment", False),
        (LESHAN, PAYMENT, False),
        (LESHAN, "file:phrases.toml", False),
        (LESHAN, "list:online_payment/2024", False),
        (LI, SHANGHAI, True),
        (LI, "file:phrases.toml", True),
        (VIEWER, WINDOW, False),
        (msgspec.structs.replace(LESHAN, role=Role.PUBLISHER), SHANGHAI, True),
        (msgspec.structs.replace(LI, is_active=False), WINDOW, False),
    ],
    ids=lambda each: each.name if isinstance(each, Person) else str(each),
)
async def test_who_may_edit_what(site: Desk, person: Person, key: str, may: bool) -> None:
    """Editors of chosen regions edit what is about these, and places within; what all regions share they do not."""
    found = await site.editing.open(key, person)
    assert found
    assert found.may_edit is may
    kept = await site.editing.save(person, Edit(key=key, text=f"# 改\n{found.text}", seen=0))
    assert (kept.draft is not None) is may
    if not may:
        assert "地区" in kept.findings[0].problem
        assert await site.store.drafts() == ()


async def test_nobody_moves_an_entry_into_a_region_that_is_not_theirs(site: Desk) -> None:
    text = (await text_of(site, WINDOW)).replace("CN-5111", "CN-31").replace("2024\nstart", "2023\nstart")
    assert (await site.editing.save(LESHAN, Edit(key=WINDOW, text=text, seen=0))).findings
    assert await site.store.drafts() == ()


# --- new and deleted -------------------------------------------------------------------------------------------------


async def test_a_new_answer_gets_its_key_from_its_text(site: Desk) -> None:
    edit = Edit(key="", text=NEW, seen=0, file="topics/payment.toml", topic="payment_missed")
    text = NEW.replace("CN-5111", "CN-511102")
    kept = await site.editing.save(LESHAN, msgspec.structs.replace(edit, text=text))
    assert kept.draft
    assert kept.draft.key == "answer:payment_missed/health/CN-511102/2024"
    found = await site.editing.entries(Kind.ANSWER, topic="payment_missed")
    assert kept.draft.key in {each.key for each in found}


async def test_a_second_answer_of_the_same_scope_is_refused(site: Desk) -> None:
    edit = Edit(key="", text=NEW, seen=0, file="topics/payment.toml", topic="payment_window")
    kept = await site.editing.save(LI, edit)
    assert "已有同一条" in kept.findings[0].problem


async def test_fields_alone_make_a_new_entry(site: Desk) -> None:
    edit = Edit(key="", text="", seen=0, file="facts/contacts.toml")
    fields = {"exams": ["health"], "region": "CN-44", "year": 2024, "name": "甲", "source": "a#1", "quote": "乙"}
    kept = await site.editing.set_fields(LI, edit, fields)
    assert kept.draft
    assert kept.draft.key == "contact:health/CN-44/2024/甲"


async def test_an_empty_text_deletes_and_a_new_one_that_is_emptied_is_gone(site: Desk) -> None:
    kept = await site.editing.save(LI, Edit(key=WINDOW, text=" \n", seen=0))
    assert kept.draft
    assert kept.draft.text == ""
    new = await site.editing.save(
        LI, Edit(key="", text=NEW.replace("5111", "44"), seen=0, file="topics/payment.toml", topic="payment_missed")
    )
    assert new.draft
    await site.editing.save(LI, Edit(key=new.draft.key, text="", seen=new.draft.version))
    assert [each.key for each in await site.store.drafts()] == [WINDOW]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[[window]]\nname = ", "写法不对"),
        ("[[window]]\n[[window]]\n", "有2条"),
        ("# nothing", "有0条"),
        ('[[window]]\nname = "payment"\n', "缺少必填的"),
        ('[[window]]\nname = "payment"\nday = 1\n', "不是这里的栏目"),
    ],
)
async def test_what_cannot_be_read_is_not_kept_and_why_is_said(site: Desk, text: str, problem: str) -> None:
    kept = await site.editing.save(LI, Edit(key=WINDOW, text=text, seen=0))
    assert problem in kept.findings[0].problem
    assert kept.findings[0].remedy.endswith("。")
    assert await site.store.drafts() == ()


async def test_discarding_is_for_who_may_edit_and_saw_the_draft(site: Desk) -> None:
    kept = await site.editing.set_fields(LI, Edit(key=SHANGHAI, text="", seen=0), {"half": "上午"})
    assert kept.draft
    assert (await site.editing.discard(LESHAN, SHANGHAI, kept.draft.version)).findings
    assert (await site.editing.discard(LI, SHANGHAI, kept.draft.version + 1)).conflict
    assert await site.editing.discard(LI, SHANGHAI, kept.draft.version) == await site.editing.save(
        LI, Edit(key=SHANGHAI, text=await text_of(site, SHANGHAI), seen=0)
    )
    assert (await site.editing.discard(LI, SHANGHAI, 1)).findings


OTHERS_ROW = '\n[["window"]]\nname = "payment"\nstage = "payment"\nexams = ["health"]\nregion = "CN-31"\nyear = 2024\n'


async def test_an_editor_of_a_region_smuggles_no_row_of_another_region(site: Desk) -> None:
    """A second row below a header in quotes would be published with the first, whose region is the editor's."""
    text = await text_of(site, WINDOW)
    kept = await site.editing.save(LESHAN, Edit(key=WINDOW, text=text + OTHERS_ROW, seen=0))
    assert (kept.draft, [each.problem for each in kept.findings]) == (None, ["这一条里还藏着另一条"])


@pytest.mark.parametrize(
    "file", ["notices/../../evil.toml", "notices/a/b.toml", "/evil.toml", "topics/../x.toml", "evil.toml", ""]
)
async def test_a_new_entry_goes_to_a_file_of_the_content_alone(site: Desk, file: str) -> None:
    """The name comes from a form; kaoda knowledge export writes to it."""
    notice = await text_of(site, "notice:leshan-2024")
    text = notice.replace('id = "leshan-2024"', 'id = "evil-2024"', 1)
    kept = await site.editing.save(LI, Edit(key="", text=text, seen=0, file=file))
    assert kept.draft is None
    assert kept.findings


async def test_a_new_entry_is_called_by_what_it_is(site: Desk) -> None:
    """Whatever key a form sends: history and rights go by it."""
    kept = await site.editing.save(LI, Edit(key="answer:x", text=NEW, seen=0, file="topics/payment.toml", topic="b"))
    assert kept.draft
    assert kept.draft.key == "answer:b/health/CN-5111/2024"


async def test_no_author_is_lost_who_saves_in_between(site: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A form that names a version that is still to come: its authors would be those of the version before."""
    text = await text_of(site, WINDOW)
    await site.editing.save(LESHAN, Edit(key=WINDOW, text=f"# 一\n{text}", seen=0))
    keep = site.store.save

    async def after_wang(draft: Draft, seen: int, done: Done) -> int:
        between = msgspec.structs.replace(draft, authors=("leshan", "wang"))
        await keep(between, 1, msgspec.structs.replace(done, who="wang"))
        return await keep(draft, seen, done)

    monkeypatch.setattr(site.store, "save", after_wang)
    kept = await site.editing.save(LI, Edit(key=WINDOW, text=f"# 三\n{text}", seen=2))
    assert kept.conflict
    draft = await site.store.draft(WINDOW)
    assert draft
    assert draft.authors in {("leshan",), ("leshan", "wang"), ("leshan", "wang", "li")}
