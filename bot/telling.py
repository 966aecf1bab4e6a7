"""Tells answers in the scope of a turn, or asks for the one thing that has to be known first. Pure."""

import re
from collections.abc import Sequence
from dataclasses import replace

import msgspec

from bot import compose, selfcheck
from bot.conversation import Asked
from bot.messages import Citation, Kind, Option
from bot.mind import SPECIALTIES
from bot.profession import of_profession
from bot.turn import Decision, Turn, aspects_of, resolution_of
from intents.slots import Slots
from knowledge.region import NATION, full_name
from knowledge.resolve import Found, Missing, NeedExam, NeedRegion, Resolution
from knowledge.topic import Topic

MOST_OPTIONS = 3
PAIR = 2  # topics that are both told where either may be meant
MOST_SPECIALTIES = 4  # rows told at once; more are offered to choose from
MOST_SPECIALTY_OPTIONS = 13
PHONE = re.compile(r"\d{3,4}-\d{7,8}")


def topic_options(turn: Turn, topics: Sequence[str]) -> tuple[Option, ...]:
    """Options for the topics that can be answered in this scope, and 都不是."""
    options = []
    for each in topics:
        topic = turn.knowledge.topics[each]
        if topic.kind in ("answer", "unknown") and not isinstance(resolution_of(turn, topic), Missing):
            options.append(Option(label=topic.title, send=topic.title))
    if not options:
        return ()
    none = turn.knowledge.phrases["none_of_these"]
    return (*options[:MOST_OPTIONS], Option(label=none, send=none))


def clarify(turn: Turn, text: str, options: tuple[Option, ...], asked: Asked, topics: tuple[str, ...]) -> Decision:
    """A question back; `topics` wait for its answer. Asked already and not answered, it is not asked again."""
    before = turn.before
    conversation = turn.remember(asked=asked, options=options, topics=topics, aspects=aspects_of(turn))
    if conversation == msgspec.structs.replace(before, failures=0):
        return Decision(
            kind=Kind.FALLBACK,
            text=turn.phrase("fallback_twice"),
            conversation=msgspec.structs.replace(conversation, failures=before.failures + 1),
            region=turn.region,
            exam=turn.exam,
            gap="fallback",
        )
    return Decision(
        kind=Kind.CLARIFY,
        text=compose.with_options(text, options),
        options=options,
        conversation=conversation,
        topic=topics[0] if topics else "",
        region=turn.region,
        exam=turn.exam,
        confidence=turn.understanding.confidence,
    )


def answer(turn: Turn, topics: tuple[str, ...], confidence: float) -> Decision:
    """The answers to some topics in the scope of the turn, or the one thing that has to be known first."""
    if turn.slots.is_history or turn.before.memory.is_history:
        topics = tuple(turn.knowledge.topics[each].for_history or each for each in topics)
    if turn.slots.has_moved:
        topics = tuple(dict.fromkeys(turn.knowledge.topics[each].for_moved or each for each in topics))
    topics = _for_sites(turn, topics)
    known = [turn.knowledge.topics[each] for each in topics]
    if len(known) == 1 and known[0].kind == "smalltalk":
        return smalltalk(turn, known[0], confidence)
    told: list[tuple[Topic, Resolution]] = []
    local: list[Topic] = []
    for region, exam in ((region, exam) for region in turn.where.regions or ("",) for exam in _exams(turn)):
        for topic in known:
            resolution = resolution_of(replace(turn, exam=exam), topic, region)
            if isinstance(resolution, NeedRegion):
                local.append(topic)
                continue
            if isinstance(resolution, NeedExam):
                return _ask_exam(turn, topics, topic, resolution)
            told.append((topic, resolution))
    if local:
        return _told_and_asked(turn, topics, local, told, confidence)
    found = {each.region for _, each in told if isinstance(each, Found)}
    if len(turn.where.regions) > 1 and found >= set(turn.where.regions):
        told = [(topic, each) for topic, each in told if not isinstance(each, Missing)]  # of two regions and two exams
    asks = _ask_specialty(turn, topics, told)
    return asks or _tell(turn, topics, told, confidence)


