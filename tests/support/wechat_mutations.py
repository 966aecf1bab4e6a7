"""Valid requests of the platform with something changed, the same every time for one seed."""

import random
from collections.abc import Iterator
from urllib.parse import quote, urlencode

from wechat_hostile import EVENT, TEXT, Request, encrypted, pad, sealed
from wechat_line import APP_ID, Line


def mutations(line: Line, count: int, seed: int) -> Iterator[Request]:
    """Valid requests with something changed: at the address, the envelope, the ciphertext, or the message itself."""
    chance = random.Random(seed)  # noqa: S311  # a steady sample
    for number in range(count):
        clear = _valid(chance, number)
        layer = chance.choice(("query", "envelope", "ciphertext", "framing", "content", "content"))
        if layer == "content":
            yield sealed(line, f"{number} {layer}", line.codec.encrypt(_mutated(chance, clear)))
        elif layer == "framing":
            framed = b"r" * 16 + len(clear).to_bytes(4, "big") + clear + APP_ID.encode()
            blocks = _mutated(chance, pad(framed))
            yield sealed(line, f"{number} {layer}", encrypted(blocks[: len(blocks) // 16 * 16]))
        elif layer == "ciphertext":
            text = _mutated(chance, line.codec.encrypt(clear).encode()).decode("utf-8", "replace")
            text = "".join(sign_ for sign_ in text if sign_ not in "<&" and (sign_ >= " "))
            yield sealed(line, f"{number} {layer}", text)
        else:
            query, body = line.request(clear)
            raw = urlencode(query).encode()
            if layer == "query":
                changed = _mutated(chance, raw).decode("latin-1")
                yield Request(f"{number} {layer}", quote(changed, safe="=&%+._-~"), body)
            else:
                yield Request(f"{number} {layer}", raw.decode(), _mutated(chance, body))


def _valid(chance: random.Random, number: int) -> bytes:
    inner = chance.choice(
        (
            f"<Content>问{number}</Content>",
            f"<Content><![CDATA[问{number}]]></Content><bizmsgmenuid>2</bizmsgmenuid>",
            "<Content>结果</Content>",
            "<Content>继续</Content>",
        )
    )
    body = TEXT.replace("<Content>问</Content>", inner)
    if chance.random() < 0.3:
        event = chance.choice(("subscribe", "unsubscribe", "SCAN", "CLICK", "VIEW", "LOCATION"))
        body = EVENT.format(f"<Event>{event}</Event><EventKey>qrscene_CN-31</EventKey><Ticket>t</Ticket>")
    return body.replace("1700000000", str(1_700_000_000 + number)).encode()


PIECES = (b"<", b">", b"&", b"]]>", b"<![CDATA[", b"</xml>", b"<a>", b"\x00", b"\xff", b"%00", b"&#0;", b"=", b"'")


def _mutated(chance: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(changed) + 1)
        end = min(len(changed), at + chance.randint(1, 20))
        match chance.randrange(6):
            case 0:
                del changed[at:end]
            case 1:
                changed[at:at] = chance.choice(PIECES)
            case 2:
                changed[at:at] = changed[at:end] * chance.randint(1, 30)
            case 3 if at < len(changed):
                changed[at] ^= 1 << chance.randrange(8)
            case 4:
                changed[at:end] = chance.randbytes(end - at)
            case _:
                del changed[chance.randrange(len(changed) + 1) :]
    return bytes(changed)
