"""Knowledge and the understanding built from it, as one immutable value that is swapped whole."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import msgspec

from intents.lexicon import lexicon
from intents.slots import Vocabulary
from intents.understand import Understander
from knowledge.content import CONTENT, ContentError, load
from knowledge.model import Knowledge, Scope
from knowledge.region import NATION
from knowledge.resolve import Resolution, resolve
from knowledge.status import Command
from knowledge.topic import Topic

SPECIALTIES = "{specialties}"  # placeholder of the rows of specialties
REMEMBERED = 16_384  # resolutions kept: some eighty scopes of two hundred topics
SHORTEST_SAID = 3  # characters; 内科 and 外科 alone mean many specialties


@dataclass(frozen=True, slots=True, kw_only=True)
class Mind:
    """What the dialogue thinks with."""

    knowledge: Knowledge
    understander: Understander
    resolve: Callable[[Topic, Scope], Resolution]
    """knowledge.resolve over this knowledge, remembered: few scopes are asked about most of the time."""
    titles: Mapping[str, str]
    """Title of a topic → its id: what tapping an option says."""
    specialty_topics: tuple[Topic, ...]
    """The topics that tell rows of specialties."""
    point_topics: frozenset[str]
    """The topics of registration points that have one of their own."""
    scope_words: re.Pattern[str]
    """What may stand beside a place or level without making it a question."""
    small_words: re.Pattern[str]
    """Aspects and function words: a text of nothing else leaves out what it is about."""
    clear_aspects: frozenset[str]
    """Aspects that say plainly what is asked: when, where, how much, who."""
    corrections: re.Pattern[str]
    """How a message begins that takes back what was said."""
    day_aspects: frozenset[str]
    """Aspects that ask for a day."""
    telling_aspects: frozenset[str]
    """Aspects that name their matter too: how much is about fees."""
    yearly_aspects: frozenset[str]
    """Aspects of what changes every year: days and fees."""
    phone_aspects: frozenset[str]
    """Aspects that ask for a phone number."""
    proxies: re.Pattern[str]
    """Words for somebody who acts in the asker's place."""
    others_state: re.Pattern[str]
    """Words for other people, and how a question about somebody else's registration is put."""
    agents: re.Pattern[str]
    """What follows such a word where that person only looks or helps."""
    mine: re.Pattern[str]
    """Words that say outright that one's own registration is asked about."""
    commands: tuple[tuple[re.Pattern[str], Command], ...]
    """What the whole of a message has to match, and what it asks for."""
    technicians: re.Pattern[str]
    doctors: re.Pattern[str]
    western: re.Pattern[str]
    nurses: re.Pattern[str]
    window_words: Mapping[str, re.Pattern[str]]
    """Window → the words by which a question speaks of it."""
    edition: int = 0
    """Which edition of the store it is made of; 0 where of a folder."""


def vocabulary(knowledge: Knowledge) -> Vocabulary:
    """The slot dictionaries that a knowledge gives."""
    words = lexicon(knowledge.lexicon)
    specialties: dict[str, list[int]] = defaultdict(list)
    exact: dict[str, list[int]] = defaultdict(list)
    for row in knowledge.facts.specialties:
        for name in {row.name, row.system_name}:
            exact[name.lower()].append(row.no)
        said = {*row.aliases, *_said(row.name, words.specialty_suffixes)}
        for alias in {*said, *_departments(said, words.specialty_suffixes)}:
            specialties[alias.lower()].append(row.no)
    deeds: dict[str, tuple[int, ...]] = {}
    for row in knowledge.facts.specialties:
        for deed in row.deeds:
            deeds[deed] = (*deeds.get(deed, ()), row.no)
    sites: dict[str, list[str]] = defaultdict(list)
    for site in knowledge.facts.sites:
        for name in site.aliases:
            sites[name].append(site.id)
    merged = {**specialties, **exact}
    wide = {region.name for region in knowledge.gazetteer if region.parent == NATION}
    wide |= {region.short for region in knowledge.gazetteer if region.parent == NATION}
    on_file = {knowledge.gazetteer[notice.region].short for notice in knowledge.notices.values()}
    return Vocabulary(
        lexicon=words,
        places=knowledge.gazetteer.names,
        specialties={name: tuple(numbers) for name, numbers in merged.items() if len(name) > 1},
        deeds=deeds,
        exact=frozenset(exact),
        codes={row.code: row.no for row in knowledge.facts.specialties},
        spelt={
            name: ids
            for name, ids in knowledge.gazetteer.names.items()
            if any(len(each) <= len("CN-5111") for each in ids)
        },
        spoken=tuple(sorted(wide | on_file | set(sites))),
        sites={name: tuple(ids) for name, ids in sites.items()},
        year=knowledge.year,
    )


