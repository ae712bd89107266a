"""What the law says of an act on a lot, asked with the figures of the rows (R01–R03, R06, R07, R15, R47, R90)."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.core import clock
from service.listings import legal
from service.listings.models import Lot, Notice
from service.listings.waiting import OpenItem
from service.regions.models import Jurisdiction
from service.rules.book import Law, rulebook
from service.rules.finding import Finding
from service.rules.judgement import gravest
from service.schemes.legal import Publicity, publicity
from service.schemes.methods import Method
from service.schemes.models import SchemeUse
from service.workdays.queries import calendar_of

_PUBLICITY: Mapping[Method, Publicity] = {Method.allocation: "allocation", Method.agreement: "result"}


class Case(NamedTuple):
    """Whose land it is, how it is supplied, and for which uses (`plan_class`)."""

    jurisdiction: str
    method: Method
    uses: Sequence[str]

    def laws(self, day: dt.date) -> list[Law]:
        """Return the rules for each use as they stand on a day."""
        uses: Sequence[str | None] = self.uses or (None,)
        return [rulebook().at(day, self.jurisdiction, method=self.method, use=use) for use in uses]


def case_of(session: Session, notice: Notice, scheme_id: int) -> Case:
    """Return the case of a lot."""
    code = session.scalars(select(Jurisdiction.code).where(Jurisdiction.id == notice.jurisdiction_id)).one()
    uses = session.scalars(select(SchemeUse.use_class).where(SchemeUse.scheme_id == scheme_id)).all()
    return Case(code, Method(notice.method), sorted(uses))


def announcing(case: Case, day: dt.date, notice_on: dt.date, terms: Mapping[str, Any]) -> tuple[Finding, ...]:
    """Return what speaks against announcing, or amending, a lot with these terms."""
    ends = terms["closes_at"] if case.method is Method.listing else None
    lot = legal.Lot(
        notice_on=notice_on,
        begins_on=clock.day_of(terms["opens_at"]),
        ends_on=None if ends is None else clock.day_of(ends),
        floor=terms["floor_yuan"],
        start_price=terms["start_yuan"],
        # A tender has no increments.
        increment=terms["increment_yuan"] if terms.get("increment_yuan") is not None else Decimal(1),
        deposit=terms["deposit_yuan"],
        ceiling=terms.get("ceiling_yuan"),
    )
    return gravest(each for law in case.laws(day) for each in legal.lot_findings(law, lot))


def publicising(case: Case, day: dt.date, begins_on: dt.date, ends_on: dt.date) -> tuple[Finding, ...]:
    """Return what speaks against showing an allocation or negotiated grant for so long."""
    kind = _PUBLICITY[case.method]
    return gravest(each for law in case.laws(day) for each in law.check("R47", publicity, kind, begins_on, ends_on))


def opening(case: Case, day: dt.date, items: Sequence[OpenItem]) -> tuple[Finding, ...]:
    """Return what speaks against opening a lot whose sale these items stand in the way of."""
    return case.laws(day)[0].check("R90", legal.checklist, items, day)


def sale_ahead(case: Case, day: dt.date, items: Sequence[OpenItem], sale_on: dt.date) -> tuple[Finding, ...]:
    """Return what speaks against announcing a lot on a day whose sale these items will stand in the way of."""
    return case.laws(day)[0].check("R90", legal.checklist_ahead, items, sale_on)


def publishing_result(session: Session, case: Case, ended_on: dt.date, day: dt.date) -> tuple[Finding, ...]:
    """Return what speaks against publishing a result on a day."""
    calendar = calendar_of(session)
    law = case.laws(ended_on)[0]
    return law.check("R15", legal.publication, ended_on, day, today=day, calendar=calendar)


def refunding(session: Session, case: Case, ended_on: dt.date, day: dt.date) -> tuple[Finding, ...]:
    """Return what speaks against giving a deposit back on a day."""
    calendar = calendar_of(session)
    law = case.laws(ended_on)[0]
    return law.check("R15", legal.refund, ended_on, day, today=day, calendar=calendar)


def bidding(case: Case, day: dt.date, shares: Sequence[Decimal], *, own_funds: bool) -> tuple[Finding, ...]:
    """Return what speaks against a bidder."""
    return case.laws(day)[0].check("R07", legal.bid, shares, own_funds=own_funds)


def terms_of(lot: Lot) -> dict[str, Any]:
    """Return the terms of a lot as they stand."""
    names = (
        *("opens_at", "closes_at", "floor_yuan", "start_yuan", "increment_yuan", "ceiling_yuan", "deposit_yuan"),
        *("indicators", "price_yuan", "winner"),
    )
    return {name: getattr(lot, name) for name in names}
