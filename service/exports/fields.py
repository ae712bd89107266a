"""The columns of an exported parcel (`gis_data/exports/parcel_fields.toml`), and how kept values are worded in them."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa

from service.codes import queries as codes
from service.codes.loader import GIS_DATA
from service.core.errors import BadRequest
from service.exports.formats import Format
from service.parcels import planning
from service.parcels.lifecycle import HOLD_TITLES, IDLE_TITLES, STAGE_TITLES, Hold, Idle, Stage
from service.parcels.planning import BoundField, KeptRange

GEOMETRY = "geometry"
"""The shape as WKT: the last column of a table; a column asked for by name like any other."""
_LONGEST_SHORT = 10  # bytes of a name in a DBF file
_TYPES = {"text": pa.string(), "bounds": pa.string(), "number": pa.float64(), "date": pa.date32()}


class BrokenFieldTable(ValueError):
    """The table of columns can't be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Field:
    """One column: its names by kind of file, what its values are, and whether it is for reading only."""

    field: str
    title: str
    title_en: str
    short: str
    kind: Literal["text", "date", "number", "bounds"]
    told: bool = False

    @property
    def type(self) -> pa.DataType:
        """Arrow type of the column."""
        return _TYPES[self.kind]

    def heading(self, form: Format) -> str:
        """Name of the column in a format."""
        return str(getattr(self, form.headings))


@cache
def fields(path: Path = GIS_DATA / "exports" / "parcel_fields.toml") -> tuple[Field, ...]:
    """Read the table of columns; raise BrokenFieldTable for one that can't be used."""
    found = tuple(Field(**each) for each in tomllib.loads(path.read_text(encoding="utf-8"))["fields"])
    for name in ("field", "title", "short"):
        names = [getattr(each, name) for each in found]
        if len(set(names)) < len(names):
            raise BrokenFieldTable(f"{path.name}: a {name} stands twice")
    for each in found:
        if each.kind not in _TYPES or not (each.short.isascii() and len(each.short) <= _LONGEST_SHORT):
            raise BrokenFieldTable(f"{path.name}: {each.field}")
    return found


def chosen(names: Sequence[str]) -> tuple[Field, ...]:
    """Return the columns of these names, in the order asked; all of them for no name.

    Raises:
        BadRequest: a name that no column has.

    """
    known = {each.field: each for each in fields()}
    wanted = list(dict.fromkeys(names))
    if unknown := [name for name in wanted if name not in known and name != GEOMETRY]:
        zh = f"没有字段 {'、'.join(each[:40] for each in unknown[:5])}。可选：{'、'.join([*known, GEOMETRY])}。"
        raise BadRequest(zh, f"Unknown fields {', '.join(each[:40] for each in unknown[:5])}.")
    return tuple(known[name] for name in wanted if name != GEOMETRY) or fields()


def has_geometry(names: Sequence[str]) -> bool:
    """Tell whether a table is to have the shape as a column: unless other columns are chosen."""
    return not names or GEOMETRY in names


def values(row: Mapping[str, Any], *, worded: bool) -> dict[str, Any]:
    """Word the kept values of one row as a file has them; `worded`: stages in Chinese, as clerks write them."""
    stage, hold, idle = Stage(row["stage"]), Hold(row["hold"]), Idle(row["idle"])
    scheme, code = row["land_use_scheme"], row["land_use_code"]
    suspended = "" if hold is Hold.none else f" {HOLD_TITLES[hold][0] if worded else hold}"
    return {
        "land_use": land_use(scheme, code),
        "land_use_name": code and codes.name_of(scheme, code),
        "land_uses": mixed(row["components"]),
        "stage": f"{STAGE_TITLES[stage][0] if worded else stage}{suspended}",
        "idle": None if idle is Idle.none else (IDLE_TITLES[idle][0] if worded else str(idle)),
        **{name: bounds(name, row[name]) for name in planning.FIELDS},
    }


def land_use(scheme: str | None, code: str | None) -> str | None:
    """Write a land-use code so that its list is never lost: bare only for the list of 2023.

    >>> land_use("land_use_2023", "0702"), land_use("gbt_21010_2017", "0601")
    ('0702', 'gbt_21010_2017:0601')
    """
    return code if code is None or scheme == codes.LAND_USE else f"{scheme}:{code}"


def mixed(components: Sequence[Mapping[str, Any]] | None) -> str | None:
    """Write the components of a mixed use, `0702 70% 70年; 0901 30%`; None where one use says it all."""
    if not components:
        return None
    parts = []
    for each in components:
        share = f"{Decimal(str(each['share'])) * 100:f}".rstrip("0").rstrip(".")
        term = f" {each['max_term_years']}年" if each["max_term_years"] else ""
        parts.append(f"{land_use(each['scheme'], each['code'])} {share}%{term}")
    return "; ".join(parts)


@lru_cache(maxsize=4096)  # plans name few values, and many times
def bounds(field: BoundField, kept: KeptRange | None) -> str | None:
    """Write a planning bound as a notice words it; the import reads it back as it was.

    >>> from psycopg.types.range import Range
    >>> bounds("far", Range(Decimal("1.1"), Decimal("1.8"), "(]"))
    '>1.1,<=1.8'
    >>> bounds("green_pct", Range(Decimal(35), Decimal(100), "[]"))
    '>=35'
    """
    if kept is None:
        return None
    told = planning.to_json(field, kept)
    low = told is not None and told["min"] is not None
    high = told is not None and told["max"] is not None
    if not (low or high):  # it bounds nothing, but somebody said so
        low, high = kept.upper is None, kept.upper is not None
    ends = []
    if low and kept.lower is not None:
        ends.append(f"{'>=' if kept.lower_inc else '>'}{_plain(kept.lower)}")
    if high and kept.upper is not None:
        ends.append(f"{'<=' if kept.upper_inc else '<'}{_plain(kept.upper)}")
    return ",".join(ends)


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
