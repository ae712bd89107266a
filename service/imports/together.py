"""Repairs of several shapes at once. Pure; like `repairs`, it belongs in a child process that can be killed.

They are done one after the other, each beside the shapes as those before have left them: two rows with a gap between
them don't both move, and change places with it.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import shapely

from service.imports import repairs, snapping
from service.imports.findings import Finding
from service.imports.repairs import OFFERED, Offer
from service.imports.snapping import Move


class Piece(NamedTuple):
    """A shape (WKB) with its row, and those around it; a neighbour of no row stays as it is."""

    row: int | None
    wkb: bytes
    around: Sequence[tuple[int | None, bytes]] = ()

    def beside(self, made: dict[int | None, bytes]) -> list[bytes]:
        """The neighbours as they are by now."""
        return [wkb if row is None else made.get(row, wkb) for row, wkb in self.around]


class Offered(NamedTuple):
    """The repairs for a finding; `cured`: it needs none, for those before it put it right."""

    offers: list[Offer]
    cured: bool = False


def offers(works: Sequence[tuple[Piece, Finding]]) -> list[Offered]:
    """Return the repairs for each finding, as they would be done together: where several snap, in this order."""
    made: dict[int | None, bytes] = {}
    found = []
    for piece, finding in works:
        if "snap" not in OFFERED.get(finding.code, ()):
            found.append(Offered(repairs.offers(piece.wkb, finding)))
            continue
        own, around = made.get(piece.row, piece.wkb), piece.beside(made)
        moved = own is not piece.wkb or around != [wkb for _, wkb in piece.around]
        if moved and not _ill_fitting(own, around):
            found.append(Offered([], cured=True))
            continue
        offered = repairs.offers(own, finding, around)
        if offered:
            made[piece.row] = repairs.apply(own, "snap", around).wkb
        found.append(Offered(offered))
    return found


def _ill_fitting(wkb: bytes, around: Sequence[bytes]) -> bool:
    return snapping.ill_fitting(shapely.from_wkb(wkb), shapely.from_wkb(np.array([*around], dtype=object)))


def apply(works: Sequence[tuple[Piece, Sequence[str]]]) -> list[tuple[bytes, list[tuple[Move, ...]]]]:
    """Carry out repairs, of each shape one after the other: the new shape, and what each of them snapped to.

    Raises:
        NotRepairable, KeyError: as `repairs.apply`.

    """
    made: dict[int | None, bytes] = {}
    done = []
    for piece, keys in works:
        wkb, around, moves = piece.wkb, piece.beside(made), []
        for key in keys:
            wkb, moved = repairs.apply(wkb, key, around)
            moves.append(moved)
        made[piece.row] = wkb
        done.append((wkb, moves))
    return done
