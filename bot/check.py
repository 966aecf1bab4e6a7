"""Every gate on content: those of knowledge.check, and those on phrasings, words and fixed sentences.

What a gate finds is a problem with file, entry and remedy; nothing is mended here.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import msgspec

from bot import phrasings, sentences
from bot.mind import think
from bot.phrasings import Gate, Subject
from intents.kept import write
from intents.normalise import normalise
from knowledge import check, names
from knowledge.content import CONTENT, ContentError, load_texts, read_folder
from knowledge.problem import Problem, look_texts, of_error

GROUPS = ("concept", "slot", "reason", "keyword")  # vocabularies whose entries are groups of words
LEXICON = "lexicon.toml"


def problems(folder: Path, cache: Path) -> list[Problem]:
    """What every gate finds in a content folder; `cache` is a folder for what is slow to make."""
    try:
        texts = read_folder(folder)
    except ContentError as error:
        return [of_error(error)]
    return examine(texts, cache, folder).problems


class Examined(NamedTuple):
    """What the gates found in a content."""

    problems: list[Problem]
    is_usable: bool = True
    """Whether it can be answered with at all: it can be read, and nothing that is looked up by name is missing."""


def examine(texts: Mapping[str, str], cache: Path, where: Path = CONTENT, passed: Path | None = None) -> Examined:
    """What every gate finds in file → text; `where` is named where a file is missing.

    `passed` is a folder that remembers which phrasings have passed: they are understood again only where that may differ.
    """
    try:
        content = look_texts(load_texts(texts, where), texts)
    except ContentError as error:
        return Examined([of_error(error)], is_usable=False)
    except KeyError as error:
        return Examined([sentences.missing(str(error.args[0]), "content.py")], is_usable=False)
    if wrong_names := names.problems(content):
        return Examined(wrong_names, is_usable=False)
    phrases, windows = content.knowledge.phrases, content.knowledge.facts.windows
    if wrong_sentences := list(sentences.problems(phrases, windows)):
        return Examined(wrong_sentences, is_usable=False)
    found = check.problems(content)
    try:
        mind = think(content.told, cache)
    except (msgspec.ValidationError, re.error) as error:
        remedy = "compare it with intents/lexicon.py, where every field has a sentence"
        unread = Problem(file=LEXICON, entry="file", problem=str(error), remedy=remedy)
        return Examined([*found, unread], is_usable=False)
    subject = Subject(content=content, mind=mind, said=())
    found += [problem for gate in GATES for problem in gate(subject)]
    mark = passed / phrasings.understood(mind) if passed else None
    if mark is None or not mark.exists():
        wrong = [
            problem for gate in PHRASING_GATES for problem in gate(replace(subject, said=tuple(phrasings.said(mind))))
        ]
        found += wrong
        if mark is not None and not wrong:
            write(mark, b"")
    return Examined(found)


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


PHRASING_GATES: tuple[Gate, ...] = (*phrasings.GATES, concepts)
GATES: tuple[Gate, ...] = (repeated, spelling, slot_words, listed, offers)
