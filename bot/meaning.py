"""What a registration's states mean in its own scope: what to do, by when, and on which rule. Pure; makes no reply of it.

The scope is the registration's region, exam and year, never the conversation's; what is on file for another year is not told.
"""

import datetime as dt
from dataclasses import dataclass

from bot import compose, reasons, selfcheck
from bot.messages import Citation
from bot.mind import Mind
from bot.place import Place, by_when, place_of, window_of
from bot.reasons import Read
from bot.registration import Registration, StageState
from knowledge import calendar
from knowledge.calendar import WindowState
from knowledge.model import Knowledge, Scope, beijing
from knowledge.resolve import Found, Missing
from knowledge.status import Meaning, SelfCheck, Urgency

NOT_STARTED = "not_started"
ONLINE, ONLINE_LIST = "online", "online_confirmation"
PRESSING = tuple(Urgency)
PASSING = frozenset({Urgency.ACT, Urgency.OVER, Urgency.WAIT, Urgency.FUTURE})
BEYOND = frozenset({Urgency.DONE, Urgency.NEXT, Urgency.OVER})
"""Urgencies of a stage that say that the stages before it press no more."""
NEXT = {WindowState.FUTURE: Urgency.WAIT, WindowState.PAST: Urgency.DONE}
"""How what comes next presses before and after its window."""
NO_MATTER = len(PRESSING)  # rank of a registration of which nothing is understood


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """The answer that holds the rule."""

    text: str
    note: str
    """That the region's own notice is not on file; or empty."""
    sources: tuple[Citation, ...]
    found: Found | None
    """None where no notice says it there."""
    is_of_stage: bool
    """Whether the rule is of the stage that it is told for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One stage's state that is explained."""

    stage: StageState
    meaning: Meaning
    read: Read
    todo: str
    """What to do; empty where it cannot be told."""
    by_when: str
    rules: tuple[Rule, ...]
    checks: tuple[SelfCheck, ...]

    @property
    def urgency(self) -> Urgency:
        """How much it presses, as the table has it."""
        return self.meaning.urgency


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where one registration stands."""

    registration: Registration
    place: Place
    label: str
    rank: int
    """How much it presses; 0 is the most pressing."""
    items: tuple[Item, ...]
    """The state that matters now, or every rejected one."""
    unknown: tuple[str, ...]
    """States that nothing explains, by the names that they came with."""
    scores: str


def of(mind: Mind, registration: Registration, now: dt.datetime) -> Standing:
    """Where a registration stands now."""
    knowledge = mind.knowledge
    place = place_of(knowledge, registration)
    mode = mode_of(knowledge, place, registration)
    table = knowledge.status
    stages = in_order(knowledge, registration)
    meant = [(each, table.meaning_of(place.exam, each.stage, each.state, mode)) for each in stages]
    known = [(each, meaning) for each, meaning in meant if meaning is not None]
    unknown = [each for each, meaning in meant if meaning is None]
    ranks = [_rank(knowledge, place, known, number, now) for number in range(len(known))]
    rank = min(ranks, default=NO_MATTER)
    chosen = [each for each, its in zip(known, ranks, strict=True) if its == rank]
    if rank == PRESSING.index(Urgency.DONE):
        chosen = chosen[-1:]
    elif rank != PRESSING.index(Urgency.REJECTED):
        chosen = chosen[:1]
    return Standing(
        registration=registration,
        place=place,
        label=_label(knowledge, registration),
        rank=rank,
        items=tuple(_item(mind, place, stage, meaning, unknown, now) for stage, meaning in chosen),
        unknown=tuple(_verbatim(knowledge, each) for each in unknown),
        scores=_scores(knowledge, registration),
    )


def in_order(knowledge: Knowledge, registration: Registration) -> list[StageState]:
    """The stages in their order, whatever they came in; those that are not known after them, as they came."""
    order = {each.id: number for number, each in enumerate(knowledge.status.stage)}
    return sorted(registration.stages, key=lambda each: order.get(each.stage, len(order)))


def mode_of(knowledge: Knowledge, place: Place, registration: Registration) -> str:
    """How a registration is confirmed: as it says, else as its region does; empty where neither is certain."""
    return registration.confirm_mode or _usual_mode(knowledge, place)


def _usual_mode(knowledge: Knowledge, place: Place) -> str:
    """How a region confirms where the registration does not say it: online, or nothing that is certain."""
    rows = [row for row in knowledge.facts.lists if row.name == ONLINE_LIST]
    is_listed = bool(place.region) and knowledge.is_listed(ONLINE_LIST, place.region)
    return ONLINE if is_listed and any(place.exam in row.exams and row.year == place.year for row in rows) else ""


def _rank(
    knowledge: Knowledge, place: Place, known: list[tuple[StageState, Meaning]], number: int, now: dt.datetime
) -> int:
    """How much a state presses, given those of the stages after it, which may have gone beyond it, and of those before.

    What has not begun does not press after a stage that was missed: nobody confirms what was not submitted in time.
    """
    (stage, row), later = known[number], {row.urgency for _, row in known[number + 1 :]}
    urgency = row.urgency
    is_missed = any(each.urgency is Urgency.OVER for _, each in known[:number])
    if (urgency in PASSING and later & BEYOND) or (is_missed and stage.state == NOT_STARTED):
        urgency = Urgency.FUTURE
    if urgency is Urgency.NEXT:
        window = None if later - {Urgency.FUTURE} else window_of(knowledge, place, row.window)
        state = calendar.state_of(window, beijing(now)) if window else WindowState.PAST
        urgency = NEXT.get(state, Urgency.ACT)
    return PRESSING.index(urgency)


def _item(
    mind: Mind, place: Place, stage: StageState, meaning: Meaning, unknown: list[StageState], now: dt.datetime
) -> Item:
    """A state explained; what comes next is not told where another stage's state is not understood."""
    knowledge = mind.knowledge
    read = reasons.read(mind, stage.reasons)
    rules = [rule_of(mind, place, topic, stage.stage) for topic in read.topics]
    is_explained = all(rule and rule.found and rule.is_of_stage for rule in rules)
    if not rules or (not is_explained and meaning.topic not in read.topics):
        rules.append(rule_of(mind, place, meaning.topic))
    found = (selfcheck.find(knowledge, topic, place.exam, place.region, place.year) for topic in read.topics)
    is_silent = bool(unknown) and meaning.urgency is Urgency.NEXT
    return Item(
        stage=stage,
        meaning=meaning,
        read=read,
        todo=meaning.todo if place.is_on_file and not is_silent else "",
        by_when="" if is_silent else by_when(knowledge, place, meaning, stage.deadline, now),
        rules=tuple(rule for rule in rules if rule),
        checks=tuple(check for check in found if check),
    )


