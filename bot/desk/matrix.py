"""Topics in lists and over regions: which answer holds where, what is inherited, where nothing is said. Pure."""

from collections.abc import Iterable

from bot.desk.fields import named, places
from bot.desk.layers import Layered
from bot.messages import Named
from bot.staff.library import Cell, CellState, Matrix, MatrixRow, TopicLine
from knowledge.entries import key_of
from knowledge.model import Knowledge, Scope
from knowledge.region import NATION
from knowledge.resolve import Found, resolve
from knowledge.topic import Answer, Topic

TOLD = ("answer", "unknown")
"""Kinds of topics of which an answer may be missing."""
AROUND = 24  # characters shown around a hit


def spoken(knowledge: Knowledge) -> list[str]:
    """The regions that anything speaks of."""
    found = [notice.region for notice in knowledge.notices.values()]
    found += [answer.region for topic in knowledge.topics.values() for answer in topic.answer]
    return found


def topics(layered: Layered, search: str) -> tuple[TopicLine, ...]:
    """The topics that hold all the words, in the order of their files."""
    words = search.split()
    return tuple(line(layered, topic, words) for topic in layered.knowledge.topics.values() if _has_all(topic, words))


def _has_all(topic: Topic, words: Iterable[str]) -> bool:
    texts = _texts(topic)
    return all(any(word in text for text in texts) for word in words)


def _texts(topic: Topic) -> tuple[str, ...]:
    return topic.id, topic.title, *topic.phrasings, *(answer.text for answer in topic.answer)


def line(layered: Layered, topic: Topic, words: Iterable[str]) -> TopicLine:
    """A topic in lists."""
    knowledge = layered.knowledge
    own = places(knowledge, (answer.region for answer in topic.answer))
    regions = {answer.region for answer in topic.answer}
    return TopicLine(
        id=topic.id,
        title=topic.title,
        kind=topic.kind,
        stage=topic.stage,
        phrasings=len(topic.phrasings),
        answers=len(topic.answer),
        regions=tuple(each.name for each in own if each.id in regions),
        is_draft=any(key in layered.drafted for key in _keys(topic)),
        hit=_hit(topic, words),
    )


def _keys(topic: Topic) -> list[str]:
    return [f"topic:{topic.id}", *(key(topic, answer) for answer in topic.answer)]


def key(topic: Topic, answer: Answer) -> str:
    """The key of the entry that an answer is."""
    fields = {name: getattr(answer, name) for name in ("region", "year", "if_listed", "if_not_listed")}
    return key_of("answer", {**fields, "exams": list(answer.exams)}, topic.id)


def _hit(topic: Topic, words: Iterable[str]) -> str:
    for word in words:
        if word in topic.title or word in topic.id:
            continue
        for text in _texts(topic)[2:]:
            at = text.find(word)
            if at >= 0:
                return text[max(0, at - AROUND) : at + len(word) + AROUND].replace("\n", " ")
    return ""


def matrix(layered: Layered, exam: str, search: str) -> Matrix:
    """Topics × regions for one exam, the regions being those that have a notice or an answer for it."""
    knowledge = layered.knowledge
    exams = tuple(Named(id=each.id, name=each.short) for each in knowledge.exams.values())
    chosen = next((each for each in exams if each.id == exam), exams[0])
    columns = places(knowledge, _about(knowledge, chosen.id))
    words = search.split()
    rows = tuple(
        MatrixRow(
            topic=line(layered, topic, words), cells=tuple(cell(knowledge, topic, chosen.id, each) for each in columns)
        )
        for topic in knowledge.topics.values()
        if topic.kind in TOLD and _has_all(topic, words) and _is_about(topic, chosen.id)
    )
    holes = sum(each.state is CellState.HOLE for row in rows for each in row.cells)
    return Matrix(exam=chosen, exams=exams, regions=columns, rows=rows, holes=holes)


def _about(knowledge: Knowledge, exam: str) -> list[str]:
    found = [notice.region for notice in knowledge.notices.values() if exam in notice.exams]
    found += [a.region for topic in knowledge.topics.values() for a in topic.answer if exam in a.exams]
    return found


def _is_about(topic: Topic, exam: str) -> bool:
    return not topic.answer or any(exam in answer.exams for answer in topic.answer)


def of_topic(layered: Layered, topic: Topic) -> tuple[tuple[Named, tuple[Cell, ...]], ...]:
    """A topic's row for each exam that it has an answer for; for the usual exam where it has none."""
    knowledge = layered.knowledge
    exams = [each for each in knowledge.exams if any(each in a.exams for a in topic.answer)]
    found = []
    for exam in exams or list(knowledge.exams)[:1]:
        columns = places(knowledge, _about(knowledge, exam))
        name = Named(id=exam, name=knowledge.exams[exam].short)
        found.append((name, tuple(cell(knowledge, topic, exam, each) for each in columns)))
    return tuple(found)


def cell(knowledge: Knowledge, topic: Topic, exam: str, region: Named) -> Cell:
    """What holds in one region."""
    found = resolve(knowledge, topic, Scope(exam=exam, region=region.id))
    if not isinstance(found, Found):
        conditional = [each for each in topic.answer if each.region == region.id == NATION and exam in each.exams]
        if not conditional:
            return Cell(region=region.id, state=CellState.HOLE)
        answer = conditional[0]  # the nation's answers that hold by a closed list
    else:
        answer = found.answer
    state = CellState.OWN if answer.region == region.id else CellState.INHERITED
    if answer.unstated:
        state = CellState.UNSTATED
    return Cell(
        region=region.id,
        state=state,
        source=named(knowledge, answer.region),
        key=key(topic, answer),
        is_conditional=answer.is_conditional,
    )
