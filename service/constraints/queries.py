"""What is known of control layers and of what they mean for parcels. Ready SQL; the pieces are for `overlaying.py`."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, select, text
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.constraints.models import ControlLayer, OverlayRun
from service.core.errors import NotFound
from service.parcels.selection import CODE_KEY
from service.regions.models import Jurisdiction
from service.regions.queries import visible_jurisdictions

# A check is out of date when the parcel has another shape or its jurisdiction other layers in force.
SHAPE = "md5(ST_AsBinary(p.geom))::uuid"
IN_FORCE = """ARRAY(SELECT id FROM control_layer AS f
    WHERE f.jurisdiction_id = p.jurisdiction_id AND f.superseded_at IS NULL ORDER BY id)"""
_RESULT_STALE = f"(c.shape IS DISTINCT FROM {SHAPE} OR l.superseded_at IS NOT NULL)"
_SCOPE = "(CAST(:scope AS text[]) IS NULL OR j.code = ANY (CAST(:scope AS text[])))"
_GRAVITY = "array_position(ARRAY['forbidden', 'needs_procedure', 'allowed'], r.rule)"


def scope_of(actor: Actor) -> list[str] | None:
    """The jurisdictions an actor is kept to, as a parameter; None: all."""
    return None if actor.jurisdictions is None else sorted(actor.jurisdictions)


def visible_layers(actor: Actor) -> Select[ControlLayer]:
    """The control layers an actor may see: those of their jurisdictions."""
    if actor.jurisdictions is None:
        return select(ControlLayer)
    own = visible_jurisdictions(actor).with_only_columns(Jurisdiction.id)
    return select(ControlLayer).where(ControlLayer.jurisdiction_id.in_(own))


def _with_code(statement: Select[ControlLayer]) -> Select[ControlLayer, str]:
    return statement.join(Jurisdiction, Jurisdiction.id == ControlLayer.jurisdiction_id).with_only_columns(
        ControlLayer, Jurisdiction.code
    )


def layer_page(
    session: Session, actor: Actor, *, type_: str | None, in_force: bool, before: int | None, limit: int
) -> Sequence[Row[ControlLayer, str]]:
    """Return versions of layers with their jurisdiction's code, the newest first, those older than id `before`."""
    statement = _with_code(visible_layers(actor)).order_by(ControlLayer.id.desc()).limit(limit)
    if type_ is not None:
        statement = statement.where(ControlLayer.type == type_)
    if in_force:
        statement = statement.where(ControlLayer.superseded_at.is_(None))
    return session.execute(statement if before is None else statement.where(ControlLayer.id < before)).all()


def layer_by_id(session: Session, actor: Actor, layer_id: int) -> Row[ControlLayer, str]:
    """Return one version of a layer with its jurisdiction's code; NotFound if absent or not visible."""
    row = session.execute(_with_code(visible_layers(actor)).where(ControlLayer.id == layer_id)).one_or_none()
    if row is None:
        raise NotFound(f"没有管控图层 {layer_id}。", f"No control layer {layer_id}.")
    return row


_EXTENT = text("""
    SELECT min(ST_XMin(geom)) AS west, min(ST_YMin(geom)) AS south,
           max(ST_XMax(geom)) AS east, max(ST_YMax(geom)) AS north
    FROM control_feature WHERE layer_id = :layer
""")


def extent(session: Session, layer_id: int) -> list[float] | None:
    """Return west, south, east, north of a layer, degrees; None for one without areas."""
    row = session.execute(_EXTENT, {"layer": layer_id}).one()
    return None if row.west is None else list(row)


def results_by_layer(session: Session, layer_id: int) -> int:
    """Count the parcels of which a version of a layer says something."""
    asked = text("SELECT count(*) FROM overlay_result WHERE layer_id = :layer")
    return int(session.scalar(asked, {"layer": layer_id}) or 0)


class Subject(NamedTuple):
    """A parcel about to be overlaid: its shape (WKB, EPSG:4490) and the mark by which a later look knows it again."""

    id: int
    code: str
    jurisdiction_id: int
    wkb: bytes
    shape: str


_SUBJECTS = f"SELECT p.id, p.code, p.jurisdiction_id, ST_AsBinary(p.geom), {SHAPE}::text FROM parcel AS p"  # noqa: S608


def subjects(session: Session, ids: Sequence[int]) -> list[Subject]:
    """Return parcels as they are now, by id."""
    rows = session.execute(text(f"{_SUBJECTS} WHERE p.id = ANY (:ids) ORDER BY p.id"), {"ids": list(ids)})
    return [Subject(*row) for row in rows]


_ORDERED = text(f"""
    SELECT p.id, p.jurisdiction_id FROM parcel AS p JOIN jurisdiction AS j ON j.id = p.jurisdiction_id
    WHERE {_SCOPE} AND p.retired_by IS NULL AND (CAST(:ids AS bigint[]) IS NULL OR p.id = ANY (CAST(:ids AS bigint[])))
    ORDER BY p.jurisdiction_id, ST_YMin(p.geom), p.id
""")  # noqa: S608 - our own fragments


def parcels_by_strip(session: Session, scope: Sequence[str] | None, ids: Sequence[int] | None) -> Sequence[Row[Any]]:
    """Return (id, jurisdiction_id) of parcels by jurisdiction, then from south to north: neighbours stay together."""
    return session.execute(_ORDERED, {"scope": scope, "ids": ids}).all()


