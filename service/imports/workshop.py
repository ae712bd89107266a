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

CPU_SECONDS = 20.0
"""Processor time of one request; waiting is cut at three times as much."""


class RepairFailed(Invalid):
    """The repair took too long, or didn't lead to a valid polygon."""

    code, title_zh, title_en = "repair-failed", "修复未成功", "The repair failed"


class Work(NamedTuple):
    """A shape that a finding is about, and the shapes around it that it may be fitted to."""

    wkb: bytes
    neighbours: Sequence[bytes] = ()


def offers(works: Sequence[tuple[Work, Finding]]) -> list[list[Offer]]:
    """Return the repairs for each finding (see `repairs.offers`); none where working them all out takes too long."""
    asked = {"kind": "offers", "findings": [finding.as_dict() for _, finding in works]}
    made = _ask(asked, *_laid([work for work, _ in works])) or [[] for _ in works]
    return [[Offer(**each | {"points": tuple(map(tuple, each["points"]))}) for each in found] for found in made]


def apply(works: Sequence[tuple[Work, Sequence[str]]]) -> list[bytes]:
    """Carry out repairs that were offered, of each shape one after the other; return valid multipolygons.

    Raises:
        RepairFailed: they take too long, or one doesn't lead to a valid polygon.

    """
    asked = {"kind": "apply", "keys": [[*keys] for _, keys in works]}
    made = [bytes.fromhex(each) for each in _ask(asked, *_laid([work for work, _ in works])) or ()]
    if not made or validity.faults(shapely.from_wkb(np.array(made, dtype=object), on_invalid="ignore")):
        raise RepairFailed("修复没有得到有效图形。", "The repair didn't lead to a valid shape.")
    return made


def _laid(works: Sequence[Work]) -> tuple[list[bytes], list[bytes], list[int]]:
    """The shapes, all their neighbours in one row, and how many of these belong to each."""
    around = [[*work.neighbours] for work in works]
    return [work.wkb for work in works], [shape for each in around for shape in each], [len(each) for each in around]


def measured(first: Sequence[bytes], second: Sequence[bytes]) -> list[Size] | None:
    """Measure pairs of shapes that share land; None where the shapes take too long."""
    if not first:
        return []
    made = _ask({"kind": "measure"}, first, second)
    return None if made is None else [Size(area, (lon, lat)) for area, (lon, lat) in made]


def _ask(request: dict[str, Any], own: Sequence[bytes], others: Sequence[bytes], shares: Sequence[int] = ()) -> Any:  # noqa: ANN401 - JSON
    """Let the child answer; None when it didn't."""
    request = request | {"shares": [*shares]}
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
