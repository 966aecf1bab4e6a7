"""Template and subscription messages, and the events that tell what became of them."""

import itertools
from collections.abc import Callable, Mapping
from typing import Any

from adapters.wechat.emulator import pushes
from adapters.wechat.emulator.account import Account, Capability
from adapters.wechat.emulator.clock import Clock
from adapters.wechat.emulator.journal import Journal, Kind
from adapters.wechat.emulator.people import People, Person
from adapters.wechat.emulator.refusals import Refused

Announce = Callable[[str, pushes.Fields], None]
"""Pushes an event to the account later: of which user, which fields."""


class Notices:
    """What stands behind /cgi-bin/message/template/send and /cgi-bin/message/subscribe/bizsend."""

    def __init__(self, account: Account, people: People, clock: Clock, journal: Journal, announce: Announce) -> None:
        """Take the account, its users, the time, where it is written what users see, and how events are pushed."""
        self._account, self._people, self._clock = account, people, clock
        self._journal, self._announce = journal, announce
        self._numbers = itertools.count(1_000_000)

    def send_template(self, data: Mapping[str, Any]) -> dict[str, object]:
        """/template/send. Raises Refused."""
        person, _ = self._addressee(data)
        if not person.is_following:
            raise Refused(43004)
        number = self._show(person, "template", data)
        self._announce(person.openid, pushes.template_sent(number))
        return {"msgid": number}

    def send_subscribed(self, data: Mapping[str, Any]) -> dict[str, object]:
        """/subscribe/bizsend: one message for one consent. Raises Refused."""
        person, template = self._addressee(data)
        if template not in person.consents:
            raise Refused(43101)
        person.consents.discard(template)
        number = self._show(person, "subscription", data)
        self._announce(person.openid, pushes.consent_used(template, number))
        return {}

    def _addressee(self, data: Mapping[str, Any]) -> tuple[Person, str]:
        if not self._account.may(Capability.SCENES):
            raise Refused(48001)
        person = self._people.get(str(data.get("touser", "")))
        if person is None:
            raise Refused(40003)
        template = data.get("template_id")
        if not isinstance(template, str) or not template:
            raise Refused(40037)
        return person, template

    def _show(self, person: Person, kind: str, data: Mapping[str, Any]) -> int:
        values = data.get("data")
        if not isinstance(values, dict) or not all(isinstance(each, dict) for each in values.values()):
            raise Refused(47001)
        text = "\n".join(f"{name}：{each.get('value', '')}" for name, each in values.items())
        self._journal.add(Kind.CUSTOMER_SERVICE, self._clock.now(), user=person.openid, name=kind, text=text)
        return next(self._numbers)
