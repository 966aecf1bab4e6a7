"""The staff's day as the manual tells it (docs/staff.zh-CN.md): accounts, an answer, a fact, a notice, publishing, undoing.

Each chapter does what the manual says, in the console, and takes its pictures. People and the second notice are made up.
"""

from typing import Any

from staff_stage import Stage, entry, select

ADMIN, EDITOR, SECOND_EDITOR, PUBLISHER = "admin", "李文", "王敏", "张静"
PEOPLE = ((EDITOR, "editor", "四川乐山"), (SECOND_EDITOR, "editor", ""), (PUBLISHER, "publisher", ""))
ANSWER = "answer:payment_channel/health/CN-5111/2024"
WINDOW = "window:payment/health/CN-5111/2024"
NOTICE = """一、关于缴费时间
因系统维护，通过考区审核的考生，须于2024年1月29日-2月18日期间通过网上支付方式缴纳考试费。
二、其他
其他事项仍按原公告执行。"""
CHECKING = 300_000  # ms; every labelled question is played, on a machine that may have more to do
DUE = "2030-01-07T08:30"  # of a publication that is called off
OLD_DAY = "2月8日"
QUOTE = "须于2024年1月29日-2月18日期间通过网上支付方式缴纳考试费"


def accounts(stage: Stage) -> None:
    """The first account signs in, changes its password and makes three people."""
    name, given = stage.first()
    page = stage.page(name)
    stage.picture(page, "sign-in", "h1", "form.panel", "p.hint")
    stage.change_password(stage.enter(name, given), given)
    for person, role, regions in PEOPLE:
        page.goto("/console/people")
        page.fill("#name", person)
        page.check(f"#role-{role}")
        page.fill("#regions", regions)
        if person == PEOPLE[0][0]:
            stage.picture(page, "people")
        page.click("#add-person")
        page.wait_for_selector("#password")
        given = page.text_content("#password")
        entered = stage.enter(person, given)
        if person == PEOPLE[0][0]:
            stage.picture(entered, "first-password", "h1", "form.panel")
        stage.change_password(entered, given)


def questions(stage: Stage) -> None:
    """Candidates ask: some get an answer, some do not."""
    for text in ("缴费截止到哪一天", "交钱最晚哪天", "什么时候缴费", "2月8号还能交吗"):
        stage.ask(text)
    stage.ask("缴费可以刷信用卡吗", helpful=False)
    stage.ask("缴费时间", helpful=True)
    for text in ("票子几号往外掏", "票子哪天往外掏", "能不能用花呗", "考点能停车吗"):
        stage.ask(text)
    for text in ("发票去哪儿拿", "考场附近有酒店吗"):
        stage.ask(text, "上海")


def answer(stage: Stage) -> None:
    """An answer is changed: matrix, topic, editor with a quoted clause, preview with drafts."""
    page = stage.page(EDITOR)
    page.goto("/console/matrix?q=缴费")
    stage.picture(page, "matrix")
    page.goto("/console/topics/payment_channel")
    stage.picture(page, "topic")
    page.goto(f"/console/answers?key={entry(ANSWER)}")
    text = page.locator("#field-text")
    text.fill(text.input_value().rstrip() + "缴费前请先确认资格审核已通过。")
    select(page, "leshan-2024#3", "不受理现场缴费。")
    page.wait_for_selector("#cite:not([disabled])")
    stage.picture(page, "answer")
    page.fill("#note_why", "有考生还没通过审核就来问怎么缴")
    page.click("#save-draft")
    page.wait_for_selector("#said")
    page.goto("/console/preview?topic=payment_channel&region=四川乐山&exam=health")
    page.wait_for_selector("#web-reply")
    stage.picture(page, "preview")