def _told_and_asked(
    turn: Turn,
    topics: tuple[str, ...],
    local: Sequence[Topic],
    told: Sequence[tuple[Topic, Resolution]],
    confidence: float,
) -> Decision:
    """Which region is asked; what holds everywhere is told before."""
    asked = _ask_region(turn, tuple(each.id for each in local), local[0])
    sure = [(topic, each) for topic, each in told if isinstance(each, Found) and not each.answer.unstated]
    if not sure or asked.kind is not Kind.CLARIFY or _ask_specialty(turn, topics, told):
        return replace(asked, conversation=msgspec.structs.replace(asked.conversation, topics=topics))
    decision = _tell(turn, tuple(topic.id for topic, _ in sure), sure, confidence)
    return replace(
        decision,
        text=f"{decision.text}\n\n{asked.text}",
        options=asked.options,
        conversation=asked.conversation,
    )


def near(turn: Turn, topics: tuple[str, ...], confidence: float) -> Decision | None:
    """The two nearest topics told under their titles, and the next ones offered; None where they cannot both be told.

    Which of them is meant is open, but hardly anything else is: she need not tap to learn what is due tomorrow.
    """
    told = [(turn.knowledge.topics[each], resolution_of(turn, turn.knowledge.topics[each])) for each in topics[:PAIR]]
    if not all(
        topic.kind == "answer" and isinstance(found, Found) and not found.answer.unstated for topic, found in told
    ):
        return None
    if len(turn.where.regions) > 1 or _ask_specialty(turn, topics[:PAIR], told):
        return None
    decision = _tell(turn, topics[:PAIR], told, confidence, is_open=True)
    options = topic_options(turn, topics[PAIR:])
    conversation = msgspec.structs.replace(decision.conversation, options=options)
    return replace(decision, options=options, conversation=conversation, gap="unsure")


def _for_sites(turn: Turn, topics: tuple[str, ...]) -> tuple[str, ...]:
    """Some registration points have a topic of their own that answers whatever is asked of confirmation there."""
    named = turn.slots.sites or (() if turn.where.is_named else turn.before.memory.sites)
    own = {site.topic for site in turn.knowledge.facts.sites if site.id in named and site.topic}
    if len(own) != 1:
        return topics
    topic = own.pop()
    stage = turn.knowledge.topics[topic].stage
    return tuple(dict.fromkeys(topic if turn.knowledge.topics[each].stage == stage else each for each in topics))


def _exams(turn: Turn) -> tuple[str, ...]:
    return turn.slots.exams or (turn.exam,)


