"""Wire shapes of what is asked of supply schemes."""

import datetime as dt
from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, model_validator

from service.core.schemas import Input, Line, Note
from service.parcels.changes import AreaM2, Day
from service.rules.schemas import Override
from service.schemes.evidence import EvidenceKind
from service.schemes.methods import Method
from service.schemes.states import Level

DocumentId = Annotated[int, Field(ge=1, lt=2**31)]
Yuan = Annotated[Decimal, Field(ge=0, lt=10**16, decimal_places=2, allow_inf_nan=False)]
YuanPerM2 = Annotated[Decimal, Field(gt=0, lt=10**10, decimal_places=2, allow_inf_nan=False)]
Years = Annotated[Decimal, Field(gt=0, lt=1000, decimal_places=1, allow_inf_nan=False)]
Share = Annotated[Decimal, Field(gt=0, le=1, decimal_places=4, allow_inf_nan=False)]
UseClass = Annotated[str, Field(pattern=r"^[a-z_]{1,40}$", description="code list plan_class, without other")]
MOST_PARCELS = 100


class SchemeCreate(Input):
    """A new scheme for parcels of one jurisdiction; their land uses give its uses and terms."""

    parcels: list[Line] = Field(min_length=1, max_length=MOST_PARCELS, description="地块编号 codes")
    method: Method
    level: Level = Level.district
    title: Line | None = Field(None, description="名称; left out: made from the parcels")


class SchemeChange(Input):
    """What a draft says: what is left out stays, null removes it."""

    title: Line | None = None
    number: Line | None = Field(None, description="方案文号")
    method: Method | None = None
    level: Level | None = Field(None, description="审批层级 who approves")
    conditions_number: Line | None = Field(None, description="规划条件文号")
    conditions_on: Day | None = None
    conditions_document_id: DocumentId | None = None
    conditions_items: list[Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")]] | None = Field(
        None, max_length=40, description="规划条件载明 what they state: names of rule R41"
    )
    benchmark_yuan_m2: YuanPerM2 | None = Field(None, description="基准地价 yuan per m² of land")
    floor_yuan: Yuan | None = Field(None, description="出让最低价; of an agreement: the price. yuan for the whole")
    reserve_yuan: Yuan | None = Field(None, description="保留底价 yuan for the whole")
    new_land_fee_yuan: Yuan | None = Field(None, description="新增费, of an agreement")
    compensation_yuan: Yuan | None = Field(None, description="征地补偿, of an agreement")
    taxes_yuan: Yuan | None = Field(None, description="税费, of an agreement")
    stock_months: Annotated[Decimal, Field(ge=0, lt=10**4, decimal_places=1, allow_inf_nan=False)] | None = Field(
        None, description="商品住宅去化周期 months of unsold housing"
    )
    revived_m2: AreaM2 | None = Field(None, description="当年盘活的住宅用地 m²")
    price_on: Day | None = Field(None, description="定价日期")
    price_document_id: DocumentId | None = None
    subsidy_linked: bool | None = Field(None, description="补贴或返还与地价挂钩")
    note: Note | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        kept = {"title", "method", "level", "conditions_items", "subsidy_linked"}
        if not self.model_fields_set or any(getattr(self, name) is None for name in self.model_fields_set & kept):
            raise ValueError(
                "say what changes; title, method, level, conditions_items and subsidy_linked can't be null"
            )
        return self


class SchemeParcelSet(Input):
    """A parcel of the scheme, and what the land was before."""

    code: Line
    farmland: bool = Field(False, description="原为农用地")
    collective: bool = Field(False, description="原为集体土地")
    use_before: UseClass | None = Field(None, description="原用途: for the soil survey; null: not known")
    polluted: bool = Field(False, description="列入土壤污染风险管控和修复名录")


class SchemeParcelsSet(Input):
    """All parcels of the scheme; they replace those before."""

    items: list[SchemeParcelSet] = Field(min_length=1, max_length=MOST_PARCELS)


class SchemeUseSet(Input):
    """A use that the land is supplied for."""

    use_class: UseClass
    term_years: Years | None = Field(None, description="年限; null: allocated without a term")
    share: Share = Field(Decimal(1), description="占面积比例")


class SchemeUsesSet(Input):
    """All uses of the scheme; they replace those before."""

    items: list[SchemeUseSet] = Field(min_length=1, max_length=10)


class EvidenceSet(Input):
    """A document that shows one of the things the law asks for; it replaces the one of the same kind and parcel."""

    kind: EvidenceKind
    parcel: Line | None = Field(None, description="地块编号; null: of all parcels")
    issued_on: Day = Field(description="出具日期")
    document_id: DocumentId | None = Field(None, description="null: to follow; it shows nothing till then")
    note: Note | None = None


class SchemeStepOrder(Input):
    """A step: when it is true in law, by which document, why; `override` where a rule is set aside."""

    effective_on: Day | None = Field(None, description="生效日期 left out: today; not after today")
    document_id: DocumentId | None = None
    note: Note | None = None
    number: Line | None = Field(None, description="批准文号 of an approval; left out: as it is")
    override: Override | None = None

    def day(self, today: dt.date) -> dt.date:
        """Return from when it is true."""
        return self.effective_on or today
