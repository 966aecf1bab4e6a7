"""From last year's answers to the new year live: copied, verified, published, told; what is unverified never is."""

import datetime as dt
from pathlib import Path

import pytest
from desk_site import LI, WANG, ZHAO, desk

from bot.conversation import Conversation
from bot.desk.layers import Layers
from bot.desk.years import YearsDesk
from bot.dialogue import decide
from bot.mind import Mind
from bot.staff.editing import Edit
from bot.staff.editions import DraftState
from bot.staff.releases import Order, Verdict
from bot.turn import Heard

PAYMENT, ANSWER = "window:payment/health/CN-5111/2025", "answer:payment_window/health/CN-5111/2025"
OLD = ("2024年1月", "2024年2月", "2023年12月", "75元", "50元", "3443388")
NOTICE = """id = "leshan-2025"
title = "乐山考点2025年度公告"
short = "乐山考点公告"
issuer = "乐山考点"
exams = ["health"]
region = "CN-5111"
year = 2025

[[clause]]
id = "3"
label = "三"
text = "网上缴费时间2025年1月20日-30日，逾期视为自动放弃。"
"""


def asked(mind: Mind | None, text: str) -> str:
    assert mind
    return decide(mind, Heard(text=text), Conversation(), dt.datetime(2024, 12, 20, 4, tzinfo=dt.UTC)).text


@pytest.mark.slow
async def test_a_new_year_from_2024(tmp_path: Path, mind: Mind) -> None:
    """One region's window and answer of 2025 are told; last year's day is told by nothing."""
    async with desk(tmp_path, mind) as site:
        assert site.live.mind
        layers = Layers(site.store, lambda: mind)
        years = YearsDesk(
            store=site.store, layers=layers, contents=site.editing.contents, editor=site.editing, clock=site.clock
        )
        await years.roll_over(LI, 2024, 2025)
        unverified = await site.store.draft(PAYMENT)
        assert unverified
        refused = await site.publishing.publish(ZHAO, Order(drafts=((PAYMENT, 1),), override="急"))
        assert refused.verdict is Verdict.UNVERIFIED, "not even by an admin"
        assert (await site.editing.save(LI, Edit(key="", text=NOTICE, seen=0, file="notices/leshan-2025.toml"))).draft
        for key, fields in {
            PAYMENT: {
                "start": "2025-01-20",
                "end": "2025-01-30",
                "source": "leshan-2025#3",
                "quote": "2025年1月20日-30日",
            },
            ANSWER: {"sources": "leshan-2025#3\t逾期视为自动放弃", "text": "{window:payment}，逾期视为自动放弃。"},
        }.items():
            assert (await years.verify(LI, key, 1, fields)).draft
        assert (await years.switch(LI, 2025)).draft
        ready = [each for each in await site.store.drafts() if each.state is DraftState.OPEN]
        assert len(ready) == 4
        order = Order(drafts=tuple((each.key, each.version) for each in ready), note="新年度")
        published = await site.publishing.publish(WANG, order)
        assert (published.verdict, published.edition) == (Verdict.PUBLISHED, 2), published
        assert "2025年1月20日至30日" in asked(site.live.mind, "乐山什么时候缴费")
        for text in (
            "乐山考试费多少钱",
            "湛江什么时候缴费",
            "什么时候打印准考证",
            "上海什么时候缴费",
            "沙湾区在哪里确认",
        ):
            told = asked(site.live.mind, text)
            assert not [old for old in OLD if old in told], told
        left = await years.checklist()
        assert (left.told, left.year) == (2025, 2025)
