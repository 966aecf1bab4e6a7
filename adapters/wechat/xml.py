"""Reads the flat XML of a push with caps, before anything else looks at it. Knows no field's meaning."""

import re
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser  # no DOCTYPE, so no entities

MOST_BYTES = 64 * 1024
MOST_ELEMENTS = 256
DEEPEST = 8
ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # characters that XML 1.0 cannot hold


class NotReadable(ValueError):  # noqa: N818  # said as a statement: the body is not readable
    """The body is not the XML of a push. Send UTF-8 with each field once."""


@dataclass(frozen=True, slots=True)
class Document:
    """A push as text by field."""

    fields: dict[str, str]
    """Those that were asked for and are there; each was one text node."""
    others: tuple[tuple[str, str], ...]
    """Name and text of all other fields in order, whatever is nested in them left out."""


def read(body: bytes, wanted: frozenset[str]) -> Document:
    """The fields of a body. Raises NotReadable where it is too large or deep, no UTF-8, or a wanted field is not plain."""
    if len(body) > MOST_BYTES:
        raise NotReadable("too many bytes")
    root = _root(body)
    if root.tag != "xml":
        raise NotReadable("the root is not <xml>")
    _check_shape(root)
    fields: dict[str, str] = {}
    others: list[tuple[str, str]] = []
    for each in root:
        name, text = each.tag, each.text or ""
        if name in wanted:
            if name in fields or each.attrib or len(each):
                raise NotReadable("a field is there twice, has attributes, or is not one text")
            fields[name] = text
        elif isinstance(name, str):  # a comment's is a function
            others.append((name, text + "".join(nested.tail or "" for nested in each)))
    return Document(fields, tuple(others))


class _Builder(TreeBuilder):
    """Comments and instructions are in the tree, so that a field with one in it is not one text."""

    def __init__(self) -> None:
        super().__init__(insert_comments=True, insert_pis=True)

    def doctype(self, *_: object) -> None:
        raise NotReadable("a DOCTYPE")


def _root(body: bytes) -> Element:
    parser = XMLParser(target=_Builder(), encoding="utf-8")  # noqa: S314  # whatever the declaration says; see _Builder
    try:
        body.decode("utf-8")  # expat itself would follow a byte order mark to UTF-16
        parser.feed(body)
        root: Element = parser.close()
    except (ParseError, UnicodeError) as error:
        raise NotReadable("no well-formed UTF-8 XML") from error
    return root


def _check_shape(root: Element) -> None:
    """Few elements, and not deep."""
    level, count = [root], 0
    for _ in range(DEEPEST):
        count += len(level)
        level = [nested for each in level for nested in each]
        if count + len(level) > MOST_ELEMENTS:
            break
        if not level:
            return
    raise NotReadable("too many elements, or too deep")
