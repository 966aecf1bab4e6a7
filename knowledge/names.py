"""Gates on names: every clause, region, exam, topic, stage, window and list that content refers to exists."""

from collections.abc import Iterator

from knowledge.fact import Fee, RegionList, Site, Specialty, Stage, Window
from knowledge.problem import FILES, Content, Gate, Problem, citations, entry_of
from knowledge.region import NATION

Named = tuple[str, str, tuple[str, ...]]
"""File, entry, and the ids that the entry names."""


def problems(content: Content) -> list[Problem]:
    """What every gate on names finds."""
    return [problem for gate in GATES for problem in gate(content)]


def references(content: Content) -> Iterator[Problem]:
    """Every clause that is cited exists."""
    specialties = ((FILES[Specialty], entry_of(row), row.source) for row in content.knowledge.facts.specialties)
    cited = ((each.file, each.entry, each.clause) for each in citations(content))
    for file, entry, reference in (*cited, *specialties):
        try:
            content.knowledge.clause(reference)
        except KeyError:
            yield Problem(
                file=file,
                entry=entry,
                problem=f"there is no clause {reference!r}",
                remedy="cite it as notice#clause, with the ids of notices/*.toml",
            )


def regions(content: Content) -> Iterator[Problem]:
    """Every region that answers, facts, lists, notices and names speak of exists."""
    gazetteer, facts = content.knowledge.gazetteer, content.knowledge.facts
    named: list[Named] = [(file, entry, (answer.region,)) for _, answer, file, entry in content.answers()]
    rows = (*facts.windows, *facts.fees, *facts.sites, *facts.sittings, *facts.contacts)
    named += [(FILES[type(row)], entry_of(row), (row.region,)) for row in rows]
    named += [(FILES[RegionList], row.name, (*row.regions, *row.exceptions)) for row in facts.lists]
    named += [(content.notice_files[each.id], "region", (each.region,)) for each in content.knowledge.notices.values()]
    named += [("regions.toml", name, ids) for name, ids in gazetteer.names.items()]
    named += [("regions.toml", each.id, (each.parent,)) for each in gazetteer if each.parent]
    for file, entry, ids in named:
        for missing in sorted(set(ids) - {each for each in ids if each in gazetteer}):
            yield Problem(
                file=file,
                entry=entry,
                problem=f"there is no region {missing!r}",
                remedy="write CN, or CN- and its GB/T 2260 code without trailing 00, or add it to regions",
            )


def exams(content: Content) -> Iterator[Problem]:
    """Every exam that answers, facts and notices speak of exists, and each of them speaks of one."""
    knowledge, facts = content.knowledge, content.knowledge.facts
    named: list[Named] = [(file, entry, answer.exams) for _, answer, file, entry in content.answers()]
    rows = (*facts.windows, *facts.fees, *facts.sites, *facts.sittings, *facts.contacts)
    named += [(FILES[type(row)], entry_of(row), row.exams) for row in rows]
    named += [(FILES[RegionList], row.name, row.exams) for row in facts.lists]
    named += [(FILES[Specialty], entry_of(row), (row.exam,)) for row in facts.specialties if row.exam]
    named += [(content.notice_files[each.id], "exams", each.exams) for each in knowledge.notices.values()]
    for file, entry, ids in named:
        for missing in sorted(set(ids) - set(knowledge.exams)) if ids else ("",):
            yield Problem(
                file=file,
                entry=entry,
                problem=f"there is no exam {missing!r}",
                remedy=f"write ids of exams.toml: {', '.join(knowledge.exams)}",
            )


def topics(content: Content) -> Iterator[Problem]:
    """Related topics, stages and windows of topics exist."""
    knowledge, windows = content.knowledge, {window.name for window in content.knowledge.facts.windows}
    for topic in knowledge.topics.values():
        others = {*topic.related, *filter(None, [topic.for_history, topic.for_moved])}
        wrong = [f"there is no other topic {each!r}" for each in sorted(others - (set(knowledge.topics) - {topic.id}))]
        if topic.stage and topic.stage not in set(Stage):
            wrong.append(f"there is no stage {topic.stage!r}")
        if topic.window and topic.window not in windows:
            wrong.append(f"there is no window {topic.window!r}")
        for problem in wrong:
            yield Problem(
                file=content.topic_files[topic.id],
                entry=topic.id,
                problem=problem,
                remedy="correct the name, or take it out",
            )


def rows(content: Content) -> Iterator[Problem]:
    """Topics of registration points and specialties of fees exist."""
    facts = content.knowledge.facts
    numbers = {row.no for row in facts.specialties}
    wrong = [
        (FILES[Site], entry_of(site), f"there is no topic {site.topic!r}")
        for site in facts.sites
        if site.topic and site.topic not in content.knowledge.topics
    ]
    wrong += [
        (FILES[Fee], entry_of(fee), f"there is no specialty {number}")
        for fee in facts.fees
        for number in fee.specialties
        if number not in numbers
    ]
    for file, entry, problem in wrong:
        yield Problem(file=file, entry=entry, problem=problem, remedy="correct it, or take it out")


def conditions(content: Content) -> Iterator[Problem]:
    """Closed lists that answers and windows depend on exist, and only national ones depend on them."""
    knowledge, lists = content.knowledge, {row.name for row in content.knowledge.facts.lists}
    named = [
        (file, entry, name, answer.region)
        for _, answer, file, entry in content.answers()
        for name in (answer.if_listed, answer.if_not_listed)
        if name
    ]
    named += [
        (FILES[Window], entry_of(row), row.if_listed, row.region) for row in knowledge.facts.windows if row.if_listed
    ]
    for file, entry, name, region in named:
        if name not in lists:
            yield Problem(
                file=file,
                entry=entry,
                problem=f"there is no closed list {name!r}",
                remedy=f"write one of lists.toml: {', '.join(sorted(lists))}",
            )
        if region != NATION:
            yield Problem(
                file=file,
                entry=entry,
                problem="a regional entry depends on a closed list",
                remedy="take if_listed and if_not_listed out: whether its region is listed is known",
            )


GATES: tuple[Gate, ...] = (regions, exams, references, topics, rows, conditions)
