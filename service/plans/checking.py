"""All that there is to say against a plan as it stands."""

import datetime as dt

from sqlalchemy.orm import Session

from service.core import clock
from service.plans import attributes, legal, queries, reconcile
from service.plans.findings import Finding
from service.plans.models import SupplyPlan
from service.plans.reconcile import Line
from service.rules.book import rulebook


def lines(session: Session, plan: SupplyPlan) -> list[Line]:
    """Return the table of totals: summed and printed."""
    return reconcile.lines(
        reconcile.summed(queries.tallies(session, plan.id)), queries.declared_totals(session, plan.id)
    )


def _first_public(session: Session, plan: SupplyPlan) -> dt.date | None:
    """Return the day on which a plan year was first made public: an amendment later in the year is not late."""
    days = [each.published_on for each in queries.editions(session, plan.jurisdiction_id, plan.year)]
    return min((day for day in days if day is not None), default=None)


def findings(session: Session, plan: SupplyPlan) -> list[Finding]:
    """Return every finding, the blocking ones first."""
    gaps = queries.gaps(session, plan.id)
    law = rulebook().at(clock.today(), queries.jurisdiction_of(session, plan).code)
    rule = law.find("R33")
    late = law.check("R34", legal.publication, plan.year, _first_public(session, plan), clock.today())
    return [
        *(attributes.missing(gaps, rule) if rule is not None else ()),
        *(Finding.legal(each) for each in late),
        *reconcile.differences(lines(session, plan), queries.district_names(session)),
        *attributes.doubtful(gaps),
    ]
