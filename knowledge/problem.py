"""A problem that an author has to mend, and content with the files that its entries stand in. Knows no gate."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from knowledge.content import ContentError, parse, read_folder
from knowledge.fact import Contact, Fee, RegionList, Site, Sitting, Specialty, Window
from knowledge.model import Knowledge
from knowledge.notice import Clause, Notice
from knowledge.topic import Answer, Topic

FILES: Mapping[type, str] = {
    Window: "windows.toml",
    Fee: "fees.toml",
    Site: "sites.toml",
    RegionList: "lists.toml",
    Sitting: "timetables.toml",
    Contact: "contacts.toml",
    Specialty: "specialties.toml",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something that an author has to mend."""

    file: str
    entry: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        """As a ContentError is written."""
        return f"{self.file}: {self.entry}: {self.problem}\n  → {self.remedy}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A knowledge, and the files that its topics and notices stand in."""

    knowledge: Knowledge
    """With the answers and rows of every year; `told` gives it as people are told it."""
    topic_files: Mapping[str, str]
    notice_files: Mapping[str, str]

    @property
    def told(self) -> Knowledge:
        """The knowledge with the answers and rows of its year alone."""
        return self.knowledge.in_year(self.knowledge.year)

    def answers(self) -> Iterator[tuple[Topic, Answer, str, str]]:
        """Every answer with its topic, file and entry."""
        for topic in self.knowledge.topics.values():
            for answer in topic.answer:
                yield topic, answer, self.topic_files[topic.id], f"{topic.id} in {answer.region}"

    def clauses(self) -> Iterator[tuple[Notice, Clause, str, str]]:
        """Every clause with its notice, file and entry."""
        for notice in self.knowledge.notices.values():
            for clause in notice.clause:
                yield notice, clause, self.notice_files[notice.id], f"clause {clause.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """A clause as an answer or a fact cites it; region and exams are empty where the citing row has none."""

    file: str
    entry: str
    clause: str
    quote: str
    year: int
    region: str = ""
    exams: tuple[str, ...] = ()


Gate = Callable[[Content], Iterator[Problem]]


def of_error(error: ContentError) -> Problem:
    """A problem of content that cannot even be read."""
    where, _, remedy = str(error).rpartition("\n  → ")
    file, entry, problem = where.split(": ", 2)
    return Problem(file=file, entry=entry, problem=problem, remedy=remedy)


def look(knowledge: Knowledge, folder: Path) -> Content:
    """The knowledge with the files of its folder."""
    return look_texts(knowledge, read_folder(folder))


def look_texts(knowledge: Knowledge, texts: Mapping[str, str]) -> Content:
    """The knowledge, of every year, with the files that it was made from."""
    return Content(
        knowledge=knowledge.whole(), topic_files=_files(texts, "topics"), notice_files=_files(texts, "notices")
    )


def _files(texts: Mapping[str, str], folder: str) -> dict[str, str]:
    """Topic and notice ids → the names of their files."""
    found: dict[str, str] = {}
    for file in sorted(file for file in texts if file.startswith(f"{folder}/")):
        data = parse(file, texts[file])
        found |= {entry["id"]: Path(file).name for entry in data.get("topic", [data] if "id" in data else [])}
    return found


def entry_of(row: object) -> str:
    """How a fact row is named in a problem: 301 护理学, payment in CN-31."""
    if isinstance(row, Specialty):
        return f"{row.no} {row.name}"
    if isinstance(row, Sitting):
        return f"{row.paper} {row.subject} in {row.region}"
    if isinstance(row, Fee):
        return " ".join([*row.levels, row.mode, "in", row.region]).replace("  ", " ")
    name = getattr(row, "id", "") or getattr(row, "name", "")
    return f"{name} in {row.region}" if isinstance(row, Window | Contact) else str(name)


def citations(content: Content) -> Iterator[Cited]:
    """Every clause that an answer or a fact cites."""
    for _, answer, file, entry in content.answers():
        for source in answer.sources:
            yield Cited(
                file=file,
                entry=entry,
                clause=source.clause,
                quote=source.quote,
                year=answer.year,
                region=answer.region,
                exams=answer.exams,
            )
    facts = content.knowledge.facts
    for row in (*facts.windows, *facts.fees, *facts.sites, *facts.sittings, *facts.contacts):
        yield Cited(
            file=FILES[type(row)],
            entry=entry_of(row),
            clause=row.source,
            quote=row.quote,
            year=row.year,
            region=row.region,
            exams=row.exams,
        )
    for each in facts.lists:
        yield Cited(
            file=FILES[RegionList],
            entry=entry_of(each),
            clause=each.source,
            quote=each.quote,
            year=each.year,
            exams=each.exams,
        )