def _said(name: str, suffixes: tuple[str, ...]) -> tuple[str, ...]:
    """How people shorten a specialty's name: 神经内科学, 神经内科, 神经内."""
    found = []
    for suffix in suffixes:
        name = name.removesuffix(suffix)
        found.append(name)
    return tuple(each for each in found if len(each) >= SHORTEST_SAID)


def _departments(names: Iterable[str], suffixes: tuple[str, ...]) -> tuple[str, ...]:
    """The names as departments are called: 输血, 输血科."""
    return tuple(name + suffixes[-1] for name in names if name[-1] not in {*"".join(suffixes), *"术理断疗"})


def think(knowledge: Knowledge, cache: Path) -> Mind:
    """A mind from knowledge; some seconds, or half of one where `cache` keeps what was learnt."""
    phrasings = {topic.id: (topic.title, *topic.phrasings) for topic in knowledge.topics.values()}
    words = lexicon(knowledge.lexicon)
    kept = (word for slot in words.slot if slot.keep for word in slot.words)
    return Mind(
        knowledge=knowledge,
        understander=Understander(phrasings, vocabulary(knowledge), cache),
        resolve=remembered(knowledge),
        titles={topic.title: topic.id for topic in knowledge.topics.values()},
        specialty_topics=tuple(
            topic for topic in knowledge.topics.values() if any(SPECIALTIES in each.text for each in topic.answer)
        ),
        point_topics=frozenset(site.topic for site in knowledge.facts.sites if site.topic),
        scope_words=any_of((*words.scope_words, *kept)),
        small_words=any_of((*words.function_words, *words.aspects)),
        clear_aspects=frozenset(words.clear_aspects),
        day_aspects=frozenset(words.day_aspects),
        telling_aspects=frozenset(words.telling_aspects),
        yearly_aspects=frozenset((*words.day_aspects, *words.telling_aspects)),
        phone_aspects=frozenset(words.phone_aspects),
        corrections=re.compile("|".join(words.corrections)),
        proxies=any_of(words.proxies),
        others_state=_pattern((*map(re.escape, sorted(words.others, key=len, reverse=True)), *knowledge.status.others)),
        agents=_pattern(knowledge.status.agents),
        mine=_pattern(knowledge.status.mine),
        commands=tuple((_pattern(each.patterns), each) for each in knowledge.status.command),
        technicians=re.compile(words.technicians),
        doctors=re.compile(words.doctors),
        western=re.compile(words.western),
        nurses=re.compile(words.nurses),
        window_words={name: re.compile(pattern) for name, pattern in words.window_words.items()},
    )


def remembered(knowledge: Knowledge) -> Callable[[Topic, Scope], Resolution]:
    """knowledge.resolve over a knowledge, with a memory."""

    @lru_cache(maxsize=REMEMBERED)
    def by_id(topic: str, scope: Scope) -> Resolution:
        return resolve(knowledge, knowledge.topics[topic], scope)

    return lambda topic, scope: by_id(topic.id, scope)


def _pattern(patterns: Iterable[str]) -> re.Pattern[str]:
    """Any of the patterns; for none of them what matches nothing."""
    return re.compile("|".join(patterns) or r"(?!)")


def any_of(words: Iterable[str]) -> re.Pattern[str]:
    """A pattern of any of the words, the longest first."""
    return re.compile("|".join(sorted(map(re.escape, words), key=len, reverse=True)))


def from_content(cache: Path, folder: Path = CONTENT) -> Mind:
    """A mind from a content folder. Raises knowledge.content.ContentError."""
    try:
        return think(load(folder), cache)
    except msgspec.ValidationError as error:
        problem, _, entry = str(error).partition(" - at ")
        remedy = "compare it with the entries beside it: the fields are in docs/content.md"
        raise ContentError("lexicon.toml", entry.strip("`") or "file", problem, remedy) from error
