"""What findings mean for a command: pass, refuse, or pass because an approver answers for it."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.accounts.permissions import Permission
from service.audit.actions import Action, Subject
from service.audit.record import record
from service.core.errors import Conflict
from service.rules.finding import Finding
from service.rules.rule import Severity
from service.rules.schemas import LegalFinding, Override

_ORDER = {severity: rank for rank, severity in enumerate(Severity)}


class LegalRefusal(Conflict):
    """A legal rule forbids it; `findings` name rule, source, figures and what would satisfy it."""

    code, title_zh, title_en = "legal-rule", "违反法定规则", "Against a legal rule"


@dataclass(frozen=True, slots=True)
class Judgement:
    """All findings, the gravest first: those that refuse, and those that an override lets pass."""

    findings: tuple[Finding, ...]
    refused: tuple[Finding, ...]
    overridden: tuple[Finding, ...]


def judge(findings: Iterable[Finding], *, overrides: bool) -> Judgement:
    """Sort findings; `overrides`: somebody who may do so gives a reason and a document. Hard ones refuse all the same.

    >>> judge([], overrides=False)
    Judgement(findings=(), refused=(), overridden=())
    """
    ordered = tuple(sorted(findings, key=lambda each: (not each.hard, _ORDER[each.severity], each.rule.id)))
    blocking = [each for each in ordered if each.severity is Severity.block]
    overridden = tuple(each for each in blocking if overrides and not each.hard)
    return Judgement(ordered, tuple(each for each in blocking if each not in overridden), overridden)


def gravest(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return each finding once: what several uses say of one rule in the same words, as gravely as any of them.

    >>> gravest([])
    ()
    """
    found: dict[tuple[str, str], Finding] = {}
    for each in findings:
        key = (each.rule.id, each.message.zh)
        if key not in found or _ORDER[each.severity] < _ORDER[found[key].severity]:
            found[key] = each
    return tuple(found.values())


def refuse(findings: Iterable[Finding], override: Override | None = None, *, actor: Actor) -> Judgement:
    """Raise LegalRefusal if a finding blocks and isn't overridden; else return what was found and what was overridden.

    An override counts only if the actor may (`law:override`). The caller checks that its document is there and about
    the subject, and writes an override down (`record_override`).
    """
    may = Permission.LAW_OVERRIDE in actor.permissions
    judgement = judge(findings, overrides=may and override is not None)
    if judgement.refused:
        hard = any(each.hard for each in judgement.refused)
        zh, en = _advice(hard=hard, may=may)
        raise LegalRefusal(
            "；".join(each.message.zh for each in judgement.refused) + "。" + zh,
            "; ".join(each.message.en for each in judgement.refused) + ". " + en,
            facts={
                "findings": [LegalFinding.of(each).model_dump(mode="json") for each in judgement.findings],
                "overridable": not hard,
            },
        )
    return judgement


def _advice(*, hard: bool, may: bool) -> tuple[str, str]:
    if hard:
        return "法律规定的前置条件,不能例外。", "This is a precondition set by law; there is no exception."
    if may:
        return "如须例外,请填写理由并附文件。", "To make an exception, give a reason and a document."
    return "例外须由审批人员填写理由并附文件。", "An exception needs an approver's reason and document."


def record_override(
    session: Session, judgement: Judgement, override: Override, subject_type: Subject, subject_id: object
) -> None:
    """Write down which rules were overridden, with their figures, in the transaction of the act itself."""
    for each in judgement.overridden:
        told = {
            "rule": each.rule.id,
            "source": each.rule.cited(),
            "message": each.message.zh,
            "figures": {name: str(value) for name, value in each.figures.items()},
            "reason": override.reason,
            "document_id": override.document_id,
        }
        record(session, Action.LAW_OVERRIDDEN, subject_type, subject_id, after=told)
