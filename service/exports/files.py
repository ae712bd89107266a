"""One file of the selected parcels, in a folder of the caller's; memory holds a batch, whatever is selected."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from pydantic import TypeAdapter

from service.accounts.access import Actor
from service.core import clock
from service.exports import boundary_txt, drawing, fields, rows, sheets, vector
from service.exports.fields import Field
from service.exports.formats import FormatCannot, Target, target
from service.exports.rows import Batch
from service.parcels.answers import FileName
from service.parcels.selection import Selection

_SELECTION = TypeAdapter(Selection)
Heard = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Order:
    """What is wanted: which parcels, as what, which columns (none named: all), in which order."""

    format: FileName
    selection: Selection = field(default_factory=Selection)
    crs: str | None = None
    encoding: str | None = None
    fields: Sequence[str] = ()
    sort: str = "code"

    def target(self) -> Target:
        """Return what the file is to be.

        Raises:
            CrsRefused, FormatCannot, BadRequest: it can't be, or a column is unknown.

        """
        found = target(self.format, self.crs, self.encoding)
        if self.fields and not found.format.has_columns:
            raise FormatCannot(
                f"{found.format.title} 的内容由格式规定，不能选择字段。",
                f"{found.format.title} has no columns to choose.",
            )
        fields.chosen(self.fields)
        return found

    def told(self) -> dict[str, Any]:
        """Write the order for the log: what was asked, nothing that wasn't."""
        selected = _SELECTION.dump_python(self.selection, mode="json", exclude_defaults=True)
        said = {"crs": self.crs, "encoding": self.encoding, "fields": list(self.fields), "filter": selected}
        return {"format": self.format, "sort": self.sort, **{name: value for name, value in said.items() if value}}


def order_told(told: dict[str, Any]) -> Order:
    """Read an order that `Order.told` wrote."""
    rest = {name: value for name, value in told.items() if name != "filter"}
    return Order(selection=_SELECTION.validate_python(told.get("filter", {})), **rest)


@dataclass(frozen=True, slots=True)
class Written:
    """A file of parcels."""

    path: Path
    rows: int


def write(
    connection: psycopg.Connection[Any], actor: Actor, order: Order, folder: Path, heard: Heard = lambda _: None
) -> Written:
    """Write the file into the folder; `heard` is told how many parcels are in. The connection is in a transaction.

    Raises:
        CrsRefused, FormatCannot, BadRequest: the order can't be carried out.
        NotInGbk, SheetFull: what is selected doesn't fit the format.

    """
    wanted = order.target()
    count = 0

    def counted(source: Iterator[Batch]) -> Iterator[Batch]:
        nonlocal count
        for batch in source:
            yield batch
            count += len(batch.shapes)
            heard(count)

    path = folder / f"parcels{wanted.format.suffix}"
    # Closed at once also when a writer gives up: left to be collected, it would end in another request's transaction.
    with closing(rows.batches(connection, actor, order.selection, wanted, sort=order.sort)) as source:
        _write(counted(source), order, wanted, path)
    return Written(path, count)


def _write(batches: Iterator[Batch], order: Order, wanted: Target, path: Path) -> None:
    columns: tuple[Field, ...] = fields.chosen(order.fields)
    shapes = fields.has_geometry(order.fields)
    match order.format:
        case "txt":
            boundary_txt.write_boundary_txt(batches, wanted, path, today=clock.today())
        case "dxf":
            drawing.write_dxf(batches, wanted, path)
        case "csv":
            sheets.write_csv(batches, columns, wanted, path, shapes=shapes)
        case "xlsx":
            sheets.write_xlsx(batches, columns, wanted, path, shapes=shapes)
        case _:
            _VECTOR[order.format](batches, columns, wanted, path)


_VECTOR: dict[FileName, Callable[[Iterator[Batch], Sequence[Field], Target, Path], None]] = {
    "gpkg": vector.write_geopackage,
    "shp": vector.write_shapefile,
    "geojson": vector.write_geojson,
    "parquet": vector.write_parquet,
    "kml": vector.write_kml,
}


def file_name(order: Order, code: str | None = None) -> str:
    """Name a file for a person: the one parcel or 地块, the day, the coordinate system."""
    wanted = order.target()
    stem = code or f"地块_{clock.today():%Y%m%d}"
    return f"{stem}_{wanted.epsg}{wanted.format.suffix}"
