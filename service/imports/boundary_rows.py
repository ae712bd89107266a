"""Parcels given by surveyed points, whatever text or table they came in, as rows with their survey."""

import json
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pyarrow as pa
import shapely

from service.geo.area import areas_m2
from service.geo.validity import Geometries
from service.imports import boundary_rings
from service.imports.boundary_rings import Frame
from service.imports.boundary_txt import BoundaryFile, Parcel
from service.imports.detect import Format
from service.imports.findings import Finding
from service.imports.sources import Rows, Source, choose_crs, row_numbers


def source(kind: Format, layer: str, file: BoundaryFile, declared: str | None) -> Source:
    """The parcels of a file as one batch: no such file is large. Raises `Problem` for an unclear CRS or axes."""
    frame = boundary_rings.find_frame(file, declared)
    chosen, remarks = choose_crs(None, frame.source.definition)
    made = Source(kind, "gongdi", layer, chosen, file.encoding, iter(()))
    made.findings.extend([*_placed(file, frame), *frame.findings, *remarks])
    made.batches = _batches(file, frame, made)
    return made


def _placed(file: BoundaryFile, frame: Frame) -> Iterator[Finding]:
    """What was found of the text, with the places of the points that it is on; of a point far off there is none."""
    for index, each in enumerate(file.findings):
        place = boundary_rings.place(file.at[index], frame) if index in file.at else None
        yield each if place is None else replace(each, lon=place[0], lat=place[1])


def _batches(file: BoundaryFile, frame: Frame, made: Source) -> Iterator[Rows]:
    """The parcels with their survey."""
    shapes = np.array([boundary_rings.shape(parcel, frame) for parcel in file.parcels], dtype=object)
    columns = _columns(file.parcels, shapes, made)
    surveys = [json.dumps(boundary_rings.survey(p, file, frame), ensure_ascii=False) for p in file.parcels]
    wkb = pa.array(shapely.to_wkb(shapes), pa.binary())
    yield Rows(row_numbers(1, len(shapes)), wkb, columns, pa.array(surveys), shapes)


def _columns(parcels: list[Parcel], shapes: Geometries, made: Source) -> dict[str, pa.Array]:
    """Attributes of the parcels, and the stated area brought to m² where one is stated."""
    keys = dict.fromkeys(key for parcel in parcels for key in parcel.attributes)
    columns = {f"a_{key}": pa.array([p.attributes.get(key) or None for p in parcels], pa.string()) for key in keys}
    if not any(parcel.stated_area for parcel in parcels):
        return columns
    measured = areas_m2(shapes).ellipsoid if made.crs.is_geographic else np.nan_to_num(shapely.area(shapes))
    stated = []
    for row, (parcel, measured_m2) in enumerate(zip(parcels, measured.tolist(), strict=True), start=1):
        area_m2, remarks = boundary_rings.stated_area_m2(parcel, measured_m2, row)
        stated.append(area_m2)
        made.findings.extend(remarks)
    return columns | {
        "a_地块面积": pa.array([p.stated_area or None for p in parcels], pa.string()),
        "a_地块面积_m2": pa.array(stated, pa.float64()),
    }
