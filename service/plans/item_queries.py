"""Items of a plan with what became of them: lists behind every figure, outlines for the map, what was not sold."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, select, text
from sqlalchemy.orm import Session

from service.core import clock
from service.core.errors import NotFound
from service.geo.bbox import Bbox
from service.parcels.models import Parcel
from service.parcels.selection import Moment
from service.plans import queries
from service.plans.classes import Dimension, counted
from service.plans.models import PlanItem, PlanPlot, SupplyPlan

MOST_OUTLINES = 5_000

# Parcels whose contract or allocation decision took effect in the plan year and was not rescinded by then, as far as it
# was known; each belongs to the item of the parcel itself or of one that it was split or merged from, once.
_CONTRACTED = """contracted AS (
    SELECT DISTINCT ON (e.parcel_id) e.parcel_id, e.effective_on
    FROM parcel_event AS e
    WHERE e.kind = 'contract' AND e.effective_on BETWEEN :first AND :until
      AND e.recorded_at <= coalesce(CAST(:known_at AS timestamptz), 'infinity')
      AND NOT EXISTS (SELECT FROM parcel_event AS r WHERE r.parcel_id = e.parcel_id AND r.kind = 'rescind'
          AND (r.effective_on, r.id) > (e.effective_on, e.id) AND r.effective_on <= :until
          AND r.recorded_at <= coalesce(CAST(:known_at AS timestamptz), 'infinity'))
    ORDER BY e.parcel_id, e.effective_on, e.id)"""
SUPPLY = f"""RECURSIVE {_CONTRACTED}, traced (supplied, parcel_id) AS (
    SELECT parcel_id, parcel_id FROM contracted
    UNION
    SELECT t.supplied, before.id FROM traced AS t JOIN parcel AS p ON p.id = t.parcel_id
    JOIN parcel AS before ON before.retired_by = p.made_by),
supplied AS (
    SELECT DISTINCT ON (t.supplied) t.supplied AS parcel_id, i.id AS item_id, c.effective_on, p.area_m2
    FROM traced AS t JOIN plan_item AS i ON i.parcel_id = t.parcel_id AND i.plan_id = :plan
    JOIN contracted AS c ON c.parcel_id = t.supplied JOIN parcel AS p ON p.id = t.supplied
    ORDER BY t.supplied, i.id)"""  # noqa: S608 - our own fragments
_SOLD = """sold AS (
    SELECT item_id, max(effective_on) AS supplied_on, sum(area_m2) AS supplied_m2,
           array_agg(DISTINCT extract(month FROM effective_on)::int) AS supplied_months
    FROM supplied GROUP BY item_id)"""


def of_year(plan: SupplyPlan, moment: Moment) -> dict[str, object]:
    """Bind the plan and its year, up to the day that is asked for."""
    first, last = queries.year_of(plan)
    until = min(moment.as_of or clock.today(), last)
    return {"plan": plan.id, "first": first, "until": until, "known_at": moment.known_at}


_ITEM = """SELECT i.id, i.key, p.code AS parcel, coalesce(i.name, p.name) AS name, i.name AS own_name, i.area_m2,
    i.use_class, i.housing_class, i.land_use_scheme, i.land_use_code, i.source, i.method, i.quarter, i.month,
    r.code AS region, r.name AS region_name, i.note, i.version, old.year AS carried_from_year, p.stage, p.hold,
    p.retired_by IS NOT NULL AS retired, s.supplied_on, s.supplied_m2,
    ST_X(ST_Centroid(coalesce(p.geom, i.geom))) AS lon, ST_Y(ST_Centroid(coalesce(p.geom, i.geom))) AS lat
"""
_JOINED = """FROM plan_item AS i JOIN plan_plot AS plot ON plot.key = i.key LEFT JOIN parcel AS p ON p.id = i.parcel_id
    LEFT JOIN region AS r ON r.id = i.region_id LEFT JOIN plan_plot AS old ON old.key = plot.carried_from
    LEFT JOIN sold AS s ON s.item_id = i.id