def wrong_year(stage: Stage) -> None:
    """A date with the wrong year is told while it is typed, and is not kept."""
    page = stage.page(EDITOR)
    page.goto(f"/console/facts/window/row?key={entry(WINDOW)}")
    page.locator("#field-start").fill("2023-01-29")
    page.locator("#field-start").press("Tab")
    page.wait_for_selector("#field-start-fault:not([hidden])")
    page.click("#save-draft")
    page.wait_for_selector("#error")
    page.locator("#field-start").scroll_into_view_if_needed()
    stage.picture(page, "wrong-year", "#error", "#field-end")


def notice(stage: Stage) -> None:
    """A notice comes that moves the last day: it is split, looked through and kept; the window is moved by it."""
    page = stage.page(EDITOR)
    page.goto("/console/notices/upload")
    page.fill("#text", NOTICE)
    page.click("#split")
    page.wait_for_selector("#entry-form")
    for field, value in (
        ("id", "leshan-2024-2"),
        ("title", "关于延长2024年度卫生专业技术资格考试缴费时间的补充公告"),
        ("short", "乐山考点补充公告"),
        ("issuer", "乐山考点"),
        ("region", "四川乐山"),
        ("year", "2024"),
    ):
        page.fill(f"#field-{field}", value)
    page.check("#field-exams-health")
    page.fill("#clause-reason-3", "只说其他事项照旧")
    stage.picture(page, "notice-split", "#clauses", "#clause-3", below=760)
    page.click("#save-draft")
    page.wait_for_selector("#said")
    page.goto(f"/console/facts/window/row?key={entry(WINDOW)}")
    page.fill("#field-end", "2024-02-18")
    select(page, "leshan-2024-2#1", QUOTE)
    page.click("#cite")
    page.fill("#note_why", "补充公告延长了缴费时间")
    stage.picture(page, "fact", "label[for=field-source]", "#save-draft", '[data-clause="leshan-2024-2#h1"]')
    page.click("#save-draft")
    page.wait_for_selector("#said")
    page.goto("/console/notices/leshan-2024")
    links = page.locator('[id="3"] a[href*="answer"]').evaluate_all("all => all.map(each => each.href)")
    stage.picture(page, "used-by", '[id="3"]')
    for link in links:
        cite_anew(page, link)
    write_own(page)


def cite_anew(page: Any, link: str) -> None:
    """An answer that quotes the old day quotes the new notice for it, and the old one for the rest."""
    page.goto(link)
    page.get_by_role("link", name="修改", exact=True).click()
    page.wait_for_selector("#sources")
    quote = page.locator("[name=source_quote]", has_text=OLD_DAY)
    if not quote.count():
        return
    quote.first.fill(QUOTE)
    page.locator("[name=source_clause]").first.fill("leshan-2024-2#1")
    select(page, "leshan-2024#3", "未按规定时间完成网上缴费的，视为自动放弃考试。")
    page.click("#cite")
    page.click("#save-draft")
    page.wait_for_selector("#said")


def write_own(page: Any) -> None:
    """An answer of the whole country prints 乐山's days there and quotes the country's: 乐山 gets its own, made from it."""
    page.goto("/console/answers?topic=online_payment_list&region=CN-5111&exam=health")
    page.get_by_role("link", name="以它为底稿").click()
    page.wait_for_selector("#sources")
    for clause, words in (("leshan-2024-2#1", QUOTE), ("national-2024#pay.1", "以下考区采用网上缴费方式")):
        select(page, clause, words)
        page.click("#cite")
    page.click("#save-draft")
    page.wait_for_selector("#said")


def second_person(stage: Stage) -> None:
    """Who worked on a notice cannot publish it: the publisher's own note on one shows it, and is thrown away."""
    page = stage.page(PUBLISHER)
    page.goto("/console/notices/leshan-2024/edit")
    page.fill("#field-note", page.locator("#field-note").input_value() + "电话已于12月4日打通核对。")
    page.click("#save-draft")
    page.wait_for_selector("#said")
    checked(page, "notice:leshan-2024")
    page.wait_for_selector("#needs-second")
    stage.picture(page, "second-person", "#needs-second", "#publish")
    page.goto(f"/console/drafts/entry?key={entry('notice:leshan-2024')}")
    page.click("#discard")
    page.wait_for_selector("#said")


