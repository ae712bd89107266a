"""Control layers for tests: made by the command that an import ends in, cut like an import's."""

import datetime as dt
import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
import shapely
from sqlalchemy.orm import Session

from service.constraints.apart import Overlayer
from service.constraints.commands import Area, LayerEdition, publish_layer
from service.constraints.models import ControlLayer
from service.documents.models import Document
from tests.factories.parcels import LAT, LON, make_jurisdiction

_documents = itertools.count(1)
M_LON, M_LAT = 1 / 91_440, 1 / 110_940  # degrees a metre at 34.77 N, roughly


def at(west_m: float, south_m: float, east_m: float, north_m: float) -> shapely.Polygon:
    """Return a box given in metres from the south-west corner of the test parcels."""
    return shapely.box(LON + west_m * M_LON, LAT + south_m * M_LAT, LON + east_m * M_LON, LAT + north_m * M_LAT)


@pytest.fixture(scope="session")
def overlayer() -> Iterator[Overlayer]:
    """One child for all tests."""
    found = Overlayer()
    yield found
    found.close()


Publish = Callable[..., ControlLayer]


@pytest.fixture(scope="session")
def publish(overlayer: Overlayer) -> Publish:
    """Put a control layer in force."""

    def make(
        session: Session,
        type_: str,
        shapes: Sequence[shapely.Geometry],
        *,
        name: str = "测试图层",
        jurisdiction: str = "ZDXQ",
        names: Sequence[str | None] | None = None,
    ) -> ControlLayer:
        number = next(_documents)
        document = Document(
            subject_type="import",
            subject_id=str(number),
            title="图层",
            file_name="layer.gpkg",
            media_type="application/octet-stream",
            size_bytes=1,
            sha256=f"{number:064x}",
            uploaded_by="test",
        )
        session.add(document)
        session.flush()
        owner = make_jurisdiction(session, jurisdiction).id
        edition = LayerEdition(
            type_, name, "市政府文件〔2022〕1号", dt.date(2022, 6, 1), owner, document.id, number, "test"
        )
        flat = [shapely.MultiPolygon(list(shapely.get_parts(each))) for each in shapes]
        pieces, piece_of = overlayer.cut([each.wkb for each in flat], seconds=20)
        areas = [
            Area(
                i + 1,
                names[i] if names else None,
                "{}",
                each.wkb,
                [p for p, o in zip(pieces, piece_of, strict=True) if o == i],
            )
            for i, each in enumerate(flat)
        ]
        return publish_layer(session, edition, areas)

    return make


def as_dicts(rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Return rows of a query by column."""
    return [dict(row._mapping) for row in rows]