def rule_of(mind: Mind, place: Place, topic_id: str, at_stage: str | None = None) -> Rule | None:
    """A topic's answer in a registration's scope, of its year; None where nothing of that year is on file.

    It is labelled by its topic where it explains a reason that was given at a stage: `at_stage`, empty for none in particular.
    """
    knowledge, topic = mind.knowledge, mind.knowledge.topics[topic_id]
    if not place.exam or not (place.is_on_file or not place.region):
        return None
    found = mind.resolve(topic, Scope(exam=place.exam, region=place.region or None))
    is_of_stage = not at_stage or topic.stage == at_stage
    label = "" if at_stage is None else knowledge.phrases["labelled"].format(label=topic.title)
    if isinstance(found, Missing):
        text = label + knowledge.phrases["standing_not_stated"]
        return Rule(text=text, note="", sources=(), found=None, is_of_stage=is_of_stage)
    if not isinstance(found, Found) or found.answer.year != place.year:
        return None
    if not is_of_stage:
        stage = knowledge.status.name_of_stage(topic.stage)
        label = knowledge.phrases["labelled_stage"].format(label=topic.title, stage=stage)
    return Rule(
        text=label + compose.rule_text(knowledge, found),
        note=compose.region_note(knowledge, found),
        sources=compose.citations(knowledge, found),
        found=found,
        is_of_stage=is_of_stage,
    )


def _label(knowledge: Knowledge, registration: Registration) -> str:
    return knowledge.phrases["standing_label"].format(
        year=registration.year,
        exam=reasons.clean(registration.exam),
        level=reasons.clean(registration.level),
        code=reasons.clean(registration.specialty.code),
        specialty=reasons.clean(registration.specialty.name),
        region=reasons.clean(registration.region),
    )


def _verbatim(knowledge: Knowledge, stage: StageState) -> str:
    """A state that nothing explains: by its names where they are of the contract, else as it came."""
    table = knowledge.status
    text = knowledge.phrases["standing_state"].format(
        stage=reasons.clean(table.name_of_stage(stage.stage)), state=reasons.clean(table.name_of_state(stage.state))
    )
    told = [reasons.clean(reason.text) for reason in stage.reasons]
    return text + "".join(knowledge.phrases["quote"].format(text=each) for each in told if each)


def _scores(knowledge: Knowledge, registration: Registration) -> str:
    """The scores year by year, as facts; empty where there are none."""
    phrases = knowledge.phrases
    years: dict[int, list[str]] = {}
    verdicts = {True: phrases["score_passed"], False: phrases["score_failed"], None: ""}
    for each in registration.scores:
        text = phrases["score"].format(
            subject=reasons.clean(each.subject), score=f"{each.score:g}", verdict=verdicts[each.passed]
        )
        years.setdefault(each.year or registration.year, []).append(text)
    told = [
        phrases["scores_of_year"].format(year=year, scores=phrases["comma"].join(years[year])) for year in sorted(years)
    ]
    return phrases["scores"].format(years=phrases["pause"].join(told)) if told else ""
