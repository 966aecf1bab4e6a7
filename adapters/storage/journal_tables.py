"""The tables of the journal and of corrections. What is told is kept once, however often it is told."""

from sqlite_utils import Database

STATEMENTS = (
    "create table said (digest blob primary key, body blob not null) without rowid",
    """create table journal (
        id integer primary key, at text not null, channel text not null, who text not null, edition integer not null,
        kind text not null, topic text not null, region text not null, exam text not null, question text not null,
        is_exact integer not null, said blob, before blob not null, reply_id text not null)""",
    "create index journal_at on journal (at)",
    "create index journal_who on journal (who)",
    """create table review (
        edition integer primary key, state text not null, at text not null, taken text not null,
        cursor integer not null, looked_at integer not null)""",
    """create table told (
        id integer primary key, edition integer not null, topic text not null, region text not null,
        before text not null, after text not null, unique (edition, topic, region, before, after))""",
    """create table correction (
        id integer primary key, line integer not null, told integer not null, who text not null, state text not null,
        taken text not null, unique (line, told))""",
    "create index correction_told on correction (told, who)",
    "create index correction_who on correction (who, state)",
    "create index correction_waits on correction (state) where state in ('offered', 'waiting')",
    """create trigger journal_corrections after delete on journal begin
        delete from correction where line = old.id; end""",
    """create trigger correction_told after delete on correction
        when not exists (select 1 from correction where told = old.told) begin
        delete from told where id = old.told; end""",
    # however a binding is ended, its user leaves the journal in the same transaction
    """create trigger unbound_journal after insert on audit when new.event = 'unbound' begin
        delete from journal where who = new.who and new.who <> ''; end""",
)


def journal_tables(db: Database) -> None:
    """Within a transaction: make them."""
    for statement in STATEMENTS:
        db.execute(statement)
