"""Changing and overlaying shapes from outside, in a child process that can be killed (DESIGN §9.1).

What a review needs: `offers` for findings, `apply` for what a person chose. What the checks need: `measured`.
Shapes are WKB in EPSG:4490; a child takes about a second to start.
"""

import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import shapely

from service.core import child
from service.core.errors import Invalid
from service.geo import validity
from service.imports import sandbox
from service.imports.findings import Finding
from service.imports.overlaps import Size
from service.imports.repairs import Offer
from service.imports.snapping import Move
from service.imports.together import Offered, Piece

CPU_SECONDS = 20.0
"""Processor time of one request; waiting is cut at three times as much."""


class RepairFailed(Invalid):
    """The repair took too long, or didn't lead to a valid polygon."""

    code, title_zh, title_en = "repair-failed", "修复未成功", "The repair failed"


def offers(works: Sequence[tuple[Piece, Finding]]) -> list[Offered]:
    """Return the repairs for each finding (see `together.offers`); none where working them all out takes too long."""
    pieces = [piece for piece, _ in works]
    asked = {"kind": "offers", "findings": [finding.as_dict() for _, finding in works], "rows": _rows(pieces)}
    made = _ask(asked, *_laid(pieces)) or [{"offers": [], "cured": False} for _ in works]
    return [Offered([_offer(each) for each in found["offers"]], found["cured"]) for found in made]


def _offer(told: dict[str, Any]) -> Offer:
    return Offer(**told | {"points": tuple(map(tuple, told["points"])), "moves": _moves(told["moves"])})


def _moves(told: Sequence[Sequence[Any]]) -> tuple[Move, ...]:
    return tuple(Move(*each) for each in told)


class Repaired(NamedTuple):
    """A shape after its repairs, a valid multipolygon, and by repair the neighbours that it was fitted to."""

    wkb: bytes
    moves: Sequence[tuple[Move, ...]]


def apply(works: Sequence[tuple[Piece, Sequence[str]]]) -> list[Repaired]:
    """Carry out repairs that were offered (see `together.apply`).

    Raises:
        RepairFailed: they take too long, or one doesn't lead to a valid polygon.

    """
    pieces = [piece for piece, _ in works]
    asked = {"kind": "apply", "keys": [[*keys] for _, keys in works], "rows": _rows(pieces)}
    told = _ask(asked, *_laid(pieces)) or ()
    made = [Repaired(bytes.fromhex(each["wkb"]), [_moves(moved) for moved in each["moves"]]) for each in told]
    shapes = shapely.from_wkb(np.array([each.wkb for each in made], dtype=object), on_invalid="ignore")
    if not made or validity.faults(shapes):
        raise RepairFailed("修复没有得到有效图形。", "The repair didn't lead to a valid shape.")
    return made


def _rows(pieces: Sequence[Piece]) -> list[tuple[int | None, list[int | None]]]:
    return [(piece.row, [row for row, _ in piece.around]) for piece in pieces]


def _laid(pieces: Sequence[Piece]) -> tuple[list[bytes], list[bytes]]:
    """The shapes, and all their neighbours in one row."""
    return [piece.wkb for piece in pieces], [wkb for piece in pieces for _, wkb in piece.around]


def measured(first: Sequence[bytes], second: Sequence[bytes]) -> list[Size] | None:
    """Measure pairs of shapes that share land; None where the shapes take too long."""
    if not first:
        return []
    made = _ask({"kind": "measure"}, first, second)
    return None if made is None else [Size(area, (lon, lat)) for area, (lon, lat) in made]


def _ask(request: dict[str, Any], own: Sequence[bytes], others: Sequence[bytes]) -> Any:  # noqa: ANN401 - JSON
    """Let the child answer; None when it didn't."""
    rows = max(len(own), len(others))
    columns = {"own": own, "other": others}
    padded = {name: [*shapes, *[None] * (rows - len(shapes))] for name, shapes in columns.items()}
    table = pa.table({name: pa.array(shapes, pa.binary()) for name, shapes in padded.items()})
    with tempfile.TemporaryDirectory(prefix="gongdi-shapes-") as name:
        folder = Path(name).resolve()
        with pa.ipc.new_file(str(folder / "shapes.arrow"), table.schema) as writer:
            writer.write_table(table)
        well = sandbox.run_module("service.imports.workbench", request, folder, cpu_seconds=CPU_SECONDS)
        with suppress(OSError, ValueError, TypeError, KeyError):
            if well:
                return child.result(folder)["made"]
        return None