"""
_MISSING: Mapping[str, str] = {
    "structure": "i.use_class = 'residential' AND i.housing_class IS NULL",
    "timing": "i.quarter IS NULL",
    "parcel": "i.parcel_id IS NULL AND i.geom IS NULL",
    "use": "i.land_use_code IS NULL",
    "class": """EXISTS (SELECT FROM unnest(CAST(:schemes AS text[]), CAST(:codes AS text[]), CAST(:classes AS text[]))
        AS c (scheme, code, class)
        WHERE (c.scheme, c.code) = (i.land_use_scheme, i.land_use_code) AND c.class <> i.use_class)""",
}
_DUE = "coalesce(i.month, 3 * i.quarter)"
_EQUAL: Mapping[str, str] = {
    "class": "i.use_class = ANY (:class)",
    "housing_class": "i.housing_class = ANY (:housing_class)",
    "source": "i.source = ANY (:source)",
    "method": "i.method = ANY (:method)",
    "district": "r.code = ANY (:district)",
    "quarter": "i.quarter = ANY (CAST(:quarter AS int[]))",
    "month": f"{_DUE} = ANY (CAST(:month AS int[]))",
    "stage": "p.stage = ANY (:stage)",
    "supplied": "(s.item_id IS NOT NULL) = :supplied",
    "supplied_month": "s.supplied_months && CAST(:supplied_month AS int[])",
    "carried": "(plot.carried_from IS NOT NULL) = :carried",
    "parcel": "(p.code = ANY (:parcel))",
    "key": "i.key = ANY (CAST(:key AS uuid[]))",
    "q": "(p.code ILIKE :q OR coalesce(i.name, p.name) ILIKE :q)",
}
Filters = Mapping[str, Any]


def _conditions(filters: Filters) -> tuple[str, dict[str, Any]]:
    """Write the filters that are given; a class stands for those below it too (其他, 保障)."""
    given = {name: value for name, value in filters.items() if value is not None and value != []}
    conditions = [_EQUAL[name] for name in given if name != "missing"]
    params: dict[str, Any] = {name: _value(name, value) for name, value in given.items() if name != "missing"}
    if missing := given.get("missing"):
        conditions.append(_MISSING[missing])
        if missing == "class":
            params |= queries.class_table()
    return "".join(f" AND {condition}" for condition in conditions), params


def _value(name: str, value: Any) -> Any:  # noqa: ANN401 - one of a filter's kinds
    if name == "q":
        escaped = str(value).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        return f"%{escaped}%"
    if name in {"class", "housing_class", "method"}:
        return sorted(code for member in value for code in counted(Dimension(name), member))
    return [str(each) for each in value] if name in {"key", "stage"} else value


def item_page(
    session: Session, plan: SupplyPlan, filters: Filters, moment: Moment, *, after: int | None, limit: int
) -> Sequence[Row[Any]]:
    """Return items of a plan that meet every filter, in their order, with what was supplied of them until `moment`."""
    conditions, params = _conditions(filters)
    statement = (
        f"WITH {SUPPLY}, {_SOLD} {_ITEM} {_JOINED} WHERE i.plan_id = :plan AND i.id > :after"
        f"{conditions} ORDER BY i.id LIMIT :limit"
    )
    bound = of_year(plan, moment) | params | {"after": after or 0, "limit": limit}
    return session.execute(text(statement), bound).all()


def item_sum(session: Session, plan: SupplyPlan, filters: Filters, moment: Moment) -> Row[Any]:
    """Return how many items meet every filter, and their area and supplied area, m²."""
    conditions, params = _conditions(filters)
    statement = f"""WITH {SUPPLY}, {_SOLD}
        SELECT count(*) AS items, coalesce(sum(i.area_m2), 0) AS area_m2, coalesce(sum(s.supplied_m2), 0) AS supplied_m2
        {_JOINED} WHERE i.plan_id = :plan{conditions}"""
    return session.execute(text(statement), of_year(plan, moment) | params).one()


def item_row(session: Session, plan: SupplyPlan, key: uuid.UUID, moment: Moment) -> Row[Any]:
    """Return one item as a list shows it. Raises NotFound."""
    found = item_page(session, plan, {"key": [key]}, moment, after=None, limit=1)
    if not found:
        raise not_found(key)
    return found[0]


def not_found(key: uuid.UUID) -> NotFound:
    """Say that the plan has no such item."""
    return NotFound(f"计划中没有地块 {key}。", f"The plan has no item {key}.")


def item_for_update(session: Session, plan: SupplyPlan, key: uuid.UUID) -> PlanItem:
    """Return one item of a plan, locked until the transaction ends. Raises NotFound."""
    wanted = select(PlanItem).where(PlanItem.plan_id == plan.id, PlanItem.key == key).with_for_update()
    found = session.scalar(wanted.execution_options(populate_existing=True))
    if found is None:
        raise not_found(key)
    return found


def items_of(session: Session, plan_id: int) -> Sequence[Row[PlanItem, str | None, PlanPlot]]:
    """Return all items of a plan in their order, with the parcel's code and the plot."""
    wanted = (
        select(PlanItem, Parcel.code, PlanPlot)
        .join(PlanPlot, PlanPlot.key == PlanItem.key)
        .outerjoin(Parcel, Parcel.id == PlanItem.parcel_id)
        .where(PlanItem.plan_id == plan_id)
    )
    return session.execute(wanted.order_by(PlanItem.id)).all()


