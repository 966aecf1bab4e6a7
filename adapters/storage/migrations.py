"""The tables, as steps that are taken once each and in order. A step that has shipped is never changed."""

from collections.abc import Callable

from sqlite_utils import Database

from adapters.storage.edition_tables import editions, upcoming
from adapters.storage.journal_tables import journal_tables
from adapters.storage.staff_tables import staff


def _first_tables(db: Database) -> None:
    db.table("conversation").create(
        {"channel": str, "user": str, "data": bytes, "at": str}, pk=("channel", "user"), not_null={"data", "at"}
    )
    db.table("conversation").create_index(["at"])
    db.table("reply").create(
        {"channel": str, "user": str, "message_id": str, "id": str, "body": bytes, "at": str},
        pk=("channel", "user", "message_id"),
        not_null={"id", "body", "at"},
    )
    db.table("reply").create_index(["id"])
    db.table("reply").create_index(["at"])
    db.table("gap").create({"id": int, "question": str, "reason": str, "region": str, "topic": str, "at": str}, pk="id")
    db.table("feedback").create(
        {"reply_id": str, "channel": str, "user": str, "helpful": int, "comment": str, "at": str}, pk="reply_id"
    )


def _shared_values(db: Database) -> None:
    db.table("shared").create({"key": str, "value": bytes, "until": float}, pk="key", not_null={"value", "until"})
    db.table("shared").create_index(["until"])


def _accounts(db: Database) -> None:
    db.table("account").create(
        {"channel": str, "user": str, "mark": str, "sealed": bytes, "at": str},
        pk=("channel", "user"),
        not_null={"mark", "sealed", "at"},
    )
    db.table("account").create_index(["mark", "channel"], unique=True)
    db.table("audit").create(
        {"id": int, "at": str, "event": str, "channel": str, "who": str, "candidate": str},
        pk="id",
        not_null={"at", "event", "channel", "who", "candidate"},
    )
    for change in ("update", "delete"):
        db.execute(
            f"create trigger audit_no_{change} before {change} on audit "
            f"begin select raise(abort, 'the audit log is append-only'); end"
        )
    db.table("key_check").create({"id": int, "sealed": bytes}, pk="id", not_null={"sealed"})


def _reminders(db: Database) -> None:
    db.table("subscription").create(
        {"channel": str, "user": str, "events": str, "since": str, "swept_until": str},
        pk=("channel", "user"),
        not_null={"events", "since", "swept_until"},
    )
    db.table("reading").create({"name": str, "place": str}, pk="name", not_null={"place"})
    names = ("id", "channel", "user", "event", "subject", "body", "at", "expires", "again", "status", "settled")
    db.table("reminder").create(dict.fromkeys(names, str) | {"body": bytes}, pk="id", not_null=set(names))
    db.table("reminder").create_index(["channel", "user", "status"])
    db.table("reminder").create_index(["status", "channel", "again"])
    db.execute(  # however a binding ends, its reminders end in the same transaction
        "create trigger account_reminders after delete on account begin "
        "delete from subscription where channel = old.channel and user = old.user; "
        "delete from reminder where channel = old.channel and user = old.user; end"
    )


def _gaps(db: Database) -> None:
    gap = db.table("gap")
    for name in ("exam", "channel", "why", "comment", "by", "settled", "note", "entry", "reply_id"):
        gap.add_column(name, str, not_null_default="")
    gap.add_column("state", str, not_null_default="open")
    gap.add_column("confidence", float)
    db.execute("update gap set comment = question, question = '' where reason = 'not_helpful'")  # it was the comment
    gap.create_index(["state", "id"])
    gap.create_index(["reply_id"])
    db.table("journal").create_index(["reply_id"])  # by it a low rating finds its question


def _fewer_indexes(db: Database) -> None:
    db.execute("drop index idx_reply_id")  # who rates a reply says whose it is


MIGRATIONS: tuple[tuple[str, Callable[[Database], None]], ...] = (
    ("001_first_tables", _first_tables),
    ("002_shared_values", _shared_values),
    ("003_accounts", _accounts),
    ("004_reminders", _reminders),
    ("005_editions", editions),
    ("006_staff", staff),
    ("007_journal", journal_tables),
    ("008_gaps", _gaps),
    ("009_upcoming", upcoming),
    ("010_fewer_indexes", _fewer_indexes),
)
