"""Gaps that ask alike as clusters, sorted by what ends next where they were asked. Pure, and the same each time."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from functools import lru_cache

from bot.desk.deadlines import next_of
from bot.mind import Mind
from bot.staff.gaps import Cluster, Counted, Deadline, KeptGap, RegionCount
from intents.cluster import groups
from intents.understand import Understanding
from knowledge.model import Knowledge
from knowledge.region import full_name

NEVER = 10**6  # days: where nothing ends any more
Understand = Callable[[str], Understanding]
Ends = Callable[[str, str], Deadline | None]
"""What ends next for an exam in a region, by their ids or empty."""


def ends_of(known: Knowledge, today: dt.date) -> Ends:
    """What ends next, remembered: many gaps have one scope."""
    return lru_cache(maxsize=None)(lambda exam, region: next_of(known, exam, region, today))


def clusters(mind: Mind, gaps: Sequence[KeptGap], understand: Understand, today: dt.date) -> tuple[Cluster, ...]:
    """The clusters of some gaps: the nearest deadline first, then the largest. `understand` may remember what it said."""
    asked: dict[tuple[str, str], list[KeptGap]] = {}
    for gap in sorted(gaps, key=lambda each: each.id):
        asked.setdefault((gap.question, "" if gap.question else gap.topic), []).append(gap)
    commonest = sorted(asked, key=lambda key: (-len(asked[key]), asked[key][0].id))
    found = [understand(question) if question else None for question, _ in commonest]
    vectors = [mind.understander.vector(each) if each else {} for each in found]
    nearest = [
        each.candidates[0].topic if each and each.candidates else topic
        for each, (_, topic) in zip(found, commonest, strict=True)
    ]
    ends = ends_of(mind.knowledge, today)
    made = [
        _cluster(mind.knowledge, [asked[commonest[number]] for number in group], nearest[group[0]], ends)
        for group in groups(vectors, nearest)
    ]
    return tuple(sorted(made, key=_urgency))


def _urgency(cluster: Cluster) -> tuple[int, int, int]:
    days = cluster.deadline.days_left if cluster.deadline else NEVER
    return days, -cluster.count, cluster.id


def _cluster(known: Knowledge, asked: Sequence[Sequence[KeptGap]], topic: str, ends: Ends) -> Cluster:
    """One cluster; `asked` are the gaps of each of its questions, the commonest question first."""
    gaps = sorted((gap for each in asked for gap in each), key=lambda each: each.id)
    regions = counted_regions(known, gaps, ends)
    reasons = Counter(gap.reason for gap in gaps)
    return Cluster(
        id=asked[0][0].id,
        question=asked[0][0].question,
        questions=tuple(Counted(text=each[0].question, count=len(each)) for each in asked),
        gaps=tuple(gap.id for gap in gaps),
        regions=regions,
        reasons=tuple(Counted(text=text, count=count) for text, count in sorted(reasons.items(), key=_often)),
        topic=topic if topic in known.topics else "",
        title=known.topics[topic].title if topic in known.topics else "",
        deadline=min((each.deadline for each in regions if each.deadline), key=_end, default=None),
        first=min(gap.at for gap in gaps),
        last=max(gap.at for gap in gaps),
    )


def _often(counted: tuple[str, int]) -> tuple[int, str]:
    return -counted[1], counted[0]


def _end(deadline: Deadline) -> tuple[dt.date, str]:
    return deadline.end, deadline.region


def counted_regions(known: Knowledge, gaps: Sequence[KeptGap], ends: Ends) -> tuple[RegionCount, ...]:
    """How many gaps come from which region; the region whose deadline is nearest first."""
    count = Counter(gap.region for gap in gaps)
    exams = {region: Counter(gap.exam for gap in gaps if gap.region == region).most_common(1)[0][0] for region in count}
    found = []
    for region, number in count.items():
        is_known = region in known.gazetteer
        exam = exams[region] if exams[region] in known.exams else ""
        found.append(
            RegionCount(
                region=region,
                name=full_name(known.gazetteer, region) if is_known else "",
                count=number,
                deadline=ends(exam, region if is_known else ""),
            )
        )
    return tuple(sorted(found, key=lambda each: (_days(each), -each.count, each.region)))


def _days(counted: RegionCount) -> int:
    return counted.deadline.days_left if counted.deadline else NEVER