def _tell(
    turn: Turn,
    topics: tuple[str, ...],
    told: Sequence[tuple[Topic, Resolution]],
    confidence: float,
    *,
    is_open: bool = False,
) -> Decision:
    by_region, by_exam = len(turn.where.regions) > 1, len(_exams(turn)) > 1
    texts: list[str] = []
    sources: list[Citation] = []
    kinds: list[Kind] = []
    asks_when = not turn.mind.day_aspects.isdisjoint(turn.understanding.concepts)
    asks_phone = not turn.mind.phone_aspects.isdisjoint(turn.understanding.concepts)
    office = compose.whom_to_ask(turn.knowledge, turn.exam, turn.region)
    for topic, resolution in told:
        if asks_when and isinstance(resolution, Found):
            resolution = compose.dated(turn.knowledge, topic, resolution, turn.slots)
        text, kind = _words(turn, topic, resolution)
        if by_region and isinstance(resolution, Found | Missing):
            text = turn.phrase("labelled", label=full_name(turn.knowledge.gazetteer, resolution.region)) + text
        if by_exam and isinstance(resolution, Found):
            text = turn.phrase("labelled", label=turn.knowledge.exams[resolution.exam].short) + text
        if is_open:
            text = turn.phrase("labelled", label=topic.title) + text
        if asks_phone and not PHONE.search(text) and PHONE.search(office):
            text += turn.phrase("office", contact=office)
        if text not in texts:
            texts.append(text)
            kinds.append(kind)
        if isinstance(resolution, Found):
            sources += compose.citations(turn.knowledge, resolution)
    kind = Kind.ANSWER if Kind.ANSWER in kinds else kinds[0]
    first = next((resolution for _, resolution in told if isinstance(resolution, Found)), None)
    exam = first.exam if first else turn.exam
    failures = turn.before.failures + 1 if all(isinstance(r, Missing) for _, r in told) else 0
    options = (*_checks(turn, told), *(() if kind is not Kind.ANSWER else _related(turn, topics)))
    conversation = turn.remember(topics=topics, aspects=aspects_of(turn), options=options, failures=failures)
    return Decision(
        kind=kind,
        text="\n\n".join([turn.phrase("told_both")] * is_open + texts),
        options=options,
        sources=tuple(dict.fromkeys(sources)),
        topic=topics[0],
        region=turn.region,
        exam=exam,
        confidence=confidence,
        conversation=conversation,
        gap="" if kind is not Kind.FALLBACK else "unknown",
    )


def _words(turn: Turn, topic: Topic, resolution: Resolution) -> tuple[str, Kind]:
    if isinstance(resolution, Found):
        text = compose.answer_text(turn.knowledge, topic, resolution, _slots_for(turn, topic), turn.today)
        if topic.kind == "unknown":
            contact = compose.whom_to_ask(turn.knowledge, turn.exam, turn.region)
            text = text if contact in text else turn.phrase("unknown", text=text)
        return text, Kind.FALLBACK if resolution.answer.unstated else compose.kind_of(topic)
    region = resolution.region if isinstance(resolution, Missing) else turn.region
    name = full_name(turn.knowledge.gazetteer, region) if region else turn.phrase("your_region")
    if topic.kind == "unknown":
        return turn.phrase("fallback"), Kind.FALLBACK
    if turn.exam not in ("", next(iter(turn.knowledge.exams))) and not _has_notice(turn, region):
        return turn.phrase("missing_senior", region=name), Kind.FALLBACK
    return turn.phrase("missing_region", region=name, title=topic.title), Kind.FALLBACK


def _slots_for(turn: Turn, topic: Topic) -> Slots:
    """The slots, without days where the question speaks of another window than the topic's."""
    if not turn.slots.days:
        return turn.slots
    said = {name for name, words in turn.mind.window_words.items() if words.search(turn.understanding.mended)}
    return replace(turn.slots, days=()) if said and topic.window not in said else turn.slots


def _has_notice(turn: Turn, region: str) -> bool:
    contains = turn.knowledge.gazetteer.contains
    return any(
        turn.exam in notice.exams and contains(notice.region, region) for notice in turn.knowledge.in_force if region
    )


def _related(turn: Turn, topics: tuple[str, ...]) -> tuple[Option, ...]:
    related = [each for topic in topics for each in turn.knowledge.topics[topic].related if each not in topics]
    known = [turn.knowledge.topics[each] for each in dict.fromkeys(related) if each in turn.knowledge.topics]
    can = [each for each in known if each.kind == "answer" and not isinstance(resolution_of(turn, each), Missing)]
    return tuple(Option(label=each.title, send=each.title) for each in can[:MOST_OPTIONS])


def _checks(turn: Turn, told: Sequence[tuple[Topic, Resolution]]) -> tuple[Option, ...]:
    """The self-checks of the rejection reasons that were explained, where that region has any."""
    found = [
        selfcheck.find(turn.knowledge, topic.id, resolution.exam, resolution.region, resolution.answer.year)
        for topic, resolution in told
        if isinstance(resolution, Found)
    ]
    return tuple(dict.fromkeys(selfcheck.option(turn.knowledge, check) for check in found if check))


