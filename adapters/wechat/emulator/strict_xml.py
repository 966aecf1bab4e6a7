"""A strict reader of small XML: one tree of named elements with text or children, and nothing clever."""

from dataclasses import dataclass, field
from xml.parsers import expat

from adapters.wechat.emulator.verdict import Invalid

MAX_ELEMENTS, MAX_DEPTH = 256, 8


@dataclass(slots=True)
class Element:
    """An element with its text and its children in order."""

    name: str
    text: str = ""
    children: list["Element"] = field(default_factory=list)

    def only(self, name: str) -> "Element":
        """The one child of that name. Raises Invalid."""
        found = [child for child in self.children if child.name == name]
        if len(found) != 1:
            raise Invalid(f"{len(found)} elements {name} in {self.name} instead of one")
        return found[0]

    def value(self, name: str) -> str:
        """The text of the one child of that name. Raises Invalid."""
        child = self.only(name)
        if child.children:
            raise Invalid(f"{name} holds elements instead of text")
        return child.text

    def has(self, name: str) -> bool:
        """Whether there is such a child."""
        return any(child.name == name for child in self.children)


class _Reader:
    def __init__(self) -> None:
        self.root = Element("")
        self._open = [self.root]
        self._count = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if attributes:
            raise Invalid(f"attributes on {name}")
        if self._count > MAX_ELEMENTS or len(self._open) > MAX_DEPTH:
            raise Invalid("too many elements, or too deep")
        element = Element(name)
        self._open[-1].children.append(element)
        self._open.append(element)

    def end(self, _name: str) -> None:
        closed = self._open.pop()
        if closed.children and closed.text.strip():
            raise Invalid(f"text beside the elements of {closed.name}")

    def data(self, text: str) -> None:
        self._open[-1].text += text

    def doctype(self, *_: object) -> None:
        raise Invalid("a DOCTYPE")


def parse(body: bytes) -> Element:
    """The element <xml> of a body in UTF-8. Raises Invalid."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Invalid("not UTF-8") from error
    reader = _Reader()
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.data
    parser.StartDoctypeDeclHandler = reader.doctype
    try:
        parser.Parse(text.encode("utf-8"), True)
    except expat.ExpatError as error:
        raise Invalid(f"not well-formed XML: {expat.ErrorString(error.code)}") from error
    return reader.root.only("xml")
