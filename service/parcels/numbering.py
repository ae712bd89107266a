"""Numbers that a parcel is given: each only once, also those of parcels that were split or merged away."""

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.core.errors import Conflict, FieldError
from service.core.spelling import folded, tidied
from service.parcels import identifiers
from service.parcels.models import Parcel, code_key


class NumberTaken(Conflict):
    """A code or cadastral code that another parcel has."""

    code, title_zh, title_en = "number-taken", "编号已被使用", "Number taken"


def free_code(session: Session, text: str) -> str:
    """Return a number for a new parcel as it is kept. Raises BadIdentifier, NumberTaken."""
    with _pointing("/code"):
        code = identifiers.check_code(tidied(text))
    _refuse_taken(session, "/code", code_key, folded(code))
    return code


def free_cadastral_code(session: Session, text: str) -> str:
    """Return a cadastral code as it is kept, if no parcel has it. Raises BadIdentifier, NumberTaken."""
    code = cadastral_code(text)
    _refuse_taken(session, "/cadastral_code", Parcel.cadastral_code, code)
    return code


def cadastral_code(text: str) -> str:
    """Return a cadastral code as it is kept. Raises BadIdentifier."""
    with _pointing("/cadastral_code"):
        return "".join(identifiers.parse_cadastral_code(text))


@contextmanager
def _pointing(pointer: str) -> Iterator[None]:
    """Say of which field a number is refused."""
    try:
        yield
    except identifiers.BadIdentifier as wrong:
        errors = [dataclasses.replace(each, pointer=pointer) for each in wrong.errors]
        raise identifiers.BadIdentifier(wrong.zh, wrong.en, errors=errors) from None


def _refuse_taken(session: Session, pointer: str, column: Any, value: str) -> None:  # noqa: ANN401 - a column or key
    holder = session.execute(select(Parcel.retired_by).where(column == value)).first()
    if holder is None:
        return
    zh, en, code = f"编号 {value} 已属于另一地块", f"{value} belongs to another parcel", "number-taken"
    if holder.retired_by is not None:
        zh, en = (
            f"编号 {value} 属于已分割或合并的地块，不能再用",
            f"{value} is of a parcel that was split or merged away",
        )
        code = "number-retired"
    raise NumberTaken(f"{zh}。", f"{en}.", errors=[FieldError(pointer, code, zh, en)])
