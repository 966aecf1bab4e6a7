"""The tables, as steps that are taken once each and in order. A step that has shipped is never changed."""

from collections.abc import Callable

from sqlite_utils import Database


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


MIGRATIONS: tuple[tuple[str, Callable[[Database], None]], ...] = (
    ("001_first_tables", _first_tables),
    ("002_shared_values", _shared_values),
)
