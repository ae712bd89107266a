"""The past of every invented parcel: which stage it has reached and the events that took it there."""

import datetime as dt

import numpy as np

from gis_data.seed.land import Site
from gis_data.seed.plan import DATA

TODAY: dt.date = DATA["today"]
REACHES = {
    "propose": "candidate", "acquire": "acquiring", "reserve": "reserved", "clear": "cleared",
    "approve_scheme": "scheme_approved", "publicise": "publicised", "announce": "announced", "open_listing": "listed",
    "sell": "sold", "contract": "contracted", "pay": "paid", "deliver": "delivered", "start": "started",
    "complete": "completed",
}  # fmt: skip
"""Event and the stage it leads to."""


def assign_stages(sites: list[Site], rng: np.random.Generator) -> None:
    """Give stages by ripeness: the least ripe are candidates, the ripest completed; the shares stand in the plan."""
    for course in ("market", "allocation"):
        queue = sorted(
            (site for site in sites if site.project is None and site.is_market == (course == "market")),
            key=lambda site: (site.ripeness, site.code),
        )
        at = 0
        for stage, share in DATA["stages"][course].items():
            number = round(share * len(queue)) if share < 1 else share
            for site in queue[at : at + number]:
                site.stage = stage
            at += number
    for site in sites:
        if site.project:
            site.stage = site.project["stage"]
    mix(sites, rng)


