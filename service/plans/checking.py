"""All that there is to say against a plan as it stands."""

from sqlalchemy.orm import Session

from service.core import clock
from service.plans import attributes, queries, reconcile
from service.plans.findings import Finding
from service.plans.models import SupplyPlan
from service.plans.reconcile import Line
from service.rules.book import rulebook


def lines(session: Session, plan: SupplyPlan) -> list[Line]:
    """Return the table of totals: summed and printed."""
    return reconcile.lines(
        reconcile.summed(queries.tallies(session, plan.id)), queries.declared_totals(session, plan.id)
    )


def findings(session: Session, plan: SupplyPlan) -> list[Finding]:
    """Return every finding, the blocking ones first."""
    gaps = queries.gaps(session, plan.id)
    law = rulebook().at(clock.today(), queries.jurisdiction_of(session, plan).code)
    rule = law.find("R33")
    return [
        *(attributes.missing(gaps, rule) if rule is not None else ()),
        *reconcile.differences(lines(session, plan), queries.district_names(session)),
        *attributes.doubtful(gaps),
    ]
