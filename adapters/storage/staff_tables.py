"""The tables of the staff's accounts and sessions; the audit log is made in edition_tables.py."""

from sqlite_utils import Database


def staff(db: Database) -> None:
    """006_staff. Accounts are never deleted, so a name is never given twice."""
    db.execute(  # names that differ in upper and lower case only would be taken for one another in the log
        "create table person (name text primary key collate nocase, role text not null, regions text not null, "
        "is_active integer not null, made text not null, must_change integer not null, password text not null)"
    )
    db.table("session").create(
        {"mark": str, "name": str, "until": str, "seen": str}, pk="mark", not_null={"name", "until", "seen"}
    )
    db.table("session").create_index(["name"])
    db.execute(
        "create trigger person_stays before delete on person begin select raise(abort, 'accounts are closed, not deleted'); end"
    )
