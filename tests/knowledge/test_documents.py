"""Uploads: text in the usual encodings, .docx with tables and Word's own numbers; what is none of these says so."""

import io
import zipfile

import pytest
from docx import Document

from knowledge.documents import DocumentError, read


def docx(fill) -> bytes:
    document = Document()
    fill(document)
    data = io.BytesIO()
    document.save(data)
    return data.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_text_is_read_in_the_usual_encodings(encoding):
    assert read("一、网上报名\r\n请按时报名。".encode(encoding)) == ("一、网上报名", "请按时报名。")


def test_docx_gives_paragraphs_and_tables_in_order():
    def fill(document):
        document.add_paragraph("一、现场确认")
        table = document.add_table(rows=3, cols=2)
        for place, text in enumerate(["报名点", "电话", "市中区", "1", "沙湾区", "1"]):
            table.cell(*divmod(place, 2)).text = text
        table.cell(1, 1).merge(table.cell(2, 1))
        document.add_paragraph("二、缴费")

    assert read(docx(fill)) == (
        "一、现场确认",
        (("报名点", "电话"), ("市中区", "1 1"), ("沙湾区", "1 1")),
        "二、缴费",
    )


def test_numbers_that_word_makes_are_written_out():
    def fill(document):
        for text in ("登录官网", "填写信息"):
            document.add_paragraph(text, style="List Number")
        document.add_paragraph("带身份证", style="List Bullet")

    assert read(docx(fill)) == ("1.登录官网", "2.填写信息", "带身份证")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"),
        (b"  \n ", "empty"),
        (b"\x00\x01\x02\xff\xfe\xfd", "not_text"),
        (b"PK\x03\x04 broken", "not_docx"),
        (b"\xd0\xcf\x11\xe0 an old .doc", "old_doc"),
        (b"%PDF-1.7", "pdf"),
        (b"a" * (8 * 2**20 + 1), "too_big"),
    ],
)
def test_what_cannot_be_read_says_why(data, why):
    with pytest.raises(DocumentError) as error:
        read(data)
    assert error.value.why == why


def test_a_zip_that_grows_beyond_measure_is_not_unpacked():
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("word/document.xml", b"0" * (65 * 2**20))
    with pytest.raises(DocumentError) as error:
        read(data.getvalue())
    assert error.value.why == "too_big"


def test_a_cell_over_a_billion_columns_is_refused():
    """A few kilobytes would fill the memory of the service: each column is gone through."""

    def fill(document):
        cell = document.add_table(rows=1, cols=1).cell(0, 0)
        cell._tc.get_or_add_tcPr().get_or_add_gridSpan().val = 2_000_000

    with pytest.raises(DocumentError, match="not_docx"):
        read(docx(fill))


def test_a_style_that_rests_on_itself_ends():
    def fill(document):
        document.add_paragraph("一、缴费")
        document.styles["Normal"].base_style = document.styles["Normal"]

    assert read(docx(fill)) == ("一、缴费",)
