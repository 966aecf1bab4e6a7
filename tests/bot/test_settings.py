"""Settings: read strictly, and written down where people look for them, word for word."""

# full width is what is tested

import datetime as dt
import re
from pathlib import Path

import pytest

from bot.settings import TABLE, SettingsError, StatusSettings, read

ROOT = Path(__file__).parents[2]
BEIJING = dt.timezone(dt.timedelta(hours=8))


def test_the_defaults() -> None:
    """An empty environment serves on this machine alone, with the real time."""
    found = read({})
    assert (found.host, found.port, found.data_dir) == ("127.0.0.1", 8080, Path("data"))
    assert (found.public_url, found.now, found.log_level) == ("", None, "INFO")
    assert (found.questions_per_minute, found.trusted_proxies, found.conversation_days) == (600, 0, 30)


def test_every_default_is_usable() -> None:
    """Written out, the defaults mean the same as nothing."""
    assert read({each.name: each.default for each in TABLE}) == read({})


@pytest.mark.parametrize("name", [each.name for each in TABLE])
@pytest.mark.parametrize("empty", ["", "  ", "\t"])
def test_an_empty_value_is_the_same_as_none(name: str, empty: str) -> None:
    assert read({name: empty}) == read({})


@pytest.mark.parametrize(
    ("name", "value", "field", "expected"),
    [
        ("KAODA_HOST", "0.0.0.0", "host", "0.0.0.0"),  # noqa: S104  # a value, nothing listens
        ("KAODA_PORT", "0", "port", 0),
        ("KAODA_PORT", " 9000 ", "port", 9000),
        ("KAODA_PORT", "65535", "port", 65535),
        ("KAODA_DATA_DIR", "/var/kaoda", "data_dir", Path("/var/kaoda")),
        ("KAODA_DATA_DIR", "~/kaoda", "data_dir", Path.home() / "kaoda"),
        ("KAODA_PUBLIC_URL", "https://example.org/", "public_url", "https://example.org"),
        ("KAODA_NOW", "2023-12-05T09:00+08:00", "now", dt.datetime(2023, 12, 5, 9, tzinfo=BEIJING)),
        ("KAODA_NOW", "2023-12-05T01:00Z", "now", dt.datetime(2023, 12, 5, 9, tzinfo=BEIJING)),
        ("KAODA_NOW", "2023-12-05T09:00", "now", dt.datetime(2023, 12, 5, 9, tzinfo=BEIJING)),
        ("KAODA_QUESTIONS_PER_MINUTE", "1", "questions_per_minute", 1),
        ("KAODA_TRUSTED_PROXIES", "10", "trusted_proxies", 10),
        ("KAODA_CONVERSATION_DAYS", "3650", "conversation_days", 3650),
        ("KAODA_JOURNAL_DAYS", "1", "journal_days", 1),
        ("KAODA_LOG_LEVEL", "debug", "log_level", "DEBUG"),
    ],
)
def test_a_value_is_taken(name: str, value: str, field: str, expected: object) -> None:
    """0 is a value and not a default; a moment without an offset is Beijing's."""
    assert getattr(read({name: value}), field) == expected


