"""The project's labelled questions, played on a content and kept beside what was learnt from it. Knows no draft."""

import datetime as dt
import os
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path

import msgspec

from bot.desk.building import build, place_of
from bot.evaluation import judge
from bot.mind import Mind
from bot.staff.editions import Said
from intents import evaluate
from intents.evaluate import Case, Outcome
from knowledge.model import Knowledge
from knowledge.region import NATION

WITHIN = dt.timedelta(days=4, hours=9)  # after the first day of the registration: when the labelled questions are asked
BEIJING = dt.timezone(dt.timedelta(hours=8))
PACKAGES = ("knowledge", "intents", "bot")
Texts = dict[str, str]


class Played(msgspec.Struct, frozen=True, array_like=True):
    """How a question went."""

    said: Said
    faults: tuple[str, ...]
    outcome: Outcome
    topics: tuple[str, ...] = ()
    """What it was about, where and for which exam."""
    region: str = ""
    exam: str = ""


def cases_of(folder: str) -> tuple[Case, ...]:
    """The questions of a folder; none where it is empty or not there."""
    files = sorted(Path(folder).glob("*.jsonl")) if folder else []
    return tuple(case for file in files for case in evaluate.read(file.read_text("utf-8")) if case.turns)


def moment_of(knowledge: Knowledge, otherwise: dt.datetime) -> dt.datetime:
    """When the questions are asked: during the nation's registration of the year that is told."""
    days = [
        row.start for row in knowledge.facts.windows if row.name == "submission" and row.region == NATION and row.start
    ]
    return dt.datetime.combine(min(days), dt.time(), BEIJING) + WITHIN if days else otherwise


def played(mind: Mind, cases: Sequence[Case], now: dt.datetime) -> list[Played]:
    """How each question goes."""
    results = (judge(mind, case, now) for case in cases)
    return [
        Played(
            said=Said(kind=each.kind, topic=each.topic, text=each.text),
            faults=each.faults,
            outcome=each.outcome,
            topics=each.topics,
            region=each.region,
            exam=each.exam,
        )
        for each in results
    ]


def played_before(texts: Texts, cache: Path, cases: Sequence[Case], now: dt.datetime) -> list[Played]:
    """How the questions go on published texts: as the check before their publication found, where that is still there."""
    file, key = place_of(texts, cache) / "played", _key(cases, now)
    try:
        kept, _, body = file.read_bytes().partition(b"\n")
        if kept == key:
            return msgspec.json.decode(body, type=list[Played])
    except (OSError, msgspec.DecodeError):
        pass
    found = played(build(texts, cache), cases, now)
    keep(texts, cache, cases, now, found)
    return found


def keep(texts: Texts, cache: Path, cases: Sequence[Case], now: dt.datetime, found: list[Played]) -> None:
    """Keep how the questions went on texts: once they are published, they are what the next check compares with."""
    file = place_of(texts, cache) / "played"
    new = file.with_name(f"played.{os.getpid()}")
    new.write_bytes(_key(cases, now) + b"\n" + msgspec.json.encode(found))
    new.replace(file)


def _key(cases: Sequence[Case], now: dt.datetime) -> bytes:
    """What changes with the questions, the moment and our own code."""
    found = blake2b(msgspec.json.encode((cases, now)), digest_size=16)
    root = Path(__file__).parents[2]
    for package in PACKAGES:
        for code in sorted((root / package).rglob("*.py")):
            found.update(code.read_bytes())
    return found.hexdigest().encode()
