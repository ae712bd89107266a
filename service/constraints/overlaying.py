"""Comparing parcels with the control layers in force and keeping what comes out: a parcel at once, many by strips.

The database finds pieces by their index; the overlay itself runs in a killable child (`apart.py`).
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import orjson
import shapely
from numpy.typing import NDArray
from sqlalchemy import text
from sqlalchemy.orm import Session

from service.constraints import queries
from service.constraints.apart import Overlayer
from service.constraints.catalogue import Applies, control_types
from service.constraints.measuring import Shared
from service.constraints.queries import InForce, Subject
from service.parcels import following

NAMES = 20  # of features, kept with a result
SECONDS = 20.0  # for a parcel or a batch; a batch of 2,000 takes about one


class Asked(NamedTuple):
    """What is to be overlaid: parcels of one jurisdiction, its layers, and the pieces that may meet the parcels."""

    subjects: list[Subject]
    layers: list[InForce]
    pieces: list[bytes]
    layer: NDArray[np.int64]
    feature: NDArray[np.int64]


class Found(NamedTuple):
    """What came out: figures by position of parcel and layer, and the land of each row (WKB)."""

    asked: Asked
    shared: Shared
    shapes: list[bytes]


def ask(session: Session, subjects: list[Subject]) -> Asked:
    """Read what an overlay of parcels of one jurisdiction needs."""
    layers = queries.layers_in_force(session, subjects[0].jurisdiction_id)
    boxes = shapely.bounds(shapely.from_wkb([each.wkb for each in subjects]))
    box = [*boxes[:, :2].min(axis=0).tolist(), *boxes[:, 2:].max(axis=0).tolist()]
    rows = queries.pieces(session, [each.id for each in layers], box) if layers else []
    position = {each.id: i for i, each in enumerate(layers)}
    layer = np.array([position[row[0]] for row in rows], dtype=np.int64)
    return Asked(subjects, layers, [row[2] for row in rows], layer, np.array([row[1] for row in rows], dtype=np.int64))


def overlay(asked: Asked, overlayer: Overlayer, *, seconds: float = SECONDS) -> Found:
    """Measure what the parcels share with the layers. Raises TooComplex."""
    types = control_types()
    outside = [i for i, each in enumerate(asked.layers) if types[each.type].applies is Applies.OUTSIDE]
    shared, shapes = overlayer.measure(
        [each.wkb for each in asked.subjects],
        asked.pieces,
        asked.layer,
        asked.feature,
        np.array(outside, dtype=np.int64),
        seconds=seconds,
    )
    return Found(asked, shared, shapes)


_CHECKED = text("""
    INSERT INTO overlay_check (parcel_id, shape, layers, computed_by)
    SELECT id, shape::uuid, :layers, :actor FROM unnest(CAST(:ids AS bigint[]), CAST(:marks AS text[])) AS t (id, shape)
    ORDER BY id
    ON CONFLICT (parcel_id) DO UPDATE
    SET shape = excluded.shape, layers = excluded.layers, computed_by = excluded.computed_by, computed_at = now()
""")
_CLEARED = text("DELETE FROM overlay_result WHERE parcel_id = ANY (:ids)")
_KEPT = text("""
    INSERT INTO overlay_result (parcel_id, layer_id, rule, inside, area_m2, share, features, geom)
    SELECT parcel, layer, rule, inside, area, share, features::jsonb, ST_GeomFromWKB(shape, 4490)
    FROM unnest(CAST(:parcel AS bigint[]), CAST(:layer AS int[]), CAST(:rule AS text[]), CAST(:inside AS boolean[]),
                CAST(:area AS numeric[]), CAST(:share AS float8[]), CAST(:features AS text[]), CAST(:shape AS bytea[]))
         AS t (parcel, layer, rule, inside, area, share, features, shape)
""")


def keep(session: Session, found: Found, actor: str) -> int:
    """Write the results in place of the parcels' former ones; return how many. The row of the check is the lock."""
    asked, shared = found.asked, found.shared
    ids = [each.id for each in asked.subjects]
    marks = [each.shape for each in asked.subjects]
    layers = [each.id for each in asked.layers]
    session.execute(_CHECKED, {"ids": ids, "marks": marks, "layers": layers, "actor": actor})
    session.execute(_CLEARED, {"ids": ids})
    following.note(session, ids)
    if len(shared.parcel):
        session.execute(_KEPT, _rows(found, _names(session, shared)))
    return len(shared.parcel)


def _rows(found: Found, features: Sequence[str]) -> dict[str, object]:
    asked, shared, types = found.asked, found.shared, control_types()
    layers = [asked.layers[i] for i in shared.layer.tolist()]
    inside: list[bool] = shared.inside.tolist()
    return {
        "parcel": [asked.subjects[i].id for i in shared.parcel.tolist()],
        "layer": [each.id for each in layers],
        "rule": [str(types[each.type].rule_of(inside=within)) for each, within in zip(layers, inside, strict=True)],
        "inside": inside,
        "area": [round(area, 2) for area in shared.area_m2.tolist()],
        "share": shared.share.tolist(),
        "features": features,
        "shape": found.shapes,
    }


def _names(session: Session, shared: Shared) -> list[str]:
    """For each row, the names of the features that it lies in, as JSON."""
    names = queries.feature_names(session, np.unique(shared.feature).tolist())
    found: list[list[str]] = [[] for _ in range(len(shared.parcel))]
    for row, feature in zip(shared.row.tolist(), shared.feature.tolist(), strict=True):
        name = names.get(feature)
        if name is not None and name not in found[row] and len(found[row]) < NAMES:
            found[row].append(name)
    return [orjson.dumps(each).decode() for each in found]
