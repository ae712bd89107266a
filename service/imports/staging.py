"""Staging: the rows of a checked file wait in `staged_parcel`, each with what publishing it would do.

What differs is told by the database, so that numbers and ranges compare as they are stored. An empty cell says nothing:
it never clears a value.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from service.imports.copying import Csv, ahead, copy_in, csv
from service.imports.matching import Matches
from service.imports.publish import BATCH, Edition, Rows, attributes, hexadecimal, surveys

_BYTES, _NOTHING = pa.scalar("\\x", pa.large_string()), pa.scalar("", pa.large_string())
_PLAIN = ("name", "address", "cadastral_code", "lot_number", "registered_on", "area_legal_m2")
_BOUNDS = ("far", "density_pct", "green_pct", "height_m")
COMPARED = (*_PLAIN, *_BOUNDS, "land_use_given", "land_use")
"""Attributes of a parcel that a file may change."""


def stage(
    connection: psycopg.Connection[Any],
    rows: Rows,
    matches: Matches,
    edition: Edition,
    *,
    progress: Callable[[int], None] = lambda _: None,
) -> dict[str, Any]:
    """Put all rows into `staged_parcel`, in place of what an earlier run left; return the summary."""
    connection.execute("DELETE FROM staged_parcel WHERE import_id = %s", (edition.import_id,))
    count = len(rows.read)
    for done, some in enumerate(ahead(_csv_of(rows, matches, edition)), start=1):
        copy_in(connection, some)
        progress(min(done * BATCH, count))
    connection.execute(_COMPARE, {"import": edition.import_id})
    return summary(connection, edition.import_id, edition.jurisdiction_id)


def _csv_of(rows: Rows, matches: Matches, edition: Edition) -> Iterator[Csv]:
    for start in range(0, len(rows.read), BATCH):
        yield csv("staged_parcel", _staged(rows.slice(start, BATCH), start, matches, edition))


def _staged(rows: Rows, start: int, matches: Matches, edition: Edition) -> pa.Table:
    at = np.arange(start, start + len(rows.read))
    known = [matches.parcels.get(i) for i in at.tolist()]
    moved = np.array([matches.moved_m2.get(i, 0.0) for i in at.tolist()])
    columns = attributes(rows)
    shapes, points = surveys(rows, edition)
    codes = [each and each.code for each in known]
    return pa.table(
        {
            **columns,
            "code": pa.array(
                [new or old for new, old in zip(codes, columns["code"].to_pylist(), strict=True)], pa.string()
            ),
            "import_id": pa.repeat(edition.import_id, len(at)),
            "row": rows.read["row"],
            "action": pa.array(
                _actions(np.array([each is not None for each in known], dtype=bool), moved), pa.string()
            ),
            "parcel_id": pa.array([each and each.id for each in known], pa.int64()),
            "parcel_version": pa.array([each and each.version for each in known], pa.int64()),
            "moved_m2": pa.array(moved, mask=~(moved > 0)),
            "faulty": pc.binary_join_element_wise(
                _BYTES, hexadecimal(rows.read["faulty_wkb"]), pa.scalar("", pa.large_string())
            ),
            "survey": shapes,
            "points": points,
            "surveyed_on": rows.fields["surveyed_on"],
        }
    )


def note_repairs(connection: psycopg.Connection[Any], import_id: int, repairs: Sequence[Mapping[str, Any]]) -> None:
    """Say of each staged row which repairs its shape went through."""
    keys: dict[int, list[str]] = {}
    for each in repairs:
        keys.setdefault(each["row"], []).append(each["key"])
    for row, done in keys.items():
        query = "UPDATE staged_parcel SET repair = %s WHERE import_id = %s AND row = %s"
        connection.execute(query, (" ".join(done), import_id, row))


def _actions(known: NDArray[np.bool_], moved: NDArray[np.float64]) -> NDArray[np.object_]:
    actions = np.where(known, "same", "added").astype(object)
    actions[known & (np.isnan(moved) | (moved > 0))] = "geometry"
    return actions


def _difference(name: str) -> str:
    differs = f"s.{name} IS NOT NULL AND s.{name} IS DISTINCT FROM p.{name}"
    return f"('{name}', to_jsonb(p.{name}), to_jsonb(s.{name}), {differs})"


_USE = "{0}.land_use_scheme || ':' || {0}.land_use_code"
# Another code delivered than before unsettles the use, even where it has no single meaning in the list of 2023; the
# same one, or none, leaves what a person decided.
_USE_DIFFERS = (
    f"('land_use', to_jsonb({_USE.format('p')}), to_jsonb({_USE.format('s')}),"
    " (s.land_use_code IS NOT NULL OR s.land_use_given <> p.land_use_given) AND"
    " (s.land_use_scheme, s.land_use_code) IS DISTINCT FROM (p.land_use_scheme, p.land_use_code))"
)
_DIFFERENCES = ", ".join([*map(_difference, (*_PLAIN, *_BOUNDS, "land_use_given")), _USE_DIFFERS])
_COMPARE = f"""
UPDATE staged_parcel AS staged SET changes = found.changes,
  action = CASE WHEN staged.action = 'same' AND found.changes <> '{{}}' THEN 'attributes' ELSE staged.action END
FROM (
  SELECT s.row,
    coalesce(jsonb_object_agg(d.name, jsonb_build_array(d.before, d.after)) FILTER (WHERE d.differs), '{{}}') AS changes
  FROM staged_parcel AS s JOIN parcel AS p ON p.id = s.parcel_id
  CROSS JOIN LATERAL (VALUES {_DIFFERENCES}) AS d (name, before, after, differs)
  WHERE s.import_id = %(import)s GROUP BY s.row) AS found
WHERE staged.import_id = %(import)s AND staged.row = found.row
"""  # noqa: S608 - our own columns

MISSING = """
FROM parcel AS p WHERE p.jurisdiction_id = %(jurisdiction)s AND p.retired_by IS NULL
  AND p.geom_web && (SELECT ST_Transform(ST_SetSRID(ST_Extent(geom)::geometry, 4490), 3857) FROM staged_parcel
    WHERE import_id = %(import)s)
  AND NOT EXISTS (SELECT FROM staged_parcel AS s WHERE s.import_id = %(import)s AND s.parcel_id = p.id)
"""
"""Parcels `p` of the jurisdiction, where the file's rows lie, that the file doesn't speak of."""


def summary(connection: psycopg.Connection[Any], import_id: int, jurisdiction_id: int) -> dict[str, Any]:
    """Return how many rows add, move, change or repeat a parcel, how many parcels the file misses, and its box."""
    asked = {"import": import_id, "jurisdiction": jurisdiction_id}
    query = "SELECT action, count(*) FROM staged_parcel WHERE import_id = %(import)s GROUP BY action"
    counts: dict[str, int] = dict(connection.execute(query, asked).fetchall())
    (missing,) = connection.execute("SELECT count(*) " + MISSING, asked).fetchone() or (0,)
    box = connection.execute(
        "SELECT ST_XMin(e), ST_YMin(e), ST_XMax(e), ST_YMax(e) FROM"
        " (SELECT ST_Extent(geom) AS e FROM staged_parcel WHERE import_id = %(import)s) AS box WHERE e IS NOT NULL",
        asked,
    ).fetchone()
    named = {name: counts.get(name, 0) for name in ("added", "geometry", "attributes", "same")}
    return {**named, "missing": missing, "box": box and list(box)}
