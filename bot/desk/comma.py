"""A table as CSV and back: UTF-8 with a byte order mark, so that Excel reads it; safe against formulas. Pure.

A spreadsheet runs what begins with = + - @, a tab or a carriage return. Such a text gets an apostrophe before it, as does one
that begins with an apostrophe, so that reading takes away exactly what writing has added.
"""

import csv
import io

from bot.desk import sheets
from bot.desk.incoming import Fault, Incoming
from bot.desk.sheets import Sheet
from bot.desk.uploaded import MOST_ROWS, UnreadableError, columns_of
from bot.staff.exchange import Table

DANGEROUS = frozenset("=+-@\t\r＝＋－＠")  # full-width ones are formulas too in some spreadsheets
GUARD = "'"
LONGEST_CELL = 200_000  # characters


def escape(text: str) -> str:
    """A text that no spreadsheet runs."""
    return GUARD + text if text[:1] in DANGEROUS or text[:1] == GUARD else text


def restore(text: str) -> str:
    """What was escaped; a text that `escape` would not have made stays as it is."""
    return text[1:] if text[:1] == GUARD and (text[1:2] in DANGEROUS or text[1:2] == GUARD) and text[1:] else text


def write(sheet: Sheet) -> bytes:
    """A table; the first line has the headers."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(escape(sheets.header_of(sheet.table, column)) for column in sheet.columns)
    for row in sheet.rows:
        writer.writerow(escape(row[column]) for column in sheet.columns)
    return buffer.getvalue().encode("utf-8-sig")


def read(body: bytes, name: str) -> tuple[list[Incoming], list[Fault]]:
    """The table of a file, known by its headers or its name (答案.csv, answers.csv). Raises UnreadableError."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = body.decode("gb18030")  # how Excel saves CSV in China
        except UnicodeDecodeError as error:
            raise UnreadableError("broken") from error
    try:
        csv.field_size_limit(LONGEST_CELL)
        lines = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise UnreadableError("broken") from error
    if len(lines) > MOST_ROWS:
        raise UnreadableError("too_many", str(len(lines)))
    faults: list[Fault] = []
    headers = [restore(each) for each in lines[0]] if lines else []
    table = _table(name, headers)
    columns = columns_of(table, headers, faults)
    if columns is None:
        return [], faults
    rows = []
    for number, cells in enumerate(lines[1:], 2):
        row = {
            column: restore(cell).replace("\r\n", "\n").replace("\r", "\n")
            for column, cell in zip(columns, cells, strict=False)
            if column
        }
        if any(row.values()):
            rows.append((number, row))
    return [Incoming(table=table, columns=tuple(columns), rows=tuple(rows))], faults


def _table(name: str, headers: list[str]) -> Table:
    """Which table a file is, by its headers where one table alone has them, else by the longest word in its name."""
    fitting = []
    for table in Table:
        faults: list[Fault] = []
        if columns_of(table, headers, faults) is not None:
            fitting.append(table)
    if len(fitting) == 1:
        return fitting[0]
    known = {word: table for table in Table for word in (table.value, sheets.name_of(table))}
    found = [word for word in known if word in name]
    if not found:
        raise UnreadableError("which_table")
    return known[max(found, key=len)]
