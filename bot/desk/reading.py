"""Whether a text is one entry that can be read: as TOML, and as the values that its kind has. Pure."""

from typing import Any

import msgspec

from bot.desk.findings import of_content, of_problem
from bot.staff.editions import Finding
from intents.lexicon import Lexicon
from knowledge import entries
from knowledge.content import ContentError, convert
from knowledge.fact import Contact, Fee, RegionList, Site, Sitting, Specialty, Window
from knowledge.model import Exam
from knowledge.notice import Notice
from knowledge.problem import Problem
from knowledge.region import RegionNames
from knowledge.status import StatusTable
from knowledge.topic import Answer, Topic

SHAPES: dict[str, Any] = {
    "answer": Answer,
    "contact": Contact,
    "exam": Exam,
    "fee": Fee,
    "list": RegionList,
    "notice": Notice,
    "site": Site,
    "sitting": Sitting,
    "specialty": Specialty,
    "topic": Topic,
    "window": Window,
    "file:lexicon.toml": Lexicon,
    "file:phrases.toml": dict[str, str],
    "file:regions.toml": RegionNames,
    "file:status.toml": StatusTable,
}


def read(file: str, text: str, topic: str) -> tuple[entries.Entry | None, tuple[Finding, ...]]:
    """The entry, or why it is none, in Chinese."""
    try:
        entry = entries.read(file, text, topic)
        shape = SHAPES.get(entry.key) or SHAPES.get(entry.kind)
        if shape is not None:
            convert(file, dict(entry.fields), shape)
    except ContentError as error:
        return None, (of_content(error),)
    except entries.NotOneEntryError as error:
        problem = Problem(file=file, entry="", problem=f"{error.count} entries in one text", remedy="")
        return None, (of_problem(problem),)
    except (KeyError, IndexError, TypeError, msgspec.ValidationError) as error:
        return None, (of_problem(Problem(file=file, entry="", problem=f"no entry of this file: {error}", remedy="")),)
    return entry, ()
