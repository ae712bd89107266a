"""What could be repaired of a staged shape: the shape that a finding is about, and those around it."""

from collections.abc import Sequence
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
    """A finding with the shape that it is about, and the shapes around."""

    finding: findings.Finding
    wkb: bytes
    neighbours: Sequence[bytes]


def subject_of(session: Session, import_id: int, finding_id: int) -> Subject | None:
    """Return what a repair would work on; None where there is nothing to repair. NotFound: no such finding."""
    found = session.scalar(select(Finding).where(Finding.id == finding_id, Finding.import_id == import_id))
    if found is None:
        raise NotFound(
            f"导入 {import_id} 没有检查结果 {finding_id}。", f"Import {import_id} has no finding {finding_id}."
        )
    if found.row is None or found.code not in OFFERED:
        return None
    asked = {"import": import_id, "row": found.row}
    shape = session.scalar(_SHAPE, asked)
    if shape is None:
        return None
    said = {name: getattr(found, name) for name in findings.Finding.__dataclass_fields__}
    around = session.scalars(_NEIGHBOURS, asked).all()
    return Subject(findings.Finding(**said), bytes(shape), [bytes(each) for each in around])


def offers(session: Session, import_id: int, finding_id: int) -> list[Offer]:
    """Return the repairs that would put a finding of a staged import right; none where only a person can."""
    subject = subject_of(session, import_id, finding_id)
    return [] if subject is None else workshop.offers(subject.wkb, subject.finding, subject.neighbours)
