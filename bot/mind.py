"""Knowledge and the understanding built from it, as one immutable value that is swapped whole."""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from intents.lexicon import lexicon
from intents.slots import Vocabulary
from intents.understand import Understander
from knowledge.content import CONTENT, load
from knowledge.model import Knowledge
from knowledge.region import NATION


SHORTEST_SAID = 3  # characters; 内科 and 外科 alone mean many specialties


@dataclass(frozen=True, slots=True, kw_only=True)
class Mind:
    """What the dialogue thinks with."""

    knowledge: Knowledge
    understander: Understander


def vocabulary(knowledge: Knowledge) -> Vocabulary:
    """The slot dictionaries that a knowledge gives."""
    specialties: dict[str, list[int]] = defaultdict(list)
    exact: dict[str, list[int]] = defaultdict(list)
    for row in knowledge.facts.specialties:
        for name in {row.name, row.system_name}:
            exact[name.lower()].append(row.no)
        for alias in {*row.aliases, *_said(row.name)}:
            specialties[alias.lower()].append(row.no)
    sites: dict[str, list[str]] = defaultdict(list)
    for site in knowledge.facts.sites:
        for name in site.aliases:
            sites[name].append(site.id)
    merged = {**specialties, **exact}
    wide = {region.name for region in knowledge.gazetteer if region.parent == NATION}
    wide |= {region.short for region in knowledge.gazetteer if region.parent == NATION}
    on_file = {knowledge.gazetteer[notice.region].short for notice in knowledge.notices.values()}
    return Vocabulary(
        lexicon=lexicon(knowledge.lexicon),
        places=knowledge.gazetteer.names,
        specialties={name: tuple(numbers) for name, numbers in merged.items() if len(name) > 1},
        exact=frozenset(exact),
        codes={row.code: row.no for row in knowledge.facts.specialties},
        spelt={name: ids for name, ids in knowledge.gazetteer.names.items()
               if any(len(each) <= len("CN-5111") for each in ids)},
        spoken=tuple(wide | on_file | set(sites)),
        sites={name: tuple(ids) for name, ids in sites.items()},
        year=knowledge.year,
    )


def _said(name: str) -> tuple[str, ...]:
    """How people shorten a specialty's name: without 学, and 神经内科 also without 科."""
    short = name.removesuffix("学")
    shorter = short.removesuffix("科")
    return tuple(each for each in (short, shorter) if len(each) >= SHORTEST_SAID and each != name)


def think(knowledge: Knowledge, cache: Path | None = None) -> Mind:
    """A mind from knowledge; about a second, most of it the tokenizer's dictionary."""
    phrasings = {topic.id: (topic.title, *topic.phrasings) for topic in knowledge.topics.values()}
    return Mind(knowledge=knowledge, understander=Understander(phrasings, vocabulary(knowledge), cache))


def from_content(folder: Path = CONTENT, cache: Path | None = None) -> Mind:
    """A mind from a content folder. Raises knowledge.content.ContentError."""
    return think(load(folder), cache)
