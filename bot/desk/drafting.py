"""Drafts on top of published texts. Pure."""

from collections.abc import Iterable, Mapping

from bot.staff.editions import Draft
from knowledge import entries


def topic_of(draft: Draft) -> str:
    """The topic of an answer's draft; empty for other entries."""
    kind, _, rest = draft.key.partition(":")
    return rest.partition("/")[0] if kind == "answer" else ""


def with_drafts(texts: Mapping[str, str], drafts: Iterable[Draft]) -> dict[str, str]:
    """File → text as if the drafts were published. Raises knowledge.content.ContentError."""
    edits = [entries.Edit(key=each.key, file=each.file, text=each.text, topic=topic_of(each)) for each in drafts]
    return entries.apply(texts, edits)


def is_stale(draft: Draft, published: str) -> bool:
    """Whether something else was published since a draft was begun; blank lines after it make no difference."""
    return draft.before.rstrip() != published.rstrip()
