"""What could be repaired of a staged shape: the shape that a finding is about, and those around it."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from service.core.errors import NotFound
from service.imports import findings, workshop
from service.imports.models import Finding
from service.imports.repairs import OFFERED, Offer

_SHAPE = text("SELECT coalesce(ST_AsBinary(geom), faulty) FROM staged_parcel WHERE import_id = :import AND row = :row")
# What the shape may be snapped to: rows of the file, and parcels that the file doesn't speak of, a metre around.
_NEIGHBOURS = text("""
    WITH own AS (SELECT ST_Expand(geom, 1e-5) AS box FROM staged_parcel WHERE import_id = :import AND row = :row)
    (SELECT ST_AsBinary(s.geom) FROM own JOIN staged_parcel AS s ON s.geom && own.box
     WHERE s.import_id = :import AND s.row <> :row LIMIT 50)
    UNION ALL
    (SELECT ST_AsBinary(p.geom) FROM own JOIN parcel AS p ON p.geom_web && ST_Transform(own.box, 3857)
     WHERE NOT EXISTS (SELECT FROM staged_parcel AS s WHERE s.import_id = :import AND s.parcel_id = p.id) LIMIT 50)
""")


class Subject(NamedTuple):
    """A finding, and the shape that it is about with those around it."""

    finding: findings.Finding
    work: workshop.Work


def subjects_of(session: Session, import_id: int, finding_ids: Iterable[int]) -> dict[int, Subject]:
    """Return by finding what a repair would work on, of those where there is something to repair.

    Raises:
        NotFound: the import has no such finding.

    """
    wanted = set(finding_ids)
    known = session.scalars(select(Finding).where(Finding.id.in_(wanted), Finding.import_id == import_id)).all()
    if missing := wanted - {each.id for each in known}:
        raise NotFound(
            f"导入 {import_id} 没有检查结果 {min(missing)}。", f"Import {import_id} has no finding {min(missing)}."
        )
    mendable = [each for each in known if each.row is not None and each.code in OFFERED]
    works = {row: _work(session, import_id, row) for row in {each.row for each in mendable if each.row is not None}}
    return {each.id: Subject(_said(each), work) for each in mendable if (work := works[each.row or 0]) is not None}


def _said(found: Finding) -> findings.Finding:
    return findings.Finding(**{name: getattr(found, name) for name in findings.Finding.__dataclass_fields__})


def _work(session: Session, import_id: int, row: int) -> workshop.Work | None:
    """The shape of a staged row and those around it; None where the row has none."""
    asked = {"import": import_id, "row": row}
    shape = session.scalar(_SHAPE, asked)
    if shape is None:
        return None
    return workshop.Work(bytes(shape), [bytes(each) for each in session.scalars(_NEIGHBOURS, asked)])


def offers(session: Session, import_id: int, finding_ids: Sequence[int]) -> dict[int, list[Offer]]:
    """Return by finding the repairs that would put it right; none where only a person can."""
    subjects = subjects_of(session, import_id, finding_ids)
    made = workshop.offers([(each.work, each.finding) for each in subjects.values()]) if subjects else []
    found = dict(zip(subjects, made, strict=True))
    return {one: found.get(one, []) for one in finding_ids}
