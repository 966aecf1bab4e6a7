"""What an order to publish has to pass before it is checked, and after; who may do without what."""

import datetime as dt

import msgspec
import pytest
from desk_site import LI, NOW, WANG, WINDOW, ZHAO

from bot.desk.contents import Content
from bot.desk.orders import findings, needs_second, refusal
from bot.staff.editions import Checked, Draft, DraftState, Finding
from bot.staff.people import Person
from bot.staff.releases import Order, Verdict
from knowledge import entries
from knowledge.content import read_folder

TEXTS = read_folder()
CONTENT = Content(edition=1, texts=TEXTS, index=entries.index(TEXTS))
FACT = Draft(
    key=WINDOW,
    file="facts/windows.toml",
    before=CONTENT.text(WINDOW),
    text="新",
    version=3,
    authors=("li",),
    at=NOW,
)
TOPIC = msgspec.structs.replace(
    FACT,
    key="topic:payment_window",
    file="topics/payment.toml",
    before=CONTENT.text("topic:payment_window"),
    authors=("wang",),
)
OWN = msgspec.structs.replace(FACT, authors=("li", "wang"))
ADMINS = msgspec.structs.replace(FACT, authors=("zhao",))


def order(*drafts: Draft, override: str = "") -> Order:
    return Order(drafts=tuple((each.key, each.version) for each in drafts), override=override)


def verdict(person: Person, wanted: Order, *drafts: Draft) -> Verdict | None:
    found = refusal(person, wanted, CONTENT, {each.key: each for each in drafts})
    return found.verdict if found else None


@pytest.mark.parametrize(
    ("person", "wanted", "drafts", "expected"),
    [
        pytest.param(WANG, order(FACT), (FACT,), None, id="somebody else's fact"),
        pytest.param(WANG, order(TOPIC), (TOPIC,), None, id="one's own topic"),
        pytest.param(WANG, order(OWN), (OWN,), Verdict.SECOND_PERSON, id="a fact that one has edited too"),
        pytest.param(WANG, order(TOPIC, OWN), (TOPIC, OWN), Verdict.SECOND_PERSON, id="a fact among others"),
        pytest.param(ZHAO, order(ADMINS), (ADMINS,), Verdict.SECOND_PERSON, id="an admin without a reason"),
        pytest.param(ZHAO, order(ADMINS, override="  "), (ADMINS,), Verdict.SECOND_PERSON, id="a blank reason"),
        pytest.param(ZHAO, order(ADMINS, override="急"), (ADMINS,), None, id="an admin with a reason"),
        pytest.param(WANG, order(OWN, override="急"), (OWN,), Verdict.REFUSED, id="a publisher with a reason"),
        pytest.param(LI, order(TOPIC), (TOPIC,), Verdict.REFUSED, id="an editor"),
        pytest.param(WANG, order(), (FACT,), Verdict.NOTHING, id="nothing"),
        pytest.param(
            WANG,
            order(msgspec.structs.replace(FACT, version=2)),
            (FACT,),
            Verdict.CHANGED,
            id="saved since it was shown",
        ),
        pytest.param(WANG, order(FACT), (), Verdict.CHANGED, id="discarded since it was shown"),
        pytest.param(
            WANG,
            order(FACT),
            (msgspec.structs.replace(FACT, before="旧"),),
            Verdict.STALE,
            id="something else was published since",
        ),
        pytest.param(
            ZHAO,
            order(FACT, override="急"),
            (msgspec.structs.replace(FACT, state=DraftState.UNVERIFIED),),
            Verdict.UNVERIFIED,
            id="unverified, whatever the reason",
        ),
    ],
)
def test_an_order(person: Person, wanted: Order, drafts: tuple[Draft, ...], expected: Verdict | None) -> None:
    assert verdict(person, wanted, *drafts) is expected


FOUND = Checked(
    base=1, drafts=(), findings=(Finding(file="", entry="", problem="错", remedy="改"),), at=dt.datetime.now(dt.UTC)
)


@pytest.mark.parametrize(
    ("person", "override", "checked", "is_published"),
    [
        (WANG, "", msgspec.structs.replace(FOUND, findings=()), True),
        (WANG, "", FOUND, False),
        (WANG, "急", FOUND, False),
        (ZHAO, "", FOUND, False),
        (ZHAO, "急", FOUND, True),
        (ZHAO, "急", msgspec.structs.replace(FOUND, is_usable=False), False),
    ],
)
def test_what_a_gate_found_is_published_by_an_admin_with_a_reason_alone(
    person: Person, override: str, checked: Checked, is_published: bool
) -> None:
    """And what cannot be read by nobody."""
    assert (findings(person, order(FACT, override=override), checked) is None) is is_published


def test_a_second_person_is_needed_for_facts_that_one_edited() -> None:
    assert needs_second(WANG, (FACT, TOPIC, OWN)) == (OWN.key,)


def test_a_second_person_is_needed_for_the_year_that_is_told() -> None:
    """One word of exams.toml decides which days everybody is told."""
    year = msgspec.structs.replace(OWN, key="exams", file="exams.toml", before="")
    assert needs_second(WANG, (year,)) == ("exams",)


def test_the_sentence_names_some_of_what_is_in_the_way() -> None:
    drafts = [msgspec.structs.replace(OWN, key=f"window:{number}", before="") for number in range(5)]
    found = refusal(WANG, order(*drafts), CONTENT, {each.key: each for each in drafts})
    assert found
    assert found.text.startswith("window:0、window:1、window:2 等5条 属于时间、费用、电话、通知或当前年度")
    assert len(found.keys) == 5
