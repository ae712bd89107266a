"""The only source of now and today."""

import datetime as dt
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")
_fixed: dt.date | None = None


def fix_today(day: dt.date | None) -> None:
    """Make `today()` answer `day` for this process (`GONGDI_TODAY`); None returns to the real date."""
    global _fixed  # noqa: PLW0603 - one clock per process is the point
    _fixed = day


def now() -> dt.datetime:
    """Return the present instant, UTC: when something was recorded. Never fixed."""
    return dt.datetime.now(dt.UTC)


def today() -> dt.date:
    """Return the legal date in China (UTC+8), or the fixed one: when something is true in law."""
    return _fixed or dt.datetime.now(CHINA).date()


def instant() -> dt.datetime:
    """Return the present instant as the law counts it: the time of day now, on the fixed day if there is one."""
    here = dt.datetime.now(CHINA)
    return here if _fixed is None else dt.datetime.combine(_fixed, here.time(), CHINA)


def day_of(moment: dt.datetime) -> dt.date:
    """Return the legal date of an instant."""
    return moment.astimezone(CHINA).date()
