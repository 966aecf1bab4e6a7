"""What the webhook may ask of the platform's API; what stands behind it is `customer_service`, or nothing."""

from enum import StrEnum
from typing import Protocol


class Trigger(StrEnum):
    """What a user did last; it decides how many customer-service messages may follow."""

    MESSAGE = "message"
    """A message: 5 within 48 hours."""
    MENU = "menu"
    """A click on the menu, or on a link of a reply (bizmsgmenu): 3 within a minute."""
    FOLLOW = "follow"
    """Followed the account, with or without a code: 3 within a minute."""
    SCAN = "scan"
    """Scanned a code as a follower: 3 within a minute."""


class Outbound(Protocol):
    """Customer-service messages: what can still be said once a push has been answered."""

    async def send_text(self, openid: str, text: str) -> bool:
        """Send a text now; False where it cannot be sent: keep it, the user picks it up. Never raises."""

    async def typing(self, openid: str) -> None:
        """Show that an answer is being written, at most every 15 s; failures are of no matter. Never raises."""

    async def noted(self, openid: str, trigger: Trigger) -> None:
        """The user did something that allows customer-service messages. Never raises."""
