"""The fields of entries that are edited in forms, and what there is to choose from. Pure."""

from collections.abc import Iterable

from bot.messages import Named
from bot.staff.forms import Field, FieldKind
from knowledge.fact import Stage
from knowledge.model import Knowledge
from knowledge.region import NATION, full_name

K = FieldKind
Spec = tuple[str, FieldKind, bool]
"""Name, how it is typed, whether it must be there."""
SCOPE: tuple[Spec, ...] = (("exams", K.CHOICES, True), ("region", K.REGION, True), ("year", K.NUMBER, True))
CITED: tuple[Spec, ...] = (("source", K.CLAUSE, True), ("quote", K.QUOTE, True))
SPECS: dict[str, tuple[Spec, ...]] = {
    "topic": (
        ("id", K.TEXT, True),
        ("title", K.TEXT, True),
        ("kind", K.CHOICE, False),
        ("stage", K.CHOICE, False),
        ("window", K.CHOICE, False),
        ("related", K.TOPICS, False),
        ("phrasings", K.LINES, True),
        ("requires", K.WORDS, False),
        ("history", K.YES, False),
        ("for_history", K.TOPIC, False),
        ("for_moved", K.TOPIC, False),
    ),
    "answer": (
        *SCOPE,
        ("if_listed", K.CHOICE, False),
        ("if_not_listed", K.CHOICE, False),
        ("text", K.LONG, True),
        ("sources", K.SOURCES, False),
        ("unstated", K.YES, False),
    ),
    "window": (
        ("name", K.CHOICE, True),
        ("stage", K.CHOICE, True),
        *SCOPE,
        ("start", K.DAY, False),
        ("end", K.DAY, False),
        ("days", K.DAYS, False),
        ("half", K.TEXT, False),
        ("if_listed", K.CHOICE, False),
        ("consequence", K.LONG, False),
        *CITED,
    ),
    "fee": (
        *SCOPE,
        ("levels", K.WORDS, False),
        ("mode", K.TEXT, False),
        ("specialties", K.WORDS, False),
        ("amount", K.NUMBER, True),
        *CITED,
    ),
    "site": (
        ("id", K.TEXT, True),
        ("name", K.TEXT, True),
        ("aliases", K.WORDS, False),
        *SCOPE,
        ("place", K.TEXT, False),
        ("phone", K.TEXT, False),
        ("start", K.DAY, False),
        ("end", K.DAY, False),
        ("half", K.TEXT, False),
        ("note", K.LONG, False),
        ("topic", K.TOPIC, False),
        *CITED,
    ),
    "specialty": (
        ("no", K.NUMBER, True),
        ("name", K.TEXT, True),
        ("system_name", K.TEXT, True),
        ("code", K.TEXT, True),
        ("category", K.TEXT, False),
        ("range", K.TEXT, False),
        ("remark", K.TEXT, False),
        ("exam", K.CHOICE, False),
        ("aliases", K.WORDS, False),
        ("deeds", K.WORDS, False),
        ("source", K.CLAUSE, True),
    ),
    "list": (
        ("name", K.TEXT, True),
        ("exams", K.CHOICES, True),
        ("year", K.NUMBER, True),
        ("regions", K.REGIONS, True),
        ("exceptions", K.REGIONS, False),
        *CITED,
    ),
    "sitting": (
        *SCOPE,
        ("paper", K.TEXT, True),
        ("mode", K.TEXT, False),
        ("subject", K.TEXT, True),
        ("days", K.DAYS, True),
        ("start", K.TEXT, True),
        ("end", K.TEXT, True),
        *CITED,
    ),
    "contact": (
        *SCOPE,
        ("name", K.TEXT, True),
        ("phone", K.TEXT, False),
        ("web", K.TEXT, False),
        ("address", K.TEXT, False),
        *CITED,
    ),
    "notice": (
        ("id", K.TEXT, True),
        ("title", K.TEXT, True),
        ("short", K.TEXT, True),
        ("issuer", K.TEXT, True),
        ("number", K.TEXT, False),
        ("published_on", K.TEXT, False),
        ("repost", K.YES, False),
        *SCOPE,
        ("note", K.LONG, False),
    ),
}
"""Kind of entry → its fields, in the order of the form."""
FACTS = ("window", "fee", "site", "specialty", "list", "sitting", "contact")
NUMBERS = frozenset({("fee", "specialties")})
"""Lists of numbers, typed as words."""
KINDS = ("answer", "unknown", "status", "smalltalk")  # of topics
WINDOWS = (
    *("submission", "confirmation", "resubmission", "review", "review_result"),
    *("payment", "admission_ticket", "exam", "cutoff"),
)
"""Windows that answers and the timeline know; others may be there too."""


def fields_of(kind: str, knowledge: Knowledge) -> tuple[Field, ...]:
    """The fields of a kind of entry with their choices."""
    return tuple(
        Field(name=name, kind=typed, is_needed=needed, choices=tuple(_choices(kind, name, typed, knowledge)))
        for name, typed, needed in SPECS.get(kind, ())
    )


def _choices(kind: str, name: str, typed: FieldKind, knowledge: Knowledge) -> Iterable[Named]:
    phrases = knowledge.phrases
    if typed in (K.TOPIC, K.TOPICS):
        return (Named(id=each.id, name=each.title) for each in knowledge.topics.values())
    if name in ("exams", "exam"):
        return (Named(id=each.id, name=each.short) for each in knowledge.exams.values())
    if name in ("if_listed", "if_not_listed"):
        return _same(sorted({row.name for row in knowledge.facts.lists}))
    if name == "stage":
        return (Named(id=each.value, name=phrases.get(f"stage_{each.value}", "")) for each in Stage)
    if name == "window" or (kind, name) == ("window", "name"):
        known = dict.fromkeys((*WINDOWS, *(row.name for row in knowledge.facts.windows)))
        return (Named(id=each, name=phrases.get(f"window_{each}", "")) for each in known)
    if (kind, name) == ("topic", "kind"):
        return _same(KINDS)
    if typed is K.TEXT and name in ("half", "mode", "paper", "subject", "category"):
        return _same(sorted(_in_use(knowledge, name)))
    return ()


def _in_use(knowledge: Knowledge, name: str) -> set[str]:
    facts = knowledge.facts
    rows = (*facts.windows, *facts.fees, *facts.sites, *facts.sittings, *facts.specialties)
    return {str(getattr(row, name, "")) for row in rows} - {""}


def _same(words: Iterable[str]) -> Iterable[Named]:
    return (Named(id=each, name="") for each in words)


def named(knowledge: Knowledge, region: str) -> Named:
    """A region with the name that people read; its id where it does not exist."""
    gazetteer = knowledge.gazetteer
    return Named(id=region, name=full_name(gazetteer, region) if region in gazetteer else region)


def places(knowledge: Knowledge, spoken: Iterable[str]) -> tuple[Named, ...]:
    """Regions, the nation first, then by province; only those that exist."""
    known = dict.fromkeys([NATION, *spoken])
    found = [each for each in known if each in knowledge.gazetteer]
    found.sort(key=lambda each: tuple(reversed(knowledge.gazetteer.lineage(each))))
    return tuple(named(knowledge, each) for each in found)
