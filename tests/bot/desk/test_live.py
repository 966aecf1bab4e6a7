"""The first start, newer versions of the program, and minds beside the one that answers."""

from pathlib import Path

import pytest
from desk_site import LI, NOW, WINDOW, desk

from bot.desk import shipping
from bot.desk.minds import Minds
from bot.mind import Mind
from bot.staff.editing import Edit
from bot.staff.editions import Publication, PublicationKind
from bot.staff.people import Done
from knowledge.content import read_folder

DONE = Done(at=NOW, who="li", deed="published")


def said_by_hand(edition: int) -> Publication:
    return Publication(edition=edition, at=NOW, by="li", kind=PublicationKind.PUBLISH)


async def test_the_first_start_imports_what_is_shipped_and_the_second_nothing(tmp_path: Path, mind: Mind) -> None:
    async with desk(tmp_path, mind) as site:
        assert await site.store.current() == 1
        assert await site.store.texts(1) == read_folder()
        assert await shipping.bring(site.store, site.clock) == 1
        (first,) = await site.store.publications()
        assert (first.kind, first.by, first.note) == (
            PublicationKind.IMPORT,
            "system",
            "首次启动：导入随程序提供的内容",
        )


async def test_newer_shipped_content_comes_in_while_nobody_has_published(
    tmp_path: Path, mind: Mind, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk(tmp_path, mind) as site:
        newer = read_folder() | {"phrases.toml": read_folder()["phrases.toml"] + 'later = "以后"\n'}
        monkeypatch.setattr(shipping, "read_folder", lambda: newer)
        assert await shipping.bring(site.store, site.clock) == 2
        assert await site.store.texts(2) == newer


async def test_what_staff_published_stays_and_only_missing_sentences_come_in(
    tmp_path: Path, mind: Mind, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk(tmp_path, mind) as site:
        own = read_folder() | {
            "phrases.toml": read_folder()["phrases.toml"].replace('nation = "全国"', 'nation = "全中国"')
        }
        await site.store.publish(said_by_hand(2), own, 1, (), DONE)
        assert await shipping.bring(site.store, site.clock) == 2
        newer = {file: f"# 新\n{text}" for file, text in read_folder().items()}
        newer["phrases.toml"] += 'later = "以后"\n'
        monkeypatch.setattr(shipping, "read_folder", lambda: newer)
        assert await shipping.bring(site.store, site.clock) == 3
        texts = await site.store.texts(3)
        assert texts["phrases.toml"] == own["phrases.toml"] + 'later = "以后"\n'
        assert {file for file in texts if texts[file] != own[file]} == {"phrases.toml"}


async def test_drafts_can_be_thought_with_before_they_are_published(tmp_path: Path, mind: Mind) -> None:
    async with desk(tmp_path, mind) as site:
        minds = Minds(site.store, lambda: site.live.mind, tmp_path / "cache")
        assert await minds.drafted() is site.live.mind
        assert await minds.of(1) is site.live.mind
        assert await minds.of(9) is None
        await site.editing.set_fields(LI, Edit(key=WINDOW, text="", seen=0), {"consequence": "弃考。"})
        drafted = await minds.drafted()
        window = drafted.knowledge.window("payment", "health", "CN-5111")
        assert window
        assert window.consequence == "弃考。"
        assert await minds.drafted() is drafted
        assert await minds.drafted(()) is site.live.mind
