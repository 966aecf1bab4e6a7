"""What entries are called where people read of them: 网上缴费时间 · 四川乐山. Pure."""

from bot.desk.fields import named
from knowledge.entries import Entry
from knowledge.model import Knowledge


def name_of(entry: Entry, known: Knowledge) -> str:
    """What an entry is called."""
    fields = entry.fields
    if entry.kind == "answer":
        topic = known.topics.get(entry.topic)
        return topic.title if topic else entry.topic
    if entry.kind == "fee":
        return " ".join([*map(str, fields.get("levels", ())), str(fields.get("mode", ""))]).strip()
    if entry.kind == "sitting":
        return f"{fields.get('paper', '')} {fields.get('subject', '')}".strip()
    name = str(fields.get("name", entry.key))
    return known.phrases.get(f"window_{name}", name) if entry.kind == "window" else name


def full_name_of(entry: Entry, known: Knowledge) -> str:
    """The same with its region; of a topic or notice its title, of a file or what has no name its key without the kind."""
    fields = entry.fields
    own = str(fields.get("title", "")) if entry.kind in ("topic", "notice") else name_of(entry, known)
    name = entry.key.partition(":")[2] if own in ("", entry.key) else own
    region = str(fields.get("region", "")) if entry.kind != "notice" else ""
    return f"{name} · {named(known, region).name}" if region else name
