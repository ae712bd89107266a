"""What could be repaired of a staged shape: the shape that a finding is about, and those around it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from service.core.errors import NotFound
from service.imports import findings, workshop
from service.imports.models import Finding
from service.imports.repairs import OFFERED
from service.imports.snapping import Move
from service.imports.together import Offered, Piece

_SHAPE = text("SELECT coalesce(ST_AsBinary(geom), faulty) FROM staged_parcel WHERE import_id = :import AND row = :row")
# What the shape may be snapped to: rows of the file, and parcels that the file doesn't speak of, a metre around.
_NEIGHBOURS = text("""
    WITH own AS (SELECT ST_Expand(geom, 1e-5) AS box FROM staged_parcel WHERE import_id = :import AND row = :row)
    (SELECT ST_AsBinary(s.geom), s.row, s.code FROM own JOIN staged_parcel AS s ON s.geom && own.box
     WHERE s.import_id = :import AND s.row <> :row LIMIT 50)
    UNION ALL
    (SELECT ST_AsBinary(p.geom), NULL, p.code FROM own JOIN parcel AS p ON p.geom_web && ST_Transform(own.box, 3857)
     WHERE NOT EXISTS (SELECT FROM staged_parcel AS s WHERE s.import_id = :import AND s.parcel_id = p.id) LIMIT 50)
""")


class Subject(NamedTuple):
    """A finding, and the shape that it is about with those around it; of these, row (None: no row) and parcel code."""

    finding: findings.Finding
    work: Piece
    around: Sequence[tuple[int | None, str | None]]

    def named(self, moves: Iterable[Move]) -> tuple[Move, ...]:
        """Say of moves to neighbours which row or parcel these are."""
        told = ((each, *self.around[each.neighbour]) for each in moves)
        return tuple(move._replace(row=row, code=code) for move, row, code in told)


def subjects_of(session: Session, import_id: int, finding_ids: Iterable[int]) -> dict[int, Subject]:
    """Return by finding what a repair would work on, of those where there is something to repair, row by row.

    Raises:
        NotFound: the import has no such finding.

    """
    wanted = set(finding_ids)
    known = session.scalars(select(Finding).where(Finding.id.in_(wanted), Finding.import_id == import_id)).all()
    if missing := wanted - {each.id for each in known}:
        raise NotFound(
            f"导入 {import_id} 没有检查结果 {min(missing)}。", f"Import {import_id} has no finding {min(missing)}."
        )
    ordered = sorted(known, key=lambda each: (each.row or 0, each.id))
    mendable = [each for each in ordered if each.row is not None and each.code in OFFERED]
    works = {row: _work(session, import_id, row) for row in {each.row for each in mendable if each.row is not None}}
    return {each.id: Subject(_said(each), *work) for each in mendable if (work := works[each.row or 0]) is not None}


def _said(found: Finding) -> findings.Finding:
    return findings.Finding(**{name: getattr(found, name) for name in findings.Finding.__dataclass_fields__})


def _work(session: Session, import_id: int, row: int) -> tuple[Piece, Sequence[tuple[int | None, str | None]]] | None:
    """The shape of a staged row and those around it, and what these are called; None where the row has none."""
    asked = {"import": import_id, "row": row}
    shape = session.scalar(_SHAPE, asked)
    if shape is None:
        return None
    around = session.execute(_NEIGHBOURS, asked).all()
    piece = Piece(row, bytes(shape), [(each[1], bytes(each[0])) for each in around])
    return piece, [(each[1], each[2]) for each in around]


def offers(session: Session, import_id: int, finding_ids: Sequence[int]) -> dict[int, Offered]:
    """Return by finding the repairs that would put it right, done together; none where only a person can."""
    subjects = subjects_of(session, import_id, finding_ids)
    made = workshop.offers([(each.work, each.finding) for each in subjects.values()]) if subjects else []
    found = {
        one: offered._replace(
            offers=[replace(offer, moves=subjects[one].named(offer.moves)) for offer in offered.offers]
        )
        for one, offered in zip(subjects, made, strict=True)
    }
    return {one: found.get(one, Offered([])) for one in finding_ids}
