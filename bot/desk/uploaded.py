"""Tables that come from outside, whatever kind of file they came in: how large, and with which columns."""

from collections.abc import Iterable

from bot.desk import sheets
from bot.desk.incoming import Fault, Incoming
from bot.desk.sheets import KEY, MARK, PHRASING
from bot.staff.exchange import Table

MOST_ROWS = 20_000  # of all sheets together; the shipped content has about 11,500
LETTERS = 26


class UnreadableError(Exception):
    """A workbook or table cannot be opened. `why` is a word of `misfits`; save it again and upload it anew."""

    def __init__(self, why: str, what: str = "") -> None:
        """`what` is told with it."""
        super().__init__(why)
        self.why, self.what = why, what


def columns_of(table: Table, headers: Iterable[str], faults: list[Fault]) -> list[str] | None:
    """The columns of a first row, "" where a header is empty; None, and misfits, where it is not that table's."""
    wrong = len(faults)
    names = {sheets.header_of(table, column): column for column in sheets.columns_of(table)}
    found: list[str] = []
    for header in (text.strip() for text in headers):
        column = names.get(header, "")
        if header and not column:
            faults.append(Fault(table=table, row=0, column="", why="unknown_column", what=header))
        elif column and column in found:
            faults.append(Fault(table=table, row=0, column="", why="column_twice", what=header))
        found.append(column)
    needed = (sheets.TOPIC, PHRASING, MARK) if table is Table.PHRASINGS else (KEY, MARK)
    for column in needed:
        if column not in found:
            what = sheets.header_of(table, column)
            faults.append(Fault(table=table, row=0, column="", why="no_column", what=what))
    return None if len(faults) > wrong else found


def letter_of(incoming: Incoming, column: str) -> str:
    """The letters of a column as a spreadsheet shows them: A, Z, AA."""
    number, letters = incoming.columns.index(column) + 1, ""
    while number:
        number, rest = divmod(number - 1, LETTERS)
        letters = chr(ord("A") + rest) + letters
    return letters
