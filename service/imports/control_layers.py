"""A file on its way to becoming a control layer (管控图层): read and checked like parcels, then cut and published."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import orjson
import pyarrow as pa
from sqlalchemy.orm import Session

from service.constraints import commands as constraints
from service.constraints.apart import Overlayer, TooComplex
from service.constraints.commands import Area, LayerEdition
from service.imports import placing
from service.imports.mapping import ATTRIBUTE
from service.imports.models import Import
from service.imports.report import Report

TARGET = "control:"
NAMES = ("name", "名称", "mc", "区域名称", "保护单位名称", "文物名称", "xmmc", "label")
LONGEST_NAME = 200
_CUTTING_SECONDS = 300.0


class Control(NamedTuple):
    """What the sender says a control layer is: key of its type, name, issuing document, its date."""

    type: str
    name: str
    source: str
    dated_on: dt.date

    def as_json(self) -> dict[str, str]:
        """Write it as the import keeps it."""
        return {**self._asdict(), "dated_on": self.dated_on.isoformat()}

    @classmethod
    def of(cls, kept: Mapping[str, str]) -> "Control":
        """Read what the import keeps."""
        return cls(kept["type"], kept["name"], kept["source"], dt.date.fromisoformat(kept["dated_on"]))


def check(read: pa.Table, report: Report) -> list[Area]:
    """Check where the areas lie and cut them up; without result when there are errors."""
    rows = read["row"].to_numpy()
    placing.check_places(placing.locate(read, [], []), rows, None, report)
    if report.errors:
        return []
    shapes: list[bytes] = read["geom_wkb"].to_pylist()
    overlayer = Overlayer()
    try:
        pieces, owner = overlayer.cut(shapes, seconds=_CUTTING_SECONDS)
    except TooComplex:
        report.note("reader_timeout", limit=f"{_CUTTING_SECONDS:g}")
        return []
    finally:
        overlayer.close()
    starts = np.searchsorted(owner, np.arange(len(shapes) + 1)).tolist()
    columns = {name.removeprefix(ATTRIBUTE): name for name in read.column_names if name.startswith(ATTRIBUTE)}
    named = _names(read, columns)
    attributes = read.select(list(columns.values())).rename_columns(list(columns)).to_pylist()
    return [
        Area(int(rows[i]), named[i], _json(attributes[i]), shape, pieces[starts[i] : starts[i + 1]])
        for i, shape in enumerate(shapes)
    ]


def _names(read: pa.Table, columns: Mapping[str, str]) -> Sequence[str | None]:
    """What the areas are called, by the first column that is known to say so."""
    plain = {"".join(name.split()).casefold(): column for name, column in columns.items()}
    column = next((plain[name] for name in NAMES if name in plain), None)
    if column is None:
        return [None] * len(read)
    return [None if value is None else str(value).strip()[:LONGEST_NAME] or None for value in read[column].to_pylist()]


def _json(attributes: Mapping[str, object]) -> str:
    """The file's own columns as JSON; NUL has no place in the database's texts."""
    plain = {name: value.replace("\x00", "") if isinstance(value, str) else value for name, value in attributes.items()}
    return orjson.dumps(plain).decode()


def publish(session: Session, found: Import, areas: Sequence[Area]) -> None:
    """Put the areas in force as a new version of the layer that the import names."""
    assert found.control is not None  # noqa: S101 - the caller has looked
    edition = LayerEdition(
        **Control.of(found.control)._asdict(),
        jurisdiction_id=found.jurisdiction_id,
        document_id=found.document_id,
        import_id=found.id,
        imported_by=found.created_by,
    )
    constraints.publish_layer(session, edition, areas)
