"""Settings: one table of name, default and help, read from environment variables KAODA_…."""

import datetime as dt
import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit


class SettingsError(Exception):
    """A setting has an unusable value. Correct the environment variable and start again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One line of the table."""

    name: str
    default: str
    help: str


TABLE = (
    Setting(name="KAODA_HOST", default="127.0.0.1", help="Address to listen on."),
    Setting(name="KAODA_PORT", default="8080", help="Port to listen on."),
    Setting(name="KAODA_DATA_DIR", default="./data", help="Folder of the database and of caches; made if missing."),
    Setting(
        name="KAODA_PUBLIC_URL", default="", help="Address under which people reach the service; links start with it."
    ),
    Setting(
        name="KAODA_NOW", default="", help="A fixed clock for demonstrations and tests, e.g. 2023-12-05T09:00+08:00."
    ),
    Setting(
        name="KAODA_QUESTIONS_PER_MINUTE",
        default="600",
        help="Questions and requests to the API from one client address per minute; a hospital shares one address.",
    ),
    Setting(
        name="KAODA_TRUSTED_PROXIES",
        default="0",
        help="Proxies in front that append to X-Forwarded-For; 0 ignores that header.",
    ),
    Setting(
        name="KAODA_CONVERSATION_DAYS",
        default="30",
        help="Days after its last message that a conversation, its replies and their ids are kept.",
    ),
    Setting(
        name="KAODA_JOURNAL_DAYS",
        default="180",
        help="Days that the journal keeps what was told, to be replayed and corrected; it names nobody.",
    ),
    Setting(
        name="KAODA_WECHAT_TOKEN",
        default="",
        help="Token of the account's server configuration, 3 to 32 letters and digits; empty: no WeChat.",
    ),
    Setting(name="KAODA_WECHAT_APP_ID", default="", help="AppID of the WeChat account."),
    Setting(name="KAODA_WECHAT_APP_SECRET", default="", help="AppSecret, for the outbound API; empty: replies only."),
    Setting(name="KAODA_WECHAT_ENCODING_AES_KEY", default="", help="EncodingAESKey of the account, 43 characters."),
    Setting(name="KAODA_WECHAT_MODE", default="safe", help="safe (encrypted) or plain; never taken from a request."),
    Setting(
        name="KAODA_WECHAT_API_URL", default="https://api.weixin.qq.com", help="Where the platform's API is reached."
    ),
    Setting(
        name="KAODA_WECHAT_TEMPLATES",
        default="",
        help="TOML file of the templates for reminders (docs/wechat.md); empty: they wait for the next message.",
    ),
    Setting(
        name="KAODA_STATUS_API_URL",
        default="",
        help="Address of the registration status service; empty: a stub with fictional candidates, where only this machine "
        "is served; stub: that stub in any case; off: none.",
    ),
    Setting(name="KAODA_STATUS_API_TOKEN", default="", help="Bearer token of the registration status service."),
    Setting(
        name="KAODA_CHANGES_SECONDS",
        default="60",
        help="Seconds between two looks for changed states and deadlines that candidates want to be reminded of.",
    ),
    Setting(
        name="KAODA_SECRET_KEY",
        default="",
        help="Encrypts bindings: 64 hexadecimal digits; empty: made on the first run, in secret.key of the data folder.",
    ),
    Setting(
        name="KAODA_LABELLED",
        default="",
        help="Folder of labelled questions (*.jsonl) that publications are checked with; empty: tests/cases of a checkout.",
    ),
    Setting(name="KAODA_LOG_LEVEL", default="INFO", help="DEBUG, INFO, WARNING or ERROR."),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WechatSettings:
    """The account's part of the settings. Its secrets are not in its repr."""

    token: str = field(repr=False)
    app_id: str
    app_secret: str = field(repr=False)
    encoding_aes_key: str = field(repr=False)
    mode: str
    """safe or plain."""
    api_url: str
    templates: Path | None = None
    """None where the account has no templates for reminders."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusSettings:
    """Where the registration status service is. Its token is not in its repr."""

    url: str
    """Without a slash at its end; empty for the stub that `serve` starts."""
    token: str = field(repr=False)
    is_stub: bool = False
    """Whether the stub was asked for by name: then it is offered to the public, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings with their types."""

    host: str
    port: int
    data_dir: Path
    public_url: str
    now: dt.datetime | None
    questions_per_minute: int
    trusted_proxies: int
    conversation_days: int
    journal_days: int
    wechat: WechatSettings | None
    """None where no token is set: then WeChat is not served."""
    status: StatusSettings | None
    """None where it is off: then nobody can bind a registration."""
    changes_seconds: int
    labelled: Path | None
    """None where there are no labelled questions."""
    secret_key: str = field(repr=False)
    """64 hexadecimal digits, or empty for the key in the data folder."""
    log_level: str

    @property
    def is_public(self) -> bool:
        """Whether others than this machine's own users are to reach the service, as far as the settings say."""
        name = urlsplit(self.public_url).hostname if self.public_url else self.host
        return name is None or not _is_loopback(name)


def read(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of an environment, by default the process's. Raises SettingsError."""
    given = os.environ if environment is None else environment
    value = {each.name: given.get(each.name, "").strip() or each.default for each in TABLE}
    return Settings(
        host=value["KAODA_HOST"],
        port=_number("KAODA_PORT", value["KAODA_PORT"], 0, 65535),
        data_dir=Path(value["KAODA_DATA_DIR"]).expanduser(),
        public_url=value["KAODA_PUBLIC_URL"].rstrip("/"),
        now=moment(value["KAODA_NOW"]) if value["KAODA_NOW"] else None,
        questions_per_minute=_number("KAODA_QUESTIONS_PER_MINUTE", value["KAODA_QUESTIONS_PER_MINUTE"], 1, 10**6),
        trusted_proxies=_number("KAODA_TRUSTED_PROXIES", value["KAODA_TRUSTED_PROXIES"], 0, 10),
        conversation_days=_number("KAODA_CONVERSATION_DAYS", value["KAODA_CONVERSATION_DAYS"], 1, 3650),
        journal_days=_number("KAODA_JOURNAL_DAYS", value["KAODA_JOURNAL_DAYS"], 1, 3650),
        wechat=_wechat(value),
        status=_status(value["KAODA_STATUS_API_URL"].rstrip("/"), value["KAODA_STATUS_API_TOKEN"]),
        changes_seconds=_number("KAODA_CHANGES_SECONDS", value["KAODA_CHANGES_SECONDS"], 1, 3600),
        labelled=_labelled(value["KAODA_LABELLED"]),
        secret_key=value["KAODA_SECRET_KEY"],
        log_level=_one_of("KAODA_LOG_LEVEL", value["KAODA_LOG_LEVEL"].upper(), ("DEBUG", "INFO", "WARNING", "ERROR")),
    )


def _labelled(text: str) -> Path | None:
    """The folder that was named, which must be there; or that of a checkout, if there is one."""
    if text:
        folder = Path(text).expanduser()
        if not folder.is_dir():
            raise SettingsError(f"KAODA_LABELLED={text!r} is no folder; name one of *.jsonl, or leave it empty")
        return folder
    folder = Path(__file__).parents[1] / "tests" / "cases"
    return folder if folder.is_dir() else None


def _wechat(value: Mapping[str, str]) -> WechatSettings | None:
    if not value["KAODA_WECHAT_TOKEN"]:
        return None
    return WechatSettings(
        token=value["KAODA_WECHAT_TOKEN"],
        app_id=value["KAODA_WECHAT_APP_ID"],
        app_secret=value["KAODA_WECHAT_APP_SECRET"],
        encoding_aes_key=value["KAODA_WECHAT_ENCODING_AES_KEY"],
        mode=_one_of("KAODA_WECHAT_MODE", value["KAODA_WECHAT_MODE"], ("safe", "plain")),
        api_url=value["KAODA_WECHAT_API_URL"].rstrip("/"),
        templates=Path(value["KAODA_WECHAT_TEMPLATES"]).expanduser() if value["KAODA_WECHAT_TEMPLATES"] else None,
    )


def _status(url: str, token: str) -> StatusSettings | None:
    if url.lower() == "off":
        return None
    if url.lower() == "stub":
        return StatusSettings(url="", token=_sound(token), is_stub=True)
    if url and not _is_address(url):
        raise SettingsError("KAODA_STATUS_API_URL is no address; write it like https://status.example.org")
    if url and not token:
        raise SettingsError("KAODA_STATUS_API_TOKEN is missing; the service of KAODA_STATUS_API_URL asks for it")
    return StatusSettings(url=url, token=_sound(token))


def _sound(token: str) -> str:
    """A token that can be sent. Raises SettingsError."""
    if not all("!" <= character <= "~" for character in token):
        raise SettingsError("KAODA_STATUS_API_TOKEN has characters that no token has; copy it anew")
    return token


def _is_loopback(name: str) -> bool:
    """Whether a host is this machine."""
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")


def _is_address(url: str) -> bool:
    """Whether it is an address to which a path can be added; one with a user or a query is none."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # a bad one raises
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not set("@?# ") & set(url)


def moment(text: str) -> dt.datetime:
    """A moment with an offset; without one it is Beijing time. Raises SettingsError."""
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise SettingsError(f"KAODA_NOW={text!r} is no ISO 8601 time; write it like 2023-12-05T09:00+08:00") from error
    return found if found.tzinfo else found.replace(tzinfo=dt.timezone(dt.timedelta(hours=8)))


def _number(name: str, text: str, low: int, high: int) -> int:
    if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
        raise SettingsError(f"{name}={text!r} is not a whole number from {low} to {high}")
    return int(text)


def _one_of(name: str, text: str, allowed: tuple[str, ...]) -> str:
    if text not in allowed:
        raise SettingsError(f"{name}={text!r} is not one of {', '.join(allowed)}")
    return text
