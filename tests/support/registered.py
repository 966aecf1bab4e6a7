"""Registrations for tests, written in a line: 上海 online | confirmation=rejected:学历不符@2023-12-14T17:00 | review=pending."""

import datetime as dt
from dataclasses import dataclass, field

from bot import standing
from bot.mind import Mind
from bot.need import Kept, Need
from bot.registration import Reason, RegisteredSpecialty, Registration, Score, StageState, Status
from bot.turn import Decision

BEIJING = dt.timezone(dt.timedelta(hours=8))
AS_OF = dt.datetime(2023, 12, 5, 8, 30, tzinfo=BEIJING)
HEALTH, SENIOR = "卫生专业技术资格考试", "卫生高级专业技术资格考试"
LINK = "https://kaoda.example/bind/once"


def registration(line: str, **given: object) -> Registration:
    """A registration from its line: region, then stage=state:reason@deadline; 副高 or 2025 after the region say which."""
    head, *stages = (part.strip() for part in line.split("|"))
    region, *more = head.split()
    senior = "副高" in more
    year = next((int(each) for each in more if each.isdigit()), 2024)
    mode = next((each for each in more if each in ("online", "onsite", "auto")), None)
    made = Registration(
        registration_id=f"r-{region}-{year}",
        exam=SENIOR if senior else HEALTH,
        year=year,
        level="副高级" if senior else "中级",
        specialty=RegisteredSpecialty(code="368", name="护理学"),
        region=region,
        confirm_mode=mode,
        stages=tuple(_stage(each) for each in stages if "=" in each and not each.startswith("score")),
        scores=tuple(_score(each) for each in stages if each.startswith("score")),
        updated_at=AS_OF,
    )
    return made if not given else Registration(**{**{n: getattr(made, n) for n in made.__struct_fields__}, **given})


def _stage(text: str) -> StageState:
    text, _, deadline = text.partition("@")
    stage, _, rest = text.partition("=")
    state, _, reason = rest.partition(":")
    code, _, said = reason.rpartition("#")
    reasons = (Reason(text=said, code=code or None),) if reason else ()
    until = dt.datetime.fromisoformat(deadline).replace(tzinfo=BEIJING) if deadline else None
    return StageState(stage=stage, state=state, deadline=until, reasons=reasons)


def _score(text: str) -> Score:
    """The score of a subject: score 2023 基础知识 65 passed."""
    _, year, subject, score, *verdict = text.split()
    passed = {"passed": True, "failed": False}.get(verdict[0]) if verdict else None
    return Score(subject=subject, score=float(score), passed=passed, year=int(year))


def status(*lines: str, is_last_known: bool = False) -> Status:
    return Status(registrations=tuple(map(registration, lines)), as_of=AS_OF, is_last_known=is_last_known)


@dataclass
class World:
    """Whom the assistant speaks with: bound or not, and what the service says."""

    is_bound: bool = False
    cause: str = ""
    """Why the service does not answer; empty where it does."""
    registrations: list[Registration] = field(default_factory=list)

    def told(self, line: str) -> None:
        """Change it as a line of a transcript says: unbound, bound, a cause of failure, or one more registration."""
        if line in standing.CAUSES:
            self.cause = line
        elif line in ("unbound", "bound", "well"):
            self.is_bound, self.cause = line != "unbound", ""
            self.registrations = self.registrations if line == "well" else []
        else:
            self.is_bound = True
            self.registrations.append(registration(line))

    def settle(self, mind: Mind, decision: Decision, now: dt.datetime) -> Decision:
        """The final decision, as the responder gets it from the functions of bot.standing."""
        known = Status(registrations=tuple(self.registrations), as_of=AS_OF)
        need = decision.asks
        if need is Need.NOTHING:
            return decision
        if need is Need.UNBIND:
            was, self.is_bound = self.is_bound, False
            return standing.unbound(mind, decision, was_bound=was)
        if need is Need.MY_DATA:
            return standing.my_data(mind, decision, Kept(is_bound=self.is_bound, masked_name="考*", bound_at=AS_OF))
        if need is Need.UNSUBSCRIBE:
            return standing.unsubscribed(mind, decision, was_subscribed=self.is_bound)
        if not self.is_bound:
            return standing.not_bound(mind, decision, LINK)
        if need is Need.BIND:
            return standing.already_bound(mind, decision, "考*")
        if need is Need.SUBSCRIBE:
            return standing.subscribed(mind, decision)
        if self.cause:
            return standing.not_known(mind, decision, self.cause, known if self.registrations else None, now)
        return standing.told(mind, decision, known, now)
