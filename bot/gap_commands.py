"""kaoda knowledge gaps, gap, gap-phrasing, gap-topic, gap-settle: questions that were not answered well. The service may run."""

from typing import Annotated

import typer
from rich.console import Console as Screen
from rich.table import Table

from bot.console import Console, now
from bot.desk import shipping
from bot.offline import run
from bot.saying import fail, say
from bot.staff.editions import Difference
from bot.staff.effect import Effect
from bot.staff.gaps import Cluster, GapState, NewTopic, OpenedCluster, Wanted, Worked, Worklist

Number = Annotated[int, typer.Argument(help="A cluster's number, as kaoda knowledge gaps lists it.", min=1)]
SETTLED = (GapState.OUT_OF_SCOPE, GapState.DONE, GapState.OPEN)
LONGEST = 60  # characters of a question in a list


def add_to(knowledge: typer.Typer) -> None:
    """Add the commands to `kaoda knowledge`."""
    knowledge.command("gaps")(gaps)
    knowledge.command("gap")(gap)
    knowledge.command("gap-phrasing")(phrasing)
    knowledge.command("gap-topic")(topic)
    knowledge.command("gap-settle")(settle)


def gaps(
    state: Annotated[GapState, typer.Option(help="How far they are.")] = GapState.OPEN,
    region: Annotated[str, typer.Option(help="Of this region and those within it, by name or id.")] = "",
    reason: Annotated[str, typer.Option(help="Only this one: fallback, none_of_these, not_helpful …")] = "",
    limit: Annotated[int, typer.Option(help="How many clusters at most.", min=1)] = 50,
) -> None:
    """List questions that were not answered well, those that ask alike together, the nearest deadline first."""

    async def work(data: Console) -> Worklist:
        found = data.knowledge().gazetteer.lookup(region) if region else ("",)
        if len(found) != 1:
            fail(f"there is no region {region!r}, or several: write it like 四川乐山, or CN-5111")
        return await data.gaps.worklist(Wanted(state=state, region=found[0], reason=reason, limit=limit))

    found = run(work, thinks=True)
    printed = Table("number", "times", "question", "regions", "next deadline", "nearest topic")
    for each in found.clusters:
        question = each.question if len(each.question) <= LONGEST else each.question[: LONGEST - 1] + "…"
        printed.add_row(str(each.id), str(each.count), question or "—", _regions(each), _deadline(each), each.topic)
    Screen().print(printed)
    say(" · ".join(f"{name.value} {count}" for name, count in found.counts.items()))


def gap(number: Number) -> None:
    """Show a cluster: its questions, how they are answered now, and the topics that they may be about."""
    found = run(lambda data: _opened(data, number), thinks=True)
    for each in found.cluster.questions:
        say(f"{each.count}× {each.text or '—'}")
    say(f"regions: {_regions(found.cluster)}; {_deadline(found.cluster) or 'no deadline'}")
    for kept in found.gaps:
        if kept.comment:
            say(f"comment: {kept.comment}")
    say(f"now: {found.now.kind} {found.now.topic}".rstrip() + (" (answered)" if found.now.is_answered else ""))
    say(found.now.text)
    for likely in found.suggestions:
        say(f"{likely.score:.2f}  {likely.topic}  {likely.title}  {likely.phrasing}")


def phrasing(
    number: Number,
    topic: Annotated[str, typer.Argument(help="The topic's id.")],
    text: Annotated[str, typer.Argument(help="The phrasing; without it the cluster's commonest question.")] = "",
    keep: Annotated[bool, typer.Option("--keep", help="Keep it as a draft, and settle the cluster by it.")] = False,
) -> None:
    """Show what a phrasing would change; with --keep also make a draft of it and settle the cluster."""

    async def work(data: Console) -> tuple[Effect, Worked | None]:
        cluster = (await _opened(data, number)).cluster
        words = text.strip() or cluster.question
        effect = await data.gaps.effect(topic, words)
        if effect is None:
            fail(f"there is no topic {topic}; kaoda knowledge gap {number} names those that are near")
        person = shipping.operator(now())
        return effect, await data.gaps.add_phrasing(person, topic, words, cluster.gaps) if keep else None

    effect, worked = run(work, thinks=True)
    for trouble in effect.troubles:
        say(f"! {trouble.kind.value} {trouble.topic} {trouble.phrasing}".rstrip())
    for name in ("won", "moved", "lost", "labelled"):
        _differences(name, getattr(effect, name))
    say(f"tried on {effect.gaps} questions of gaps and {effect.questions} labelled ones")
    if worked is not None:
        _tell(worked)


def topic(
    number: Number,
    id_: Annotated[str, typer.Argument(metavar="ID", help="The new topic's id: latin letters, digits and _.")],
    title: Annotated[str, typer.Argument(help="Its title, as candidates read it.")],
    file: Annotated[str, typer.Option(help="Where it is to stand: topics/payment.toml.")],
) -> None:
    """Begin a topic as a draft, with the cluster's questions as phrasings, and settle the cluster."""

    async def work(data: Console) -> Worked:
        cluster = (await _opened(data, number)).cluster
        phrasings = tuple(each.text for each in cluster.questions if each.text)
        new = NewTopic(id=id_, title=title, phrasings=phrasings, file=file)
        return await data.gaps.start_topic(shipping.operator(now()), new, cluster.gaps)

    _tell(run(work, thinks=True))


def settle(
    number: Number,
    state: Annotated[GapState, typer.Argument(help="out_of_scope, done, or open to take it back.")],
    note: Annotated[str, typer.Option(help="Why.")] = "",
) -> None:
    """Mark a cluster as no matter of these exams, as done, or as open again."""
    if state not in SETTLED:
        fail(
            f"a cluster becomes {state.value} by gap-phrasing or gap-topic; here it is one of out_of_scope, done, open"
        )

    async def work(data: Console) -> int:
        cluster = (await _opened(data, number)).cluster
        return await data.gaps.settle(shipping.operator(now()), cluster.gaps, state, note)

    say(f"{run(work, thinks=True)} gaps are {state.value} now")


async def _opened(data: Console, number: int) -> OpenedCluster:
    found = await data.gaps.open(number)
    if found is None:
        fail(f"there is no gap {number}; kaoda knowledge gaps lists them")
    return found


def _regions(cluster: Cluster) -> str:
    return "、".join(f"{each.name or '?'} {each.count}" for each in cluster.regions)


def _deadline(cluster: Cluster) -> str:
    end = cluster.deadline
    return f"{end.end} {end.name} {end.region_name}" if end else ""


def _differences(name: str, found: tuple[Difference, ...]) -> None:
    for each in found:
        say(
            f"{name}: {' / '.join(each.turns)}  {each.before.topic or each.before.kind} → {each.after.topic or each.after.kind}"
        )


def _tell(worked: Worked) -> None:
    """What became of it; exit status 1 where nothing was kept."""
    if worked.refusal is not None:
        fail(f"nothing was kept: {worked.refusal.value}")
    if not worked.key:
        found = worked.kept.findings if worked.kept else ()
        why = (
            "; ".join(f"{each.problem}。{each.remedy}" for each in found) or "somebody has changed its draft meanwhile"
        )
        fail(f"nothing was kept: {why}")
    say(f"{worked.key} is a draft now, {worked.settled} gaps are settled by it; publish it in the console")
