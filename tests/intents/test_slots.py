"""Slots: values, and how new ones go over earlier ones."""

from intents.slots import Slots


def test_new_slots_go_over_earlier_ones() -> None:
    """What was said now wins, what was left out is kept; places, years and reasons are not."""
    earlier = Slots(level="中级", mode="纸笔", subjects=4, year=2025, reasons=("r",), exam="health")
    now = Slots(mode="人机对话", subject="专业知识").over(earlier)
    assert now == Slots(level="中级", mode="人机对话", subjects=4, subject="专业知识", exam="health")
