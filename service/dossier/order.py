"""How a plan is wanted, and what it says of its making."""

import datetime as dt
from typing import Literal, NamedTuple

Paper = Literal["A4", "A3"]
Language = Literal["zh", "en"]


class Order(NamedTuple):
    """How a plan is wanted; scale (its denominator) and coordinate system are chosen where they are None."""

    paper: Paper = "A4"
    scale: int | None = None
    crs: str | None = None
    language: Language = "zh"


class Imprint(NamedTuple):
    """What a plan says of its making: day, service's address ("": unknown), map approval number, whether demo."""

    day: dt.date
    site: str
    notice: str
    is_demo: bool
