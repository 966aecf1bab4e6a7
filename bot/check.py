"""Every gate on content: those of knowledge.check, and those on phrasings, words and fixed sentences.

What a gate finds is a problem with file, entry and remedy; nothing is mended here.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from bot import sentences
from bot.mind import Mind, think
from intents.normalise import normalise
from intents.understand import Understander, Understanding
from knowledge import check, names
from knowledge.content import CONTENT, ContentError, load_texts, read_folder
from knowledge.model import Knowledge
from knowledge.problem import Content, Problem, look_texts, of_error

TIE = 1e-4  # scores this near are the same: a candidate's score is rounded to four digits
GROUPS = ("concept", "slot", "reason", "keyword")  # vocabularies whose entries are groups of words
LEXICON = "lexicon.toml"


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

    @property
    def understander(self) -> Understander:
        """What understands phrasings."""
        return self.mind.understander


Gate = Callable[[Subject], Iterator[Problem]]


def problems(folder: Path, cache: Path) -> list[Problem]:
    """What every gate finds in a content folder; `cache` is a folder for what is slow to make."""
    try:
        texts = read_folder(folder)
    except ContentError as error:
        return [of_error(error)]
    return problems_in(texts, cache, folder)


def problems_in(texts: Mapping[str, str], cache: Path, where: Path = CONTENT) -> list[Problem]:
    """What every gate finds in file → text; `where` is named where a file is missing."""
    try:
        content = look_texts(load_texts(texts, where), texts)
    except ContentError as error:
        return [of_error(error)]
    except KeyError as error:
        return [sentences.missing(str(error.args[0]), "content.py")]
    if wrong_names := names.problems(content):
        return wrong_names
    phrases, windows = content.knowledge.phrases, content.knowledge.facts.windows
    if wrong_sentences := list(sentences.problems(phrases, windows)):
        return wrong_sentences
    found = check.problems(content)
    try:
        mind = think(content.told, cache)
    except (msgspec.ValidationError, re.error) as error:
        return [
            *found,
            Problem(
                file=LEXICON,
                entry="file",
                problem=str(error),
                remedy="compare it with intents/lexicon.py, where every field has a sentence",
            ),
        ]
    subject = Subject(content=content, mind=mind, said=tuple(_said(mind)))
    found += [problem for gate in GATES for problem in gate(subject)]
    return found


def _said(mind: Mind) -> Iterator[Said]:
    for topic in mind.knowledge.topics.values():
        for phrasing in (topic.title, *topic.phrasings):
            yield Said(topic=topic.id, phrasing=phrasing, found=mind.understander.understand(phrasing))


# --- phrasings -----------------------------------------------------------------------------------------------------


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


# --- words ---------------------------------------------------------------------------------------------------------


def concepts(subject: Subject) -> Iterator[Problem]:
    """Every group of synonyms stands in a phrasing; aspects are such groups; no synonym cuts a filler."""
    texts = "\n".join(normalise(each.phrasing) for each in subject.said)
    for concept in subject.understander.lexicon.concept:
        first = concept.words[0]
        if not any(word in texts for word in concept.words):
            yield _dead(f"concept {first}", "no phrasing has any of its words", "delete it, or write phrasings with it")
    known = {concept.words[0] for concept in subject.understander.lexicon.concept}
    for aspect in subject.understander.lexicon.aspects:
        if aspect not in known:
            yield _dead(f"aspects {aspect}", "it is not the first word of a concept", "write the concept's first word")
    for filler in subject.understander.lexicon.fillers:
        if found := subject.understander.preparer.prepare(filler).concepts:
            yield _dead(f"filler {filler}", f"its part {found[0]} is taken first", "delete it, or the word in it")


def repeated(subject: Subject) -> Iterator[Problem]:
    """No word stands twice in a vocabulary: only one of its meanings would count."""
    lexicon = subject.understander.lexicon
    plain = {
        field: value
        for field in lexicon.__struct_fields__
        if isinstance(value := getattr(lexicon, field), tuple) and field not in GROUPS
    }
    words = {field: [word for group in getattr(lexicon, field) for word in group.words] for field in GROUPS}
    for field, entries in (plain | words).items():
        for word, count in Counter(entries).items():
            if count > 1:
                yield _dead(f"{field} {word}", f"it stands there {count} times", "keep it where it belongs")


def spelling(subject: Subject) -> Iterator[Problem]:
    """Words are written as normalised texts are, or no text has them."""
    lexicon = subject.understander.lexicon
    grouped = [word for field in GROUPS for group in getattr(lexicon, field) for word in group.words]
    for word in (*lexicon.fillers, *lexicon.others, *grouped):
        if normalise(word) != word:
            yield _dead(word, "no normalised text has it", f"write {normalise(word)}")


def slot_words(subject: Subject) -> Iterator[Problem]:
    """Every slot word fills a slot with something that exists."""
    knowledge, facts = subject.mind.knowledge, subject.content.knowledge.facts
    modes = {row.mode for row in facts.fees} | {row.mode for row in facts.sittings}
    exist = {
        "exam": set(knowledge.exams),
        "region": {each.id for each in knowledge.gazetteer},
        "mode": modes,
        "site": {site.id for site in facts.sites},
        "subject": {row.subject for row in facts.sittings},
    }
    for slot in subject.understander.lexicon.slot:
        entry = f"slot {slot.words[0]}"
        if not any(getattr(slot, field) for field in (*exist, "level", "paper", "other_exam")):
            yield _dead(entry, "it fills no slot", "give it an exam, level, mode, paper, subject, site or region")
        for field, known in exist.items():
            value = getattr(slot, field)
            if value and value not in known:
                yield _dead(entry, f"there is no {field} {value!r}", "write one that facts or exams.toml have")


def listed(subject: Subject) -> Iterator[Problem]:
    """No specialty that is called unlisted stands in the list."""
    lists = subject.content.knowledge.facts.specialties
    names = {name.lower() for row in lists for name in (row.name, row.system_name, *row.aliases)}
    for name in subject.understander.lexicon.unlisted:
        if name in names:
            yield _dead(f"unlisted {name}", "a row of facts/specialties.toml has that name", "delete it here")


def offers(subject: Subject) -> Iterator[Problem]:
    """Topics that keywords offer and that reasons lead to exist and can be told."""
    lexicon, topics = subject.understander.lexicon, subject.mind.knowledge.topics
    named = [(f"keyword {keyword.words[0]}", topic) for keyword in lexicon.keyword for topic in keyword.topics]
    named += [(f"window_topics {window}", topic) for window, topic in lexicon.window_topics.items()]
    named += [("starters", topic) for topic in lexicon.starters]
    named += [(f"reason {reason.words[0]}", reason.topic) for reason in lexicon.reason]
    for entry, topic in named:
        if topic not in topics or topics[topic].kind not in ("answer", "unknown"):
            yield _dead(entry, f"there is no topic {topic!r} to offer", "write a topic of kind answer or unknown")


def _dead(entry: str, problem: str, remedy: str) -> Problem:
    return Problem(file=LEXICON, entry=entry, problem=problem, remedy=remedy)


GATES: tuple[Gate, ...] = (stolen, duplicates, concepts, repeated, spelling, slot_words, listed, offers)
