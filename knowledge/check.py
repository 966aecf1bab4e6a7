"""Gates on content that need only the knowledge itself: sources, quotes, scopes, names, rendering. Knows no matching.

A gate is a function from content to problems; a problem names file and entry and says what the author does next.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator

from knowledge import figures, names, quoted, status_check
from knowledge.fact import Site, Specialty, Window
from knowledge.literals import literals_in
from knowledge.problem import FILES, Content, Gate, Problem, citations, entry_of
from knowledge.render import Context, Details, RenderError, fill
from knowledge.told import told


def problems(content: Content) -> list[Problem]:
    """What every gate finds; only wrong names where there are any, as the other gates look things up by them."""
    found = names.problems(content)
    return found or [problem for gate in GATES for problem in gate(content)] + status_check.problems(content)


def sources(content: Content) -> Iterator[Problem]:
    """Every answer of an answering topic has a source."""
    for topic, answer, file, entry in content.answers():
        if topic.kind == "answer" and not answer.sources:
            yield Problem(
                file=file,
                entry=entry,
                problem="the answer has no source",
                remedy='add sources = [{clause = "notice#clause", quote = "…"}]',
            )


def quotes(content: Content) -> Iterator[Problem]:
    """Every quote stands word for word in its clause."""
    for each in citations(content):
        _, clause = content.knowledge.clause(each.clause)
        if not each.quote or each.quote not in clause.full_text:
            yield Problem(
                file=each.file,
                entry=each.entry,
                problem=f"the quote “{each.quote}” is not in {each.clause}",
                remedy="copy it word for word from the clause, punctuation too",
            )


def specialty_cells(content: Content) -> Iterator[Problem]:
    """Every cell of a specialty stands in the row of that number in its clause's table."""
    for row in content.knowledge.facts.specialties:
        _, clause = content.knowledge.clause(row.source)
        rows = clause.table.rows if clause.table else ()
        cells = next((cells for cells in rows if cells[0] == str(row.no)), ())
        stated = {row.name, row.code, row.category, row.range, row.remark} | ({row.system_name} - {row.name})
        for missing in sorted(stated - {"", *cells}):
            yield Problem(
                file=FILES[Specialty],
                entry=entry_of(row),
                problem=f"“{missing}” is not in row {row.no} of {row.source}",
                remedy="copy the cell from the table of the clause",
            )


def literals(content: Content) -> Iterator[Problem]:
    """No date, fee or phone number is typed in an answer or a fixed sentence: they come from rows."""
    texts = [(answer.text, file, entry) for _, answer, file, entry in content.answers()]
    texts += [(text, "phrases.toml", name) for name, text in content.knowledge.phrases.items()]
    for text, file, entry in texts:
        for found in literals_in(text):
            yield Problem(
                file=file,
                entry=entry,
                problem=f"“{found}” is typed in the text",
                remedy="put the placeholder of its fact row: {window:…}, {end:…}, {fees}, {sites}, {contact}",
            )


def coverage(content: Content) -> Iterator[Problem]:
    """Every clause is cited by an answer or a fact, or says why candidates do not need it; never both."""
    used = {each.clause for each in citations(content)} | {row.source for row in content.knowledge.facts.specialties}
    for notice, clause, file, entry in content.clauses():
        is_used = f"{notice.id}#{clause.id}" in used
        if is_used and clause.not_for_candidates:
            yield Problem(
                file=file,
                entry=entry,
                problem="it is not_for_candidates, and yet cited",
                remedy="take not_for_candidates out",
            )
        if not is_used and not clause.not_for_candidates and not clause.heading:
            yield Problem(
                file=file,
                entry=entry,
                problem="no answer and no fact rests on it",
                remedy="cite it in the answer that tells it, or give the reason in not_for_candidates",
            )


def oddities(content: Content) -> Iterator[Problem]:
    """Every odd passage stands in its clause."""
    for _, clause, file, entry in content.clauses():
        for oddity in clause.oddity:
            if not oddity.passage or oddity.passage not in clause.full_text:
                yield Problem(
                    file=file,
                    entry=entry,
                    problem=f"the odd passage “{oddity.passage}” is not in it",
                    remedy="copy the passage word for word; oddities are recorded, never mended",
                )


