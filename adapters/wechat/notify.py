"""Reminders to a user who does not write just then: template messages, or subscription messages. Fulfils Notify.

Verified service accounts only. A template is approved by the platform and names its fields itself; the bot knows a
kind of reminder, and the settings say which template it is. [template/send, subscribe/bizsend]
"""

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from adapters.wechat.client import Client
from adapters.wechat.errors import PlatformError, Refused
from bot.ports import NotifyError, Reminder

REFUSED_BY_USER = frozenset({40003, 43004, 43101})
"""No such follower; no longer follows; has not agreed, or no longer agrees."""


class Way(StrEnum):
    """By which of the platform's two kinds of message; their bodies differ in one field."""

    TEMPLATE = "/cgi-bin/message/template/send"
    SUBSCRIPTION = "/cgi-bin/message/subscribe/bizsend"


class Template(msgspec.Struct, frozen=True, kw_only=True):
    """What the platform calls a kind of reminder."""

    id: str
    fields: Mapping[str, str]
    """A value of the reminder → its field in the template: {"deadline": "time2"}."""


class Notifier:
    """Fulfils bot.ports.Notify."""

    def __init__(self, client: Client, way: Way, templates: Mapping[str, Template]) -> None:
        """`templates` are by kind of reminder."""
        self._client, self._way, self._templates = client, way, templates

    async def notify(self, user: str, reminder: Reminder) -> bool:
        """Send a reminder; False where that user gets none of its kind. Raises NotifyError where it may work later."""
        template = self._templates.get(reminder.kind)
        if template is None:
            return False
        try:
            await self._client.call(self._way.value, self._body(user, template, reminder))
        except PlatformError as error:
            if isinstance(error, Refused) and error.code in REFUSED_BY_USER:
                return False
            reason = f"a reminder could not be sent: {error}; try again later"
            raise NotifyError(reason, is_in_doubt=error.is_in_doubt) from error
        return True

    def _body(self, user: str, template: Template, reminder: Reminder) -> dict[str, object]:
        data = {field: {"value": reminder.values[name]} for name, field in template.fields.items()}
        body: dict[str, object] = {"touser": user, "template_id": template.id, "data": data}
        if reminder.url:
            body["url" if self._way is Way.TEMPLATE else "page"] = reminder.url
        return body
