"""More of what the manual tells: gaps, trying, the journal, tables, a new year and a new region, figures, the log.

These chapters follow those of staff_day.
"""

import io
from typing import Any

import openpyxl
from staff_day import ADMIN, EDITOR, PUBLISHER, SECOND_EDITOR
from staff_stage import Stage

GAP, TOPIC = "票子几号往外掏", "网上缴费时间"
SHEET, WRONG_DAY = "时间", "2024年2月30日"
REGION = "四川成都"


def gaps(stage: Stage) -> None:
    """A question that was not answered becomes a phrasing, once it is seen what that changes."""
    page = stage.page(SECOND_EDITOR)
    page.goto("/console/gaps")
    stage.picture(page, "gaps", "h1", "#gaps", below=620)
    page.locator("#gaps a", has_text=GAP[:2]).first.click()
    page.wait_for_selector("#as-phrasing")
    stage.picture(page, "gap", "#question", "section:has(#as-phrasing)", below=760)
    page.locator("#topic").select_option(label=TOPIC)
    page.fill("#phrasing", GAP)
    page.click("#try-phrasing")
    page.wait_for_selector("#won-count")
    stage.picture(page, "gap-effect", "h1", "#add-phrasing", below=760)
    page.click("#add-phrasing")
    page.wait_for_selector("#said")


def trial(stage: Stage) -> None:
    """A conversation of two turns, on another day, with the drafts; and why it is answered so."""
    page = stage.page(EDITOR)
    page.goto("/console/trial")
    page.fill("#turns", f"{GAP}\n那上海呢")
    page.fill("#region", "四川乐山")
    page.fill("#at", "2024-02-17T20:00")
    page.check("#with-drafts")
    page.click("#play")
    page.wait_for_selector("#turn-2")
    stage.picture(page, "trial", "h1", "#turn-1", below=900)
    stage.picture(page, "trial-why", "#turn-2", below=1000)


def journal(stage: Stage) -> None:
    """What was told, found by its words and decided again."""
    stage.ask("那缴费到几号")
    page = stage.page(PUBLISHER)
    page.goto("/console/journal?topic=payment_window&region=四川乐山")
    stage.picture(page, "journal", "h1", "#journal", below=620)
    page.locator("#journal .when a").last.click()
    page.wait_for_selector("#outcome")
    page.fill("#edition", "4")
    page.click("#replay")
    page.wait_for_selector("#differs")
    stage.picture(page, "replay", "h1", "#differs", "section:has(#differs)", below=900)


def tables(stage: Stage) -> None:
    """The workbook is fetched, a day that does not exist is written in, and nothing is taken in."""
    page = stage.page(SECOND_EDITOR)
    page.goto("/console/exchange")
    with page.expect_download() as kept:
        page.click("#export-xlsx")
    page.set_input_files("#file", with_wrong_day(kept.value.path()))
    page.click("#import")
    page.wait_for_selector("#misfits")
    stage.picture(page, "import", "h1", "#misfits")


def with_wrong_day(path: Any) -> dict[str, Any]:
    """The workbook with a wrong last day in its first row of windows, as a file to send."""
    book = openpyxl.load_workbook(io.BytesIO(path.read_bytes()))
    sheet = book[SHEET]
    column = next(each.column for each in sheet[1] if each.value == "截止")
    sheet.cell(row=2, column=column).value = WRONG_DAY
    body = io.BytesIO()
    book.save(body)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return {"name": "考答.xlsx", "mimeType": kind, "buffer": body.getvalue()}


def year(stage: Stage) -> None:
    """The year is copied as drafts to be verified; one of them is opened."""
    page = stage.page(SECOND_EDITOR)
    page.goto("/console/years")
    page.fill("#region", "四川乐山")
    page.click("#roll-over")
    page.wait_for_selector("#said")
    stage.picture(page, "year")
    page.goto("/console/years?year=2025&region=CN-5111")
    page.locator("a[href*='verify'][href*='window']", has_text="缴费").first.click()
    page.wait_for_selector("#verify")
    stage.picture(page, "verify")


def region(stage: Stage) -> None:
    """What a region lacks before its notice is there, and which topics are answered all the same."""
    page = stage.page(SECOND_EDITOR)
    page.goto("/console/regions")
    page.fill("#region", REGION)
    page.click("#look")
    page.wait_for_selector("#plan")
    stage.picture(page, "region")


def figures(stage: Stage) -> None:
    """The numbers of the last days, and the log."""
    page = stage.page(ADMIN)
    page.goto("/console/numbers")
    stage.picture(page, "numbers")
    page.goto("/console/log")
    stage.picture(page, "log", "h1", "#log", below=560)


STORY = (gaps, trial, journal, tables, year, region, figures)