class InForce(NamedTuple):
    """A version of a layer that is in force."""

    id: int
    type: str


def layers_in_force(session: Session, jurisdiction_id: int) -> list[InForce]:
    """Return the layers that govern a jurisdiction's parcels now, by id."""
    statement = select(ControlLayer.id, ControlLayer.type).where(
        ControlLayer.jurisdiction_id == jurisdiction_id, ControlLayer.superseded_at.is_(None)
    )
    return [InForce(*row) for row in session.execute(statement.order_by(ControlLayer.id))]


_PIECES = text("""
    SELECT layer_id, feature_id, ST_AsBinary(geom) FROM control_piece
    WHERE layer_id = ANY (:layers) AND geom && ST_MakeEnvelope(:west, :south, :east, :north, 4490)
""")


def pieces(session: Session, layers: Sequence[int], box: Sequence[float]) -> Sequence[Row[int, int, bytes]]:
    """Return (layer, feature, WKB) of the pieces whose box meets a box in degrees."""
    sides = dict(zip(("west", "south", "east", "north"), box, strict=True))
    return session.execute(_PIECES, {"layers": list(layers), **sides}).all()


def feature_names(session: Session, ids: Sequence[int]) -> dict[int, str]:
    """Return the names of those features that have one."""
    rows = session.execute(
        text("SELECT id, name FROM control_feature WHERE id = ANY (:ids) AND name IS NOT NULL"), {"ids": list(ids)}
    )
    return {row.id: row.name for row in rows}


_CHECK = text(f"""
    SELECT c.computed_at, c.computed_by,
           c.parcel_id IS NOT NULL
               AND (c.shape IS DISTINCT FROM {SHAPE} OR c.layers IS DISTINCT FROM {IN_FORCE}) AS stale,
           ARRAY(SELECT DISTINCT type FROM control_layer AS f
                 WHERE f.jurisdiction_id = p.jurisdiction_id AND f.superseded_at IS NULL) AS types
    FROM parcel AS p LEFT JOIN overlay_check AS c ON c.parcel_id = p.id WHERE p.id = :parcel
""")  # noqa: S608 - our own fragments


def check_of(session: Session, parcel_id: int) -> Row[Any]:
    """Return when and by whom a parcel was compared (null: never), whether it is out of date, the types in force."""
    return session.execute(_CHECK, {"parcel": parcel_id}).one()


_RESULT = f"""
    SELECT r.id, p.code AS parcel, l.type, l.id AS layer_id, l.name AS layer, l.version, l.source, l.dated_on,
           l.document_id, r.rule, r.inside, r.area_m2, r.share, r.features, c.computed_at, {_RESULT_STALE} AS stale,
           l.withdrawn_by IS NOT NULL AS withdrawn
"""
_JOINED = """
    FROM overlay_result AS r JOIN overlay_check AS c USING (parcel_id) JOIN parcel AS p ON p.id = r.parcel_id
    JOIN control_layer AS l ON l.id = r.layer_id JOIN jurisdiction AS j ON j.id = p.jurisdiction_id
"""
_OF_PARCEL = text(
    f"{_RESULT}, CASE WHEN :shapes THEN ST_AsGeoJSON(r.geom, 7) END AS geojson {_JOINED}"
    f" WHERE r.parcel_id = :parcel ORDER BY {_GRAVITY}, r.area_m2 DESC"
)


def results_of(session: Session, parcel_id: int, *, shapes: bool) -> Sequence[Row[Any]]:
    """Return what layers mean for a parcel, forbidden first; with `shapes` the land itself as GeoJSON text."""
    return session.execute(_OF_PARCEL, {"parcel": parcel_id, "shapes": shapes}).all()


_FILTERS: Mapping[str, str] = {
    "type": "l.type = ANY (:type)",
    "rule": "r.rule = ANY (:rule)",
    "stale": f"{_RESULT_STALE} = :stale",
    "parcel": f"{CODE_KEY} = ANY (:parcel)",
}


def result_page(
    session: Session, actor: Actor, filters: Mapping[str, object], *, after: int | None, limit: int
) -> Sequence[Row[Any]]:
    """Return results of visible parcels that stand, by id; every filter holds (`type`, `rule`, `parcel`: choices)."""
    given = {name: value for name, value in filters.items() if value is not None}
    own = ["p.retired_by IS NULL", *(["r.id > :after"] if after is not None else [])]
    conditions = [_SCOPE, *(_FILTERS[name] for name in given), *own]
    statement = f"{_RESULT} {_JOINED} WHERE {' AND '.join(conditions)} ORDER BY r.id LIMIT :limit"
    return session.execute(text(statement), {**given, "scope": scope_of(actor), "after": after, "limit": limit}).all()


def run_by_id(session: Session, actor: Actor, run_id: int) -> OverlayRun:
    """Return a bulk run; NotFound if absent, or if it reaches parcels that the actor may not see."""
    found = session.get(OverlayRun, run_id)
    reach = None if found is None else found.jurisdictions
    if found is None or (actor.jurisdictions is not None and not set(reach or ("*",)) <= actor.jurisdictions):
        raise NotFound(f"没有管控分析任务 {run_id}。", f"No overlay run {run_id}.")
    return found
