"""Whether an order to publish may be carried out, before anything is checked. Pure."""

from collections.abc import Iterable

from bot.desk.contents import Content, is_fact
from bot.desk.drafting import is_stale
from bot.desk.words import words
from bot.staff.editions import Checked, Draft, DraftState
from bot.staff.people import Person, Right, may
from bot.staff.releases import Order, Released, Verdict

MOST_NAMED = 3  # entries that a sentence names


def refusal(person: Person, order: Order, content: Content, drafts: dict[str, Draft]) -> Released | None:
    """Why an order is not carried out; None where nothing is in the way."""
    if not may(person, Right.PUBLISH) or (order.override.strip() and not may(person, Right.MANAGE)):
        return released(Verdict.REFUSED)
    if not order.drafts:
        return released(Verdict.NOTHING)
    changed = [key for key, version in order.drafts if key not in drafts or drafts[key].version != version]
    if changed:
        return released(Verdict.CHANGED, changed)
    chosen = [drafts[key] for key, _ in order.drafts]
    if unverified := [each.key for each in chosen if each.state is DraftState.UNVERIFIED]:
        return released(Verdict.UNVERIFIED, unverified)
    if stale := [each.key for each in chosen if is_stale(each, content.text(each.key))]:
        return released(Verdict.STALE, stale)
    if (own := needs_second(person, chosen)) and not order.override.strip():
        return released(Verdict.SECOND_PERSON, own)
    return None


def needs_second(person: Person, drafts: Iterable[Draft]) -> tuple[str, ...]:
    """The facts and notices of which somebody is an author."""
    return tuple(each.key for each in drafts if is_fact(each.file) and person.name in each.authors)


def findings(person: Person, order: Order, checked: Checked) -> Released | None:
    """Why what was checked is not published; None where it may be: nothing was found, or an admin has a reason."""
    is_overridden = order.override.strip() and may(person, Right.MANAGE) and checked.is_usable
    if not checked.findings or is_overridden:
        return None
    return released(Verdict.FINDINGS, checked=checked, count=len(checked.findings))


def released(
    verdict: Verdict, keys: Iterable[str] = (), *, checked: Checked | None = None, **values: object
) -> Released:
    """An outcome with its sentence."""
    found = tuple(keys)
    named = words("publishing", "comma").join(found[:MOST_NAMED])
    if len(found) > MOST_NAMED:
        named = words("publishing", "and_more", named=named, count=len(found))
    text = words("publishing", verdict.value, keys=named, **values)
    return Released(verdict=verdict, keys=found, checked=checked, text=text)
