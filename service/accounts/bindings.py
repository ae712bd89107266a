"""Codes that must be there, where the packages that know them stand above or beside: jurisdictions, regions, lists.

So those say here, when they are loaded, which codes there are, by the name of the field that holds them. What nobody
has said anything about can't be checked: that is an error of ours, never a silent yes.
"""

from collections.abc import Callable, Collection, Sequence

from sqlalchemy.orm import Session

from service.core.errors import FieldError, Invalid

Known = Callable[[Session, Sequence[str]], Collection[str]]
"""Gives at least those of the codes that are there."""

_KNOWN: dict[str, Known] = {}


class UnknownCode(Invalid):
    """A code that nothing has."""

    code, title_zh, title_en = "unknown-code", "代码不存在", "Unknown code"


def register(field: str, known: Known) -> None:
    """Say which codes a field of this name may hold."""
    _KNOWN[field] = known


def refuse_unknown(session: Session, field: str, codes: Sequence[str] | str | None) -> None:
    """Refuse codes that are not there.

    Raises:
        UnknownCode: naming field and value of each.

    """
    given = [codes] if isinstance(codes, str) else codes
    if not given:
        return
    known = _KNOWN[field](session, given)
    errors = [
        FieldError(
            f"/{field}" if isinstance(codes, str) else f"/{field}/{i}",
            "unknown-code",
            f"没有代码“{code}”",
            f"There is no {code!r}",
        )
        for i, code in enumerate(given)
        if code not in known
    ]
    if errors:
        raise UnknownCode(f"{field}: {errors[0].zh}。", f"{field}: {errors[0].en}.", errors=errors)