def publish(stage: Stage) -> None:
    """The publisher reads how answers change, and publishes. Labelled questions know the old day and follow."""
    page = stage.page(EDITOR)
    page.goto("/console/")
    stage.picture(page, "overview")
    page.goto("/console/drafts")
    stage.picture(page, "drafts", "h1", "#check")
    page = stage.page(PUBLISHER)
    page.goto(f"/console/drafts/entry?key={entry(WINDOW)}")
    stage.picture(page, "draft", "h1", "#as-text", "#discard")
    checked(page)
    stage.picture(page, "check", "h1", "#gates", "section:has(#behaviour)", below=900)
    page.fill("#note", "乐山缴费延长到2月18日（补充公告）")
    stage.picture(page, "publish", "section:has(#go)")
    page.click("#publish")
    page.wait_for_selector("#said", timeout=CHECKING)


def schedule(stage: Stage) -> None:
    """A draft is to be published by itself next week, and then it is not."""
    page = stage.page(SECOND_EDITOR)
    page.goto(f"/console/answers?key={entry(ANSWER)}")
    text = page.locator("#field-text")
    text.fill(text.input_value().replace("已通过", "已经通过"))
    page.click("#save-draft")
    page.wait_for_selector("#said")
    page = stage.page(PUBLISHER)
    checked(page)
    page.fill("#note", "周一上班时生效")
    page.fill("#due", DUE)
    page.click("#schedule")
    page.wait_for_selector("#said")
    stage.picture(page, "releases")
    page.get_by_role("button", name="取消").click()
    page.wait_for_selector("#said")


def merge(stage: Stage) -> None:
    """Two people have the same answer open: whoever saves second is asked."""
    first, second = stage.page(SECOND_EDITOR), stage.page(EDITOR)
    for page in (first, second):
        page.goto(f"/console/answers?key={entry(ANSWER)}")
    for page, end in ((first, "审核结果请在网上查看。"), (second, "没有通过审核的不能缴费。")):
        text = page.locator("#field-text")
        text.fill(text.input_value().rstrip() + end)
        page.click("#save-draft")
        page.wait_for_selector("#said, #save-merged")
    stage.picture(second, "merge")
    second.get_by_role("link", name="放弃我的改动").click()
    second.click("#discard")
    second.wait_for_selector("#said")


def rollback(stage: Stage) -> None:
    """The last publication is undone, and then done again."""
    page = stage.page(PUBLISHER)
    page.goto("/console/releases/1?with=current")
    stage.picture(page, "rollback")
    for edition, why in ((1, "缴费日期有疑问，先恢复，核实后再发布"), (2, "已与乐山考点核实，恢复补充公告的日期")):
        page.goto(f"/console/releases/{edition}")
        page.fill("#note", why)
        page.click("#rollback")
        page.wait_for_selector("#said")


def correction(stage: Stage) -> None:
    """Who was told the old day is found, and the correction offered to all of them."""
    page = stage.page(PUBLISHER)
    page.goto("/console/corrections")
    while not page.locator("#reviews tbody tr", has_text="第 4 版").filter(has_text="已查完").count():
        page.wait_for_timeout(500)
        page.reload()
    page.get_by_role("link", name="第 4 版").click()
    page.wait_for_selector("#offer-all")
    stage.picture(page, "correction")
    page.click("#offer-all")
    page.wait_for_selector("#said")


def checked(page: Any, *keys: str) -> None:
    """Have drafts checked (all that are ready, or those of the keys), and wait for what is found."""
    if keys:
        page.goto("/console/check?" + "&".join(f"key={entry(each)}" for each in keys))
    else:
        page.goto("/console/drafts")
        page.click("#check")
    page.wait_for_selector("#gates", timeout=CHECKING)


STORY = (
    accounts,
    questions,
    answer,
    wrong_year,
    notice,
    second_person,
    publish,
    schedule,
    merge,
    rollback,
    correction,
)
