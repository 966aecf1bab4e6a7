"""A conversation in the terminal, and the explanation of a reply, drawn with rich."""

import uuid

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from adapters.storage.memory import MemoryStore
from bot.conversation import decode
from bot.dialogue import Decision, Heard, decide
from bot.messages import Message, Reply
from bot.mind import Mind
from bot.ports import Clock
from bot.responder import Responder, exam_id, region_id
from knowledge.model import Scope
from knowledge.resolve import resolve

KIND_STYLE = {"answer": "green", "clarify": "cyan", "fallback": "yellow", "status": "magenta", "smalltalk": "white"}
MOST_CANDIDATES = 5
CHANNEL = "terminal"


class Terminal:
    """One conversation on one console."""

    def __init__(self, mind: Mind, region: str, exam: str, clock: Clock) -> None:
        """Take the hints that a page would pass."""
        self.console = Console(highlight=False)
        self._mind, self._region, self._exam = mind, region, exam
        self._clock, self._store = clock, MemoryStore()
        self._responder = Responder(mind, self._store, clock)
        self._user = uuid.uuid4().hex

    async def say(self, text: str, *, why: bool = False) -> Reply:
        """Say one thing and print the reply, with the explanation if asked for. Raises UnknownScope."""
        before = decode(await self._store.conversation(CHANNEL, self._user))
        message = Message(
            id=uuid.uuid4().hex, channel=CHANNEL, user=self._user, text=text, region=self._region, exam=self._exam
        )
        reply = await self._responder.respond(message)
        self._print(reply)
        if why:
            heard = Heard(text=text, region=region_id(self._mind, self._region), exam=exam_id(self._mind, self._exam))
            explain(self.console, self._mind, decide(self._mind, heard, before, self._clock()))
        return reply

    async def talk(self) -> None:
        """Ask and answer until the input ends."""
        phrases = self._mind.knowledge.phrases
        self.console.print(Text(phrases["terminal_welcome"], style="bold"))
        while True:
            try:
                text = self.console.input(f"[bold]{phrases['terminal_prompt']}[/bold] ")
            except (EOFError, KeyboardInterrupt):
                self.console.print()
                return
            if text.strip():
                await self.say(text)

    def _print(self, reply: Reply) -> None:
        self.console.print(Padding(Text(reply.text, style=KIND_STYLE[reply.kind]), (0, 0, 0, 2)))
        if reply.kind != "clarify":
            for number, option in enumerate(reply.options, 1):
                self.console.print(Padding(Text(f"{number}. {option.label}", style="cyan"), (0, 0, 0, 4)))
        for source in reply.sources:
            line = self._mind.knowledge.phrases["terminal_source"].format(
                title=source.title, clause=source.clause, quote=source.quote
            )
            self.console.print(Padding(Text(line, style="dim"), (0, 0, 0, 4)))


def explain(console: Console, mind: Mind, decision: Decision) -> None:
    """Why the reply is what it is: slots, candidates with the phrasing that won, and how each scope resolves."""
    found = decision.understanding
    if found is None:
        return
    facts = Table("what", "value", show_header=False)
    facts.add_row("text", found.text)
    facts.add_row("mended", found.mended if found.mended != found.text else "")
    facts.add_row("matched on", found.rest)
    facts.add_row("synonym groups", " ".join(found.concepts))
    for name, value in ((n, getattr(found.slots, n)) for n in found.slots.__slots__):
        if value:
            facts.add_row(f"slot {name}", str(value))
    facts.add_row("own state", str(found.is_own_state))
    facts.add_row("follow-up", str(found.is_follow_up))
    facts.add_row("scope", f"region {decision.region or '?'}, exam {decision.exam or '?'}")
    facts.add_row("confidence", f"{found.confidence:.3f}")
    facts.add_row("decision", f"{decision.kind} {decision.topic} {decision.gap}")
    console.print(facts)
    table = Table("topic", "score", "phrasing that won", "in this scope")
    for each in found.candidates[:MOST_CANDIDATES]:
        scope = Scope(exam=decision.exam or None, region=decision.region or None)
        resolution = resolve(mind.knowledge, mind.knowledge.topics[each.topic], scope)
        table.add_row(each.topic, f"{each.score:.3f}", each.phrasing, type(resolution).__name__)
    console.print(table)