# --- each answer holds in its scope, and says something there ------------------------------------------------------


def conflicts(content: Content) -> Iterator[Problem]:
    """No two answers of a topic hold in the same year under the same region, exam and condition."""
    for topic in content.knowledge.topics.values():
        held = Counter(
            (answer.region, exam, answer.if_listed, answer.if_not_listed, answer.year)
            for answer in topic.answer
            for exam in answer.exams
        )
        for (region, exam, *_), count in held.items():
            if count > 1:
                yield Problem(
                    file=content.topic_files[topic.id],
                    entry=f"{topic.id} in {region}",
                    problem=f"{count} answers hold for {exam} under the same condition",
                    remedy="merge them, or give each its own exams, region or closed list",
                )


def completeness(content: Content) -> Iterator[Problem]:
    """Every topic that answers has an answer."""
    for topic in content.knowledge.topics.values():
        if topic.kind == "answer" and not topic.answer:
            yield Problem(
                file=content.topic_files[topic.id],
                entry=topic.id,
                problem="the topic has no answer",
                remedy='add a [[topic.answer]], or make it kind = "unknown" where no notice answers it',
            )


def scopes(content: Content) -> Iterator[Problem]:
    """What an answer or a fact cites holds in its year, its region and for its exams."""
    knowledge = content.knowledge
    for each in citations(content):
        notice, _ = knowledge.clause(each.clause)
        wrong = []
        if each.year != notice.year:
            wrong.append(f"it is of {each.year}, {each.clause} of {notice.year}")
        if each.region and not knowledge.gazetteer.contains(notice.region, each.region):
            wrong.append(f"{each.clause} holds in {notice.region} only")
        if set(each.exams) - set(notice.exams):
            wrong.append(f"{each.clause} is not about {', '.join(sorted(set(each.exams) - set(notice.exams)))}")
        for problem in wrong:
            yield Problem(
                file=each.file,
                entry=each.entry,
                problem=problem,
                remedy="cite a notice of its year and exams, of its region or one above; or split the entry",
            )


def windows(content: Content) -> Iterator[Problem]:
    """Every window has a day, and none ends before it starts; nor does a registration point's."""
    facts = content.knowledge.facts
    spans: list[tuple[type, str, tuple[dt.date | None, ...]]] = []
    spans += [(Window, entry_of(row), row.days or (row.start, row.end)) for row in facts.windows]
    spans += [(Site, entry_of(row), (row.start, row.end)) for row in facts.sites if row.start or row.end]
    for kind, entry, dates in spans:
        days = [day for day in dates if day]
        if not days or days != sorted(days):
            yield Problem(
                file=FILES[kind],
                entry=entry,
                problem="it has no days, or ends before it starts",
                remedy="compare start, end and days with the quote",
            )


def rendering(content: Content) -> Iterator[Problem]:
    """Every answer of the year that is told holds somewhere, and wherever it holds its placeholders are filled."""
    held, failed = set(), set()
    knowledge = content.told
    for topic, found in told(content):
        if id(found.answer) in failed:
            continue
        held.add(id(found.answer))
        context = Context(knowledge=knowledge, exam=found.exam, region=found.region, details=Details())
        if problem := _unfilled(found.answer.text, context):
            failed.add(id(found.answer))
            yield Problem(
                file=content.topic_files[topic.id],
                entry=f"{topic.id} in {found.answer.region}",
                problem=f"asked in {found.region} about {found.exam}: {problem}",
                remedy="add the fact row, mend the placeholder, or make an answer with if_listed for it",
            )
    for _, answer, file, entry in content.answers():
        if answer.year == knowledge.year and id(answer) not in held:
            yield Problem(
                file=file,
                entry=entry,
                problem="it is told in no scope",
                remedy="remove it, or the answers of the same scope that stand before it",
            )


def _unfilled(text: str, context: Context) -> str:
    try:
        filled = fill(text, context)
    except RenderError as error:
        return str(error)
    return "a brace is left over" if set(filled) & {"{", "}"} else ""


GATES: tuple[Gate, ...] = (
    sources,
    quotes,
    specialty_cells,
    literals,
    coverage,
    oddities,
    conflicts,
    completeness,
    scopes,
    windows,
    *figures.GATES,
    *quoted.GATES,
    rendering,
)
