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


def in_century(at: dt.date) -> bool:
    """Whether a day or moment that was typed is one that can be counted with: the years 1 and 9999 have no neighbours."""
    return 2000 <= at.year <= 2099
