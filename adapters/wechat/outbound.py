"""What the webhook may ask of the platform's API. It never raises: what cannot be sent waits to be picked up."""

from enum import StrEnum
from typing import Protocol


class Trigger(StrEnum):
    """What a user did last; it decides how many customer-service messages may follow."""

    MESSAGE = "message"
    """A message: 5 within 48 hours."""
    MENU = "menu"
    """A click on the menu, or on a link in a reply (bizmsgmenu): 3 within a minute."""
    FOLLOW = "follow"
    """Followed the account, with or without a code: 3 within a minute."""
    SCAN = "scan"
    """Scanned a code as a follower: 3 within a minute."""


class Outbound(Protocol):
    """Customer-service messages: what can still be said once a push has been answered."""

    async def noted(self, openid: str, trigger: Trigger) -> None:
        """The user did something that allows messages; once a push, and not for its retries."""

    async def can_send(self, openid: str) -> bool:
        """Whether a text would most likely go out now; if not, the push's own reply has to say where the answer is."""

    async def send_text(self, openid: str, text: str) -> bool:
        """Send a text now; False where it was not (wholly) sent: keep it for the user to pick up."""

    async def typing(self, openid: str) -> None:
        """Show that an answer is being written, at most every 15 s. Call it where over 2 s are expected."""

    async def forget(self, openid: str) -> None:
        """Forget what is kept of a user who left."""


class RepliesOnly:
    """Fulfils Outbound for an account that may only reply: without an AppSecret nothing is ever sent."""

    async def noted(self, openid: str, trigger: Trigger) -> None:
        """Nothing to note."""

    async def can_send(self, openid: str) -> bool:  # noqa: ARG002  # the port's parameters
        """Never."""
        return False

    async def send_text(self, openid: str, text: str) -> bool:  # noqa: ARG002  # the port's parameters
        """Never sent."""
        return False

    async def typing(self, openid: str) -> None:
        """Nothing to show."""

    async def forget(self, openid: str) -> None:
        """Nothing is kept."""
