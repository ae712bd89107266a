"""Bases of the wire shapes."""

import datetime as dt
import re
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, StringConstraints
from pydantic_core import PydanticCustomError

# Control characters, what breaks a line, and what turns the direction of the text that follows.
_UNWRITABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WHOLE = re.compile(r"[+-]?[0-9]+")


def _writable(text: str) -> str:
    if _UNWRITABLE.search(text):
        msg = "control characters are not allowed"
        raise ValueError(msg)
    return text


def _writable_lines(text: str) -> str:
    _writable(re.sub(r"[\n\t]", "", text))
    return text


def _written_day(value: object) -> object:
    if isinstance(value, dt.date) or (isinstance(value, str) and _DAY.fullmatch(value)):
        return value
    raise PydanticCustomError("date_parsing", "give the day as YYYY-MM-DD")


def _written_instant(value: object) -> object:
    if isinstance(value, dt.datetime) or (isinstance(value, str) and _DAY.match(value)):
        return value
    raise PydanticCustomError("datetime_parsing", "give the instant as YYYY-MM-DDThh:mm:ss+08:00")


def _whole(value: object) -> object:
    if isinstance(value, str) and not _WHOLE.fullmatch(value):
        raise PydanticCustomError("int_parsing", "give a whole number in digits")
    return value


def _decimal(value: object) -> object:
    if isinstance(value, str) and "_" in value:
        raise PydanticCustomError("float_parsing", "give a number in digits")
    return value


Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(_writable)]
"""A short text on one line: names, codes, titles."""

Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000), AfterValidator(_writable_lines)]
"""A longer text: reasons, remarks."""

Written = BeforeValidator(_written_day)
"""Beside `date`: YYYY-MM-DD only. By itself the framework takes a number too, as seconds since 1970."""

CalendarDay = Annotated[dt.date, Written]
"""A day as YYYY-MM-DD."""

Instant = Annotated[AwareDatetime, BeforeValidator(_written_instant)]
"""An instant in ISO 8601 with its offset, never a number."""

Whole = BeforeValidator(_whole)
"""Beside `int`: digits only, where the framework also takes `1_0` and `1.0`."""

Plain = BeforeValidator(_decimal)
"""Beside `float`: without the underscores that the framework takes."""


class Input(BaseModel):
    """What a caller sends: unknown fields are refused, never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Output(BaseModel):
    """What a caller gets, read from rows."""

    model_config = ConfigDict(from_attributes=True)
