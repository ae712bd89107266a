"""Wire shapes of a parcel's land use: in today's list, by component, and as delivered."""

from pydantic import BaseModel, Field

from service.codes.correspondences import Relation


class UseRead(BaseModel):
    """The main land use."""

    scheme: str
    code: str
    name: str | None


class LandUseRead(UseRead):
    """One land-use component."""

    share: float = Field(description="份额 share of the area, 0–1")
    max_term_years: int | None


class UseMatch(BaseModel):
    """What a code of an older list may mean in the list of 2023; not `verified`: not compared with the law's text."""

    code: str
    name: str
    relation: Relation
    verified: bool
    note: str | None


class GivenUseRead(UseRead):
    """The land-use code as delivered, in its own list; `matches` of an older list only."""

    matches: list[UseMatch]
