"""The fictional candidates: enough of every kind, and nobody's."""

import datetime as dt

import msgspec
import pytest

from adapters.status.stub.values import read_candidates

CANDIDATES = read_candidates()
STAGES = {"submission", "confirmation", "review", "payment", "admission_ticket", "exam", "result"}
STATES = {"not_started", "pending", "passed", "rejected", "auto_confirm_failed", "withdrawn", "expired", "paid"} | {
    "available",
    "absent",
    "published",
}
CODES = {"education_mismatch", "specialty_mismatch", "insufficient_years", "material_unclear", "profile_changed"}
REGISTRATIONS = [registration for each in CANDIDATES for registration in each.registration]
ALL_STAGES = [stage for each in REGISTRATIONS for stage in each.stages]
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643-1999
CHECK = "10X98765432"


def test_there_are_at_least_twenty_and_no_two_are_alike():
    assert len(CANDIDATES) >= 20
    for name in ("id", "name", "registration_no", "id_number", "story"):
        assert len({getattr(each, name) for each in CANDIDATES}) == len(CANDIDATES)


@pytest.mark.parametrize("candidate", CANDIDATES, ids=lambda each: each.name)
def test_an_id_number_is_well_formed_and_belongs_to_nobody(candidate):
    """Born in 18xx: nobody with such a number was ever given one. The check digit is right."""
    number = candidate.id_number
    assert len(number) == 18
    assert number[6:8] == "18"
    dt.date.fromisoformat(f"{number[6:10]}-{number[10:12]}-{number[12:14]}")
    weighed = sum(int(digit) * weight for digit, weight in zip(number[:17], WEIGHTS, strict=True))
    assert number[17] == CHECK[weighed % 11]
    assert candidate.name.startswith("考生")
    assert candidate.masked_name == "考" + "*" * (len(candidate.name) - 1)


def test_every_stage_state_and_code_of_the_contract_is_there():
    assert {each.stage for each in ALL_STAGES} >= STAGES
    assert {each.state for each in ALL_STAGES} >= STATES
    assert {reason.code for each in ALL_STAGES for reason in each.reasons} >= CODES | {None}


def test_there_are_names_that_the_contract_does_not_have():
    assert {each.stage for each in ALL_STAGES} - STAGES
    assert {each.state for each in ALL_STAGES} - STATES
    assert {reason.code for each in ALL_STAGES for reason in each.reasons} - CODES - {None}


def test_four_regions_both_exams_and_several_years():
    assert {each.region for each in REGISTRATIONS} >= {"上海", "四川乐山", "广东湛江", "浙江"}
    assert {each.exam for each in REGISTRATIONS} == {"卫生专业技术资格考试", "卫生高级专业技术资格考试"}
    assert {each.year for each in REGISTRATIONS} == {2023, 2024}
    assert {len(each.registration) for each in CANDIDATES} >= {0, 1, 3}


def test_two_reasons_stand_in_one_text_and_scores_in_two_years():
    texts = [reason.text for each in ALL_STAGES for reason in each.reasons]
    assert any("学历不符" in text and "年限不够" in text for text in texts)
    assert any({score.year for score in each.scores} == {2023, 2024} for each in REGISTRATIONS)


@pytest.mark.parametrize("registration", REGISTRATIONS, ids=lambda each: each.registration_id)
def test_times_are_of_the_year_and_in_order(registration):
    """From the December before the exam on, no stage before the one in front of it, nothing after `updated_at`.

    A ticket that was printed expires when the last exam is over, so after the candidate's own.
    """
    first = dt.datetime(registration.year - 1, 12, 1, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    times = [each.at for each in registration.stages if each.at]
    in_order = [each.at for each in registration.stages if each.at and each.stage != "admission_ticket"]
    assert in_order == sorted(in_order)
    assert first <= min(times)
    assert max(times) == registration.updated_at
    assert max(times).year <= registration.year
    assert all(
        each.deadline is None or each.deadline.utcoffset() == dt.timedelta(hours=8) for each in registration.stages
    )


def test_registrations_are_newest_first():
    for each in CANDIDATES:
        times = [registration.updated_at for registration in each.registration]
        assert times == sorted(times, reverse=True)


def test_a_file_with_a_time_without_offset_is_refused(tmp_path):
    path = tmp_path / "candidates.toml"
    path.write_text(
        """
        [[candidate]]
        id = "c"
        name = "考生"
        registration_no = "1"
        id_number = "1"
        story = ""
        [[candidate.registration]]
        registration_id = "r"
        exam = ""
        year = 2024
        level = ""
        specialty = { code = "1", name = "" }
        region = ""
        stages = []
        updated_at = 2023-12-04T15:20:00
        """,
        "utf-8",
    )
    with pytest.raises(msgspec.ValidationError):
        read_candidates(path)
