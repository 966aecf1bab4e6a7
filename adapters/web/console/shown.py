"""How templates show values: moments in Beijing time."""

import datetime as dt

BEIJING = dt.timezone(dt.timedelta(hours=8))


def moment(at: dt.datetime) -> str:
    """2023-12-05 09:00:07."""
    return at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def minute(at: dt.datetime) -> str:
    """2023-12-05 09:00."""
    return at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M")


def day(at: dt.datetime) -> str:
    """2023-12-05."""
    return at.astimezone(BEIJING).strftime("%Y-%m-%d")
