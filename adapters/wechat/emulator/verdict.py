"""What an answer to a push is worth to the platform."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article of a news reply."""

    title: str
    description: str
    picture: str
    url: str


@dataclass(frozen=True, slots=True)
class Silent:
    """`success` or nothing: a valid answer that shows nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A valid reply, which the user sees."""

    kind: str
    """text, image, voice, video, music, news or transfer_customer_service."""
    text: str = ""
    articles: tuple[Article, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """No valid answer."""

    reason: str
    """What is wrong, for the developer; some have words in words.toml."""
    is_final: bool
    """An invalid answer ends the attempts; a timeout, a lost connection or a status other than 200 is tried again."""


Verdict = Silent | Shown | Broken


class Invalid(ValueError):  # noqa: N818  # said as a statement: the reply is invalid
    """The reply breaks a rule of the platform. The text says which."""
