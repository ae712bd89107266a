"""Wire shapes of supply schemes."""

import datetime as dt
from collections.abc import Collection
from decimal import Decimal
from typing import Any, Self

from pydantic import AwareDatetime, Field
from sqlalchemy import Row

from service.accounts.permissions import Permission
from service.core.schemas import Output
from service.parcels.lifecycle import Hold, Stage
from service.parcels.models import Parcel
from service.parcels.schemas import Named
from service.schemes.evidence import EvidenceKind
from service.schemes.methods import Method
from service.schemes.models import SchemeEvidence, SchemeParcel, SchemeStep, SupplyScheme
from service.schemes.states import Level, SchemeAction, SchemeStatus, allowed

SEES_PRICES = frozenset({Permission.SCHEME_EDIT, Permission.SCHEME_APPROVE, Permission.LISTING_RUN})
"""Who of these has one may know the floor and the reserve before the land is sold."""
_PRICES = ("floor_yuan", "reserve_yuan", "new_land_fee_yuan", "compensation_yuan", "taxes_yuan")


def sees_prices(permissions: Collection[Permission]) -> bool:
    """Tell whether an actor of these permissions is told prices."""
    return not SEES_PRICES.isdisjoint(permissions)


class SchemeRead(Output):
    """A scheme as lists show it. `codes`: its parcels, the first twenty."""

    id: int
    jurisdiction: Named
    number: str | None
    title: str
    method: Method
    level: Level
    status: SchemeStatus
    approved_on: dt.date | None
    parcels: int = Field(description="宗数")
    area_m2: float
    codes: list[str]
    version: int

    @classmethod
    def of(cls, row: Row[SupplyScheme, str, str, int, Decimal, list[str]]) -> Self:
        """Write a row of `scheme_page`."""
        scheme, code, name, parcels, area_m2, codes = row
        own = ("id", "number", "title", "method", "level", "status", "approved_on", "version")
        return cls(
            **{field: getattr(scheme, field) for field in own},
            jurisdiction=Named(code=code, name=name),
            parcels=parcels,
            area_m2=float(area_m2),
            codes=sorted(codes or [])[:20],
        )


class DocumentNamed(Output):
    """A document by its title."""

    id: int
    title: str


class SchemeParcelRead(Output):
    """A parcel of a scheme: where it stands, and what the land was before. `live`: the scheme still holds it."""

    code: str
    name: str | None
    area_m2: float
    stage: Stage
    hold: Hold
    live: bool
    farmland: bool
    collective: bool
    use_before: str | None
    polluted: bool
    may_hold_relics: bool | None = Field(description="可能有地下文物; null: no layer says, or not compared with it")

    @classmethod
    def of(cls, link: SchemeParcel, parcel: Parcel, relics: bool | None) -> Self:  # noqa: FBT001 - a fact
        """Write a row of `parcels_of`."""
        facts = ("live", "farmland", "collective", "use_before", "polluted")
        return cls(
            **{name: getattr(link, name) for name in facts},
            **{name: getattr(parcel, name) for name in ("code", "name", "stage", "hold")},
            area_m2=float(parcel.area_m2),
            may_hold_relics=relics,
        )


class SchemeUseRead(Output):
    """A use that the land is supplied for."""

    use_class: str
    term_years: float | None
    share: float


class SchemeEvidenceRead(Output):
    """What was shown; `parcel` null: for all parcels."""

    id: int
    kind: EvidenceKind
    parcel: str | None
    issued_on: dt.date
    document_id: int | None
    document: str | None
    note: str | None

    @classmethod
    def of(cls, row: Row[SchemeEvidence, str | None, str | None]) -> Self:
        """Write a row of `evidence_of`."""
        evidence, parcel, title = row
        own = {name: getattr(evidence, name) for name in ("id", "kind", "issued_on", "document_id", "note")}
        return cls(**own, parcel=parcel, document=title)


class SchemeStepRead(Output):
    """What happened to a scheme."""

    kind: str
    level: Level | None
    effective_on: dt.date
    recorded_at: AwareDatetime
    actor: str
    document_id: int | None
    document: str | None
    note: str | None
    override_reason: str | None

    @classmethod
    def of(cls, row: Row[SchemeStep, str | None]) -> Self:
        """Write a row of `steps_of`."""
        step, title = row
        own = {name: getattr(step, name) for name in cls.model_fields if name != "document"}
        return cls(**own, document=title)


class SchemeTerms(Output):
    """Conditions and price of a scheme; money in yuan, exact text. `prices_hidden`: not for this caller."""

    conditions_number: str | None
    conditions_on: dt.date | None
    conditions_document: DocumentNamed | None
    conditions_items: list[str]
    benchmark_yuan_m2: Decimal | None
    floor_yuan: Decimal | None
    reserve_yuan: Decimal | None
    new_land_fee_yuan: Decimal | None
    compensation_yuan: Decimal | None
    taxes_yuan: Decimal | None
    stock_months: Decimal | None
    revived_m2: Decimal | None
    price_on: dt.date | None
    price_document: DocumentNamed | None
    subsidy_linked: bool
    note: str | None
    prices_hidden: bool

    @classmethod
    def of(cls, scheme: SupplyScheme, titles: dict[int, str], *, prices: bool) -> Self:
        """Write what a scheme says; `titles` are those of its documents."""
        other = {"conditions_document", "price_document", "prices_hidden"}
        own: dict[str, Any] = {name: getattr(scheme, name) for name in cls.model_fields if name not in other}
        if not prices:
            own |= dict.fromkeys(_PRICES)
        for name in ("conditions_document", "price_document"):
            number = getattr(scheme, f"{name}_id")
            own[name] = None if number is None else DocumentNamed(id=number, title=titles.get(number, ""))
        return cls(**own, prices_hidden=not prices)


class SchemeDetail(SchemeRead):
    """A scheme with everything it says, what happened to it, and what may be done with it."""

    terms: SchemeTerms
    land: list[SchemeParcelRead]
    uses: list[SchemeUseRead]
    evidence: list[SchemeEvidenceRead]
    steps: list[SchemeStepRead]
    actions: list[SchemeAction]
    endorsed: bool = Field(description="区级意见已有: of what was handed in last")
    submitted_by: str | None = Field(description="报审人: who can't decide on it")

    @classmethod
    def whole(cls, found: SchemeRead, **parts: Any) -> Self:  # noqa: ANN401 - the other members
        """Put a scheme and its parts together."""
        return cls(**found.model_dump(), **parts, actions=list(allowed(found.status)))
