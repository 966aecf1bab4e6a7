"""What does not fit in a file, in Chinese, from tables.toml. Pure."""

from bot.desk import sheets, uploaded
from bot.desk.incoming import Fault, Incoming
from bot.staff.exchange import Misfit

LONGEST = 200  # characters of what is at fault


def told(fault: Fault, incoming: Incoming | None, *, is_csv: bool) -> Misfit:
    """A misfit by sheet and cell."""
    cell = ""
    if fault.row:
        header = sheets.header_of(fault.table, fault.column)
        if is_csv or incoming is None or fault.column not in incoming.columns:
            cell = sheets.told()["exchange"]["by_row"].format(row=fault.row, column=header)
        else:
            cell = f"{uploaded.letter_of(incoming, fault.column)}{fault.row}"
    return misfit(sheets.name_of(fault.table), cell, fault.why, fault.what)


def misfit(sheet: str, cell: str, why: str, what: str = "") -> Misfit:
    """One, by its word."""
    known = sheets.told()["misfits"]
    words = known.get(why, known["other"])
    shown = (what if why in known else f"{why} {what}")[:LONGEST]
    return Misfit(
        sheet=sheet, cell=cell, problem=words["problem"].format(what=shown), remedy=words["remedy"].format(what=shown)
    )
