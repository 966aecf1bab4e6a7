"""A process is killed in the middle of a thousand edits: every one that was acknowledged is there, and nothing is half there."""

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

from desk_site import NOW

from adapters.storage.database import SqliteFile
from adapters.storage.sqlite_editions import SqliteEditions

EDITS = 1000
BEFORE_THE_END = 400  # acknowledged edits after which it is killed
PROGRAM = """
import asyncio, sys
from pathlib import Path
from adapters.storage.database import SqliteFile
from adapters.storage.sqlite_editions import SqliteEditions
from bot.desk import shipping
from bot.desk.editing import Editor
from bot.staff.editing import Edit
from desk_site import LI, Clock
from knowledge.content import load

async def main():
    file, known = SqliteFile(Path(sys.argv[1])), load()
    await file.open()
    store = SqliteEditions(file)
    await shipping.bring(store, Clock())
    editor = Editor(store=store, knowledge=lambda: known, clock=Clock())
    keys = [each.key for each in await editor.entries(file="topics/payment.toml")]

    async def edit(number):
        key = keys[number % len(keys)]
        opened = await editor.open(key, LI)
        text = f"# {number}\\n" + opened.published
        kept = await editor.save(LI, Edit(key=key, text=text, seen=opened.version))
        print(number, kept.draft.version, key, flush=True)

    for first in range(0, int(sys.argv[2]), 10):
        await asyncio.gather(*(edit(number) for number in range(first, first + 10)))

asyncio.run(main())
"""


def _edit_until_killed(path: Path) -> list[tuple[int, int, str]]:
    """What was acknowledged before the kill: which edit, its draft's version, its key."""
    support = Path(__file__).parents[2] / "support"
    found = []
    with subprocess.Popen(  # noqa: S603  our own
        [sys.executable, "-c", PROGRAM, str(path), str(EDITS)],
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": f"{support}:{support.parents[1]}", "PYTHONIOENCODING": "utf-8"},
    ) as process:
        assert process.stdout
        for line in process.stdout:
            number, version, key = line.split()
            found.append((int(number), int(version), key))
            if len(found) == BEFORE_THE_END:
                process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    return found


async def test_no_acknowledged_edit_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "kaoda.sqlite3"
    acknowledged = await asyncio.to_thread(_edit_until_killed, path)
    assert BEFORE_THE_END <= len(acknowledged) < EDITS
    file = SqliteFile(path)
    await file.open()
    try:
        drafts = {each.key: each for each in await SqliteEditions(file).drafts()}
        logged = await file.read(
            lambda db: db.execute("select count(*) from staff_log where deed = 'saved'").fetchone()[0]
        )
    finally:
        await file.close()
    last = {key: (number, version) for number, version, key in sorted(acknowledged)}
    for key, (number, version) in last.items():
        assert drafts[key].version >= version
        if drafts[key].version == version:
            assert drafts[key].text.startswith(f"# {number}\n")
    assert logged == sum(each.version for each in drafts.values())  # each edit with its line in the log, or neither
    assert logged >= len(acknowledged)
    assert all(each.at == NOW for each in drafts.values())
