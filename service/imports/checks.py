"""What must be true of a file's rows before they become parcels. Whole columns at a time; findings, never exceptions.

`fields` is the table of `mapping.map_fields`, `rows` its row numbers in the file.
"""

import datetime as dt
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from service.checklist.holding import SOLD
from service.core.errors import GongdiError
from service.geo.area import UNITS, areas_differ, unit_of
from service.imports import land_uses, values
from service.imports.report import Report
from service.imports.tolerances import TOLERANCES
from service.imports.values import Mask, Rows
from service.parcels.identifiers import check_code, parse_cadastral_code

LONGEST = {"name": 200, "address": 300, "lot_number": 100, "county_code": 12}
FOUNDED = dt.date(1949, 10, 1)
_NEAR = 0.02  # of a shape's area
LARGEST_M2 = 1e10  # 10,000 km²: larger than any county of the two cities
_CADASTRAL = r"^\d{12}[GJZ][ABCDEFGHLNSWXY]\d{5}$"


def check_fields(fields: pa.Table, rows: Rows, report: Report, *, today: dt.date) -> pa.Array:
    """Check every field by itself and against its column; return the fields with their land uses in today's list."""
    _numbers(fields, "code", values.not_codes, check_code, rows, report)
    missing = pc.is_null(fields["code"]).to_numpy()
    report.rows("code_missing", rows[missing], field="code")
    _numbers(fields, "cadastral_code", _not_cadastral, parse_cadastral_code, rows, report)
    for field, limit in LONGEST.items():
        long = _marked(pc.greater(pc.utf8_length(fields[field]), limit))
        _report(report, "text_too_long", long, rows, field, fields[field], limit=limit)
    for field in ("registered_on", "surveyed_on", "stage_since"):
        column = fields[field]
        odd = _marked(pc.or_(pc.less(column, FOUNDED), pc.greater(column, today)))
        _report(report, "date_implausible", odd, rows, field, column)
    legal = fields["area_legal_m2"]
    odd = _marked(pc.or_(pc.less(legal, TOLERANCES.zero_m2), pc.greater(legal, LARGEST_M2)))
    _report(report, "area_legal_implausible", odd, rows, "area_legal_m2", legal)
    return land_uses.translated(fields, rows, report)


def check_areas(fields: pa.Table, read: pa.Table, rows: Rows, report: Report) -> None:
    """Refuse shapes without area; warn where the legal area differs from the plane one by more than max(1 m², 0.05 %).

    The legal area of a parcel is that on the plane; the one on the ellipsoid is told, in case it was taken instead.
    """
    plane_m2, ellipsoid_m2 = read["area_plane_m2"].to_numpy(), read["area_ellipsoid_m2"].to_numpy()
    flat = plane_m2 < TOLERANCES.zero_m2
    report.rows("area_zero", rows[flat], facts=[{"limit": TOLERANCES.zero_m2}] * int(flat.sum()))
    legal = fields["area_legal_m2"].to_numpy()
    wrong = np.flatnonzero(areas_differ(legal, plane_m2) & ~flat)
    facts: list[dict[str, object]] = [
        {
            "measured": f"{plane_m2[i]:.2f}",
            "ellipsoid": f"{ellipsoid_m2[i]:.2f}",
            "difference": f"{(plane_m2[i] - legal[i]) / legal[i]:+.3%}" if legal[i] else "?",
            **_unit_meant(legal[i], plane_m2[i]),
        }
        for i in wrong
    ]
    shown = [f"{legal[i]:.2f}" for i in wrong]
    report.rows("area_differs", rows[wrong], field="area_legal_m2", values=shown, facts=facts)


def _unit_meant(legal: float, plane_m2: float) -> dict[str, object]:
    """The unit that a stated area would be right in, where it is no square metres.

    >>> _unit_meant(15.0, 10_010.0)["unit"], _unit_meant(9_000.0, 10_000.0)["unit"]
    ('，像是以亩填写', '')
    """
    unit = unit_of(legal, plane_m2, within=_NEAR)
    if unit in {None, "平方米"}:
        return {"unit": "", "unit_en": ""}
    return {"unit": f"，像是以{unit}填写", "unit_en": f": was it given in {UNITS[unit][0]}?"}


