"""All that the law says against a scheme: the rules R04, R05, R20, R30–R32 and R40–R46, put to its facts. Pure."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial

from service.plans import legal as plan_law
from service.rules.book import Law, rulebook
from service.rules.finding import Finding, Words, found
from service.rules.judgement import gravest
from service.rules.rule import Rule, Severity
from service.schemes import land_law, legal
from service.schemes.evidence import CLEAN_LAND, EvidenceKind
from service.schemes.methods import COMPETITIVE, Method

_HECTARE = Decimal(10_000)
_RESIDENTIAL = "residential"
PRICE_RULES = frozenset({"R04", "R05", "R46"})
"""Rules whose findings tell the price."""


@dataclass(frozen=True, slots=True)
class Plot:
    """A parcel: what is known of it and shown for it (`shown`: kinds of evidence with a document).

    `may_hold_relics` None: no layer of buried relics says where, or the parcel was not compared with it.
    """

    code: str
    area_m2: Decimal
    far: Decimal | None
    far_inclusive: bool
    farmland: bool
    collective: bool
    use_before: str | None
    polluted: bool
    may_hold_relics: bool | None
    shown: frozenset[EvidenceKind] = frozenset()


@dataclass(frozen=True, slots=True)
class Housing:
    """Of market housing: months of unsold stock, what was revived, and what was granted this year, m², with this."""

    stock_months: Decimal | None
    revived_m2: Decimal | None
    granted_m2: Decimal


@dataclass(frozen=True, slots=True)
class Case:
    """A scheme as the law sees it. Money in yuan; `housing` None: no market housing."""

    jurisdiction: str
    method: Method
    plots: Sequence[Plot]
    terms: Mapping[str, Decimal | None]
    conditions: frozenset[str] | None
    benchmark_m2: Decimal | None
    floor: Decimal | None
    subsidy_linked: bool
    costs: Mapping[str, Decimal] = field(default_factory=dict)
    housing: Housing | None = None

    @property
    def area_m2(self) -> Decimal:
        """All its land."""
        return sum((plot.area_m2 for plot in self.plots), Decimal(0))


def findings(case: Case, day: dt.date) -> tuple[Finding, ...]:
    """Return everything that speaks against a scheme by the law of a day."""
    at = partial(rulebook().at, day, case.jurisdiction, method=case.method)
    whole = at()
    told: list[Finding] = [
        *whole.check("R41", land_law.planning_conditions, case.conditions),
        *whole.check("R45", legal.subsidy, case.subsidy_linked),
        *_negotiated(whole, case),
    ]
    for use, term in case.terms.items():
        told += _of_use(at(use=use), case, use, term)
    for plot in case.plots:
        told += _named(_of_plot(whole, case, plot), plot, alone=len(case.plots) == 1)
    return gravest(told)


def _of_use(law: Law, case: Case, use: str, term: Decimal | None) -> Iterator[Finding]:
    if term is not None:
        yield from law.check("R20", legal.term, use, term)
    if case.floor is not None and case.method in COMPETITIVE and case.area_m2 > 0:
        floor_m2 = case.floor / case.area_m2
        if case.benchmark_m2 is not None:
            yield from law.check("R04", legal.grant_floor, _cents(floor_m2), case.benchmark_m2)
    if case.floor is not None and case.area_m2 > 0:
        yield from law.check("R05", legal.industrial_floor, _cents(case.floor / case.area_m2), case.jurisdiction)
    if use == _RESIDENTIAL:
        yield from _housing(law, case)


def _cents(price: Decimal) -> Decimal:
    """Round a price down to the cent: what is a fraction of a cent too low stays too low."""
    return price.quantize(Decimal("0.01"), "ROUND_DOWN")


def _housing(law: Law, case: Case) -> Iterator[Finding]:
    alone = len(case.plots) == 1
    for plot in case.plots:
        ratio = law.check("R31", legal.housing_ratio, plot.far, inclusive=plot.far_inclusive)
        yield from _named(ratio, plot, alone=alone)
    if case.housing is None or case.method is Method.allocation:
        return
    # The land of a scheme is offered as one lot: one grant.
    yield from law.check("R30", plan_law.grant_area, case.area_m2 / _HECTARE, case.jurisdiction)
    yield from law.check("R32", _stock, case.housing)


def _stock(rule: Rule, housing: Housing) -> Finding | None:
    if housing.stock_months is None:
        return found(
            rule,
            Words("未填商品住宅去化周期,无法核对", "the months of unsold housing are not given"),
            Words("填写去化周期和当年盘活面积", "give the months of stock and the area revived this year"),
            severity=Severity.warn,
        )
    return plan_law.housing_stock(
        rule, housing.stock_months, new_m2=housing.granted_m2, revived_m2=housing.revived_m2 or Decimal(0)
    )


def _negotiated(law: Law, case: Case) -> tuple[Finding, ...]:
    if case.floor is None:
        return ()
    return law.check(
        "R46",
        legal.negotiated_price,
        case.floor,
        costs=case.costs,
        area_m2=case.area_m2,
        benchmark=case.benchmark_m2,
    )


def _of_plot(law: Law, case: Case, plot: Plot) -> Iterator[Finding]:
    yield from law.check("R40", land_law.clean_land, sorted(plot.shown & CLEAN_LAND))
    yield from law.check("R42", land_law.archaeology, plot.may_hold_relics, done=EvidenceKind.archaeology in plot.shown)
    for use in case.terms:
        soil = land_law.Soil(
            plot.use_before or "",
            use,
            surveyed=EvidenceKind.soil_survey in plot.shown,
            reviewed=EvidenceKind.soil_review in plot.shown,
            listed=plot.polluted,
        )
        yield from law.check("R43", land_law.soil, soil)
    origin = land_law.Origin(
        farmland=plot.farmland,
        converted=EvidenceKind.conversion in plot.shown,
        collective=plot.collective,
        expropriated=EvidenceKind.expropriation in plot.shown,
    )
    yield from law.check("R44", land_law.conversion, origin)


def _named(told: Iterator[Finding] | Sequence[Finding], plot: Plot, *, alone: bool) -> Iterator[Finding]:
    """Say which parcel a finding is about, where there are several."""
    for each in told:
        message = each.message if alone else Words(f"{plot.code}:{each.message.zh}", f"{plot.code}: {each.message.en}")
        yield replace(each, message=message)