_OUTLINES = f"""WITH {SUPPLY}, {_SOLD}
    SELECT i.id, i.key, p.code AS parcel, coalesce(i.name, p.name) AS name, i.use_class, i.quarter, i.month,
        p.stage, s.supplied_on, ST_AsGeoJSON(coalesce(p.geom, i.geom), 6) AS geojson {_JOINED}
    WHERE i.plan_id = :plan AND coalesce(p.geom, i.geom) && ST_MakeEnvelope(:west, :south, :east, :north, 4490)"""


def outlines(
    session: Session, plan: SupplyPlan, box: Bbox, filters: Filters, moment: Moment, *, limit: int = MOST_OUTLINES
) -> Sequence[Row[Any]]:
    """Return the shapes of items in a box, at most `limit` and one."""
    conditions, params = _conditions(filters)
    bound = of_year(plan, moment) | params | box._asdict() | {"limit": limit + 1}
    return session.execute(text(f"{_OUTLINES}{conditions} ORDER BY i.id LIMIT :limit"), bound).all()


_UNSOLD = f"""WITH {SUPPLY}
    SELECT i.id, i.key, p.code AS parcel, coalesce(i.name, p.name) AS name, i.area_m2, i.use_class, i.housing_class,
        i.quarter, i.month, p.stage
    FROM plan_item AS i LEFT JOIN parcel AS p ON p.id = i.parcel_id
    WHERE i.plan_id = :plan AND p.retired_by IS NULL
      AND NOT EXISTS (SELECT FROM supplied AS s WHERE s.item_id = i.id)
      AND NOT EXISTS (SELECT FROM plan_plot AS own JOIN plan_item AS has ON has.key = own.key
                      WHERE own.carried_from = i.key AND has.plan_id = :next)
      AND NOT EXISTS (SELECT FROM plan_item AS has WHERE has.plan_id = :next AND has.parcel_id = i.parcel_id)
    ORDER BY i.id"""  # noqa: S608 - our own fragments


def unsold(session: Session, before: SupplyPlan, plan: SupplyPlan) -> Sequence[Row[Any]]:
    """Return the items of the year before that were not supplied in it and that the plan doesn't have yet."""
    last = dt.date(before.year, 12, 31)
    bound = of_year(before, Moment(as_of=last)) | {"next": plan.id}
    return session.execute(text(_UNSOLD), bound).all()
