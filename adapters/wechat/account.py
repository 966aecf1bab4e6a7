"""The account that the webhook serves, checked once at the start."""

import re

import msgspec

SAFE, PLAIN = "safe", "plain"
TOKEN = re.compile(r"[A-Za-z0-9]{3,32}")
AES_KEY = re.compile(r"[A-Za-z0-9+/]{43}")
APP_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class AccountError(ValueError):
    """The account is not usable as it is set. Its message names the setting and says what to put there."""


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """The server configuration of an official account. Its secrets are not in its repr."""

    token: str
    encoding_aes_key: str
    app_id: str
    mode: str = SAFE

    def __repr__(self) -> str:
        """Without token and key."""
        return f"Account(app_id={self.app_id!r}, mode={self.mode!r})"


def checked(account: Account) -> Account:
    """The same account if it can be served. Raises AccountError."""
    if not TOKEN.fullmatch(account.token):
        raise AccountError(
            "KAODA_WECHAT_TOKEN has to be 3 to 32 letters and digits, the same as in the account's settings"
        )
    if account.mode not in (SAFE, PLAIN):
        raise AccountError("KAODA_WECHAT_MODE has to be safe or plain")
    if not APP_ID.fullmatch(account.app_id):
        raise AccountError("KAODA_WECHAT_APP_ID has to be the account's AppID, e.g. wx0123456789abcdef")
    if account.mode == SAFE and not AES_KEY.fullmatch(account.encoding_aes_key):
        raise AccountError(
            "KAODA_WECHAT_ENCODING_AES_KEY has to be the 43 characters of the account's EncodingAESKey "
            "(without one, only KAODA_WECHAT_MODE=plain can be served)"
        )
    return account
