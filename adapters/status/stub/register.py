"""The register of candidates: who belongs together, where registrations stand, what changed in which order.

It lives in memory: a restart brings every candidate back to the file, while cursors go on rising.
"""

import time
from collections.abc import Callable, Iterable

import msgspec

from adapters.status.stub.values import Candidate, Clock, Registration, Stage


class UnknownCandidate(Exception):  # noqa: N818  # said as a statement
    """There is no such candidate or registration. `kaoda stub-status --list` shows all."""


class UnknownCursor(Exception):  # noqa: N818  # said as a statement
    """The cursor is none that was given out. Begin without one."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the log, with the names of the contract."""

    cursor: str
    candidate_id: str
    registration_id: str
    stage: str
    state: str
    at: str


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """Where a stage of a candidate is to stand now."""

    who: str
    """A name or a candidate id."""
    stage: Stage
    registration_id: str = ""
    """Empty: the newest."""


CURSOR_DIGITS = 16


class Register:
    """All candidates and the log of their changes."""

    def __init__(self, candidates: Iterable[Candidate], clock: Clock, ticks: Callable[[], int] = time.time_ns) -> None:
        """`clock` dates what is moved; `ticks` (ns) numbers it, so that cursors rise over restarts too."""
        self._candidates = {each.id: each for each in candidates}
        self._clock, self._ticks = clock, ticks
        self._log: list[Change] = []
        for _, candidate, registration, stage in sorted(self._history(), key=lambda each: each[0]):
            self._note(len(self._log) + 1, candidate, registration, stage)

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """All of them as they stand now, in the order of the file."""
        return tuple(self._candidates.values())

    def find(self, candidate_id: str) -> Candidate:
        """A candidate. Raises UnknownCandidate."""
        found = self._candidates.get(candidate_id)
        if found is None:
            raise UnknownCandidate
        return found

    def verify(self, registration_no: str, id_number: str, name: str) -> Candidate | None:
        """The candidate to whom all three belong, or None."""
        wanted = (registration_no.strip(), id_number.strip().upper(), name.strip())
        return next(
            (each for each in self.candidates if (each.registration_no, each.id_number, each.name) == wanted), None
        )

    def move(self, move: Move) -> Change:
        """Put a stage where it is to stand, as of now. Raises UnknownCandidate."""
        candidate = next((each for each in self.candidates if move.who in (each.id, each.name)), None)
        if candidate is None:
            raise UnknownCandidate
        wanted = move.registration_id
        registration = next((each for each in candidate.registration if wanted in ("", each.registration_id)), None)
        if registration is None:
            raise UnknownCandidate
        now = self._clock()
        stage = msgspec.structs.replace(move.stage, at=now)
        moved = msgspec.structs.replace(registration, stages=_with(registration.stages, stage), updated_at=now)
        self._candidates[candidate.id] = msgspec.structs.replace(
            candidate, registration=tuple(moved if each is registration else each for each in candidate.registration)
        )
        last = int(self._log[-1].cursor) if self._log else 0
        return self._note(max(last + 1, self._ticks() // 1_000_000), candidate, moved, stage)

    def changes(self, after: str, limit: int) -> tuple[tuple[Change, ...], str]:
        """At most `limit` changes after a cursor, oldest first, and the cursor to go on with. Raises UnknownCursor.

        A cursor of before a restart is good: what came before it was given out then.
        """
        if after and not (after.isascii() and after.isdigit() and len(after) == CURSOR_DIGITS):
            raise UnknownCursor
        found = tuple(each for each in self._log if each.cursor > after)[:limit]
        return found, found[-1].cursor if found else after or "0" * CURSOR_DIGITS

    def _history(self) -> Iterable[tuple[float, Candidate, Registration, Stage]]:
        """Every dated stage of the file, with its time in seconds."""
        for candidate in self.candidates:
            for registration in candidate.registration:
                for stage in registration.stages:
                    if stage.at is not None:
                        yield stage.at.timestamp(), candidate, registration, stage

    def _note(self, number: int, candidate: Candidate, registration: Registration, stage: Stage) -> Change:
        change = Change(
            cursor=f"{number:0{CURSOR_DIGITS}d}",
            candidate_id=candidate.id,
            registration_id=registration.registration_id,
            stage=stage.stage,
            state=stage.state,
            at=stage.at.isoformat() if stage.at else "",
        )
        self._log.append(change)
        return change


def _with(stages: tuple[Stage, ...], stage: Stage) -> tuple[Stage, ...]:
    """The stages with one of them in its new state, or added at the end."""
    if stage.stage not in (each.stage for each in stages):
        return (*stages, stage)
    return tuple(stage if each.stage == stage.stage else each for each in stages)
