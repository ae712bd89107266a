"""Planned and supplied land of a plan by month: what `progress.py` measures."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row as SqlRow
from sqlalchemy import text
from sqlalchemy.orm import Session

from service.parcels.selection import Moment
from service.plans.classes import Dimension, class_of
from service.plans.item_queries import SUPPLY, of_year
from service.plans.models import SupplyPlan
from service.plans.progress import Row

_MEMBER: Mapping[Dimension, str] = {
    Dimension.total: "NULL::text",
    Dimension.use_class: "i.use_class",
    Dimension.housing_class: "i.housing_class",
    Dimension.district: "r.code",
    Dimension.quarter: "NULL::text",
    Dimension.month: "NULL::text",
    Dimension.source: "i.source",
    Dimension.method: "i.method",
}
_ROWS = """WITH {supply}
    SELECT {member} AS member, coalesce(i.month, 3 * i.quarter)::int AS month, count(*), sum(i.area_m2),
        0, 0.00::numeric
    FROM plan_item AS i LEFT JOIN region AS r ON r.id = i.region_id WHERE i.plan_id = :plan GROUP BY 1, 2
    UNION ALL
    SELECT {member}, extract(month FROM s.effective_on)::int, 0, 0.00, count(*), sum(s.area_m2)
    FROM supplied AS s JOIN plan_item AS i ON i.id = s.item_id LEFT JOIN region AS r ON r.id = i.region_id GROUP BY 1, 2
    ORDER BY 1, 2"""
_STATEMENTS = {each: text(_ROWS.format(supply=SUPPLY, member=member)) for each, member in _MEMBER.items()}


def progress_rows(session: Session, plan: SupplyPlan, dimension: Dimension, moment: Moment) -> list[Row]:
    """Return planned and supplied land of a plan by member and month, as it was known at `moment`.

    Land planned for a quarter without a month counts to the quarter's last one. What is supplied counts to the member
    that the plan says, and to the month of its contract.
    """
    return [Row(*row) for row in session.execute(_STATEMENTS[dimension], of_year(plan, moment))]


_OUTSIDE = f"""WITH {SUPPLY}
    SELECT p.id, p.code, p.name, p.land_use_scheme, p.land_use_code, p.area_m2, c.effective_on, r.code AS region,
        r.name AS region_name, p.stage
    FROM contracted AS c JOIN parcel AS p ON p.id = c.parcel_id LEFT JOIN region AS r ON r.id = p.region_id
    WHERE p.jurisdiction_id = :jurisdiction AND NOT EXISTS (SELECT FROM supplied AS s WHERE s.parcel_id = p.id)
      AND p.id > :after ORDER BY p.id LIMIT :limit"""  # noqa: S608 - our own fragments


def outside_page(
    session: Session, plan: SupplyPlan, moment: Moment, *, after: int | None, limit: int
) -> Sequence[SqlRow[Any]]:
    """Return parcels of the jurisdiction that were supplied in the year without standing in the plan, by id."""
    bound = of_year(plan, moment) | {"jurisdiction": plan.jurisdiction_id, "after": after or 0, "limit": limit}
    return session.execute(text(_OUTSIDE), bound).all()


_OUTSIDE_SUMS = f"""WITH {SUPPLY}
    SELECT p.land_use_scheme, p.land_use_code, count(*), sum(p.area_m2)
    FROM contracted AS c JOIN parcel AS p ON p.id = c.parcel_id
    WHERE p.jurisdiction_id = :jurisdiction AND NOT EXISTS (SELECT FROM supplied AS s WHERE s.parcel_id = p.id)
    GROUP BY 1, 2"""  # noqa: S608 - our own fragments


def outside_by_class(session: Session, plan: SupplyPlan, moment: Moment) -> list[tuple[str | None, int, Any]]:
    """Return (class, parcels, area in m²) of what was supplied outside the plan; None: a use without a class."""
    bound = of_year(plan, moment) | {"jurisdiction": plan.jurisdiction_id}
    rows = session.execute(text(_OUTSIDE_SUMS), bound)
    return [(use and class_of(scheme, use), count, area) for scheme, use, count, area in rows]
