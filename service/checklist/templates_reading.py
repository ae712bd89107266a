"""Templates as they are given out: those that are shipped, those that are in use, and what a newer one changes."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.checklist import queries, selecting
from service.checklist.describing import lead_words
from service.checklist.read_schemas import (
    BaselineRead,
    BaselineStep,
    TemplateDetail,
    TemplateDiffRead,
    TemplateEvidence,
    TemplateItem,
    TemplateList,
    TemplateRead,
    TemplateTrack,
    Titled,
    VersionFieldChange,
    VersionItemChange,
)
from service.checklist.template import Item, Step, Template
from service.checklist.template_diff import diff
from service.checklist.template_facts import FACTS, asked_by
from service.checklist.template_loader import templates
from service.core.errors import NotFound

_COURSES = (
    ("serial", "逐项串联", "Strictly one after the other"),
    ("overlapped", "惯常搭接", "With the usual overlaps"),
)


def templates_known(session: Session, actor: Actor) -> TemplateList:
    """Return every template and version, shipped or in use, the newest of each first."""
    known, running = _known(session, actor)
    newest = {template.key: template.version for template in known[::-1]}
    return TemplateList(
        items=[
            TemplateRead(
                **_head(each), latest=each.version == newest[each.key], running=running[each.key, each.version]
            )
            for each in known
        ]
    )


def template_detail(session: Session, actor: Actor, key: str, version: int) -> TemplateDetail:
    """Return one version of a template. Raises NotFound."""
    known, running = _known(session, actor)
    found = _version(known, key, version)
    return TemplateDetail(
        **_head(found),
        latest=all(each.version <= version for each in known if each.key == key),
        running=running[key, version],
        track_list=[TemplateTrack.model_validate(each) for each in found.tracks],
        item_list=[_item(each) for each in found.items],
        baselines=list(_baselines(found.traditional)),
    )


def version_diff(
    session: Session, actor: Actor, key: str, version: int, *, base: str, base_version: int
) -> TemplateDiffRead:
    """Return what a version of a template says otherwise than another, or than another template. Raises NotFound."""
    known, _ = _known(session, actor)
    return _told(_version(known, base, base_version), _version(known, key, version))


def template_diff(session: Session, actor: Actor, checklist_id: int, version: int | None) -> TemplateDiffRead:
    """Return what another version of its template would change of a checklist; the newest if none is named.

    Raises:
        NotFound: no such checklist or version.

    """
    old = queries.template_of(session, queries.checklist_by_id(session, actor, checklist_id))
    known, _ = _known(session, actor)
    newest = max(each.version for each in known if each.key == old.key)
    return _told(old, _version(known, old.key, newest if version is None else version))


def _told(old: Template, new: Template) -> TemplateDiffRead:
    found = diff(old, new)
    changes: dict[str, list[VersionFieldChange]] = {}
    for each in found.changed:
        changes.setdefault(each.key, []).append(
            VersionFieldChange(field=each.field, before=_plain(each.before), after=_plain(each.after))
        )
    return TemplateDiffRead(
        base=old.key,
        before=old.version,
        key=new.key,
        after=new.version,
        added=[Titled.model_validate(each) for each in found.added],
        removed=[Titled.model_validate(each) for each in found.removed],
        changed=[VersionItemChange(**_names(new.by_key[key]), changes=changed) for key, changed in changes.items()],
        baseline_changed=found.baseline_changed,
    )


def _version(known: Iterable[Template], key: str, version: int) -> Template:
    found = next((each for each in known if (each.key, each.version) == (key, version)), None)
    if found is None:
        raise NotFound(f"没有模板 {key} 第 {version} 版。", f"There is no version {version} of template {key}.")
    return found


def _known(session: Session, actor: Actor) -> tuple[list[Template], dict[tuple[str, int], int]]:
    """Return all versions, by key and the newest first, and how many checklists follow each."""
    rows = selecting.template_versions(session, actor)
    kept = queries.templates_of(session, [row.id for row in rows])
    found = {(each.key, each.version): each for each in [*templates().values(), *kept.values()]}
    running = dict.fromkeys(found, 0) | {(row.key, row.version): row.running for row in rows}
    return [found[name] for name in sorted(found, key=lambda name: (name[0], -name[1]))], running


def _head(each: Template) -> dict[str, Any]:
    names = {name: getattr(each, name) for name in ("key", "version", "title", "title_en", "source")}
    return {**names, "source_en": each.source_en or each.source, "items": len(each.items), "tracks": len(each.tracks)}


def _names(each: Item) -> dict[str, str]:
    return {"key": each.key, "title": each.title, "title_en": each.title_en}


def _item(each: Item) -> TemplateItem:
    words = lead_words(each.lead)
    del words["lead_known"]
    asked = [FACTS[fact] for fact in asked_by(each.when)] if each.when else []
    return TemplateItem(
        **_names(each),
        **words,
        track=each.track,
        kind=each.kind.value,
        phase=each.phase.value,
        requirement=each.requirement.value,
        when=each.when,
        asks=[Titled.model_validate(fact) for fact in asked],
        hard=each.hard,
        days=each.days,
        unit=each.unit.value,
        basis=each.basis.value,
        verified=each.verified,
        source=each.source,
        source_en=each.source_en or each.source,
        work=each.work,
        needs=list(each.needs),
        evidence=[TemplateEvidence.model_validate(kind) for kind in each.evidence],
        follows=each.follows or each.begins,
        becomes=None if each.becomes is None else Titled(
            key=each.becomes.permit or each.key, title=each.becomes.title, title_en=each.becomes.title_en
        ),
    )  # fmt: skip


def _baselines(steps: Iterable[Step]) -> Iterable[BaselineRead]:
    listed = list(steps)
    for key, title, title_en in _COURSES:
        before: list[str] = []
        told = []
        for step in listed:
            needs = before if key == "serial" else list(step.needs)
            told.append(_step(step, needs))
            before = [step.key]
        yield BaselineRead(key=key, title=title, title_en=title_en, steps=told)


def _step(step: Step, needs: list[str]) -> BaselineStep:
    return BaselineStep(
        key=step.key,
        title=step.title,
        title_en=step.title_en,
        days=step.days,
        unit=step.unit.value,
        basis=step.basis.value,
        verified=step.verified,
        source=step.source,
        source_en=step.source_en or step.source,
        needs=needs,
    )


def _plain(value: object) -> str | int | bool | list[str] | None:
    """Write a field of an item for people: what has a title by it."""
    if isinstance(value, tuple):
        return [_word(each) for each in value]
    return value if value is None or isinstance(value, bool | int) else _word(value)


def _word(value: object) -> str:
    return str(value) if isinstance(value, str) else str(getattr(value, "title", value))
