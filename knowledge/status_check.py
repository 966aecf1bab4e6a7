"""Gates on status.toml: every state has exactly one meaning or is called unexplained, names exist, quotes are word for word."""

import re
from collections import Counter
from collections.abc import Iterator

from knowledge.literals import literals_in
from knowledge.problem import Content, Gate, Problem
from knowledge.status import Meaning, SelfCheck, Unexplained
from knowledge.topic import Source

FILE = "status.toml"
NEEDS = frozenset({"bind", "unbind", "my_data", "subscribe", "unsubscribe"})
EVENTS = frozenset({"state_changed", "deadline"})
MODES = frozenset({"", "online", "onsite", "auto"})
BRACE = re.compile("[{}]")


def problems(content: Content) -> list[Problem]:
    """What every gate finds; only wrong names where there are any, as the other gates look things up by them."""
    return list(names(content)) or [problem for gate in GATES for problem in gate(content)]


def names(content: Content) -> Iterator[Problem]:
    """Stages, states, exams, topics, windows and regions that rows name exist."""
    knowledge, table = content.knowledge, content.knowledge.status
    stages, states = {each.id for each in table.stage}, {each.id for each in table.state}
    windows = {window.name for window in knowledge.facts.windows} | {""}
    told = {topic.id for topic in knowledge.topics.values() if topic.kind in ("answer", "unknown")}
    named: list[tuple[str, str, set[str], set[str]]] = [("scores_topic", "topic", {table.scores_topic}, told)]
    rows: tuple[Meaning | Unexplained, ...] = (*table.meaning, *table.unexplained)
    for row in rows:
        entry = f"{row.stage} {', '.join(row.states)}"
        named += [(entry, "stage", {row.stage}, stages), (entry, "state", set(row.states), states)]
        named += [(entry, "exam", set(row.exams), set(knowledge.exams))]
    for meaning in table.meaning:
        entry = f"{meaning.stage} {', '.join(meaning.states)}"
        named += [(entry, "topic", {meaning.topic}, told), (entry, "window", {meaning.window}, windows)]
        named += [(entry, "mode", {meaning.mode}, set(MODES))]
    named += [(f"rejection {each.code}", "topic", {each.topic}, told) for each in table.rejection]
    for check in table.check:
        entry = _entry(check)
        named += [(entry, "topic", {check.topic}, told), (entry, "window", {check.window}, windows)]
        named += [(entry, "exam", set(check.exams), set(knowledge.exams))]
        named += [(entry, "region", {check.region}, {check.region} if check.region in knowledge.gazetteer else set())]
    for command in table.command:
        named += [(f"command {command.need}", "need", {command.need}, set(NEEDS))]
        named += [(f"command {command.need}", "event", set(command.events), set(EVENTS))]
    for entry, kind, given, known in named:
        for missing in sorted(given - known):
            yield _problem(entry, f"there is no {kind} {missing!r}", "correct the name, or take it out")


def coverage(content: Content) -> Iterator[Problem]:
    """Every state of every stage of every exam has one meaning a mode, or is called unexplained; never both."""
    table = content.knowledge.status
    for exam in content.knowledge.exams:
        for stage in table.stage:
            for state in table.state:
                rows = [
                    row.mode
                    for row in table.meaning
                    if row.stage == stage.id and state.id in row.states and exam in row.exams
                ]
                silent = sum(
                    row.stage == stage.id and state.id in row.states and exam in row.exams for row in table.unexplained
                )
                entry = f"{stage.id} {state.id} of {exam}"
                twice = [mode for mode, count in Counter(rows).items() if count > 1]
                if twice or (rows and silent) or silent > 1:
                    yield _problem(entry, "it stands there twice", "keep one row, or give each its own mode or exams")
                elif not silent and "" not in rows:
                    yield _problem(
                        entry,
                        "nothing says what it means",
                        "add a [[meaning]] without mode that rests on a notice, or add it to an [[unexplained]]",
                    )


def literals(content: Content) -> Iterator[Problem]:
    """No date, fee, phone number or brace stands in a sentence: days come from windows."""
    table = content.knowledge.status
    texts: list[tuple[str, tuple[str, ...]]] = [
        (f"{row.stage} {', '.join(row.states)}", (row.means, row.todo)) for row in table.meaning
    ]
    texts += [
        (_entry(check), (check.then, check.open, *(text for p in check.point for text in (p.asks, p.applies, p.unmet))))
        for check in table.check
    ]
    for entry, sentences in texts:
        for found in (each for text in sentences for each in (*literals_in(text), *BRACE.findall(text))):
            yield _problem(entry, f"“{found}” is typed in the text", "leave it out: the window of the row says by when")
        if not sentences[0]:
            yield _problem(entry, "it says nothing", "write the sentence, or call the states unexplained")


