"""Tables as an Excel workbook and back, by openpyxl. Texts are texts: nothing that begins with = is ever a formula.

A file that comes from outside is unpacked only as far as the limits allow; formulas and error values in it are misfits.
"""

import datetime as dt
import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from bot.desk import sheets
from bot.desk.fields import SPECS
from bot.desk.incoming import Fault, Incoming
from bot.desk.sheets import DELETE, KEY, KINDS, MARK, PHRASING, Labels, Row, Sheet
from bot.desk.uploaded import MOST_ROWS, UnreadableError, columns_of
from bot.staff.exchange import Table
from bot.staff.forms import FieldKind

MOST_UNPACKED = 32 * 2**20  # bytes; all shipped tables have 6 MiB
MOST_TAGS = 1_500_000  # of all XML; the shipped tables have 325,000, and each costs some 10 µs
MOST_COLUMNS = 60
WIDE = frozenset({"text", "sources", "quote", "consequence", "deeds", "aliases", "regions", PHRASING})
LOCKED = frozenset({KEY, MARK})
GREY, HEAD = PatternFill("solid", fgColor="EFEFEF"), PatternFill("solid", fgColor="DCE6F1")
Cells = list[Any]


# --- out -----------------------------------------------------------------------------------------------------------


def write(tables: Iterable[tuple[Sheet, Labels]], about: Iterable[str], spare: int = 200) -> bytes:
    """A workbook with a sheet a table, a first one of explanations, and choices to pick from in `spare` empty rows too."""
    book = Workbook(write_only=True)
    first = book.create_sheet(sheets.told()["sheets"]["about"])
    first.column_dimensions["A"].width = 110
    for line in about:
        first.append([_cell(first, line, wraps=True)])
    chosen: list[tuple[str, ...]] = []
    for sheet, labels in tables:
        _write_sheet(book, sheet, labels, chosen, spare)
    _write_choices(book, chosen)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _write_sheet(book: Any, sheet: Sheet, labels: Labels, chosen: list[tuple[str, ...]], spare: int) -> None:
    page = book.create_sheet(sheets.name_of(sheet.table))
    page.freeze_panes = "B2"
    kinds = {name: kind for name, kind, _ in SPECS[KINDS[sheet.table]]}
    last = len(sheet.rows) + 1 + spare
    for number, column in enumerate(sheet.columns, 1):
        letter = get_column_letter(number)
        page.column_dimensions[letter].width = 48 if column in WIDE else 14 if column == MARK else 20
        choices = (labels.yes,) if column == DELETE else labels.choices(column)
        for rule in _rules(column, kinds.get(column), choices, chosen):
            rule.add(f"{letter}2:{letter}{last}")
            page.data_validations.append(rule)
    page.append([_head(page, sheet.table, column) for column in sheet.columns])
    for row in sheet.rows:
        page.append([_typed_cell(page, kinds.get(name), name, row[name]) for name in sheet.columns])


def _head(page: Any, table: Table, column: str) -> Any:
    cell = WriteOnlyCell(page, sheets.header_of(table, column))
    cell.font, cell.fill = Font(bold=True), HEAD
    if column in LOCKED:
        cell.comment = Comment(sheets.told()["about"]["lines"][3 if column == KEY else 1], "Kaoda")
    return cell


def _typed_cell(page: Any, kind: FieldKind | None, name: str, text: str) -> Any:
    """A day as a day, a number as a number, and everything else as a text."""
    if kind is FieldKind.DAY and text:
        cell = WriteOnlyCell(page, dt.date.fromisoformat(text))
        cell.number_format = "yyyy-mm-dd"
        return cell
    if kind is FieldKind.NUMBER and text.isdigit():
        return WriteOnlyCell(page, int(text))
    cell = _cell(page, text, wraps=name in WIDE)
    if name in LOCKED:
        cell.fill, cell.protection = GREY, Protection(locked=True)
    return cell


