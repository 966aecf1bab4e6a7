"""The API's errors as they were seen: a number and an English text that ends in a changing rid."""

import secrets

MESSAGES = {
    -1: "system error",
    40001: "invalid credential, access_token is invalid or not latest",
    40002: "invalid grant_type",
    40003: "invalid openid",
    40008: "invalid message type",
    40013: "invalid appid",
    40014: "invalid access_token",
    40015: "invalid button type",
    40016: "invalid button size",
    40018: "invalid button name size",
    40019: "invalid button key size",
    40020: "invalid button url size",
    40023: "invalid sub button size",
    40025: "invalid sub button name size",
    40029: "invalid code",
    40035: "invalid args",
    40037: "invalid template_id",
    40053: "invalid action info",
    40125: "invalid appsecret",
    40163: "code been used",
    40164: "invalid ip 127.0.0.1, not in whitelist",
    40200: "invalid account type",
    40243: "AppSecret has been frozen",
    41001: "access_token missing",
    41002: "appid missing",
    41004: "appsecret missing",
    42001: "access_token expired",
    43002: "require POST method",
    43004: "require subscribe",
    43101: "user refuse to accept the msg",
    44004: "empty content",
    45002: "content size out of limit",
    45008: "article size out of limit",
    45009: "reach max api daily quota limit",
    45011: "api minute-quota reach limit",
    45015: "response out of time limit or subscription is canceled",
    45047: "out of response count limit",
    45072: "invalid command",
    45080: "need to interact with the user within 30 seconds",
    45081: "already typing",
    45098: "msgmenu list size is out of limit",
    46003: "menu no exist",
    47001: "data format error",
    48001: "api unauthorized",
}


class Refused(Exception):  # noqa: N818  # said as a statement: the call is refused
    """The platform refuses the call with this errcode."""

    def __init__(self, code: int) -> None:
        """`code` is the errcode."""
        super().__init__(code)
        self.code = code


def refusal(code: int) -> dict[str, object]:
    """The body of a refusal."""
    return {"errcode": code, "errmsg": f"{MESSAGES.get(code, 'error')} rid: {_rid()}"}


def _rid() -> str:
    return "-".join((secrets.token_hex(4), secrets.token_hex(4), secrets.token_hex(4)))
