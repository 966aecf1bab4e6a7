"""Days and moments that can be typed and not counted with are left out; they were errors."""

import pytest

from adapters.web.console.journal import FIELDS, sought_of
from adapters.web.console.previews import moment_of
from adapters.web.console.trial import _moment


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "1999-12-31"])
def test_a_day_beyond_this_century_is_left_out(day: str) -> None:
    sought = sought_of(dict.fromkeys(FIELDS, "") | {"since": day, "until": day})
    assert (sought.since, sought.until) == (None, None)


@pytest.mark.parametrize("at", ["9999-12-31T23:59", "0001-01-01T00:00"])
def test_a_moment_beyond_this_century_is_none(at: str) -> None:
    assert moment_of(at) is None
    with pytest.raises(ValueError, match="T"):
        _moment(at)
