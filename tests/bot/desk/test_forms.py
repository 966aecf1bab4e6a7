"""Forms: what stands there is typed as it is read, nothing changes that nobody changed, and faults are told at once."""

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from staff_shelf import Shelved, shelved

from bot.desk.fields import SPECS, fields_of
from bot.desk.proofread import faults
from bot.desk.typed import changed, show
from bot.desk.typed import read as read_values
from bot.mind import Mind
from bot.staff.forms import Layer
from knowledge.content import read_folder
from knowledge.edit import set_fields
from knowledge.entries import index, read

LESHAN_PAYMENT = "window:payment/health/CN-5111/2024"


@pytest.fixture
async def at(tmp_path: Path, mind: Mind) -> AsyncIterator[Shelved]:
    async with shelved(tmp_path / "k.sqlite3", mind) as found:
        yield found


ENTRIES = index(read_folder())


def typed(mind: Mind, key: str, **changes: str):
    """What forms.read does, without a store."""
    entry, knowledge = ENTRIES[key], mind.knowledge
    given = {**show(entry.kind, entry.fields, knowledge), **changes}
    values, wrong = read_values(entry.kind, fields_of(entry.kind, knowledge), given, knowledge)
    return changed(values, entry.fields), [*wrong, *faults(entry.kind, values, knowledge)]


def test_a_form_that_nobody_touched_changes_nothing(mind: Mind) -> None:
    """Of every entry that has a form, shipped as it is."""
    for key, entry in ENTRIES.items():
        if entry.kind in SPECS:
            assert typed(mind, key) == ({}, []), key


def test_only_what_was_changed_is_set(mind: Mind) -> None:
    assert typed(mind, "topic:payment_window", title="缴费的时间")[0] == {"title": "缴费的时间"}


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"start": "2023-01-29"}, {("start", "not_quoted")}),
        ({"end": "2024-02-09"}, {("end", "not_quoted")}),
        ({"end": "2024-01-28"}, {("end", "ends_before"), ("end", "not_quoted")}),
        ({"start": "1月29日"}, {("start", "not_day")}),
        ({"start": "", "end": ""}, {("start", "no_day")}),
        ({"year": "2023"}, {("year", "year_of_notice")}),
        ({"year": "二〇二四"}, {("year", "not_number")}),
        ({"year": ""}, {("year", "needed")}),
        ({"region": "上海"}, {("region", "region_of_notice")}),
        ({"region": "火星"}, {("region", "unknown_region")}),
        ({"region": "鼓楼区"}, {("region", "which_region")}),
        ({"exams": "senior"}, {("exams", "exams_of_notice")}),
        ({"exams": "driving"}, {("exams", "unknown_choice")}),
        ({"source": "leshan-2024#99"}, {("source", "unknown_clause")}),
        ({"quote": "须于2024年1月30日至2月8日"}, {("quote", "not_in_clause"), ("start", "not_quoted")}),
        ({"stage": "paying"}, {("stage", "unknown_choice")}),
    ],
    ids=str,
)
def test_a_window_that_cannot_be_right_is_told_field_by_field(mind: Mind, changes, wrong) -> None:
    _, found = typed(mind, LESHAN_PAYMENT, **changes)
    assert {(each.field, each.why) for each in found} == wrong


def test_the_nation_is_typed_as_the_hint_says(mind: Mind) -> None:
    """全国写“全国”: so it is read, and so is its id."""
    key = "window:payment/health/CN/2024"
    assert typed(mind, key, region="全国") == typed(mind, key, region="CN") == ({}, [])


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"text": "2月8日前缴费。"}, ("text", "literal", "2月8日")),
        ({"text": "{window:lunch}。"}, ("text", "unfilled", "{window:lunch}")),
        ({"text": "{窗口}。"}, ("text", "brace", "")),
        ({"text": ""}, ("text", "needed", "")),
        ({"sources": "leshan-2024#3\t不受理现金缴费。"}, ("sources", "not_in_clause", "乐山考点公告 三")),
        ({"sources": "leshan-2024#3\t"}, ("sources", "no_quote", "leshan-2024#3")),
        ({"sources": "nowhere#1\t甲"}, ("sources", "unknown_clause", "nowhere#1")),
    ],
    ids=str,
)
def test_an_answer_that_cannot_be_right_is_told(mind: Mind, changes, fault) -> None:
    _, found = typed(mind, "answer:payment_window/health/CN-5111/2024", **changes)
    assert [(each.field, each.why, each.what) for each in found] == [fault]


async def test_a_new_row_is_made_of_its_form(at: Shelved) -> None:
    values = await at.forms.show("fee", at.entries["fee:health/CN-4408/2024/初级+中级/纸笔"].text)
    assert values is not None
    found = await at.forms.read("fee", {**values, "specialties": "1, 2"}, "", Layer.PUBLISHED)
    assert found.faults == ()
    entry = read("facts/fees.toml", set_fields("", "fee", {n: v for n, v in found.fields.items() if v is not None}))
    assert entry.fields["specialties"] == [1, 2]
    assert entry.fields["amount"] == 65


async def test_clauses_that_nobody_touched_change_nothing(at: Shelved) -> None:
    for key, entry in at.entries.items():
        if entry.kind == "notice":
            lines = await at.forms.clauses(entry.text)
            found = await at.forms.read_clauses(lines, entry.text)
            assert (found.fields, found.faults) == ({}, ()), key


async def test_a_clause_that_is_changed_changes_its_lines_alone(at: Shelved) -> None:
    entry = at.entries["notice:leshan-2024"]
    lines = list(await at.forms.clauses(entry.text))
    lines[1] = msgspec.structs.replace(lines[1], not_for_candidates="试一试")
    found = await at.forms.read_clauses(lines, entry.text)
    text = set_fields(entry.text, "notice", found.fields)
    before, after = entry.text.splitlines(), text.splitlines()
    assert [line for line in after if line not in before] == ['not_for_candidates = "试一试"']
    assert [line for line in before if line not in after] == []


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"id": "两"}, "clause_id"),
        ({"id": "1"}, "clause_twice"),
        ({"label": ""}, "clause_label"),
        ({"text": ""}, "clause_empty"),
        ({"header": ("甲",), "rows": (("一", "二"),)}, "clause_table"),
        ({"oddities": (("没有这句", ""),)}, "clause_oddity"),
    ],
)
async def test_a_clause_that_cannot_be_right_is_told(at: Shelved, changes, why) -> None:
    entry = at.entries["notice:leshan-2024"]
    lines = list(await at.forms.clauses(entry.text))
    lines[0] = msgspec.structs.replace(lines[0], **changes)
    found = await at.forms.read_clauses(lines, entry.text)
    assert [each.why for each in found.faults] == [why]


async def test_an_upload_becomes_clauses_and_an_old_doc_says_so(at: Shelved) -> None:
    found = await at.forms.upload("一、报名\n请按时报名。".encode(), mend=False)
    assert [each.label for each in found.clauses] == ["一", "一"]
    assert (await at.forms.upload(b"\xd0\xcf\x11\xe0", mend=False)).trouble == "old_doc"