def mix(sites: list[Site], rng: np.random.Generator) -> None:
    """Swap the stages of one pair in six, so that the plan is no bull's-eye; supply forms stay apart."""
    for market in (True, False):
        pool = [site for site in sites if site.project is None and site.is_market == market]
        chosen = rng.choice(len(pool), size=len(pool) // 6 * 2, replace=False)
        for a, b in zip(chosen[::2], chosen[1::2], strict=True):
            pool[a].stage, pool[b].stage = pool[b].stage, pool[a].stage


def workday(day: dt.date) -> dt.date:
    """Return the day, or the last one before it that is neither weekend nor in the October holiday.

    Going back only ever lengthens the time to the next step, so that legal minimum times stay kept.
    """
    while day.weekday() > 4 or (day.month == 10 and day.day <= 7):
        day -= dt.timedelta(days=1)
    return day


def present_since(site: Site, rng: np.random.Generator) -> dt.date:
    """Return when the parcel's stage began; completed ones the longer ago the riper they are."""
    if site.project:
        return workday(site.project["since"])
    fewest, most = DATA["present"][site.stage]
    part = float(np.clip(1.1 - site.ripeness + rng.normal(0, 0.2), 0, 1)) if site.stage == "completed" else rng.random()
    days = fewest + (most - fewest) * ((1 - part) if site.stage == "completed" else part)
    return workday(TODAY - dt.timedelta(days=round(days)))


def write_history(site: Site, rng: np.random.Generator) -> None:
    """Fill `site.events` from its first idea to its stage, walking back from the day the stage began."""
    course = DATA["courses"]["market" if site.is_market else "allocation"]
    last = next(n for n, step in enumerate(course) if REACHES[step[0]] == site.stage)
    day, events = present_since(site, rng), []
    for kind, fewest, most in reversed(course[: last + 1]):
        events.append((kind, day, ""))
        hurry = 0.45 if day.year < 2014 and fewest >= 60 else 1.0
        day = workday(day - dt.timedelta(days=round(rng.integers(fewest, most + 1) * hurry)))
    site.events = events[::-1]


def add(site: Site, kind: str, day: dt.date, note: str) -> None:
    """Put one more event at the end of a parcel's past, on a working day after the last one and before today."""
    day = max(workday(min(day, TODAY)), site.events[-1][1])
    site.events.append((kind, day, note))


def moved_back(events: list[tuple[str, dt.date, str]], by: dt.timedelta) -> list[tuple[str, dt.date, str]]:
    """Return a past that happened earlier; the time between two steps never gets shorter."""
    moved: list[tuple[str, dt.date, str]] = []
    shift = by
    for kind, day, note in reversed(events):
        then = workday(day - shift)
        shift = day - then
        moved.append((kind, then, note))
    return moved[::-1]


def insert_failed_round(site: Site, rng: np.random.Generator) -> None:
    """Let a parcel's first listing fail, between its approved scheme and what came after; shifts the past back."""
    at = next(n for n, (kind, _, _) in enumerate(site.events) if kind == "approve_scheme")
    later = site.events[at + 1][1] if at + 1 < len(site.events) else TODAY - dt.timedelta(days=int(rng.integers(5, 60)))
    failed = workday(later - dt.timedelta(days=int(rng.integers(20, 120))))
    opened = workday(failed - dt.timedelta(days=int(rng.integers(10, 15))))
    told = workday(opened - dt.timedelta(days=int(rng.integers(20, 25))))
    approved = workday(told - dt.timedelta(days=int(rng.integers(5, 30))))
    before = moved_back(site.events[: at + 1], max(site.events[at][1] - approved, dt.timedelta()))
    between = [("announce", told, ""), ("open_listing", opened, ""), ("fail", failed, "无人报价,流拍")]
    site.events = before + between + site.events[at + 1 :]


def make_idle(site: Site, steps: list[str], rng: np.random.Generator) -> None:
    """Move a delivered parcel's past back by two years and let it lie idle: `steps` of the procedure follow.

    Suspicion comes a year after the latest start (a year after hand-over), confirmation within 60 days (53号令).
    """
    back = dt.timedelta(days=int(rng.integers(700, 860)))
    site.events = moved_back(site.events, back)
    day = site.events[-1][1] + dt.timedelta(days=int(rng.integers(370, 420)))
    words = {
        "suspect_idle": "超过约定动工日期一年未动工",
        "confirm_idle": "闲置土地认定书",
        "dispose_idle": "处置方案已批准",
        "dismiss_idle": "经核查不构成闲置",
        "reclaim": "收回国有建设用地使用权",
    }
    for step in steps:
        add(site, step, day, words[step])
        day += dt.timedelta(days=int(rng.integers(30, 60)))


def add_the_unusual(sites: list[Site], rng: np.random.Generator) -> None:
    """Add failed rounds, suspensions and idle land, as many as the plan says."""
    unusual = DATA["unusual"]

    def take(number: int, stages: set[str]) -> list[Site]:
        pool = [s for s in sites if s.is_market and s.stage in stages and s.project is None and len(s.events) > 0]
        chosen = [pool[n] for n in sorted(rng.choice(len(pool), size=number, replace=False))]
        touched.extend(chosen)
        return [site for site in chosen if touched.count(site) == 1]

    touched: list[Site] = []
    for site in take(unusual["failed_last"], {"scheme_approved"}) + take(unusual["failed_before"], {"completed"}):
        insert_failed_round(site, rng)
    for site in take(unusual["suspended"], {"announced", "listed"}):
        add(site, "suspend", TODAY - dt.timedelta(days=1), "权属争议,中止公告")
    for site in take(unusual["resumed"], {"completed", "started"}):
        at = next(n for n, (kind, _, _) in enumerate(site.events) if kind == "announce")
        paused = workday(site.events[at][1] + dt.timedelta(days=6))
        resumed = workday(paused + dt.timedelta(days=9))
        site.events[at + 1 : at + 1] = [("suspend", paused, "出让条件需重新报批"), ("resume", resumed, "恢复公告")]
    for name, steps in (
        ("reclaimed", ["suspect_idle", "confirm_idle", "reclaim"]),
        ("disposing", ["suspect_idle", "confirm_idle", "dispose_idle"]),
        ("confirmed", ["suspect_idle", "confirm_idle"]),
        ("dismissed", ["suspect_idle", "dismiss_idle"]),
        ("suspected", ["suspect_idle"]),
    ):
        for site in take(unusual[name], {"delivered"}):
            make_idle(site, steps, rng)
            site.stage = "reclaimed" if name == "reclaimed" else site.stage
