"""What a code of an older land-use list means in the list of 2023 (对照): read from `gis_data`, frozen afterwards.

A correspondence that nobody has compared with an official table is not `verified`; whoever shows it must say so.
"""

import csv
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any

from service.codes.loader import GIS_DATA, BrokenCodeList, CodeList

_COLUMNS = {"code", "target", "relation", "verified", "note"}
Row = tuple[int, dict[str, str]]


class Relation(StrEnum):
    """What the class of 2023 is to the older one; only the first two say what land of the older class is today."""

    EXACT = "exact"  # the same land
    BROADER = "broader"  # wider: all land of the older class lies in it
    NARROWER = "narrower"  # a part of the older class; what the rest is, isn't known
    ONE_OF_MANY = "one-of-many"  # one of those that the older class was divided among


DECIDING = frozenset({Relation.EXACT, Relation.BROADER})
"""Relations by which a code is translated; by the others a person decides."""


@dataclass(frozen=True, slots=True)
class Match:
    """A class of 2023 that an older code may mean."""

    code: str
    relation: Relation
    verified: bool
    note: str | None


@dataclass(frozen=True, slots=True)
class Correspondence:
    """The table of one older list: code → what it may mean, in the file's order."""

    list: str
    target: str
    title: str
    title_en: str
    source: str
    dated_on: date
    licence: str
    matches: Mapping[str, tuple[Match, ...]]


def load_correspondences(lists: Mapping[str, CodeList], folder: Path = GIS_DATA) -> Mapping[str, Correspondence]:
    """Read every table that `catalogue.toml` names, by older list; raise BrokenCodeList with all faults at once."""
    catalogue = tomllib.loads((folder / "catalogue.toml").read_text(encoding="utf-8"))
    found, faults = {}, []
    for header in catalogue.get("correspondences", []):
        file = header.pop("file")
        rows = list(_rows(folder / file))
        wrong = [f"{file}:{line}: {fault}" for line, fault in _faults(rows, header, lists)]
        faults += wrong
        if not wrong:
            found[header["list"]] = Correspondence(**header, matches=_matches(rows))
    if faults:
        raise BrokenCodeList("\n".join(faults))
    return MappingProxyType(found)


def _rows(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        if set(reader.fieldnames or ()) != _COLUMNS:
            raise BrokenCodeList(f"{path.name}:1: the columns must be {', '.join(sorted(_COLUMNS))}")
        for row in reader:
            yield reader.line_num, {key: value or "" for key, value in row.items() if key}


def _faults(rows: list[Row], header: Mapping[str, Any], lists: Mapping[str, CodeList]) -> Iterator[tuple[int, str]]:
    for role in ("list", "target"):
        if header[role] not in lists:
            yield 1, f"there is no code list {header[role]}"
            return
    older, newer = (lists[header[role]].entries for role in ("list", "target"))
    seen: dict[tuple[str, str], int] = {}
    relations: dict[str, tuple[str, int]] = {}
    for line, row in rows:
        code, target, relation = row["code"], row["target"], row["relation"]
        if code not in older:
            yield line, f"code {code} is not in {header['list']}"
        if target not in newer:
            yield line, f"target {target} is not in {header['target']}"
        if relation not in set(Relation):
            yield line, f"relation is {relation!r}, must be {', '.join(Relation)}"
        if row["verified"] not in {"yes", "no"}:
            yield line, f"verified is {row['verified']!r}, must be yes or no"
        first = seen.setdefault((code, target), line)
        if first != line:
            yield line, f"{code} → {target} stands already on line {first}"
        said, since = relations.setdefault(code, (relation, line))
        if since != line and first == line and (relation != said or relation in DECIDING):
            yield line, f"{code} is {said} on line {since}: it can't be {relation} to another"
    yield from _alone(rows)


def _alone(rows: list[Row]) -> Iterator[tuple[int, str]]:
    """Codes that are one of many, and of only one."""
    codes = [row["code"] for _, row in rows]
    for line, row in rows:
        if row["relation"] == Relation.ONE_OF_MANY and codes.count(row["code"]) == 1:
            yield line, f"{row['code']} is one-of-many, of which no other stands here"


def _matches(rows: list[Row]) -> Mapping[str, tuple[Match, ...]]:
    found: dict[str, tuple[Match, ...]] = {}
    for _, row in rows:
        match = Match(row["target"], Relation(row["relation"]), row["verified"] == "yes", row["note"] or None)
        found[row["code"]] = (*found.get(row["code"], ()), match)
    return MappingProxyType(found)
