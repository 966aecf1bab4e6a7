"""The tables of editions, drafts and plans, and the staff's audit log that every change of the staff writes to."""

from sqlite_utils import Database

from bot.staff.people import Done

LOG = "insert into staff_log (at, who, deed, object, detail) values (?, ?, ?, ?, ?)"


def editions(db: Database) -> None:
    """005_editions."""
    db.table("content_text").create({"mark": str, "body": bytes}, pk="mark", not_null={"body"})
    edition = dict.fromkeys(("at", "by", "kind", "note", "override", "files"), str)
    db.table("edition").create({"id": int} | edition, pk="id", not_null=set(edition))
    db.table("edition_change").create(
        {"edition": int, "place": int, "key": str, "file": str, "body": bytes},
        pk=("edition", "place"),
        not_null={"key", "file", "body"},
    )
    db.table("edition_change").create_index(["key", "edition"])
    db.table("draft").create(
        {"key": str, "file": str, "version": int, "body": bytes}, pk="key", not_null={"file", "version", "body"}
    )
    db.table("draft_version").create({"key": str, "last": int}, pk="key", not_null={"last"})
    plan = dict.fromkeys(("due", "state", "leased"), str)
    db.table("plan").create({"id": int} | plan | {"body": bytes}, pk="id", not_null={*plan, "body"})
    db.table("plan").create_index(["state", "due"])
    for table in ("edition", "edition_change", "content_text"):
        _for_ever(db, table, "what was published stays")
    line = dict.fromkeys(("at", "who", "deed", "object", "detail"), str)
    db.table("staff_log").create({"id": int} | line, pk="id", not_null=set(line))
    db.table("staff_log").create_index(["object", "id"])
    db.table("staff_log").create_index(["who", "id"])
    _for_ever(db, "staff_log", "the staff log is append-only")


def upcoming(db: Database) -> None:
    """009_upcoming: what is about to be published, so that every process can make its mind ahead."""
    db.table("upcoming").create({"id": int, "mark": str, "files": str}, pk="id", not_null={"mark", "files"})


def _for_ever(db: Database, table: str, why: str) -> None:
    for change in ("update", "delete"):
        db.execute(
            f"create trigger {table}_no_{change} before {change} on {table} begin select raise(abort, '{why}'); end"
        )


def log(db: Database, done: Done) -> None:
    """Add a line to the staff's audit log, within the transaction of what was done."""
    db.execute(LOG, [done.at.isoformat(), done.who, done.deed, done.object, done.detail])
