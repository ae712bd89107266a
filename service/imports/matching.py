"""Which parcels the rows of a file mean: codes match as a look-up matches them, within the import's jurisdiction."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from service.accounts.access import system
from service.imports import diff, queries, workshop
from service.imports.adjoining import check_neighbours
from service.imports.checking import Checked
from service.imports.report import Report
from service.parcels import selection
from service.parcels.approval import approval_for
from service.parcels.lifecycle import Stage
from service.parcels.lineage import CONCERNED

_ASKED = 20_000  # codes of one statement
_EVERYBODYS = system("imports.match", kind="job")
_COMPARED = 2_000  # shapes of one statement
Ints = NDArray[np.int64]


class Known(NamedTuple):
    """A parcel that a row's code names."""

    id: int
    code: str
    version: int
    own: bool
    retired: bool
    state: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Matches:
    """Of some rows, by index: the parcel that is there already, and m² by which its shape moves (0: the same)."""

    parcels: dict[int, Known]
    moved_m2: dict[int, float]

    @property
    def codes(self) -> frozenset[str]:
        """Codes of the parcels that the file speaks of."""
        return frozenset(each.code for each in self.parcels.values())


def match(connection: psycopg.Connection[Any], checked: Checked, jurisdiction_id: int) -> Matches:
    """Find the parcels that rows speak of and compare shapes; report codes that can't be meant."""
    codes = checked.rows.fields["code"].combine_chunks()
    numbers = checked.rows.read["row"].to_numpy()
    named: dict[int, list[Known]] = {}
    for index, parcel in _named(connection, codes, jurisdiction_id):
        named.setdefault(index, []).append(parcel)
    report = checked.report
    _refuse(report, "code_ambiguous", numbers, codes, [i for i, each in named.items() if len(each) > 1])
    only = {i: each[0] for i, each in named.items() if len(each) == 1}
    _refuse(report, "code_elsewhere", numbers, codes, [i for i, each in only.items() if not each.own])
    _refuse(report, "code_retired", numbers, codes, [i for i, each in only.items() if each.own and each.retired])
    meant: dict[int, int] = {}
    twice = [i for i, each in sorted(only.items()) if meant.setdefault(each.id, i) != i]
    _refuse(report, "parcel_twice", numbers, codes, twice)
    parcels = {i: each for i, each in only.items() if each.own and not each.retired and meant[each.id] == i}
    _remark_state(checked, parcels, numbers)
    moved = dict(_moves(connection, checked.rows.read["geom_wkb"].combine_chunks(), parcels))
    _remark_concerned(report, parcels, moved, numbers)
    return Matches(parcels, moved)


def _named(connection: psycopg.Connection[Any], codes: pa.Array, jurisdiction_id: int) -> Iterator[tuple[int, Known]]:
    if connection.execute("SELECT FROM parcel LIMIT 1").fetchone() is None:
        return
    given = np.flatnonzero(pc.is_valid(codes).to_numpy(zero_copy_only=False))
    for start in range(0, len(given), _ASKED):
        some = given[start : start + _ASKED]
        # A second number keeps the statement to its form for many.
        asked = selection.asked([*codes.take(pa.array(some)).to_pylist(), ""], _EVERYBODYS)
        query = f"""SELECT a.n, p.id, p.code, p.version, p.jurisdiction_id = %(own)s, p.retired_by IS NOT NULL,
            p.stage, p.hold FROM {asked.sql}"""  # noqa: S608 - our own words
        for n, number, code, version, own, retired, *state in connection.execute(
            query, {**asked.params, "own": jurisdiction_id}
        ):
            yield int(some[n - 1]), Known(number, code, version, own, retired, (state[0], state[1]))


def _moves(
    connection: psycopg.Connection[Any], wkb: pa.Array, parcels: dict[int, Known]
) -> Iterator[tuple[int, float]]:
    rows = [i for i in parcels if wkb[i].is_valid]
    for start in range(0, len(rows), _COMPARED):
        some = rows[start : start + _COMPARED]
        ids = [parcels[i].id for i in some]
        query = "SELECT id, ST_AsBinary(geom) FROM parcel WHERE id = ANY (%s)"
        there = dict(connection.execute(query, (ids,), binary=True).fetchall())
        before = shapely.from_wkb(np.array([there[number] for number in ids], dtype=object))
        after = shapely.from_wkb(wkb.take(pa.array(some)).to_numpy(zero_copy_only=False))
        yield from zip(some, diff.moved_m2(before, after).tolist(), strict=True)


def _remark_state(checked: Checked, parcels: dict[int, Known], numbers: Ints) -> None:
    """Say where a file has another state than the parcel: states change by events, never by a file."""
    stage, hold = (checked.rows.fields[name].to_pylist() for name in ("stage", "hold"))
    other = [i for i, each in parcels.items() if stage[i] is not None and (stage[i], hold[i]) != each.state]
    if other:
        first = other[0]
        kept = parcels[first].state[0]
        checked.report.note(
            "stage_kept", field="stage", value=stage[first], count=len(other), first=int(numbers[first]), kept=kept
        )


def _remark_concerned(report: Report, parcels: dict[int, Known], moved: dict[int, float], numbers: Ints) -> None:
    """Say where a boundary would move that others are concerned by already: only an approver publishes that."""
    stages = {i: Stage(parcels[i].state[0]) for i, metres in moved.items() if metres != 0}
    at = [i for i, stage in sorted(stages.items()) if approval_for(stage)]
    if at:
        words = [CONCERNED[stages[i]] for i in at]
        facts = [{"why": zh, "why_en": en} for zh, en in words]
        codes = [parcels[i].code for i in at]
        report.rows("boundary_concerns_others", numbers[at], field="geometry", values=codes, facts=facts)


def _refuse(report: Report, code: str, numbers: Ints, codes: pa.Array, at: Sequence[int]) -> None:
    if at:
        report.rows(code, numbers[at], field="code", values=codes.take(pa.array(at)).to_pylist())


def check_matched(connection: psycopg.Connection[Any], checked: Checked, matches: Matches) -> None:
    """Check cadastral codes and shapes against the parcels that the file does not speak of."""
    rows, report = checked.rows, checked.report
    numbers = rows.read["row"].to_numpy()
    column = rows.fields["cadastral_code"].combine_chunks()
    holders = queries.holders(connection, column.drop_null().to_pylist())
    own = {i: each.id for i, each in matches.parcels.items()}
    at = [i for i, code in enumerate(column.to_pylist()) if code in holders and holders[code] != own.get(i)]
    if at:
        report.rows(
            "cadastral_taken", numbers[at], field="cadastral_code", values=column.take(pa.array(at)).to_pylist()
        )
    find = partial(queries.neighbours, connection)
    check_neighbours(find, rows.read, checked.places.bounds, report, measure=workshop.measured, but=matches.codes)
