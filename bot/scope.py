"""Who is asking about where: the region and exam of a question, from its words, the page and what is remembered. Pure."""

from dataclasses import dataclass

from bot.conversation import Conversation
from intents.slots import Place, Role, Slots
from knowledge.model import Knowledge
from knowledge.region import NATION


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
        anchors = [*named, *(p.ids[0] for p in slots.places if len(p.ids) == 1 and p is not place), base]
        found = _one_of(knowledge, place.ids, [each for each in anchors if each])
        if found is None:
            unclear = place
        elif found not in named:
            named.append(found)
    narrow = [each for each in named if not any(o != each and knowledge.gazetteer.contains(each, o) for o in named)]
    if len(narrow) == 1:
        meant = [
            each for each in conversation.unclear if each != NATION and knowledge.gazetteer.contains(narrow[0], each)
        ]
        narrow = meant if len(meant) == 1 else narrow
    if narrow:
        if base and base == page and len(narrow) == 1 and knowledge.gazetteer.contains(narrow[0], base):
            narrow = [base]
        return Where(regions=tuple(narrow), is_named=True)
    if unclear is not None:
        return Where(unclear=unclear, is_named=True)
    return Where(regions=(base,) if base else ())


def _one_of(knowledge: Knowledge, ids: tuple[str, ...], anchors: list[str]) -> str | None:
    """The one region that a name means, given the other places that are known; None if that cannot be told."""
    if len(ids) == 1:
        return ids[0]
    contains = knowledge.gazetteer.contains
    if len(ids) == 2 and NATION not in ids:
        on_file = {site.region for site in knowledge.facts.sites} | {n.region for n in knowledge.notices.values()}
        local = [each for each in ids if any(node in on_file for node in knowledge.gazetteer.lineage(each)[:-1])]
        ids = tuple(local) if len(local) == 1 and not anchors else ids
        if len(ids) == 1:
            return ids[0]
    near = [each for each in ids if each != NATION and any(contains(a, each) or contains(each, a) for a in anchors)]
    if len(near) == 1:
        return near[0]
    wider = [knowledge.gazetteer.province(each) for each in near or ids]
    return wider[0] if len(set(wider)) == 1 and wider[0] != NATION else None


def exam_of(knowledge: Knowledge, slots: Slots, conversation: Conversation, page: str, region: str) -> str:
    """The exam that is asked about; empty if unknown. A senior notice also covers the lower levels that it lists itself."""
    level = slots.level[:2]
    numbers = slots.specialties or conversation.memory.specialties
    covers = knowledge.gazetteer.contains("CN-33", region or NATION)
    covered = {row.no for row in knowledge.facts.specialties if level and level in row.remark and covers} & set(numbers)
    if slots.exam == "health" and conversation.exam == "reproductive" and not slots.specialties:
        return "reproductive"
    if covered and slots.exam == "health":
        return "senior"
    known = slots.exam or page or conversation.exam
    return known or ("senior" if covers and slots.specialties else "")
