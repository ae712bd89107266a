"""The invented annual plans: which parcels each edition names, for which month, and the targets of plots.

Real are only what the newspaper of the fourth quarter of 2022 says of the ten projects: which step is due in November.
"""

import csv
import datetime as dt
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from shapely import box

from gis_data.seed.files import in_degrees
from gis_data.seed.land import Site
from gis_data.seed.plan import DATA

FIELDS = (
    "edition", "code", "name", "region", "area_ha", "use_class", "housing_class", "land_use", "source", "method",
    "quarter", "month", "carried", "note", "wkt",
)  # fmt: skip
TOTAL_FIELDS = ("edition", "dimension", "member", "area_ha")
TARGET_FIELDS = ("edition", "code", "kind", "month", "forecast", "reason", "note")
TODAY: dt.date = DATA["today"]
MONTHS = 12
Row = dict[str, Any]
_UNSOLD = {"scheme_approved", "announced", "listed", "publicised", "cleared", "sold"}


def contracted(site: Site) -> dt.date | None:
    """Return when a parcel's contract took effect, if it did and stands."""
    days = [day for kind, day, _ in site.events if kind == "contract"]
    return days[-1] if days else None


def _item(site: Site, edition: str, month: int | None, **more: object) -> Row:
    housing = site.use.startswith("0701")
    is_new = site.town.letters in {"BS", "LJ", "YQ"}
    return {
        "edition": edition,
        "code": site.code,
        "housing_class": ("commodity" if site.is_market else "resettlement") if housing else None,
        "source": "new" if is_new else "stock",
        "method": "listing" if site.is_market else "allocation",
        "quarter": month and (month + 2) // 3,
        "month": month,
        "note": "示意",
        **more,
    }


def items(sites: list[Site]) -> list[Row]:
    """Return the rows of every edition, the oldest first."""
    rng = np.random.default_rng(DATA["seed"] + 21)
    ordered = sorted(sites, key=lambda site: site.code)
    of_year = {
        year: [site for site in ordered if (day := contracted(site)) and day.year == year] for year in (2021, 2022)
    }
    waiting = [site for site in ordered if site.stage in _UNSOLD and contracted(site) is None and site.project is None]
    late, rest = waiting[::4], [site for n, site in enumerate(waiting) if n % 4]
    projects = [site for site in ordered if site.project and contracted(site) is None]
    months = {site.code: _planned(site, rng) for site in [*of_year[2021], *of_year[2022], *waiting, *projects]}
    first = [
        *(_item(site, "2022-1", months[site.code], carried=2021) for site in late),
        *(
            _item(site, "2022-1", months[site.code])
            for site in [*of_year[2022][: -len(of_year[2022]) // 8], *rest[::2]]
        ),
        *_unsurveyed("2022-1"),
    ]
    second = [row | {"edition": "2022-2"} for row in first[:-1]]
    second += [_item(site, "2022-2", 12, note="示意;2022年四季度调整列入") for site in projects]
    third = [row | {"edition": "2022-3"} for row in second] + [_item(site, "2022-3", 12) for site in rest[1:12:2]]
    return [
        *(_item(site, "2021-1", months[site.code]) for site in of_year[2021]),
        *(_item(site, "2021-1", 9) for site in late),
        *first,
        *second,
        *third,
        *(_item(site, "2023-1", 1 + n % 12) for n, site in enumerate(rest[1::2])),
        *(_item(site, "2024-1", None) for site in ordered if site.stage == "acquiring" and site.project is None),
    ]  # fmt: skip


def _planned(site: Site, rng: np.random.Generator) -> int:
    """Return the month a parcel was planned for: near its contract, or late in the year where it has none."""
    day = contracted(site)
    if day is not None:
        return int(np.clip(day.month + rng.integers(-2, 2), 1, 12))
    return int(rng.choice([8, 9, 10, 10, 11, 11, 11, 12, 12, 12, 12]))


def _unsurveyed(edition: str) -> Iterator[Row]:
    """Yield plots that are not surveyed yet: a square each, of the classes that the district's parcels don't have."""
    plots = (
        ("示意水闸管理用地", "1311", "water", (9_000, 12_500), 9),
        ("示意文物展示用地", "1504", "special", (6_300, 12_900), 10),
        ("示意公交首末站", "120802", "transport", (12_300, 8_300), 11),
        ("示意共有产权住房用地", "070102", "residential", (13_500, 7_100), 12),
    )
    for name, use, use_class, (east, north), month in plots:
        shape = in_degrees(box(east, north, east + 160, north + 120), 7)
        yield {
            "edition": edition,
            "name": name,
            "area_ha": "1.92",
            "use_class": use_class,
            "housing_class": "shared_ownership" if use_class == "residential" else None,
            "land_use": use,
            "source": "new",
            "method": "allocation",
            "quarter": (month + 2) // 3,
            "month": month,
            "note": "示意;尚未勘测定界",
            "wkt": shape.wkt,
        }


def targets(sites: Iterable[Site], rows: Iterable[Row]) -> list[Row]:
    """Return targets of the second edition of 2022: the ten projects' as printed, others' by their planned month."""
    by_code = {site.code: site for site in sites}
    found = []
    for row in (row for row in rows if row["edition"] == "2022-2" and row.get("code")):
        site, month = by_code[row["code"]], row["month"]
        if site.project:
            found += [{"code": site.code, **each} for each in site.project.get("targets", [])]
        elif month >= 9 and site.is_market:
            steps = (("scheme", -2), ("notice", -1), ("listing", 0), ("sale", 1))
            found += [
                {"code": site.code, "kind": kind, "month": f"2022-{month + earlier:02d}", "note": "示意"}
                for kind, earlier in steps
                if month + earlier <= MONTHS
            ]
    return [{"edition": "2022-2", **row} for row in found]


def write(folder: Path, sites: list[Site]) -> None:
    """Write the plans' items and targets."""
    rows = items(sites)
    _write(folder / "plan_items.csv", FIELDS, rows)
    moved = DATA["target_changes"]
    told = targets(sites, rows)
    unnamed = [row for row in told if row["note"] == "示意" and row["kind"] == "listing" and row["month"] < "2022-11"]
    for row, change in zip(unnamed, moved, strict=False):
        row.update(change)
    _write(folder / "plan_targets.csv", TARGET_FIELDS, told)
    _write(folder / "plan_totals.csv", TOTAL_FIELDS, DATA["plan_totals"])


def _write(path: Path, fields: tuple[str, ...], rows: Iterable[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fields, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
