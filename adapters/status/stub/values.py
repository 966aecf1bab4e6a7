"""What the stub holds, as frozen values read from `candidates.toml`. They are written out as the contract names them."""

import datetime as dt
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import msgspec

CANDIDATES = Path(__file__).with_name("candidates.toml")
Clock = Callable[[], dt.datetime]
Moment = Annotated[dt.datetime, msgspec.Meta(tz=True)]
Word = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


class Reason(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why a stage was rejected."""

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]
    code: str | None = None


class Stage(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where one stage stands."""

    stage: Word
    state: Word
    at: Moment | None = None
    deadline: Moment | None = None
    reasons: tuple[Reason, ...] = ()


class Specialty(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was registered for."""

    code: str
    name: str


class Score(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The score of one subject."""

    subject: str
    score: float
    passed: bool | msgspec.UnsetType = msgspec.UNSET
    year: int | msgspec.UnsetType = msgspec.UNSET


class Registration(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One registration, with the names of the contract."""

    registration_id: str
    exam: str
    year: int
    level: str
    specialty: Specialty
    region: str
    stages: tuple[Stage, ...]
    updated_at: Moment
    confirm_mode: str | None = None
    scores: tuple[Score, ...] = ()


class Candidate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A fictional candidate."""

    id: str
    """Opaque, as the authority's would be."""
    name: str
    registration_no: str
    id_number: str
    story: str
    """What this one is there for."""
    registration: tuple[Registration, ...] = ()
    """Newest first."""

    @property
    def masked_name(self) -> str:
        """The family name and a star for each other character."""
        return self.name[:1] + "*" * (len(self.name) - 1)


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    candidate: tuple[Candidate, ...]


def read_candidates(path: Path = CANDIDATES) -> tuple[Candidate, ...]:
    """The candidates of a file. Raises OSError, tomllib.TOMLDecodeError and msgspec.ValidationError."""
    return msgspec.convert(tomllib.loads(path.read_text("utf-8")), _File).candidate
