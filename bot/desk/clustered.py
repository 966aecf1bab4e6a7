"""The clusters of gaps on the running mind, remembered as long as mind, day and gaps are the same; and one of them now."""

import asyncio
from collections.abc import Callable, Sequence

from bot.desk.clustering import clusters
from bot.desk.effects import answered
from bot.mind import Mind
from bot.ports import Clock
from bot.responder import gap_reason
from bot.staff.gaps import Cluster, GapState, KeptGap, Now, Suggestion
from intents.understand import Understanding
from knowledge.model import beijing

MOST_SUGGESTED = 5


class Clusters:
    """Understanding a question costs a millisecond, and a list is opened, then one of it, then the list again."""

    def __init__(self, mind: Callable[[], Mind], clock: Clock) -> None:
        """`mind` gives the running one; the clock is what candidates are answered by."""
        self._mind, self._clock = mind, clock
        self._of_mind: Mind | None = None
        self._understood: dict[str, Understanding] = {}
        self._made: dict[GapState, tuple[object, tuple[Cluster, ...]]] = {}
        self._making = asyncio.Lock()

    async def of(self, state: GapState, rows: Sequence[KeptGap]) -> tuple[Cluster, ...]:
        """The clusters of some gaps of a state."""
        async with self._making:
            return await self._of_state(state, rows)

    async def _of_state(self, state: GapState, rows: Sequence[KeptGap]) -> tuple[Cluster, ...]:
        mind, today = self._mind(), beijing(self._clock())
        if mind is not self._of_mind:
            if self._of_mind is None or not _understand_alike(mind, self._of_mind):
                self._understood = {}
            self._of_mind = mind
            self._made.clear()
        key = today, tuple(row.id for row in rows)
        made = self._made.get(state)
        if made is None or made[0] != key:
            understood = self._understood

            def understand(text: str) -> Understanding:
                found = understood.get(text)
                if found is None:
                    found = understood[text] = mind.understander.understand(text)
                return found

            made = key, await asyncio.to_thread(clusters, mind, rows, understand, today)
            asked = {row.question for row in rows}
            # of those that are not looked at any more
            for gone in understood.keys() - asked if len(understood) > 2 * len(asked) else ():
                del understood[gone]
            self._made[state] = made
        return made[1]

    def now(self, gap: KeptGap) -> Now:
        """How a gap's question is answered by now."""
        mind = self._mind()
        decision = answered(mind, gap, self._clock())
        topic = mind.knowledge.topics.get(decision.topic)
        return Now(
            kind=decision.kind.value,
            text=decision.text,
            topic=decision.topic,
            title=topic.title if topic else "",
            confidence=decision.confidence,
            is_answered=not gap_reason(decision),
        )

    def suggested(self, question: str) -> tuple[Suggestion, ...]:
        """The topics that a question is nearest to."""
        mind = self._mind()
        found = mind.understander.understand(question).candidates if question else ()
        topics = mind.knowledge.topics
        return tuple(
            Suggestion(topic=each.topic, title=topics[each.topic].title, score=each.score, phrasing=each.phrasing)
            for each in found[:MOST_SUGGESTED]
        )


def _understand_alike(one: Mind, other: Mind) -> bool:
    """Whether two minds understand every text alike: mostly it is an answer or a fact that was published."""
    first, second = one.knowledge, other.knowledge
    same_words = first.lexicon == second.lexicon and first.gazetteer.names == second.gazetteer.names
    same_rows = first.facts.specialties == second.facts.specialties and first.facts.sites == second.facts.sites
    return same_words and same_rows and first.year == second.year and _phrasings(one) == _phrasings(other)


def _phrasings(mind: Mind) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(topic.id, topic.title, topic.phrasings) for topic in mind.knowledge.topics.values()]
