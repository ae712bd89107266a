"""Trading centres (交易中心) and how each runs a sale: `gis_data/trading_centres`, checked at start. Pure.

Each figure has its source; without a value it was not found, and nothing is checked by it.
"""

import tomllib
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from service.schemes.methods import Method

FOLDER = Path(__file__).resolve().parents[2] / "gis_data" / "trading_centres"


class BrokenCentres(ValueError):
    """The data can't be used; the message names file and fault."""


class TimedBidding(StrEnum):
    """When a listing goes on as live bidding in rounds (限时竞价) after its end."""

    never = "never"
    two_bidders = "two_bidders"
    two_offers_in_last_hour = "two_offers_in_last_hour"


Value = TypeVar("Value")
Minutes = Annotated[int, Field(ge=0, le=24 * 60)]
Days = Annotated[int, Field(ge=0, le=365)]
Bidders = Annotated[int, Field(ge=1, le=100)]
Text = Annotated[str, Field(min_length=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Figure(_Strict, Generic[Value]):
    """One setting: its value, null where none was found; its source, and whether somebody has read it there."""

    value: Value | None = None
    source: Text
    source_en: Text
    verified: bool


class TradingCentre(_Strict):
    """How a trading centre runs a sale."""

    key: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,40}$")]
    name: Text
    name_en: Text
    silence_minutes: Figure[Minutes] = Field(description="静默: no offers so long before the end of a listing")
    preparation_minutes: Figure[Minutes] = Field(description="between the end and the first round of live bidding")
    round_minutes: Figure[Minutes] = Field(description="限时竞价: a round ends so long after the last offer")
    timed_bidding: Figure[TimedBidding]
    resume_notice_days: Figure[Days] = Field(description="恢复公告: so long before a suspended round is resumed")
    shifts_end: Figure[bool] = Field(description="中止期间顺延: the end of a listing moves by the pause")
    min_bidders_listing: Figure[Bidders]
    min_bidders_auction: Figure[Bidders]
    min_bidders_tender: Figure[Bidders]

    def min_bidders(self, method: Method) -> int:
        """Return how many bidders with a valid offer a sale needs."""
        figures = {
            Method.listing: self.min_bidders_listing,
            Method.auction: self.min_bidders_auction,
            Method.tender: self.min_bidders_tender,
        }
        found = figures.get(method)
        return 1 if found is None or found.value is None else found.value


def read(folder: Path = FOLDER) -> Mapping[str, TradingCentre]:
    """Read all centres by key. Raises BrokenCentres with every fault."""
    found: dict[str, TradingCentre] = {}
    faults = []
    for path in sorted(folder.glob("*.toml")):
        try:
            centre = TradingCentre.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
        except (ValidationError, ValueError) as wrong:
            faults.append(f"{path.name}: {wrong}")
            continue
        if centre.key != path.stem:
            faults.append(f"{path.name}: its key is {centre.key}")
        found[centre.key] = centre
    if faults or not found:
        raise BrokenCentres("\n".join(faults) or f"{folder}: no trading centre")
    return MappingProxyType(found)


_UNKNOWN = "未指定交易中心"
_NONE: dict[str, object] = {"source": _UNKNOWN, "source_en": "no trading centre named", "verified": False}
UNNAMED = TradingCentre.model_validate(
    {"key": "unnamed", "name": _UNKNOWN, "name_en": "No trading centre named"}
    | {
        name: _NONE | ({"value": True} if name == "shifts_end" else {})
        for name in TradingCentre.model_fields
        if name not in {"key", "name", "name_en"}
    }
)
"""What holds where a notice names no centre: nothing but that the dates move by a pause."""

_CENTRES = read()  # a fault in the data stops the start


def centres() -> Mapping[str, TradingCentre]:
    """Return all centres by key.

    >>> centres()["suzhou"].round_minutes.value
    4
    """
    return _CENTRES


def centre_of(key: str | None) -> TradingCentre:
    """Return a centre as a notice names it; one that is gone from the data counts as none."""
    return UNNAMED if key is None else _CENTRES.get(key, UNNAMED)
