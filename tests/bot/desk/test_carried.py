"""Labels are carried by what a publication rightly changes, where it holds, and by nothing else."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from bot.desk.carried import Moved, carried, follows, moved
from bot.desk.played import Played
from bot.staff.editions import Said
from intents.evaluate import Case, Outcome, faults, outcome
from knowledge.content import load_texts, read_folder
from knowledge.model import Knowledge

CLAUSE = """
[[clause]]
id = "new"
label = "补充"
text = "2024年1月29日-2月18日缴费。考试费每科80元。市中区电话0833-2422099，12月8-14日。"
"""
PAYMENT = 'name = "payment"\nstage = "payment"\nexams = ["health"]\nregion = "CN-5111"\n'
WINDOW = ("facts/windows.toml", PAYMENT)
FEE = ("facts/fees.toml", 'region = "CN-4408"\n')
SITE = ("facts/sites.toml", 'id = "leshan-shizhong"\n')
RIGHT_WINDOW = {"end": "2024-02-18", "source": '"leshan-2024#new"', "quote": '"2024年1月29日-2月18日"'}


@pytest.fixture(scope="module")
def before() -> Knowledge:
    return load_texts(read_folder())


def after(place: tuple[str, str], **fields: str) -> Knowledge:
    """The content with fields of one row changed, and a clause that states new figures in every notice."""
    texts = {file: text + CLAUSE * file.startswith("notices/") for file, text in read_folder().items()}
    file, row = place
    start = texts[file].rindex("[[", 0, texts[file].index(row))
    old = texts[file][start:].partition("\n\n")[0]
    lines = [line for line in old.split("\n") if line.partition(" ")[0] not in fields]
    new = "\n".join([*lines, *(f"{name} = {value}" for name, value in fields.items())])
    texts[file] = texts[file][:start] + new + texts[file][start + len(old) :]
    return load_texts(texts, Path())


def case(**label: Any) -> Case:
    return Case(id="t", turns=("什么时候缴费",), kind=("answer",), **label)


def reply(label: Case, text: str, topic: str = "payment_window", region: str = "CN-5111") -> Played:
    found = faults(label, "answer", text)
    said = Said(kind="answer", topic=topic, text=text)
    return Played(
        said=said, faults=found, outcome=outcome("answer", found), topics=(topic,), region=region, exam="health"
    )


def moves(before: Knowledge, place: tuple[str, str], **fields: str) -> tuple[Moved, ...]:
    return moved(before, after(place, **fields))


@pytest.mark.parametrize(
    ("label", "wanted"),
    [
        ({"dates": ("02-08",)}, {"dates": ("02-18",)}),
        ({"dates": ("2024-02-08", "01-29")}, {"dates": ("2024-02-18", "01-29")}),
        ({"dates": ("2023-02-08",)}, {"dates": ("2023-02-08",)}),
        ({"dates": ("02-07",)}, {"dates": ("02-17",)}),
        ({"not_dates": ("02-08", "12-14")}, {"not_dates": ("02-18", "12-14")}),
        ({"dates": ("02-08",), "not_dates": ("02-18",)}, {"dates": ("02-18",), "not_dates": ()}),
        ({"all": ("视为自动放弃",), "none": ("0571",)}, {"all": ("视为自动放弃",), "none": ("0571",)}),
    ],
)
def test_a_moved_day_is_carried_in_the_form_of_the_label(
    before: Knowledge, label: dict[str, Any], wanted: dict[str, Any]
) -> None:
    """A day with another year is another day; the day before the last is told, too."""
    assert carried(case(**label), moves(before, WINDOW, **RIGHT_WINDOW)) == case(**wanted)


@pytest.mark.parametrize(
    ("label", "wanted"),
    [
        ({"all": (("75元", "75块"),)}, {"all": (("80元", "80块"),)}),
        ({"all": ("300", "4")}, {"all": ("320", "4")}),
        ({"none": ("75元", "80元", "750")}, {"none": ("80元", "750")}),
        ({"all": ("每科75.00元",)}, {"all": ("每科80.00元",)}),
    ],
)
def test_a_changed_amount_is_carried(before: Knowledge, label: dict[str, Any], wanted: dict[str, Any]) -> None:
    """Also what several subjects come to; no other number that has its digits."""
    fee = {"amount": "80", "source": '"zhanjiang-2024#new"', "quote": '"考试费每科80元"'}
    assert carried(case(**label), moves(before, FEE, **fee)) == case(**wanted)


def test_a_changed_phone_is_carried_with_and_without_its_area_code(before: Knowledge) -> None:
    site = {"phone": '"0833-2422099"', "source": '"leshan-2024#new"', "quote": '"市中区电话0833-2422099，12月8-14日"'}
    found = moves(before, SITE, **site)
    label = case(all=("2422047", "0833-2422047"), none=("2596446",))
    assert carried(label, found) == case(all=("2422099", "0833-2422099"), none=("2596446",))


@pytest.mark.parametrize(
    "fields",
    [
        {**RIGHT_WINDOW, "start": "2025-01-29", "end": "2025-02-18"},
        {**RIGHT_WINDOW, "end": "2024-02-19"},
        {**RIGHT_WINDOW, "quote": '"2024年1月29日-2月18日止"'},
        {"end": "2024-02-18"},
        {"consequence": '"弃考。"'},
    ],
    ids=["a wrong year", "a typo", "words that are not there", "the old clause", "no figure"],
)
def test_what_no_clause_states_carries_nothing(before: Knowledge, fields: dict[str, str]) -> None:
    label = case(dates=("02-08", "2024-01-29"))
    assert carried(label, moves(before, WINDOW, **fields)) == label


@pytest.mark.parametrize(
    ("place", "fields"),
    [
        (FEE, {"amount": "85", "source": '"zhanjiang-2024#new"', "quote": '"考试费每科80元"'}),
        (
            SITE,
            {"phone": '"0833-2422098"', "source": '"leshan-2024#new"', "quote": '"市中区电话0833-2422099，12月8-14日"'},
        ),
    ],
    ids=["amount", "phone"],
)
def test_a_wrong_amount_or_phone_carries_nothing(
    before: Knowledge, place: tuple[str, str], fields: dict[str, str]
) -> None:
    label = case(all=("75元", "2422047"))
    assert carried(label, moves(before, place, **fields)) == label


def test_what_becomes_two_things_is_carried_to_neither(before: Knowledge) -> None:
    """Two windows had one last day, and have two: nothing tells which of them a label means."""
    found = moves(before, WINDOW, **RIGHT_WINDOW)
    (one,) = found
    other = Moved(before=one.before, after=msgspec.structs.replace(one.after, end=one.before.start))
    label = case(dates=("02-08",))
    assert carried(label, (one, other)) == label


OLD, NEW = "2024年1月29日至2月8日。视为自动放弃", "2024年1月29日至2月18日。视为自动放弃"
LABEL = case(dates=("02-08",), all=("视为自动放弃",))


def is_followed(before: Knowledge, now: Played, label: Case = LABEL, was: str = OLD) -> bool:
    knowledge = after(WINDOW, **RIGHT_WINDOW)
    region = now.region
    return follows(knowledge, moved(before, knowledge), label, reply(label, was, region=region), now)


def test_a_right_change_is_followed_where_its_row_holds(before: Knowledge) -> None:
    """In a county of 乐山, too, and not in 上海, whose last day nobody has moved."""
    assert is_followed(before, reply(LABEL, NEW))
    assert is_followed(before, reply(LABEL, NEW, region="CN-511102"))
    assert not is_followed(before, reply(LABEL, NEW, region="CN-31"))
    assert not is_followed(before, reply(LABEL, NEW, region=""))


def test_what_else_went_wrong_is_not_excused(before: Knowledge) -> None:
    """A typo in the reply, a consequence that is gone, another topic; nor is what was wrong before."""
    assert not is_followed(before, reply(LABEL, NEW.replace("2月18", "2月19")))
    assert not is_followed(before, reply(LABEL, NEW.replace("2024年1", "2023年1")), case(dates=("2024-01-29", "02-08")))
    assert not is_followed(before, reply(LABEL, NEW.replace("视为自动放弃", "")))
    assert not is_followed(before, reply(LABEL, NEW, topic="payment_channel"))
    assert not is_followed(before, reply(LABEL, NEW), was="2024年1月29日。")


def test_a_reply_about_another_stage_is_not_excused(before: Knowledge) -> None:
    """Both replies are of one topic, which has nothing to do with when to pay."""
    knowledge = after(WINDOW, **RIGHT_WINDOW)
    was, now = reply(LABEL, OLD, topic="pass_mark"), reply(LABEL, NEW, topic="pass_mark")
    assert "pass_mark" in knowledge.topics
    assert not follows(knowledge, moved(before, knowledge), LABEL, was, now)
    assert was.outcome is Outcome.RIGHT
