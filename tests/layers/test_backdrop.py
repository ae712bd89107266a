import shapely
from geoalchemy2.shape import to_shape
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.codes.loader import GIS_DATA
from service.layers.commands import load_backdrop
from service.layers.models import BackdropFeature

CONTENT = (GIS_DATA / "seed" / "backdrop.geojson").read_bytes()


def test_the_base_map_is_replaced_not_added_to(session: Session) -> None:
    first, second = load_backdrop(session, CONTENT), load_backdrop(session, CONTENT)
    assert first == second == session.scalar(select(func.count()).select_from(BackdropFeature))
    assert set(session.scalars(select(BackdropFeature.kind).distinct())) == {"water", "green", "road"}


def test_shapes_are_in_web_mercator(session: Session) -> None:
    load_backdrop(session, CONTENT)
    lake = session.scalars(select(BackdropFeature).where(BackdropFeature.name == "龙湖")).one()
    middle = shapely.centroid(to_shape(lake.geom))
    assert 12_650_000 < middle.x < 12_690_000  # 113.64–114.0° E
    assert 4_120_000 < middle.y < 4_145_000  # 34.7–34.86° N