def _cell(page: Any, text: str, *, wraps: bool = False) -> Any:
    cell = WriteOnlyCell(page, text or None)
    if text:
        cell.data_type = "s"  # also where it begins with =
        cell.quotePrefix = True
        cell.number_format = "@"
    if wraps:
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def _rules(
    column: str, kind: FieldKind | None, choices: tuple[str, ...], chosen: list[tuple[str, ...]]
) -> Iterator[DataValidation]:
    """What may stand in a column; where several may be chosen, or others, it only offers."""
    words = sheets.told()["misfits"]
    if kind is FieldKind.DAY:
        rule = DataValidation(type="date", operator="between", formula1="DATE(2000,1,1)", formula2="DATE(2099,12,31)")
        yield _speaking(rule, words["not_day"])
    elif kind is FieldKind.NUMBER:
        rule = DataValidation(type="whole", operator="between", formula1="0", formula2="999999999")
        yield _speaking(rule, words["not_number"])
    elif choices:
        if choices not in chosen:
            chosen.append(choices)
        letter = get_column_letter(chosen.index(choices) + 1)
        source = f"'{sheets.told()['sheets']['choices']}'!${letter}$1:${letter}${len(choices)}"
        rule = DataValidation(type="list", formula1=source, allow_blank=True)
        is_open = kind in (FieldKind.CHOICES, FieldKind.TOPICS) or column in ("name", "window")
        if is_open:
            rule.showErrorMessage = False
        yield rule if is_open else _speaking(rule, words["unknown_choice"])


def _speaking(rule: DataValidation, words: Any) -> DataValidation:
    rule.allow_blank = True
    rule.showErrorMessage = True
    rule.error = words["remedy"]
    return rule


def _write_choices(book: Any, chosen: list[tuple[str, ...]]) -> None:
    page = book.create_sheet(sheets.told()["sheets"]["choices"])
    page.sheet_state = "hidden"
    for number in range(max(map(len, chosen), default=0)):
        page.append([_cell(page, each[number]) if number < len(each) else None for each in chosen])


# --- in ------------------------------------------------------------------------------------------------------------


def read(body: bytes) -> tuple[list[Incoming], list[Fault]]:
    """The tables of a workbook, by the names of their sheets; others are left out. Raises UnreadableError."""
    _check_size(body)
    try:
        book = load_workbook(io.BytesIO(body), read_only=True, data_only=False, keep_links=False)
        known = {sheets.name_of(table): table for table in Table}
        faults: list[Fault] = []
        found = [
            incoming
            for page in book.worksheets
            if page.title in known
            if (incoming := _read_sheet(page, known[page.title], faults)) is not None
        ]
    except UnreadableError:
        raise
    except Exception as error:  # openpyxl raises whatever its many readers raise on a file that is none
        raise UnreadableError("broken") from error
    if not found and not faults:
        raise UnreadableError("no_sheet")
    return found, faults


def _check_size(body: bytes) -> None:
    """Before anything is unpacked: a small file may hold gigabytes."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            if sum(each.file_size for each in archive.infolist()) > MOST_UNPACKED:
                raise UnreadableError("too_big", str(MOST_UNPACKED // 2**20))
            tags = sum(archive.read(each).count(b"<") for each in archive.infolist())
    except (zipfile.BadZipFile, zlib.error, ValueError, EOFError, RuntimeError) as error:
        raise UnreadableError("broken") from error
    if tags > MOST_TAGS:
        raise UnreadableError("too_many", str(MOST_ROWS))


def _read_sheet(page: Any, table: Table, faults: list[Fault]) -> Incoming | None:
    rows = page.iter_rows(max_col=MOST_COLUMNS)
    columns = columns_of(table, [_text(cell) for cell in next(rows, ())], faults)
    if columns is None:
        return None
    found: list[tuple[int, Row]] = []
    for number, cells in enumerate(rows, 2):
        row: Row = {}
        wrong = len(faults)
        for column, cell in zip(columns, cells, strict=False):
            if column:
                row[column] = _text(cell)
                if cell.data_type in ("f", "e"):
                    why = "formula" if cell.data_type == "f" else "excel_error"
                    faults.append(Fault(table=table, row=number, column=column, why=why, what=_text(cell)))
        if any(row.values()) and len(faults) == wrong:
            found.append((number, row))
        if number > MOST_ROWS:
            raise UnreadableError("too_many", sheets.name_of(table))
    return Incoming(table=table, columns=tuple(columns), rows=tuple(found))


def _text(cell: Any) -> str:
    """A cell as a text: days as 2024-01-29, hours as 9:00, whole numbers without a fraction."""
    value = cell.value
    match value:
        case None:
            return ""
        case bool():
            return sheets.told()["exchange"]["yes"] if value else ""
        case dt.datetime() if value.time() == dt.time():
            return value.date().isoformat()
        case dt.date():
            return value.isoformat()
        case dt.time():
            return f"{value.hour}:{value.minute:02}"
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value).replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n")