def check_taken(
    fields: pa.Table,
    rows: Rows,
    report: Report,
    taken: Callable[[str, pa.ChunkedArray], set[str]],
    retired: Callable[[list[str]], set[str]],
) -> None:
    """Refuse codes that parcels of the database have or had, in either case.

    `taken(column, keys)` says which those are, `retired(keys)` which of them were split or merged away.
    """
    for field, code in (("code", "code_taken"), ("cadastral_code", "cadastral_taken")):
        column = fields[field]
        if column.null_count == len(column):
            continue
        keys = pc.ascii_upper(column)
        found = taken(field, keys.drop_null())
        gone = retired(sorted(found)) if found and field == "code" else set[str]()
        for held, kind in ((found - gone, code), (gone, "code_retired")):
            if held:
                there = _marked(pc.is_in(keys, pa.array(sorted(held), pa.string())))
                _report(report, kind, there, rows, field, column)


def check_sold(fields: pa.Table, rows: Rows, report: Report, since: dt.date) -> None:
    """Refuse land that was sold since a day: from then on a sale needs a checklist, and land that comes in has none."""
    day = pc.fill_null(fields["stage_since"], since)
    sold = pc.is_in(fields["stage"], pa.array(sorted(SOLD), pa.string()))
    late = pc.and_(sold, pc.greater_equal(day, pa.scalar(since)))
    _report(report, "sold_without_checklist", _marked(late), rows, "code", fields["code"])


def _numbers(
    fields: pa.Table,
    field: str,
    suspect: Callable[[pa.Array], Mask],
    check: Callable[[str], object],
    rows: Rows,
    report: Report,
) -> None:
    """Check a column of identifying numbers: well formed, and none twice."""
    column = fields[field].combine_chunks()
    wrong: list[int] = []
    facts: list[dict[str, object]] = []
    shown: list[str] = []
    for i in np.flatnonzero(suspect(column)):
        number = column[int(i)].as_py()
        try:
            check(number)
        except GongdiError as error:
            wrong.append(int(i))
            shown.append(number)
            facts.append({"reason": error.zh.rstrip("。"), "reason_en": str(error).rstrip(".")})
    kind = "cadastral" if field == "cadastral_code" else "code"
    report.rows(f"{kind}_invalid", rows[np.array(wrong, dtype=int)], field=field, values=shown, facts=facts)
    _repeated(column, kind, field, rows, report)


def _repeated(column: pa.Array, kind: str, field: str, rows: Rows, report: Report) -> None:
    """Refuse a number that an earlier row has, be it in the other case."""
    valid = np.flatnonzero(pc.is_valid(column).to_numpy(zero_copy_only=False))
    keys = pc.ascii_upper(column).dictionary_encode().indices.to_numpy(zero_copy_only=False)[valid].astype(np.int64)
    if len(keys) == 0 or keys.max() + 1 == len(keys):
        return
    first = np.full(keys.max() + 1, -1)
    first[keys[::-1]] = valid[::-1]
    again = valid[first[keys] != valid]
    earlier = first[keys[first[keys] != valid]]
    facts: list[dict[str, object]] = [{"other": int(rows[i])} for i in earlier]
    report.rows(
        f"{kind}_duplicate", rows[again], field=field, values=column.take(pa.array(again)).to_pylist(), facts=facts
    )


def _not_cadastral(column: pa.Array) -> Mask:
    return _marked(pc.invert(pc.match_substring_regex(column, _CADASTRAL))) | _marked(pc.ends_with(column, "00000"))


def _report(
    report: Report,
    code: str,
    wrong: Mask,
    rows: Rows,
    field: str,
    column: pa.Array,
    **facts: object,
) -> None:
    at = np.flatnonzero(wrong)
    if len(at):
        shown = column.take(pa.array(at)).to_pylist()
        report.rows(code, rows[at], field=field, values=shown, facts=[facts] * len(at))


def _marked(column: pa.Array) -> Mask:
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    marked: Mask = pc.fill_null(array, fill_value=False).to_numpy(zero_copy_only=False).astype(bool)
    return marked
