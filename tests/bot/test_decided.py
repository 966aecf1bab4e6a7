"""What was decided is remembered: exactly for the same message on the same conversation and day, and nothing personal."""

import dataclasses
import datetime as dt

import pytest

from bot import decided
from bot.decided import Decided
from bot.dialogue import Decision, Heard
from bot.messages import Reply
from bot.mind import Mind

NOON = dt.datetime(2023, 12, 5, 12, tzinfo=dt.timezone(dt.timedelta(hours=8)))
FEE = Heard(text="考试收费标准")


@pytest.fixture
def known() -> Decided:
    return Decided(_reply)


def _reply(_mind: Mind, decision: Decision) -> Reply:
    return Reply(id="", kind=decision.kind, text=decision.text)


def test_the_same_is_decided_once(mind: Mind, known: Decided) -> None:
    """The very same value, at another hour of the day too."""
    first = known.decide(mind, FEE, None, NOON)
    assert known.decide(mind, Heard(text="考试收费标准"), None, NOON + dt.timedelta(hours=3)) is first


@pytest.mark.parametrize(
    ("heard", "kept", "now"),
    [
        (Heard(text="考试收费标准", region="CN-31"), None, NOON),
        (Heard(text="考试收费标准？"), None, NOON),
        (FEE, b'{"region":"CN-31"}', NOON),
        (FEE, None, NOON + dt.timedelta(hours=12)),
    ],
)
def test_what_differs_is_decided_anew(
    mind: Mind, known: Decided, heard: Heard, kept: bytes | None, now: dt.datetime
) -> None:
    """Another hint, text, conversation, or day: 进行中，还剩9天 is not so tomorrow."""
    first = known.decide(mind, FEE, None, NOON)
    assert known.decide(mind, heard, kept, now) is not first


def test_a_new_mind_decides_anew(mind: Mind, known: Decided) -> None:
    """Published knowledge takes effect at once."""
    first = known.decide(mind, FEE, None, NOON)
    assert known.decide(dataclasses.replace(mind), FEE, None, NOON) is not first


@pytest.mark.parametrize("text", ["我的身份证11010519491231002X能报名吗", "缴费" * 101])
def test_what_is_personal_or_long_is_not_kept(mind: Mind, known: Decided, text: str) -> None:
    first = known.decide(mind, Heard(text=text), None, NOON)
    assert known.decide(mind, Heard(text=text), None, NOON) is not first


def test_the_memory_is_bounded(mind: Mind, known: Decided, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was asked least recently goes."""
    monkeypatch.setattr(decided, "REMEMBERED", 3)
    first = known.decide(mind, FEE, None, NOON)
    for number in range(3):
        known.decide(mind, Heard(text=f"考试日期{'。' * number}"), None, NOON)
        assert (known.decide(mind, FEE, None, NOON) is first) is True
    for number in range(3, 6):
        known.decide(mind, Heard(text=f"考试日期{'。' * number}"), None, NOON)
    assert known.decide(mind, FEE, None, NOON) is not first