def sources(content: Content) -> Iterator[Problem]:
    """Every point of a self-check is quoted word for word from a notice that holds in its region, exam and year."""
    knowledge = content.knowledge
    for check in knowledge.status.check:
        if not check.point:
            yield _problem(_entry(check), "it has no point", "add [[check.point]] rows, or delete it")
        for source in (*check.sources, *(point.source for point in check.point)):
            for wrong in _wrong(content, check, source):
                yield _problem(_entry(check), wrong, "cite the clause of that region's notice, and copy the words")


def _wrong(content: Content, check: SelfCheck, source: Source) -> Iterator[str]:
    try:
        notice, clause = content.knowledge.clause(source.clause)
    except KeyError:
        yield f"there is no clause {source.clause!r}"
        return
    if not source.quote or source.quote not in clause.full_text:
        yield f"the quote “{source.quote}” is not in {source.clause}"
    fits = notice.year == check.year and not set(check.exams) - set(notice.exams)
    if not fits or not content.knowledge.gazetteer.contains(notice.region, check.region):
        yield f"{source.clause} does not hold there"


def commands(content: Content) -> Iterator[Problem]:
    """Every command matches its examples and no other's, and no phrasing of a topic that answers."""
    table = content.knowledge.status
    for number, command in enumerate(table.command):
        entry = f"command {command.need}"
        try:
            patterns = [re.compile(pattern) for pattern in command.patterns]
        except re.error as error:
            yield _problem(entry, f"a pattern is none: {error}", "mend the regular expression")
            continue
        for example in command.examples:
            if not any(pattern.fullmatch(example) for pattern in patterns):
                yield _problem(entry, f"it does not match its example “{example}”", "mend the pattern or the example")
        for other in (each for place, each in enumerate(table.command) if place != number):
            for example in filter(lambda said: any(p.fullmatch(said) for p in patterns), other.examples):
                yield _problem(
                    entry, f"it takes “{example}” from command {other.need}", "make it narrower, or move the example"
                )
        for title, phrasing in _answered(content):
            if any(pattern.fullmatch(phrasing) for pattern in patterns):
                yield _problem(entry, f"it takes “{phrasing}” from “{title}”", "make it narrower")


def _answered(content: Content) -> Iterator[tuple[str, str]]:
    for topic in content.knowledge.topics.values():
        if topic.kind in ("answer", "unknown"):
            yield from ((topic.title, phrasing) for phrasing in (topic.title, *topic.phrasings))


def rejections(content: Content) -> Iterator[Problem]:
    """No code and no word of a reviewer stands twice, and each self-check belongs to a reason."""
    table = content.knowledge.status
    counted = Counter(each.code for each in table.rejection)
    counted += Counter(word for each in table.rejection for word in each.words)
    counted += Counter(word for each in content.knowledge.lexicon.get("reason", ()) for word in each["words"])
    known = {word for each in table.rejection for word in (each.code, *each.words)}
    for word in sorted(word for word, count in counted.items() if count > 1 and word in known):
        yield _problem(
            f"rejection {word}", "it stands there twice", "keep one; the lexicon's words need not be repeated"
        )
    for check in table.check:
        if check.topic not in {each.topic for each in table.rejection}:
            yield _problem(_entry(check), "no [[rejection]] leads to its topic", "add one, or delete the check")


def unused(content: Content) -> Iterator[Problem]:
    """Answers to a point are told apart, and each command has a pattern and an example."""
    table = content.knowledge.status
    words = Counter((*table.yes, *table.no, *table.unsure))
    for word in sorted(word for word, count in words.items() if count > 1):
        yield _problem(f"answer {word}", "it stands there twice", "keep it where it belongs")
    for command in table.command:
        if not (command.patterns and command.examples):
            yield _problem(f"command {command.need}", "it has no pattern or no example", "write both, or delete it")


def _entry(check: SelfCheck) -> str:
    return f"check {check.title} in {check.region}"


def _problem(entry: str, problem: str, remedy: str) -> Problem:
    return Problem(file=FILE, entry=entry, problem=problem, remedy=remedy)


GATES: tuple[Gate, ...] = (coverage, literals, sources, commands, rejections, unused)
