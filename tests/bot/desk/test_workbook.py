"""A workbook from outside is unpacked and read only as far as the limits allow."""

import io
import zipfile

import pytest

from bot.desk import workbook
from bot.desk.workbook import MOST_TAGS, MOST_UNPACKED, UnreadableError


@pytest.mark.parametrize(
    ("body", "why"),
    [
        pytest.param(b"<sst>" + b"<si/>" * MOST_TAGS + b"</sst>", "too_many", id="millions of cells"),
        pytest.param(b" " * (MOST_UNPACKED + 1), "too_big", id="blanks"),
    ],
)
def test_a_small_file_that_unpacks_to_much_is_refused(body: bytes, why: str) -> None:
    """Its 50 KB would keep a processor busy for minutes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", body)
    assert len(packed.getvalue()) < 100_000
    with pytest.raises(UnreadableError, match=why):
        workbook.read(packed.getvalue())
