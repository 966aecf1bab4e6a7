"""From an edit to what candidates are told: `kaoda serve`, its console in Chromium, its chat, and the emulated WeChat."""

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from story import Story, serving, story
from story_people import (
    NATION,
    PAYMENT,
    QUOTING,
    Staff,
    checked,
    current,
    discard,
    live_after,
    publish,
    quote_the_delay,
    roll_back,
    row,
    save_text,
    sent_by_hand,
    staff_of,
    write_the_delay,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow]
CASES = Path(__file__).parents[1] / "cases/leshan.jsonl"
LABELLED = (
    "own-ls-016",
    "own-ls-052",
    "own-ls-056",
)  # the first is about the last day that is moved, the others are not
SUBMISSION = "window:submission/health/CN-5111/2024"
QUESTION = "网上缴费到什么时候截止"
OLD, NEW = "2024年1月29日至2月8日", "2024年1月29日至2月18日"
ODD = "票子几号往外掏"
TOPIC = "topic:payment_window"
PAYMENT_2025 = "window:payment/health/CN-5111/2025"
SETTLED = 1500  # ms after a publication in which everybody has heard of it
NOTICE = "notice:leshan-delay-2024"


@pytest.fixture(scope="module")
def bot(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """The service with its staff; a few labelled questions are played before a publication."""
    labelled = tmp_path_factory.mktemp("labelled")
    lines = CASES.read_text("utf-8").splitlines()
    (labelled / "some.jsonl").write_text("\n".join(each for each in lines if each[8:18] in LABELLED) + "\n", "utf-8")
    with story(tmp_path_factory.mktemp("data"), labelled) as found:
        yield found


@pytest.fixture
def staff(browser: Any, bot: Story) -> Iterator[Staff]:
    with staff_of(browser, bot.address) as found:
        yield found


def test_a_wrong_year_cannot_be_published(bot: Story, staff: Staff) -> None:
    """The form does not keep it; as text it is a draft that the gates stop, whoever wants to publish it."""
    editor, publisher = staff.enter("li"), staff.enter("wang")
    editor.goto(row(PAYMENT))
    editor.locator("#field-start").fill("2023-01-29")
    editor.locator("#save-draft").click()
    editor.wait_for_selector("#error")
    assert "2023-01-29 与引用的原文不一致" in editor.locator("#field-start-fault").inner_text()
    save_text(editor, PAYMENT, ("2024-01-29", "2023-01-29"))
    checked(editor, PAYMENT)
    assert "2023" in editor.locator("#findings").inner_text()
    assert editor.locator("#publish").count() == 0
    checked(publisher, PAYMENT)
    assert publisher.locator("#findings li").count() >= 1
    assert publisher.locator("#publish").count() == 0
    draft = [("draft", f"1 {PAYMENT}")]
    assert sent_by_hand(publisher, "/console/check/publish", draft) == 409
    assert sent_by_hand(editor, "/console/check/publish", draft) == 403
    assert current(publisher) == 1
    assert OLD in bot.web_text(QUESTION)
    assert OLD in bot.wechat_text(bot.phone(), QUESTION)
    discard(editor, PAYMENT)


def test_who_wrote_a_fact_cannot_publish_it(staff: Staff) -> None:
    """Also a publisher; an admin may with a reason, which stands in the log."""
    publisher = staff.enter("wang")
    save_text(publisher, PAYMENT, ("视为自动放弃考试。", "视为自动放弃考试"))
    checked(publisher, PAYMENT)
    assert "要由没有参与编辑的人发布" in publisher.locator("#needs-second").inner_text()
    publisher.locator("#publish").click()
    publisher.wait_for_selector("#refused")
    assert "没有发布" in publisher.locator("#refused").inner_text()
    assert publisher.locator("#override").count() == 0
    version = publisher.locator("#publish-form [name=draft]").input_value()
    forced = [("draft", version), ("override", "急")]
    assert sent_by_hand(publisher, "/console/check/publish", forced) == 409
    assert current(publisher) == 1
    discard(publisher, PAYMENT)


def test_a_right_change_is_live_within_a_second_and_goes_back(bot: Story, staff: Staff, capsys: Any) -> None:
    """In the chat and in WeChat, each asked all the time; before it was published nobody was told anything of it."""
    editor, publisher = staff.enter("li"), staff.enter("wang")
    phone, before, drafts = bot.phone(), current(publisher), (NOTICE, PAYMENT, *QUOTING, NATION)
    asks = {"web": lambda: bot.web_text(QUESTION), "wechat": lambda: bot.wechat_text(phone, QUESTION)}
    with bot.asking(**asks) as people:
        write_the_delay(editor)
        checked(publisher, NOTICE, PAYMENT)
        stopped = publisher.locator("#findings li").all_inner_texts()
        stopped_go = publisher.locator("#publish").count()
        quote_the_delay(editor)
        checked(publisher, *drafts)
        followed = publisher.locator("#follow ~ details.changed").all_text_contents()
        for asking in people.values():
            asking.hurry()
        pressed, at = publish(publisher, "缴费延期", *drafts)
        publisher.wait_for_timeout(SETTLED)
        back_pressed, back_at = roll_back(publisher, before)
        publisher.wait_for_timeout(SETTLED)
    assert (len(stopped), stopped_go) == (len(QUOTING) + 1, 0), "no answer goes on quoting the old day"
    assert all("日期出自leshan-delay-2024#1" in each for each in stopped)
    assert any("缴废截止日其" in each and "2月18日" in each for each in followed), "its label is of the old day"
    with capsys.disabled():
        sys.stdout.write("\n")
        for name, asking in people.items():
            live = live_after(asking, NEW, OLD, since=pressed, at=at)
            gone = live_after(asking, OLD, NEW, since=back_pressed, at=back_at)
            sys.stdout.write(
                f"{name}: {len(asking.told)} answers, published after {live * 1000:.0f} ms, back {gone * 1000:.0f} ms\n"
            )
            assert asking.errors == []
            assert all(OLD in each.text for each in asking.told if each.at < pressed), "nobody sees a draft"
            assert max(live, gone) <= 1.0, "each channel has it within a second of what the publisher is told"
    assert OLD in bot.web_text(QUESTION)


def test_who_comes_second_is_asked_and_overwrites_nothing(bot: Story, staff: Staff) -> None:
    """Two editors of the same line: the second is shown both, and saves what the two agreed on."""
    first, second = staff.enter("li"), staff.enter("zhang")
    for page in (first, second):
        page.goto(row(SUBMISSION))
    for page, said in ((first, "甲说的"), (second, "乙说的")):
        page.locator("#field-consequence").fill(said)
        page.locator("#save-draft").click()
        page.wait_for_load_state()
    assert "有人先改了这一条" in second.locator("h1").inner_text()
    assert "li 保存过" in second.locator("main").inner_text()
    assert "甲说的" in second.locator("[aria-labelledby=theirs]").inner_text()
    assert "乙说的" in second.locator("[aria-labelledby=mine]").inner_text()
    first.goto(row(SUBMISSION))
    assert first.locator("#field-consequence").input_value() == "甲说的"
    second.locator("#save-merged").click()
    second.wait_for_selector("#error")
    merged = re.sub(
        r"<<<<<<<.*?>>>>>>>[^\n]*\n",
        'consequence = "甲说的，乙也说的"\n',
        second.locator("#text").input_value(),
        flags=re.S,
    )
    second.locator("#text").fill(merged)
    second.locator("#save-merged").click()
    second.wait_for_selector("#said")
    first.goto(row(SUBMISSION))
    assert first.locator("#field-consequence").input_value() == "甲说的，乙也说的"
    assert "甲说的" not in str(bot.web("现场确认什么时候"))
    discard(first, SUBMISSION)


def test_a_gap_becomes_a_phrasing_and_is_then_answered(bot: Story, staff: Staff, capsys: Any) -> None:
    """Asked by a candidate, seen by an editor, published by another; a second process of the service follows by itself."""
    assert bot.web(ODD)["reply"]["kind"] != "answer"
    editor, publisher = staff.enter("li"), staff.enter("wang")
    editor.goto("/console/gaps")
    editor.locator("#gaps a", has_text=ODD).first.click()
    editor.locator("#topic").select_option(label="网上缴费时间")
    editor.locator("#try-phrasing").click()
    editor.wait_for_selector("#won-count")
    editor.locator("#add-phrasing").click()
    editor.wait_for_selector("#said")
    assert bot.web(ODD)["reply"]["kind"] != "answer"
    checked(publisher, TOPIC)
    with serving(bot.data, KAODA_QUESTIONS_PER_MINUTE="100000") as other:
        asks = {"here": lambda: bot.web_text(ODD), "elsewhere": lambda: bot.web_text(ODD, address=other)}
        with bot.asking(**asks) as people:
            for asking in people.values():
                asking.hurry()
            pressed, at = publish(publisher, "考生的说法", TOPIC)
            publisher.wait_for_timeout(SETTLED)
        reply = bot.web(ODD, address=other)["reply"]
    late = {}
    with capsys.disabled():
        sys.stdout.write("\n")
        for name, asking in people.items():
            assert asking.errors == []
            assert not any(OLD in each.text for each in asking.told if each.at < pressed)
            first = next(each for each in asking.told if OLD in each.text)
            sys.stdout.write(f"{name}: {len(asking.told)} answers, published after {(first.at - at) * 1000:.0f} ms\n")
            late[name] = first.at - at
    assert late["here"] <= 1.0
    assert (reply["kind"], OLD in reply["text"]) == ("answer", True)
    assert OLD in bot.wechat_text(bot.phone(), ODD)
    editor.goto("/console/gaps?state=phrasing")
    assert ODD in editor.locator("#gaps").inner_text()
    if late["elsewhere"] > 1.0 and (load := os.getloadavg()[0]) > (cores := os.cpu_count() or 1):
        # the other process makes its mind while it is published: half a second of a core, which it must have
        pytest.xfail(f"elsewhere after {late['elsewhere']:.2f} s: {load:.1f} processes for {cores} cores")
    assert late["elsewhere"] <= 1.0


def test_a_new_year_is_copied_unverified_and_not_told(bot: Story, staff: Staff) -> None:
    """Everything of 乐山 for 2025 is a draft that nobody has verified: it is listed, not published, and not told."""
    editor, publisher = staff.enter("li"), staff.enter("wang")
    editor.goto("/console/years")
    assert editor.locator("#told").inner_text() == "2024年度"
    assert editor.locator("#source").input_value() == "2024"
    assert editor.locator("#target").input_value() == "2025"
    editor.locator("#roll-form #region").fill("乐山")
    editor.locator("#roll-over").click()
    editor.wait_for_selector("#said")
    left = int(editor.locator("#count-unverified").inner_text())
    assert left > 20
    assert editor.locator("#count-verified").inner_text() == "0"
    work = editor.locator("[aria-labelledby=region-CN-5111]")
    assert "还没有接替" in work.inner_text()
    work.locator("summary").click()
    assert editor.locator("tr[data-key]").count() == left, "all that is left is listed"
    work.locator(f"tr[data-key='{PAYMENT_2025}'] a").click()
    editor.wait_for_selector("#entry-form")
    assert "2024-02-08" in editor.locator("#before").inner_text()
    assert editor.locator("#field-start").input_value() == ""
    editor.locator("#verify").click()
    editor.wait_for_selector("#error")
    publisher.goto("/console/check?key=" + PAYMENT_2025)
    assert sent_by_hand(publisher, "/console/check/publish", [("draft", f"1 {PAYMENT_2025}")]) == 409
    for text in (bot.web_text(QUESTION), bot.web_text("2025年" + QUESTION), bot.wechat_text(bot.phone(), QUESTION)):
        assert "〖" not in text
        assert "2025年" not in text.replace("2025年度", "")
    assert OLD in bot.web_text(QUESTION)
    editor.goto("/console/years?year=2025")
    assert int(editor.locator("#count-unverified").inner_text()) == left
