"""Who is asking about where: the region and exam of a question, from its words, the page and what is remembered. Pure."""

from dataclasses import dataclass

from bot.conversation import Conversation
from intents.slots import Place, Role, Slots
from knowledge.model import Knowledge
from knowledge.region import NATION

TWO = 2  # regions of one name, of which the one with a registration point on file is meant


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """The place of a question."""

    regions: tuple[str, ...] = ()
    """None if unknown; several if it is about each of them."""
    unclear: Place | None = None
    """A name that many places have, with nothing to tell which."""
    is_named: bool = False
    """Whether this text named it."""


def where(knowledge: Knowledge, slots: Slots, conversation: Conversation, page: str) -> Where:
    """The region named in the text, else the one that the page passes, else the one remembered; the latest wins."""
    is_new_page = bool(page) and page != conversation.page_region
    base = page if is_new_page or not conversation.region else conversation.region
    denied = {each for place in slots.places if place.role is Role.DENIED for each in place.ids}
    if any(knowledge.gazetteer.contains(each, base) for each in denied if base):
        base = ""
    named: list[str] = []
    unclear: Place | None = None
    for place in (each for each in slots.places if each.role is Role.PLACE):
        others = [p.ids[0] for p in slots.places if len(p.ids) == 1 and p is not place and p.role is Role.PLACE]
        anchors = [*named, *others] or [base]
        found = _one_of(knowledge, place, [each for each in anchors if each])
        if found is None:
            unclear = place
        elif found not in named and found not in denied:
            named.append(found)
    narrow = [each for each in named if not any(o != each and knowledge.gazetteer.contains(each, o) for o in named)]
    if len(narrow) == 1:
        meant = [
            each for each in conversation.unclear if each != NATION and knowledge.gazetteer.contains(narrow[0], each)
        ]
        narrow = meant if len(meant) == 1 else narrow
        if denied and conversation.region and knowledge.gazetteer.contains(narrow[0], conversation.region):
            narrow = [conversation.region]  # 不是新疆的，是乐山: the district spoken of before, now in the right city
    if narrow:
        return Where(regions=tuple(narrow), is_named=True)
    if unclear is not None:
        return Where(unclear=unclear, is_named=True)
    return Where(regions=(base,) if base else ())


def _one_of(knowledge: Knowledge, place: Place, anchors: list[str]) -> str | None:
    """The one region that a name means, given the other places that are known; None if that cannot be told."""
    contains = knowledge.gazetteer.contains
    ids = tuple(each for each in place.ids if each != NATION)
    near = [each for each in ids if any(contains(a, each) or contains(each, a) for a in anchors)]
    if len(near) == 1:
        return near[0]
    cities = {city for a in anchors if (city := knowledge.gazetteer[a].parent) not in ("", NATION)}
    beside = [each for each in ids if knowledge.gazetteer[each].parent in cities]
    if not near and len(beside) == 1:
        return beside[0]
    if NATION in place.ids:  # many places have that name, most of them unknown to us
        return None
    likely = tuple(near) or knowledge.gazetteer.prominent(ids, place.name)
    if len(likely) == TWO and not anchors:
        points = {site.region for site in knowledge.facts.sites}
        local = [each for each in likely if each in points]
        likely = tuple(local) if len(local) == 1 else likely
    if len(likely) == 1:
        return likely[0]
    provinces = {knowledge.gazetteer.province(each) for each in likely}
    return provinces.pop() if len(provinces) == 1 else None


def exam_of(knowledge: Knowledge, slots: Slots, conversation: Conversation, page: str, region: str) -> str:
    """The exam that is asked about; empty if unknown.

    A level that the remembered exam has too does not leave it (那中级呢, of 生殖健康教育技术), and a notice that lists
    specialties also covers the lower levels that their rows name.
    """
    remembered = knowledge.exams.get(conversation.exam)
    usual = next(iter(knowledge.exams))
    is_plain = not slots.is_titled and not slots.specialties
    if slots.exam == usual and remembered and slots.level in remembered.levels and is_plain:
        return remembered.id
    numbers = set(slots.specialties or (() if slots.is_titled else conversation.memory.specialties))
    rows = [row for row in knowledge.facts.specialties if row.no in numbers]
    listing = knowledge.clause(rows[0].source)[0] if rows else None
    if listing is None or not knowledge.gazetteer.contains(listing.region, region or NATION):
        return slots.exam or page or conversation.exam
    level = slots.level[:2]
    if slots.exam == usual and level and any(level in row.remark for row in rows):
        return next((row.exam for row in rows if row.exam), "") or listing.exams[0]
    is_only_there = bool(slots.specialties) and all(row.remark for row in rows)
    return slots.exam or page or conversation.exam or (listing.exams[0] if is_only_there else "")
