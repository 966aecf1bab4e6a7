"""The gates on phrasings: each is won by its own topic, and no two topics have the same. Slow: every phrasing is understood."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.mind import Mind, vocabulary
from intents.kept import digest
from intents.understand import Understander, Understanding
from knowledge.model import Knowledge
from knowledge.problem import Content, Problem

TIE = 1e-4  # scores this near are the same: a candidate's score is rounded to four digits


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A phrasing or title, as it is understood."""

    topic: str
    phrasing: str
    found: Understanding


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What the gates look at."""

    content: Content
    mind: Mind
    said: tuple[Said, ...]
    """Empty for the gates that look at words alone."""

    @property
    def understander(self) -> Understander:
        """What understands phrasings."""
        return self.mind.understander


Gate = Callable[[Subject], Iterator[Problem]]


def understood(mind: Mind) -> str:
    """The same where every phrasing is understood the same and is of the same exams."""
    topics = [
        (topic.id, topic.title, topic.phrasings, [each.exams for each in topic.answer])
        for topic in mind.knowledge.topics.values()
    ]
    code = Path(__file__).read_bytes()
    return digest((code, topics, vocabulary(mind.knowledge))).hex()


def said(mind: Mind) -> Iterator[Said]:
    """Every phrasing and title as it is understood."""
    for topic in mind.knowledge.topics.values():
        for phrasing in (topic.title, *topic.phrasings):
            yield Said(topic=topic.id, phrasing=phrasing, found=mind.understander.understand(phrasing))


def stolen(subject: Subject) -> Iterator[Problem]:
    """Every phrasing and title, ranked against all topics, is won by its own."""
    for each in subject.said:
        file = subject.content.topic_files[each.topic]
        rivals = [
            c
            for c in each.found.candidates
            if c.topic == each.topic or _can_mean(subject.mind.knowledge, c.topic, each.found)
        ]
        if not rivals:
            yield Problem(
                file=file,
                entry=each.topic,
                problem=f"nothing is left of “{each.phrasing}” to match",
                remedy="delete it, or say in words what is asked of the place, exam or specialty",
            )
            continue
        best = rivals[0]
        own = next((c.score for c in rivals if c.topic == each.topic), 0.0)
        if own < best.score - TIE:
            yield Problem(
                file=file,
                entry=each.topic,
                problem=f"“{each.phrasing}” is won by {best.topic} with “{best.phrasing}”",
                remedy=f"reword it, delete it, or move it to {best.topic}",
            )


def duplicates(subject: Subject) -> Iterator[Problem]:
    """No two topics have a phrasing that is the same when slots, fillers and synonyms are taken out."""
    groups: dict[str, list[Said]] = defaultdict(list)
    for each in subject.said:
        groups[each.found.rest.replace(" ", "")].append(each)
    for rest, group in groups.items():
        told: set[str] = set()
        for number, each in enumerate(group):
            others = (other for other in group[:number] if other.topic != each.topic)
            other = next((other for other in others if not _are_apart(subject.mind.knowledge, other, each)), None)
            if rest and other and each.topic not in told:
                told.add(each.topic)
                yield Problem(
                    file=subject.content.topic_files[each.topic],
                    entry=each.topic,
                    problem=f"“{each.phrasing}” is the same as “{other.phrasing}” of {other.topic}",
                    remedy="keep it in the topic that answers it, and delete or reword the other",
                )


def _are_apart(knowledge: Knowledge, one: Said, other: Said) -> bool:
    """Whether each names an exam that the other's topic does not answer: then the exam chooses the topic."""
    return not _can_mean(knowledge, other.topic, one.found) and not _can_mean(knowledge, one.topic, other.found)


def _can_mean(knowledge: Knowledge, topic: str, found: Understanding) -> bool:
    """Whether a text of that exam may be about a topic: the dialogue holds back topics of other exams."""
    answers = knowledge.every.topics[topic].answer
    return not found.slots.exam or not answers or any(found.slots.exam in answer.exams for answer in answers)


GATES: tuple[Gate, ...] = (stolen, duplicates)
