"""Customer-service messages and typing, with their quotas."""

from collections.abc import Mapping
from typing import Any

from adapters.wechat.emulator.account import Account, AccountType, Capability
from adapters.wechat.emulator.clock import Clock
from adapters.wechat.emulator.journal import Journal, Kind
from adapters.wechat.emulator.people import TYPING_LASTS, TYPING_WITHIN, People, Person
from adapters.wechat.emulator.refusals import Refused
from adapters.wechat.emulator.verdict import Article

MAX_TEXT = 2048  # bytes
MAX_MENU = 50  # entries; the platform does not publish its cap
MEDIA = ("image", "voice", "video", "music", "mpnews", "mpnewsarticle", "wxcard", "miniprogrampage")


class CustomerService:
    """What stands behind /cgi-bin/message/custom."""

    def __init__(self, account: Account, people: People, clock: Clock, journal: Journal) -> None:
        """Take the account, its users, the time, and where it is written what users see."""
        self._account, self._people, self._clock, self._journal = account, people, clock, journal

    def send(self, data: Mapping[str, Any]) -> dict[str, object]:
        """/send. Raises Refused."""
        person = self._addressee(data)
        kind, text, articles = self._content(data)
        now = self._clock.now()
        if not person.has_window(now):
            raise Refused(45015)
        if not person.has_quota():
            raise Refused(45047)
        person.sent += 1
        person.typing_until = 0.0
        self._journal.add(Kind.CUSTOMER_SERVICE, now, user=person.openid, name=kind, text=text, articles=articles)
        return {}

    def typing(self, data: Mapping[str, Any]) -> dict[str, object]:
        """/typing. Raises Refused."""
        person = self._addressee(data)
        now = self._clock.now()
        command = data.get("command")
        if command not in ("Typing", "CancelTyping"):
            raise Refused(45072)
        if person.trigger is None or now - person.triggered_at > TYPING_WITHIN:
            raise Refused(45080)
        if command == "CancelTyping":
            person.typing_until = 0.0
            return {}
        if now < person.typing_until:
            raise Refused(45081)
        person.typing_until = now + TYPING_LASTS
        self._journal.add(Kind.TYPING, now, user=person.openid)
        return {}

    def _addressee(self, data: Mapping[str, Any]) -> Person:
        if not self._account.may(Capability.CUSTOMER_SERVICE):
            raise Refused(48001)
        person = self._people.get(str(data.get("touser", "")))
        if person is None:
            raise Refused(40003)
        return person

    def _content(self, data: Mapping[str, Any]) -> tuple[str, str, tuple[Article, ...]]:
        kind = data.get("msgtype")
        part = data.get(kind) if isinstance(kind, str) else None
        if kind in MEDIA:
            return str(kind), "", ()
        if kind not in ("text", "news", "msgmenu"):
            raise Refused(40008)
        if not isinstance(part, dict):
            raise Refused(47001)
        if kind == "text":
            return "text", _text(part.get("content")), ()
        if kind == "news":
            return "news", "", _articles(part.get("articles"))
        if self._account.type in (AccountType.TEST, AccountType.SUBSCRIPTION):
            raise Refused(40200)
        return "msgmenu", _menu(part), ()


def _text(content: object) -> str:
    if not isinstance(content, str):
        raise Refused(47001)
    if not content:
        raise Refused(44004)
    if len(content.encode("utf-8", "surrogatepass")) > MAX_TEXT:
        raise Refused(45002)
    return content


def _articles(found: object) -> tuple[Article, ...]:
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise Refused(47001)
    if len(found) != 1:
        raise Refused(45008)
    names = {"title": "title", "description": "description", "picture": "picurl", "url": "url"}
    return tuple(Article(**{ours: str(each.get(theirs, "")) for ours, theirs in names.items()}) for each in found)


def _menu(part: Mapping[str, Any]) -> str:
    """A msgmenu as the text that the client makes of it."""
    entries = part.get("list")
    if not isinstance(entries, list) or not all(isinstance(each, dict) for each in entries):
        raise Refused(47001)
    if not 1 <= len(entries) <= MAX_MENU:
        raise Refused(45098)
    lines = [
        f'<a href="weixin://bizmsgmenu?msgmenucontent={each.get("content", "")}&msgmenuid={each.get("id", "")}">'
        f"{each.get('content', '')}</a>"
        for each in entries
    ]
    return "\n".join(filter(None, (str(part.get("head_content", "")), *lines, str(part.get("tail_content", "")))))
