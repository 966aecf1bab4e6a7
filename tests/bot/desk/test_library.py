"""What the console shows of the knowledge: the matrix, topics, previews; as published and with drafts."""

import datetime as dt
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from staff_shelf import NOW, Shelved, shelved

from bot.mind import Mind
from bot.staff.forms import Layer
from bot.staff.library import CellState, PreviewAsked

LESHAN_PAYMENT = "window:payment/health/CN-5111/2024"


@pytest.fixture
async def at(tmp_path: Path, mind: Mind) -> AsyncIterator[Shelved]:
    async with shelved(tmp_path / "k.sqlite3", mind) as found:
        yield found


async def test_the_matrix_tells_own_inherited_and_missing_answers(at: Shelved) -> None:
    matrix = await at.library.matrix("health", "payment_window", Layer.PUBLISHED)
    (row,) = [each for each in matrix.rows if each.topic.id == "payment_window"]
    cells = {cell.region: cell for cell in row.cells}
    assert matrix.regions[0].id == "CN"
    assert cells["CN-5111"].state is CellState.OWN
    assert cells["CN-5111"].key == "answer:payment_window/health/CN-5111/2024"
    assert cells["CN"].is_conditional


async def test_an_inherited_answer_names_where_it_comes_from(at: Shelved) -> None:
    matrix = await at.library.matrix("health", "", Layer.PUBLISHED)
    inherited = [c for row in matrix.rows for c in row.cells if c.state is CellState.INHERITED]
    assert inherited
    assert all(cell.source and cell.source.id != cell.region for cell in inherited)
    assert matrix.holes == sum(c.state is CellState.HOLE for row in matrix.rows for c in row.cells) > 0


async def test_the_key_of_every_cell_is_an_entry(at: Shelved) -> None:
    for exam in ("health", "senior", "reproductive"):
        matrix = await at.library.matrix(exam, "", Layer.PUBLISHED)
        assert {c.key for row in matrix.rows for c in row.cells if c.key} <= set(at.entries)


async def test_search_finds_phrasings_and_shows_them(at: Shelved) -> None:
    found = await at.library.topics("啷个时候交考试费", Layer.PUBLISHED)
    assert [(each.id, "啷个时候" in each.hit) for each in found] == [("payment_window", True)]


async def test_a_draft_is_seen_on_its_layer_only(at: Shelved) -> None:
    await at.draft("topic:payment_window", title="缴费的时间")
    titles = {}
    for layer in Layer:
        page = await at.library.topic("payment_window", layer)
        assert page is not None
        titles[layer] = page.line.title, page.line.is_draft
    assert titles == {Layer.PUBLISHED: ("网上缴费时间", False), Layer.DRAFTS: ("缴费的时间", True)}


async def test_a_draft_that_cannot_be_read_hides_no_other(at: Shelved) -> None:
    await at.draft("topic:payment_window", title="缴费的时间")
    await at.draft_text("topic:fee", "topics/payment.toml", "[[topic]\nid = ")
    await at.draft_text("topic:new", "topics/payment.toml", '[[topic]]\nid = "new"\n')
    shelf = await at.library.shelf(Layer.DRAFTS)
    assert [each.key for each in shelf.unreadable] == ["topic:fee", "topic:new"]
    page = await at.library.topic("payment_window", Layer.DRAFTS)
    assert page is not None
    assert page.line.title == "缴费的时间"


async def test_an_answer_is_shown_as_its_region_is_told_it(at: Shelved) -> None:
    page = await at.library.topic("payment_window", Layer.PUBLISHED)
    assert page is not None
    (leshan,) = [each for each in page.answers if each.region.id == "CN-5111"]
    assert leshan.region.name == "四川乐山"
    assert leshan.filled.startswith("2024年1月29日至2月8日")
    assert all(each.is_found for each in leshan.sources)


async def test_placeholders_are_explained_by_what_they_become(at: Shelved) -> None:
    found = {each.code: each.now for each in await at.library.placeholders("health", "CN-5111", Layer.PUBLISHED)}
    assert found["{window:payment}"] == "2024年1月29日至2月8日"
    assert found["{end:payment}"] == "2024年2月8日"
    assert "50元" in found["{fees}"]


async def test_a_preview_is_what_the_channels_show(at: Shelved) -> None:
    asked = PreviewAsked(topic="payment_window", region="乐山", exam="health", at=NOW, layer=Layer.PUBLISHED)
    found = await at.library.preview(asked)
    assert found.reply is not None
    assert "2024年1月29日至2月8日" in found.reply.text
    assert "还剩9天" in found.reply.text
    assert found.wechat
    assert all(len(part.encode()) <= 2000 for part in found.wechat)


async def test_a_preview_travels_in_time_and_shows_drafts(at: Shelved) -> None:
    await at.draft(LESHAN_PAYMENT, end=dt.date(2024, 2, 9))
    later = dt.datetime(2024, 2, 20, 9, tzinfo=dt.UTC)
    asked = PreviewAsked(topic="payment_window", region="CN-5111", at=later, layer=Layer.DRAFTS)
    found = await at.library.preview(asked)
    assert found.reply is not None
    assert "2月9日" in found.reply.text
    assert "已于2024年2月9日结束" in found.reply.text


async def test_every_topic_has_a_preview_in_every_region_of_the_matrix(at: Shelved) -> None:
    shelf = await at.library.shelf(Layer.PUBLISHED)
    for topic in shelf.topics:
        asked = PreviewAsked(topic=topic.id, region="CN-5111", at=NOW, layer=Layer.PUBLISHED)
        found = await at.library.preview(asked)
        assert found.reply is not None or found.trouble == "own_state", topic


@pytest.mark.parametrize(("region", "trouble"), [("火星", "unknown_region"), ("", "")])
async def test_a_preview_without_a_region_asks_for_it(at: Shelved, region: str, trouble: str) -> None:
    found = await at.library.preview(PreviewAsked(topic="fee", region=region, at=NOW))
    assert found.trouble == trouble


async def test_a_notice_shows_what_rests_on_each_clause(at: Shelved) -> None:
    page = await at.library.notice("leshan-2024", Layer.PUBLISHED)
    assert page is not None
    clause = {each.id: each for each in page.clauses}["3"]
    assert LESHAN_PAYMENT in [key for key, _ in clause.used_by]
    assert not any(each.is_open for each in page.clauses)
