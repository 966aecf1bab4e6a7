"""Several tables together → edits; the phrasings of topics, of which many rows make one entry. Pure."""

from collections.abc import Callable, Iterable

from bot.desk import sheets
from bot.desk.incoming import Fault, Incoming, Reader, Stands, Taken
from bot.desk.sheets import MARK, PHRASING, PHRASINGS, TOPIC, Row, mark_of
from bot.staff.exchange import Table
from knowledge.edit import new, set_fields
from knowledge.entries import Edit, Entry

IGNORED = frozenset({sheets.TITLE})  # what a row only shows
Progress = Callable[[int], None]
"""Is told how many rows are done."""
Rows = list[tuple[int, Row]]


def take(tables: Iterable[Incoming], stands: Stands, progress: Progress = lambda _: None) -> Taken:
    """The edits that some tables make, topics first, so that their phrasings and answers find them."""
    taken, done = Taken(), 0
    for each in sorted(tables, key=lambda each: (each.table is not Table.TOPICS, each.table is not Table.PHRASINGS)):
        if each.table is Table.PHRASINGS:
            _take_phrasings(each.rows, stands, taken)
            done += len(each.rows)
            progress(done)
            continue
        reader = Reader(each, stands, taken)
        for number, row in each.rows:
            reader.take(number, row)
            done += 1
            progress(done)
    for topic, (number, file, fields) in taken.topics.items():
        if PHRASINGS not in fields:
            taken.faults.append(Fault(table=Table.TOPICS, row=number, column="id", why="empty_topic", what=topic))
            continue
        key = f"topic:{topic}"
        taken.edits[key] = Edit(key=key, file=file, text=f"{new('topic', fields)}\n")
    return taken


def _take_phrasings(rows: Iterable[tuple[int, Row]], stands: Stands, taken: Taken) -> None:
    """A topic that has a row has exactly the phrasings of its rows."""
    said: dict[str, Rows] = {}
    for number, row in rows:
        if any(text.strip() for name, text in row.items() if name not in IGNORED):
            said.setdefault(row.get(TOPIC, "").strip(), []).append((number, row))
    for topic, of_topic in said.items():
        entry = stands.entries.get(f"topic:{topic}")
        if topic in taken.topics:
            if _are_sound(of_topic, taken):
                taken.topics[topic][2][PHRASINGS] = _texts(of_topic)
        elif entry is None:
            _fault(taken, of_topic[0][0], TOPIC, "no_topic", topic)
        else:
            _take_known(entry, of_topic, taken)


def _take_known(entry: Entry, rows: Rows, taken: Taken) -> None:
    """The phrasings of a topic that is there; its mark is that of all of them together."""
    now, wanted = sheets.said_in(entry), _texts(rows)
    marks = {row.get(MARK, "").strip() for _, row in rows} - {""}
    if wanted == now or marks == {mark_of(wanted)}:
        return
    if len(marks) != 1:
        _fault(taken, rows[0][0], MARK, "no_mark")
    elif marks != {mark_of(now)}:
        _fault(taken, rows[0][0], TOPIC, "meanwhile")
    elif _are_sound(rows, taken):
        before = taken.edits.get(entry.key)
        text = set_fields(before.text if before else entry.text, "topic", {PHRASINGS: wanted})
        taken.edits[entry.key] = Edit(key=entry.key, file=entry.file, text=text)


def _texts(rows: Rows) -> list[str]:
    return [sheets.trimmed(row.get(PHRASING, "")) for _, row in rows]


def _are_sound(rows: Rows, taken: Taken) -> bool:
    """Whether each row says something, and nothing twice."""
    seen: set[str] = set()
    wrong = len(taken.faults)
    for (number, _), text in zip(rows, _texts(rows), strict=True):
        if not text or text in seen:
            _fault(taken, number, PHRASING, "twice" if text else "needed", text)
        seen.add(text)
    return len(taken.faults) == wrong


def _fault(taken: Taken, row: int, column: str, why: str, what: str = "") -> None:
    taken.faults.append(Fault(table=Table.PHRASINGS, row=row, column=column, why=why, what=what))
