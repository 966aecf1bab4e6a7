"""Reads the content folder (TOML) into one Knowledge value; what is wrong is said with file, entry and remedy."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from knowledge.fact import Contact, Fee, RegionList, Site, Sitting, Specialty, Window
from knowledge.model import Exam, Facts, Knowledge
from knowledge.notice import Notice
from knowledge.region import Gazetteer, RegionNames, load_table
from knowledge.status import StatusTable
from knowledge.topic import Topic

T = TypeVar("T")
N = TypeVar("N", Exam, Notice)
CONTENT = Path(__file__).parent / "content"


class ContentError(Exception):
    """The content cannot be read. Mend the named entry of the named file and run `kaoda knowledge check`."""

    def __init__(self, file: str, entry: str, problem: str, remedy: str) -> None:
        """Say where, what and what to do."""
        super().__init__(f"{file}: {entry}: {problem}\n  → {remedy}")


def read_toml(path: Path) -> dict[str, Any]:
    """A TOML file as plain values; ContentError where it cannot be parsed."""
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise ContentError(path.name, "file", "is missing", f"restore it at {path.parent}") from error
    except OSError as error:
        raise ContentError(
            path.name, "file", f"cannot be read ({error.strerror})", f"restore it in {path.parent}"
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ContentError(path.name, "file", str(error), "mend the TOML at that line (UTF-8)") from error


def convert(path: Path, value: object, kind: type[T]) -> T:
    """Plain values as a value type; ContentError that names the entry where a field is missing, unknown or of a wrong type."""
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        problem, _, entry = str(error).partition(" - at ")
        remedy = "compare it with the entries beside it: field names and types are in docs/content.md"
        raise ContentError(path.name, entry.strip("`") or "file", problem, remedy) from error


def _table(folder: Path, file: str, key: str, kind: type[T]) -> tuple[T, ...]:
    path = folder / file
    data = read_toml(path)
    if set(data) - {key}:
        extra = ", ".join(sorted(set(data) - {key}))
        raise ContentError(file, extra, "unknown table", f"this file holds [[{key}]] rows only")
    return convert(path, data.get(key, []), tuple[kind, ...])  # type: ignore[valid-type]  # a runtime type form


def load(folder: Path = CONTENT) -> Knowledge:
    """Everything that is known, from one content folder. Raises ContentError."""
    facts = folder / "facts"
    names = convert(folder / "regions.toml", read_toml(folder / "regions.toml"), RegionNames)
    phrases = convert(folder / "phrases.toml", read_toml(folder / "phrases.toml"), dict[str, str])
    topic_files = _files(folder / "topics")
    topics: dict[str, Topic] = {}
    for path in topic_files:
        for topic in _table(path.parent, path.name, "topic", Topic):
            if topic.id in topics:
                raise ContentError(path.name, topic.id, "this topic id stands twice", "rename or merge one of them")
            topics[topic.id] = topic
    notices = [(path.name, convert(path, read_toml(path), Notice)) for path in _files(folder / "notices")]
    exams = [("exams.toml", exam) for exam in _table(folder, "exams.toml", "exam", Exam)]
    return Knowledge(
        exams=_by_id(exams),
        notices=_by_id(notices),
        topics=topics,
        facts=Facts(
            windows=_table(facts, "windows.toml", "window", Window),
            fees=_table(facts, "fees.toml", "fee", Fee),
            sites=_table(facts, "sites.toml", "site", Site),
            specialties=_table(facts, "specialties.toml", "specialty", Specialty),
            lists=_table(facts, "lists.toml", "list", RegionList),
            sittings=_table(facts, "timetables.toml", "sitting", Sitting),
            contacts=_table(facts, "contacts.toml", "contact", Contact),
        ),
        gazetteer=_gazetteer(names, phrases),
        phrases=phrases,
        lexicon=_lexicon(folder),
        status=convert(folder / "status.toml", read_toml(folder / "status.toml"), StatusTable),
    )


def _files(folder: Path) -> list[Path]:
    found = sorted(folder.glob("*.toml"))
    if not found:
        raise ContentError(folder.name, "folder", "holds no TOML file", f"restore it at {folder.parent}")
    return found


def _by_id(values: Sequence[tuple[str, N]]) -> dict[str, N]:
    """The values by id; ContentError where an id stands twice."""
    found: dict[str, N] = {}
    for file, value in values:
        if value.id in found:
            raise ContentError(file, value.id, "this id stands twice", "rename or remove one of them")
        found[value.id] = value
    return found


def _gazetteer(names: RegionNames, phrases: Mapping[str, str]) -> Gazetteer:
    if "nation" not in phrases:
        raise ContentError("phrases.toml", "nation", "is missing", "write the name of the whole country there")
    try:
        return load_table(names, phrases["nation"])
    except KeyError as error:
        problem = f"names the region {error.args[0]!r}, which does not exist"
        raise ContentError("regions.toml", "addition or alias", problem, "correct the parent or region id") from error


def _lexicon(folder: Path) -> Mapping[str, Any]:
    return read_toml(folder / "lexicon.toml")
