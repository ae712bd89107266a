"""法定规则 /api/v1/rules."""

from typing import Annotated

from fastapi import APIRouter, Query

from service.accounts.access import CodeReader
from service.core import clock
from service.core.errors import NotFound
from service.core.schemas import CalendarDay
from service.rules.book import rulebook
from service.rules.schemas import LegalRule, LegalRules

router = APIRouter(prefix="/api/v1/rules", tags=["规则 rules"])


@router.get("", summary="法定规则 Legal rules")
def list_rules(
    actor: CodeReader,
    *,
    as_of: Annotated[
        CalendarDay | None, Query(description="某日有效的规则 in force on this day; today's if absent")
    ] = None,
    id: Annotated[  # noqa: A002 - the parameter's name on the wire
        list[str] | None, Query(max_length=30, description="只取这些规则, 如 R01 only these rules")
    ] = None,
) -> LegalRules:
    """List the legal rules in force, in the file's order; a rule may stand several times, each for another scope."""
    day = as_of or clock.today()
    known = {rule.id for rule in rulebook().rules}
    if id is not None and not known >= set(id):
        unknown = "、".join(sorted(set(id) - known))
        raise NotFound(f"没有这条规则:{unknown}。", f"There is no such rule: {unknown}.")
    chosen = [rule for rule in rulebook().in_force(day) if id is None or rule.id in id]
    return LegalRules(as_of=day, items=[LegalRule.of(rule) for rule in chosen])
