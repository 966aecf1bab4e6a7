"""The journal for staff: lines are looked for, and decided again with the edition of then or with another."""

from collections.abc import Callable

import msgspec

from bot.answered import body_of
from bot.conversation import decode
from bot.desk.minds import Minds
from bot.desk.replay import again
from bot.desk.typed import regions_named
from bot.journalling import Before, Journalling
from bot.messages import Named
from bot.mind import Mind
from bot.sealing import BrokenSeal
from bot.staff.journal import JournalStore, Line, Outcome, Replayed, Sought
from knowledge.region import full_name


class Journal:
    """Fulfils bot.staff.journal.Journal."""

    def __init__(
        self,
        *,
        store: JournalStore,
        journalling: Journalling,
        minds: Minds,
        mind: Callable[[], Mind],
        public_url: str = "",
    ) -> None:
        """`mind` gives the running one; `public_url` is under which pages were linked."""
        self._store, self._journalling, self._minds = store, journalling, minds
        self._mind, self._public_url = mind, public_url

    async def lines(self, sought: Sought) -> tuple[Line, ...]:
        """The newest first; a region by id or name. Raises StoreError."""
        if not sought.region:
            return await self._store.lines(sought)
        found = regions_named(sought.region, self._mind().knowledge)
        if len(found) != 1:
            return ()
        return await self._store.lines(msgspec.structs.replace(sought, region=found[0]))

    async def line(self, number: int) -> Line | None:
        """One of them. Raises StoreError."""
        return await self._store.line(number)

    async def replay(self, number: int, edition: int = 0) -> Replayed | None:
        """Decide it again at its moment. Raises StoreError, and ContentError where an old edition cannot be read any more."""
        line = await self._store.line(number)
        if line is None:
            return None
        wanted = edition or line.edition
        if line.reply is None:
            return Replayed(line=line, edition=wanted, outcome=Outcome.OWN_STATE)
        try:
            before = self._journalling.before(line.before, line.who, line.reply_id)
        except BrokenSeal:
            return Replayed(line=line, edition=wanted, outcome=Outcome.UNREADABLE)
        mind = await self._minds.of(wanted)
        if mind is None:
            return Replayed(line=line, edition=wanted, outcome=Outcome.NO_EDITION)
        said = again(mind, line, before, line.at, self._public_url)
        outcome = Outcome.SAME if body_of(said) == body_of(line.reply) else Outcome.DIFFERENT
        return Replayed(line=line, edition=wanted, outcome=outcome, said=said, before=self._known(before))

    def topic(self, topic: str) -> str:
        """A topic's title."""
        topics = self._mind().knowledge.topics
        return topics[topic].title if topic in topics else topic

    def region(self, region: str) -> str:
        """A region as people read it."""
        gazetteer = self._mind().knowledge.gazetteer
        return full_name(gazetteer, region) if region in gazetteer else region

    def topics(self) -> tuple[Named, ...]:
        """All topics, by title."""
        found = (Named(id=each.id, name=each.title) for each in self._mind().knowledge.topics.values())
        return tuple(sorted(found, key=lambda each: each.name))

    def _known(self, before: Before) -> tuple[tuple[str, str], ...]:
        """What a conversation knew, without what was empty."""
        known, kept = self._mind().knowledge, decode(before.conversation)
        exam = known.exams.get(kept.exam or before.exam)
        found = {
            "region": self.region(kept.region) if kept.region else "",
            "page_region": self.region(before.region) if before.region else "",
            "exam": exam.short if exam else "",
            "topics": known.phrases["comma"].join(self.topic(each) for each in kept.topics),
            "asked": kept.asked.value,
        }
        return tuple((name, value) for name, value in found.items() if value)
