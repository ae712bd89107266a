"""Code lists read from `gis_data`: checked when the service starts, frozen afterwards."""

import csv
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

GIS_DATA = Path(__file__).resolve().parents[2] / "gis_data"
"""The data that comes with the project: code lists, field maps, the demo district."""

_COLUMNS = {"code", "name", "name_en", "parent", "verified"}


class BrokenCodeList(ValueError):
    """A code list can't be used; the message names file, line and fault, one fault a line."""


@dataclass(frozen=True, slots=True)
class Code:
    """One entry.

    `max_term_years` is the longest term of a granted right, `plan_class` the row of the annual plan, `unit` what a
    figure of this kind is measured in.
    """

    code: str
    name: str
    name_en: str
    parent: str | None
    verified: bool
    max_term_years: int | None = None
    plan_class: str | None = None
    unit: str | None = None
    unit_en: str | None = None


@dataclass(frozen=True, slots=True)
class CodeList:
    """One list with its source; `entries` in the file's order."""

    list: str
    title: str
    title_en: str
    source: str
    edition: str
    licence: str
    entries: Mapping[str, Code]


def load(folder: Path = GIS_DATA) -> Mapping[str, CodeList]:
    """Read every list that `catalogue.toml` names; raise BrokenCodeList with all faults at once."""
    catalogue = tomllib.loads((folder / "catalogue.toml").read_text(encoding="utf-8"))
    lists, faults = {}, []
    for header in catalogue["code_lists"]:
        file = header.pop("file")
        rows = list(_rows(folder / file))
        faults += [f"{file}:{line}: {fault}" for line, fault in _faults(rows)]
        lists[header["list"]] = CodeList(
            **header, entries=MappingProxyType({row["code"]: _code(row) for _, row in rows})
        )
    if faults:
        raise BrokenCodeList("\n".join(faults))
    return MappingProxyType(lists)


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        missing = _COLUMNS - set(reader.fieldnames or ())
        if missing:
            raise BrokenCodeList(f"{path.name}:1: columns missing: {', '.join(sorted(missing))}")
        for row in reader:
            yield reader.line_num, {key: value or "" for key, value in row.items() if key}


def _faults(rows: list[tuple[int, dict[str, str]]]) -> Iterator[tuple[int, str]]:
    known = {row["code"] for _, row in rows}
    seen: dict[str, int] = {}
    for line, row in rows:
        code, parent, term = row["code"], row["parent"], row.get("max_term_years", "")
        if not code or not row["name"] or not row["name_en"]:
            yield line, "code, name and name_en must be filled"
        if code in seen:
            yield line, f"code {code} stands already on line {seen[code]}"
        seen.setdefault(code, line)
        if parent and (parent not in known or parent == code):
            yield line, f"parent {parent} of {code} is unknown"
        if row["verified"] not in {"yes", "no"}:
            yield line, f"verified is {row['verified']!r}, must be yes or no"
        if term and not (term.isascii() and term.isdigit()):
            yield line, f"max_term_years is {term!r}, must be a whole number"


def _code(row: dict[str, str]) -> Code:
    term = row.get("max_term_years", "")
    return Code(
        row["code"],
        row["name"],
        row["name_en"],
        row["parent"] or None,
        row["verified"] == "yes",
        int(term) if term.isdigit() else None,
        row.get("plan_class") or None,
        row.get("unit") or None,
        row.get("unit_en") or None,
    )
