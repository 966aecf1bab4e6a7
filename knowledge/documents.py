"""Reads an uploaded notice, plain text or .docx, into paragraphs and tables. What is not told apart is left to the person."""

import io
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from knowledge.splitting import Block, Rows, blocks_of, counted

MOST_BYTES = 8 * 2**20  # of an upload
MOST_UNPACKED = 64 * 2**20  # of a .docx; above it is no notice but an attack
ENCODINGS = ("utf-8-sig", "gb18030")
BOMS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
WIDEST = 200  # columns that a cell reaches over; Word has 63, and each is gone through
CIRCLED = 0x245F  # before ①
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


class DocumentError(Exception):
    """An upload cannot be read. `why` is a word of a closed set: too_big, not_text, not_docx, old_doc, pdf, empty."""

    def __init__(self, why: str) -> None:
        """The page words it."""
        super().__init__(why)
        self.why = why


def read(data: bytes, *, mend: bool = False) -> tuple[Block, ...]:
    """The blocks of a file by its content, not by its name. Raises DocumentError."""
    if len(data) > MOST_BYTES:
        raise DocumentError("too_big")
    if data.startswith(b"PK\x03\x04"):
        found = _docx(data)
    elif data.startswith(b"\xd0\xcf\x11\xe0"):
        raise DocumentError("old_doc")
    elif data.startswith(b"%PDF"):
        raise DocumentError("pdf")
    else:
        found = blocks_of(_text(data), mend=mend)
    if not found:
        raise DocumentError("empty")
    return found


def _text(data: bytes) -> str:
    for bom, encoding in BOMS:
        if data.startswith(bom):
            return data.decode(encoding, "replace")
    for encoding in ENCODINGS:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise DocumentError("not_text")


def _docx(data: bytes) -> tuple[Block, ...]:
    from docx import Document  # here: who uploads nothing need not wait for it
    from docx.table import Table

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(each.file_size for each in packed.infolist()) > MOST_UNPACKED:
                raise DocumentError("too_big")
        document = Document(io.BytesIO(data))
    except DocumentError:
        raise
    except Exception as error:  # whatever a broken file makes of the library, the person has to send another
        raise DocumentError("not_docx") from error
    if any(each.grid_span > WIDEST for each in document.element.iter(f"{W}tc")):
        raise DocumentError("not_docx")
    numbers = _Numbers(document)
    found: list[Block] = []
    for item in document.iter_inner_content():
        if isinstance(item, Table):
            found += _table(item)
        else:
            found += [line for line in (numbers.of(item) + item.text.strip()).split("\n") if line.strip()]
    return tuple(found)


def _table(table: Any) -> Iterator[Block]:
    """A table's rows, merged cells repeated in each row they reach; a row of one cell above it is a paragraph."""
    rows: list[tuple[str, ...]] = []
    for row in table.rows:
        cells: list[str] = []
        seen: list[Any] = []
        for cell in row.cells:
            is_beside = bool(seen) and cell._tc is seen[-1]  # the library's own way to know a merged cell
            seen.append(cell._tc)
            cells.append("" if is_beside else " ".join(cell.text.split()))
        told = [cell for cell in cells if cell]
        if not rows and len(told) == 1 and len(cells) > 1:
            yield told[0]
        elif told:
            rows.append(tuple(cells))
    if rows:
        yield _without_empty(tuple(rows))


def _without_empty(rows: Rows) -> Rows:
    width = max(map(len, rows))
    filled = [(*row, *[""] * (width - len(row))) for row in rows]
    kept = [place for place in range(width) if any(row[place] for row in filled)]
    return tuple(tuple(row[place] for place in kept) for row in filled)


class _Numbers:
    """The numbers that Word puts before paragraphs and does not keep in their text: 一、 （一） 1."""

    def __init__(self, document: Any) -> None:
        self._levels: dict[str, dict[int, tuple[str, str, int]]] = {}
        self._counts: dict[str, dict[int, int]] = defaultdict(dict)
        try:
            root = document.part.numbering_part.element
        except (
            KeyError,
            NotImplementedError,  # how python-docx says that a document has no numbering
            AttributeError,
        ):
            return
        abstract = {each.get(f"{W}abstractNumId"): _levels(each) for each in root.findall(f"{W}abstractNum")}
        for number in root.findall(f"{W}num"):
            base = number.find(f"{W}abstractNumId")
            if base is not None:
                self._levels[number.get(f"{W}numId")] = abstract.get(base.get(f"{W}val"), {})

    def of(self, paragraph: Any) -> str:
        """The number of the next paragraph in order; empty for none or a bullet."""
        found = _numbering(paragraph)
        if found is None or found[0] not in self._levels or found[1] not in self._levels[found[0]]:
            return ""
        number, level = found
        levels, counts = self._levels[number], self._counts[number]
        _, _, start = levels[level]
        counts[level] = counts.get(level, start - 1) + 1
        for deeper in [each for each in counts if each > level]:
            del counts[deeper]
        text = levels[level][1]
        for each, (kind, _, first) in levels.items():
            text = text.replace(f"%{each + 1}", _written(counts.get(each, first), kind))
        return "" if levels[level][0] == "bullet" else text


def _levels(abstract: Any) -> dict[int, tuple[str, str, int]]:
    """Level → how its number is written, its text with %1 in it, and where it starts."""
    found = {}
    for level in abstract.findall(f"{W}lvl"):
        values = {name: level.find(f"{W}{name}") for name in ("numFmt", "lvlText", "start")}
        kind, text, start = ("" if each is None else each.get(f"{W}val", "") for each in values.values())
        found[int(level.get(f"{W}ilvl", "0"))] = (kind, text, int(start or 1))
    return found


def _numbering(paragraph: Any) -> tuple[str, int] | None:
    """The list and level of a paragraph, by itself or by its style."""
    elements = [paragraph._p.pPr]  # the library has no other way to the numbering
    style, known = paragraph.style, set[str]()
    while style is not None and style.style_id not in known:  # a broken file's style may rest on itself
        known.add(style.style_id)
        elements.append(style.element.pPr)
        style = style.base_style
    number, level = None, None
    for element in elements:
        found = None if element is None else element.find(f"{W}numPr")
        if found is None:
            continue
        for each in found:
            if each.tag == f"{W}numId" and number is None:
                number = each.get(f"{W}val")
            if each.tag == f"{W}ilvl" and level is None:
                level = int(each.get(f"{W}val", "0"))
    return None if number in (None, "0") else (str(number), level or 0)


def _written(number: int, kind: str) -> str:
    """A number as Word writes it: 一, ①, a, 1."""
    if kind.startswith(("chinese", "ideograph", "japaneseCounting", "taiwanese")):
        return counted(number)
    if kind.startswith("decimalEnclosedCircle"):
        return chr(CIRCLED + number) if number <= 20 else str(number)
    if kind in ("lowerLetter", "upperLetter"):
        letter = chr(ord("a") + (number - 1) % 26)
        return letter if kind == "lowerLetter" else letter.upper()
    return str(number)