def test_a_moment_without_an_offset_has_beijings() -> None:
    now = read({"KAODA_NOW": "2023-12-05T09:00"}).now
    assert now is not None
    assert now.utcoffset() == dt.timedelta(hours=8)


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("KAODA_PORT", "65536", "is not a whole number from 0 to 65535"),
        ("KAODA_PORT", "-1", "is not a whole number from 0 to 65535"),
        ("KAODA_PORT", "80.5", "is not a whole number from 0 to 65535"),
        ("KAODA_PORT", "８０８０", "is not a whole number from 0 to 65535"),
        ("KAODA_PORT", "http", "is not a whole number from 0 to 65535"),
        ("KAODA_PORT", "1_000", "is not a whole number from 0 to 65535"),
        ("KAODA_QUESTIONS_PER_MINUTE", "0", "is not a whole number from 1 to 1000000"),
        ("KAODA_QUESTIONS_PER_MINUTE", "1000001", "is not a whole number from 1 to 1000000"),
        ("KAODA_TRUSTED_PROXIES", "11", "is not a whole number from 0 to 10"),
        ("KAODA_CONVERSATION_DAYS", "0", "is not a whole number from 1 to 3650"),
        ("KAODA_JOURNAL_DAYS", "0", "is not a whole number from 1 to 3650"),
        ("KAODA_CONVERSATION_DAYS", "forever", "is not a whole number from 1 to 3650"),
        ("KAODA_LOG_LEVEL", "loud", "is not one of DEBUG, INFO, WARNING, ERROR"),
        ("KAODA_NOW", "tomorrow", "is no ISO 8601 time; write it like 2023-12-05T09:00+08:00"),
        ("KAODA_NOW", "2023-13-05T09:00+08:00", "is no ISO 8601 time"),
    ],
)
def test_a_bad_value_is_named_with_what_would_be_good(name: str, value: str, why: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read({name: value})
    assert str(caught.value).lower().startswith(f"{name}={value!r} ".lower())
    assert why in str(caught.value)


@pytest.mark.parametrize(
    ("url", "token", "expected"),
    [
        ("", "", StatusSettings(url="", token="")),
        ("", "t", StatusSettings(url="", token="t")),
        ("off", "", None),
        ("OFF", "t", None),
        ("https://status.example.org/", "t-1", StatusSettings(url="https://status.example.org", token="t-1")),
        ("http://127.0.0.1:8091/status", "t", StatusSettings(url="http://127.0.0.1:8091/status", token="t")),
    ],
)
def test_where_the_status_service_is(url: str, token: str, expected: StatusSettings | None) -> None:
    """Empty is the stub, off is none."""
    assert read({"KAODA_STATUS_API_URL": url, "KAODA_STATUS_API_TOKEN": token}).status == expected


@pytest.mark.parametrize(
    ("url", "token", "named"),
    [
        ("https://status.example.org", "", "KAODA_STATUS_API_TOKEN is missing"),
        ("https://status.example.org", "secret token", "KAODA_STATUS_API_TOKEN has characters"),
        ("https://status.example.org", "秘密", "KAODA_STATUS_API_TOKEN has characters"),
        ("https://status.example.org", "a\nb", "KAODA_STATUS_API_TOKEN has characters"),
        ("status.example.org", "t", "KAODA_STATUS_API_URL is no address"),
        ("ftp://status.example.org", "t", "KAODA_STATUS_API_URL is no address"),
        ("https://", "t", "KAODA_STATUS_API_URL is no address"),
        ("https://[", "t", "KAODA_STATUS_API_URL is no address"),
        ("https://status.example.org:port", "t", "KAODA_STATUS_API_URL is no address"),
        ("https://user:secret@status.example.org", "t", "KAODA_STATUS_API_URL is no address"),
        ("https://status.example.org?key=secret", "t", "KAODA_STATUS_API_URL is no address"),
    ],
)
def test_a_bad_status_service_is_named_without_its_secret(url: str, token: str, named: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read({"KAODA_STATUS_API_URL": url, "KAODA_STATUS_API_TOKEN": token})
    assert named in str(caught.value)
    assert "secret" not in str(caught.value)


def test_no_secret_is_in_the_representation() -> None:
    found = read({"KAODA_STATUS_API_URL": "https://status.example.org", "KAODA_STATUS_API_TOKEN": "hidden"})
    assert "hidden" not in repr(found)


def test_the_process_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAODA_PORT", "9001")
    assert read().port == 9001


def test_other_variables_do_not_matter() -> None:
    assert read({"PORT": "1", "KAODA_UNKNOWN": "x", "kaoda_port": "1"}) == read({})


def test_the_documented_table_is_the_table() -> None:
    """docs/settings.md, row by row, in the same order."""
    rows = [line for line in (ROOT / "docs" / "settings.md").read_text("utf-8").splitlines() if line.startswith("| `")]
    assert rows == [
        f"| `{each.name}` | {f'`{each.default}`' if each.default else ''} | {each.help} |" for each in TABLE
    ]


def test_the_example_file_is_the_table() -> None:
    """.env.example: each help as a comment above its default, all of them commented out."""
    text = (ROOT / ".env.example").read_text("utf-8")
    _, _, settings = text.partition("\n\n")
    assert settings.strip() == "\n\n".join(f"# {each.help}\n# {each.name}={each.default}" for each in TABLE)


@pytest.mark.parametrize(
    "file", ["docs/settings.md", "README.md", "README.zh-CN.md", "docs/architecture.md", "Makefile"]
)
def test_no_document_names_a_setting_that_does_not_exist(file: str) -> None:
    """KAODA_REQUIRE_ALL is of the tests."""
    named = set(re.findall(r"KAODA_[A-Z_]+[A-Z]", (ROOT / file).read_text("utf-8")))
    assert named - {each.name for each in TABLE} <= {"KAODA_REQUIRE_ALL"}


def test_names_are_unique_and_every_setting_has_help() -> None:
    assert len({each.name for each in TABLE}) == len(TABLE)
    assert all(each.help.endswith(".") for each in TABLE)
