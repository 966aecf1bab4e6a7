"""Reads content (TOML: a folder, or its texts) into one Knowledge value; what is wrong is said with file, entry and remedy."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from knowledge.fact import Contact, Fee, RegionList, Site, Sitting, Specialty, Window
from knowledge.model import Every, Exam, Facts, Knowledge
from knowledge.notice import Notice
from knowledge.region import Gazetteer, RegionNames, load_table
from knowledge.status import StatusTable
from knowledge.topic import Topic

T = TypeVar("T")
N = TypeVar("N", Exam, Notice)
CONTENT = Path(__file__).parent / "content"
FOLDERS = ("", "facts", "notices", "topics")  # of a content folder; what else lies there is not read
MEND = "mend the TOML at that line (UTF-8)"


class ContentError(Exception):
    """The content cannot be read. Mend the named entry of the named file and run `kaoda knowledge check`."""

    def __init__(self, file: str, entry: str, problem: str, remedy: str) -> None:
        """Say where, what and what to do."""
        super().__init__(f"{file}: {entry}: {problem}\n  → {remedy}")


def read_folder(folder: Path = CONTENT) -> dict[str, str]:
    """File → text of a content folder, by name, with every line ending as it stands; ContentError where one cannot be read."""
    found = {}
    for path in sorted(path for under in FOLDERS for path in (folder / under).glob("*.toml")):
        try:
            found[path.relative_to(folder).as_posix()] = path.read_bytes().decode()
        except OSError as error:
            raise ContentError(
                path.name, "file", f"cannot be read ({error.strerror})", f"restore it in {path.parent}"
            ) from error
        except UnicodeDecodeError as error:
            raise ContentError(path.name, "file", str(error), MEND) from error
    return found


def parse(file: str, text: str) -> dict[str, Any]:
    """A TOML text as plain values; ContentError where it cannot be parsed."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ContentError(Path(file).name, "file", str(error), MEND) from error


def convert(file: str, value: object, kind: type[T]) -> T:
    """Plain values as a value type; ContentError that names the entry where a field is missing, unknown or of a wrong type."""
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        problem, _, entry = str(error).partition(" - at ")
        remedy = "compare it with the entries beside it: field names and types are in docs/content.md"
        raise ContentError(Path(file).name, entry.strip("`") or "file", problem, remedy) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class _Texts:
    """The texts of a content folder, and where it is."""

    texts: Mapping[str, str]
    where: Path

    def values(self, file: str) -> dict[str, Any]:
        """A file as plain values."""
        if file not in self.texts:
            path = self.where / file
            raise ContentError(path.name, "file", "is missing", f"restore it at {path.parent}")
        return parse(file, self.texts[file])

    def table(self, file: str, key: str, kind: type[T]) -> tuple[T, ...]:
        """The rows of a file that holds them only."""
        return self.rows(file, self.values(file), key, kind)

    def rows(self, file: str, data: Mapping[str, Any], key: str, kind: type[T]) -> tuple[T, ...]:
        """The rows of plain values that hold them only."""
        if set(data) - {key}:
            extra = ", ".join(sorted(set(data) - {key}))
            raise ContentError(Path(file).name, extra, "unknown table", f"this file holds [[{key}]] rows only")
        return convert(file, data.get(key, []), tuple[kind, ...])  # type: ignore[valid-type]  # a runtime type form

    def within(self, folder: str) -> list[str]:
        """The files of a folder, by name."""
        found = sorted(file for file in self.texts if file.startswith(f"{folder}/"))
        if not found:
            raise ContentError(folder, "folder", "holds no TOML file", f"restore it at {self.where}")
        return found


def load(folder: Path = CONTENT) -> Knowledge:
    """Everything that is known, from one content folder. Raises ContentError."""
    return load_texts(read_folder(folder), folder)


def load_texts(given: Mapping[str, str], where: Path = CONTENT) -> Knowledge:
    """Everything that is known, from file → text; `where` is named where a file is missing. Raises ContentError."""
    content = _Texts(texts=given, where=where)
    names = convert("regions.toml", content.values("regions.toml"), RegionNames)
    phrases = convert("phrases.toml", content.values("phrases.toml"), dict[str, str])
    year, exams = _exams(content)
    notices = [(Path(file).name, convert(file, content.values(file), Notice)) for file in content.within("notices")]
    every = Every(topics=_topics(content), facts=_facts(content))
    return Knowledge(
        year=year,
        exams=_by_id(exams),
        notices=_by_id(notices),
        topics=every.topics,
        facts=every.facts,
        every=every,
        gazetteer=_gazetteer(names, phrases),
        phrases=phrases,
        lexicon=content.values("lexicon.toml"),
        status=convert("status.toml", content.values("status.toml"), StatusTable),
    ).in_year(year)


def _exams(content: _Texts) -> tuple[int, list[tuple[str, Exam]]]:
    """The year that is told, and the exams with their file."""
    file = "exams.toml"
    data = content.values(file)
    if "year" not in data:
        remedy = "write year = 2024 above the first [[exam]]: the year whose answers and facts are told"
        raise ContentError(file, "year", "is missing", remedy)
    year = convert(file, data.pop("year"), int)
    return year, [(file, exam) for exam in content.rows(file, data, "exam", Exam)]


def _facts(content: _Texts) -> Facts:
    return Facts(
        windows=content.table("facts/windows.toml", "window", Window),
        fees=content.table("facts/fees.toml", "fee", Fee),
        sites=content.table("facts/sites.toml", "site", Site),
        specialties=content.table("facts/specialties.toml", "specialty", Specialty),
        lists=content.table("facts/lists.toml", "list", RegionList),
        sittings=content.table("facts/timetables.toml", "sitting", Sitting),
        contacts=content.table("facts/contacts.toml", "contact", Contact),
    )


def _topics(content: _Texts) -> dict[str, Topic]:
    topics: dict[str, Topic] = {}
    for file in content.within("topics"):
        for topic in content.table(file, "topic", Topic):
            if topic.id in topics:
                name = Path(file).name
                raise ContentError(name, topic.id, "this topic id stands twice", "rename or merge one of them")
            topics[topic.id] = topic
    return topics


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