def _ask_region(turn: Turn, topics: tuple[str, ...], topic: Topic) -> Decision:
    if turn.before.asked is Asked.REGION and not turn.where.is_named:
        conversation = turn.remember(topics=topics, failures=turn.before.failures + 1)
        return Decision(
            kind=Kind.FALLBACK,
            text=turn.phrase("no_region_again"),
            conversation=conversation,
            topic=topic.id,
            exam=turn.exam,
            confidence=turn.understanding.confidence,
        )
    gazetteer = turn.knowledge.gazetteer
    regions = dict.fromkeys(n.region for n in turn.knowledge.in_force if n.region != NATION)
    if turn.exam and turn.exam != next(iter(turn.knowledge.exams)):
        text = turn.phrase("ask_region_senior")
        regions = dict.fromkeys(n.region for n in turn.knowledge.in_force if turn.exam in n.exams)
    else:
        text = turn.phrase("ask_region_for", title=topic.title)
    other = turn.phrase("option_region_other")
    names = [full_name(gazetteer, each) for each in regions]
    options = (*(Option(label=name, send=name) for name in names), Option(label=other, send=other))
    return clarify(turn, text, options, Asked.REGION, topics)


def _ask_exam(turn: Turn, topics: tuple[str, ...], topic: Topic, need: NeedExam) -> Decision:
    if turn.before.asked is Asked.EXAM and turn.before.topics == topics:
        both = replace(turn, slots=replace(turn.slots, exams=need.exams))
        return answer(both, topics, turn.understanding.confidence)
    asks = [turn.knowledge.exams[each].ask for each in need.exams]
    options = tuple(Option(label=ask, send=ask) for ask in asks)
    return clarify(turn, turn.phrase("ask_exam", title=topic.title), options, Asked.EXAM, topics)


def _ask_specialty(turn: Turn, topics: tuple[str, ...], told: Sequence[tuple[Topic, Resolution]]) -> Decision | None:
    if not any(isinstance(r, Found) and SPECIALTIES in r.answer.text for _, r in told):
        return None
    asked = turn.slots.specialties or turn.slots.hints or turn.before.memory.specialties
    numbers = set(asked)
    rows = [row for row in turn.knowledge.facts.specialties if row.no in numbers]
    if not rows:
        return clarify(turn, turn.phrase("specialty_which"), (), Asked.SPECIALTY, topics)
    is_hinted = asked == turn.slots.hints
    is_each_named = len(rows) > 1 and len(rows) == len(turn.slots.specialty.split())
    rows = rows if is_each_named else of_profession(turn, rows)
    if len(rows) > MOST_SPECIALTIES:
        options = tuple(
            Option(label=turn.phrase("specialty_option", name=row.name, code=row.code), send=row.name)
            for row in rows[:MOST_SPECIALTY_OPTIONS]
        )
        text = turn.phrase("ask_specialty_hinted" if is_hinted else "ask_specialty", word=turn.slots.specialty)
        return clarify(turn, text, options, Asked.SPECIALTY, topics)
    if {row.no for row in rows} == set(turn.slots.specialties):
        return None
    slots = replace(turn.slots, specialties=tuple(row.no for row in rows))
    decision = _tell(replace(turn, slots=slots), topics, told, turn.understanding.confidence)
    return replace(decision, text=turn.phrase("specialty_hinted") + decision.text) if is_hinted else decision


def smalltalk(turn: Turn, topic: Topic, confidence: float | None) -> Decision:
    """Small talk: it leaves the conversation as it is."""
    resolution = resolution_of(replace(turn, exam=turn.exam or next(iter(turn.knowledge.exams))), topic)
    text, _ = _words(turn, topic, resolution)
    conversation = msgspec.structs.replace(turn.remember(), options=())
    return Decision(
        kind=compose.kind_of(topic),
        text=text,
        conversation=conversation,
        topic=topic.id,
        region=turn.region,
        exam=turn.exam,
        confidence=confidence,
    )
