"""Reads the flat XML of a push with caps, before anything else looks at it. Knows no field's meaning."""

import re
from dataclasses import dataclass
from xml.parsers import expat  # no DOCTYPE, so no entities; bytes, elements and depth are capped

MOST_BYTES = 64 * 1024
MOST_ELEMENTS = 256
DEEPEST = 8
ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # characters that XML 1.0 cannot hold
FIELD_DEPTH = 2  # of a field: <xml><MsgType>
FIELD = r"<([A-Za-z]++)>(?:<!\[CDATA\[((?:[^]\r]++|](?!]>))*+)]]>|([^]<>&\r]*+))</\1>\s*+"  # possessive: nothing is tried twice
FIELDS = re.compile(FIELD)
FLAT = re.compile(rf"<xml>\s*+(?:{FIELD})*+</xml>\s*+")


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
    try:
        text = body.decode("utf-8")  # expat itself would follow a byte order mark to UTF-16
        if FLAT.fullmatch(text) and not ILLEGAL.search(text):
            return _flat(text, wanted)
        reader = _Reader(wanted)
        reader.parser.Parse(body, True)
    except (expat.ExpatError, UnicodeError) as error:
        raise NotReadable("no well-formed UTF-8 XML") from error
    return Document(reader.fields, tuple(reader.others))


def _flat(text: str, wanted: frozenset[str]) -> Document:
    """What the platform sends but for rarities: fields without any nesting. A parser would cost three times as much."""
    found = [(name, marked or plain) for name, marked, plain in FIELDS.findall(text, len("<xml>"))]
    fields = {name: said for name, said in found if name in wanted}
    others = tuple(each for each in found if each[0] not in wanted)
    if len(found) >= MOST_ELEMENTS or len(fields) + len(others) < len(found):
        raise NotReadable("too many elements, or a field is there twice")
    return Document(fields, others)


class _Reader:
    """The handlers of one body."""

    def __init__(self, wanted: frozenset[str]) -> None:
        self.fields: dict[str, str] = {}
        self.others: list[tuple[str, str]] = []
        self._wanted = wanted
        self._depth = self._count = 0
        self._name, self._text = "", ""
        self.parser = parser = expat.ParserCreate("utf-8")  # whatever the declaration says
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.StartDoctypeDeclHandler = self._doctype
        parser.CommentHandler = self._between
        parser.ProcessingInstructionHandler = self._between

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._count += 1
        if self._count > MOST_ELEMENTS or self._depth > DEEPEST:
            raise NotReadable("too many elements, or too deep")
        if self._depth == 1 and name != "xml":
            raise NotReadable("the root is not <xml>")
        if self._depth == FIELD_DEPTH:
            if name in self._wanted and (name in self.fields or attributes):
                raise NotReadable("a field is there twice, or has attributes")
            self._name, self._text = name, ""
        elif self._depth > FIELD_DEPTH and self._name in self._wanted:
            raise NotReadable("a field has elements in it")

    def _end(self, name: str) -> None:
        if self._depth == FIELD_DEPTH:
            if name in self._wanted:
                self.fields[name] = self._text
            else:
                self.others.append((name, self._text))
            self._name = ""
        self._depth -= 1

    def _characters(self, text: str) -> None:
        if self._depth == FIELD_DEPTH:
            self._text += text

    def _between(self, *_: object) -> None:
        if self._name in self._wanted:
            raise NotReadable("a field is not one text")

    def _doctype(self, *_: object) -> None:
        raise NotReadable("a DOCTYPE")
