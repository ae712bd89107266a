"""Kinds of deadlines and whose they are: `gis_data/rules/duties.toml`. Pure; read once, when this is loaded."""

import datetime as dt
import tomllib
from collections.abc import Mapping
from typing import NamedTuple

from service.accounts.permissions import Role
from service.codes.loader import GIS_DATA

FILE = GIS_DATA / "rules" / "duties.toml"


class BrokenDuties(ValueError):
    """`gis_data/rules/duties.toml` can't be used."""


class Duty(NamedTuple):
    """A kind of deadline, how it is called, and the roles it concerns."""

    kind: str
    title: str
    title_en: str
    roles: tuple[Role, ...]


class Due(NamedTuple):
    """One deadline that is not met yet."""

    kind: str
    subject: str
    id: int
    title: str
    due_on: dt.date

    @property
    def key(self) -> tuple[str, str, str, int]:
        """What deadlines are ordered by."""
        return (self.due_on.isoformat(), self.kind, self.subject, self.id)


def _read() -> Mapping[str, Duty]:
    try:
        entries = tomllib.loads(FILE.read_text(encoding="utf-8"))["duties"]
        found = [Duty(**{**each, "roles": tuple(Role(role) for role in each["roles"])}) for each in entries]
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as fault:
        raise BrokenDuties(f"{FILE.name}: {fault}") from fault
    if len({each.kind for each in found}) < len(found):
        raise BrokenDuties(f"{FILE.name}: a kind stands twice")
    return {each.kind: each for each in found}


DUTIES = _read()
