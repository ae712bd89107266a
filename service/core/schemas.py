"""Bases of the wire shapes."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints


def _writable(text: str) -> str:
    if any(char < " " and char not in "\n\t" for char in text) or "\x7f" in text:
        msg = "control characters are not allowed"
        raise ValueError(msg)
    return text


Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(_writable)]
"""A short text on one line: names, codes, titles."""

Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000), AfterValidator(_writable)]
"""A longer text: reasons, remarks."""


class Input(BaseModel):
    """What a caller sends: unknown fields are refused, never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Output(BaseModel):
    """What a caller gets, read from rows."""

    model_config = ConfigDict(from_attributes=True)
