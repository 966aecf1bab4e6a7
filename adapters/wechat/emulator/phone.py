"""A user with a phone: what people do, and what the platform pushes of it."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from adapters.wechat.emulator import pushes
from adapters.wechat.emulator.clock import Clock
from adapters.wechat.emulator.delivery import Outcome
from adapters.wechat.emulator.journal import Journal, Kind
from adapters.wechat.emulator.menu import Menu
from adapters.wechat.emulator.people import Person, Trigger
from adapters.wechat.emulator.pieces import Menu as MenuLink
from adapters.wechat.emulator.pieces import pieces
from adapters.wechat.emulator.scenes import Scenes
from adapters.wechat.emulator.words import phrase, words


class Deliver(Protocol):
    """Pushes a user's fields to the account, as one push."""

    async def __call__(self, user: str, fields: pushes.Fields) -> Outcome:
        """The outcome once all attempts are over."""


class NotOnThisPhone(Exception):  # noqa: N818  # said as a statement
    """There is no such button, link or code on the phone, or the account is not followed. Look at what it shows."""


class Phone:
    """One user's phone. Everything a user does ends in an Outcome, or None where nothing is pushed."""

    def __init__(
        self, person: Person, deliver: Deliver, clock: Clock, journal: Journal, menu: Menu, scenes: Scenes
    ) -> None:
        """Take the user, how pushes are delivered, the time, where it is written, and what can be tapped and scanned."""
        self.person = person
        self._deliver, self._clock, self._journal = deliver, clock, journal
        self._menu, self._scenes = menu, scenes

    @property
    def openid(self) -> str:
        """Who it is."""
        return self.person.openid

    async def say(self, text: str) -> Outcome:
        """Type a text."""
        return await self._message("text", pushes.text(text), text)

    async def tap_link(self, content: str, menu_id: str) -> Outcome:
        """Tap a bizmsgmenu link: it says its content, and counts as a tap on a menu."""
        self._act(Trigger.MENU, "text", content)
        return await self._deliver(self.openid, pushes.text(content, menu_id))

    async def tap(self, label: str) -> Outcome:
        """Tap the latest link of that label that was shown. Raises NotOnThisPhone."""
        for text in reversed(self._journal.shown(self.openid)):
            for piece in pieces(text):
                if isinstance(piece, MenuLink) and piece.label == label:
                    return await self.tap_link(piece.content, piece.menu_id)
        raise NotOnThisPhone(label)

    async def send_picture(self) -> Outcome:
        """Send a picture."""
        return await self._message("image", pushes.image())

    async def send_voice(self, recognition: str | None = "") -> Outcome:
        """Send a voice message; nothing is recognised any more."""
        return await self._message("voice", pushes.voice(recognition))

    async def send_location(self, label: str) -> Outcome:
        """Send a place."""
        return await self._message("location", pushes.location(label), label)

    async def send_sticker(self) -> Outcome:
        """Send a sticker, which arrives as a text that says so."""
        return await self._message("sticker", pushes.text(words()["unsupported"]))

    async def follow(self, scene: str = "", ticket: str = "") -> Outcome:
        """Follow the account, by a QR code with a scene or without; a follower scans it."""
        if self.person.is_following:
            if not scene:
                raise NotOnThisPhone("already following")
            self._act(Trigger.SCAN, "SCAN", scene)
            return await self._deliver(self.openid, pushes.scan(scene, ticket or "emulated-ticket"))
        self.person.is_following = True
        self._act(Trigger.FOLLOW, "subscribe_scene" if scene else "subscribe", scene)
        return await self._deliver(self.openid, pushes.subscribe(scene, (ticket or "emulated-ticket") if scene else ""))

    async def scan(self, ticket: str) -> Outcome:
        """Scan a code that the account made. Raises NotOnThisPhone."""
        code = self._scenes.find(ticket)
        if code is None:
            raise NotOnThisPhone("no such code, or expired")
        return await self.follow(code.scene, code.ticket)

    async def unfollow(self) -> Outcome:
        """Stop following."""
        self._must_follow()
        self.person.is_following = False
        self._act(None, "unsubscribe")
        return await self._deliver(self.openid, pushes.unsubscribe())

    async def press(self, name: str) -> Outcome:
        """Press the menu button of that name. Raises NotOnThisPhone."""
        self._must_follow()
        button = _find(self._menu.buttons or [], name)
        if button is None:
            raise NotOnThisPhone(name)
        push = BUTTONS.get(str(button.get("type")))
        if push is None:
            raise NotOnThisPhone(f"a button of type {button.get('type')}")
        self._act(Trigger.MENU, "VIEW" if button.get("type") == "view" else "CLICK", name)
        return await self._deliver(self.openid, push(button))

    async def consent(self, template_id: str) -> Outcome:
        """Agree to one message of a template."""
        self.person.consents.add(template_id)
        return await self._deliver(self.openid, pushes.consent("subscribe_msg_popup_event", template_id))

    async def _message(self, name: str, fields: pushes.Fields, text: str = "") -> Outcome:
        self._must_follow()
        self._act(Trigger.MESSAGE, name, text)
        return await self._deliver(self.openid, fields)

    def _must_follow(self) -> None:
        if not self.person.is_following:
            raise NotOnThisPhone("not following")

    def _act(self, trigger: Trigger | None, name: str, text: str = "") -> None:
        now = self._clock.now()
        if trigger is not None:
            self.person.did(trigger, now)
        self._journal.add(Kind.DONE, now, user=self.openid, name=name, text=phrase("did", name, text=text))


BUTTONS: Mapping[str, Callable[[Mapping[str, Any]], pushes.Fields]] = {
    "click": lambda button: pushes.click(button["key"]),
    "view": lambda button: pushes.view(button["url"]),
    "scancode_waitmsg": lambda button: pushes.scanned("scancode_waitmsg", button["key"], "emulated"),
    "scancode_push": lambda button: pushes.scanned("scancode_push", button["key"], "emulated"),
    "pic_sysphoto": lambda button: pushes.pictured("pic_sysphoto", button["key"]),
    "pic_photo_or_album": lambda button: pushes.pictured("pic_photo_or_album", button["key"]),
    "pic_weixin": lambda button: pushes.pictured("pic_weixin", button["key"]),
    "location_select": lambda button: pushes.place_chosen(button["key"], "emulated"),
}


def _find(buttons: list[dict[str, Any]], name: str) -> dict[str, Any] | None:
    for button in buttons:
        if button.get("sub_button"):
            found = _find(button["sub_button"], name)
            if found is not None:
                return found
        elif button.get("name") == name:
            return button
    return None
