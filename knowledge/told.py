"""Every answer in every scope that it can be told in: what gates on telling go through. Knows no gate."""

from collections.abc import Iterator

from knowledge.model import Knowledge, Scope
from knowledge.problem import Content
from knowledge.region import NATION
from knowledge.resolve import Found, resolve
from knowledge.topic import Topic


def told(content: Content) -> Iterator[tuple[Topic, Found]]:
    """The answers of the year that is told, each as it is found in every scope that may make a difference."""
    knowledge, scopes = content.told, _scopes(content.knowledge)
    for topic in knowledge.topics.values():
        for scope in scopes:
            found = resolve(knowledge, topic, scope)
            if isinstance(found, Found):
                yield topic, found


def _scopes(knowledge: Knowledge) -> list[Scope]:
    """Exams by regions: unknown, every province, and whatever content speaks of."""
    facts = knowledge.facts
    places: dict[str | None, None] = dict.fromkeys([None, NATION])
    places |= dict.fromkeys(region.id for region in knowledge.gazetteer if region.parent == NATION)
    places |= dict.fromkeys(answer.region for topic in knowledge.topics.values() for answer in topic.answer)
    places |= dict.fromkeys(row.region for row in (*facts.sites, *facts.windows))
    places |= dict.fromkeys(notice.region for notice in knowledge.notices.values())
    return [Scope(exam=exam, region=place) for exam in knowledge.exams for place in places]
