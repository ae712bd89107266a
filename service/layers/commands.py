"""What changes the base map."""

import orjson
import shapely
from geoalchemy2.shape import from_shape
from pyproj import Transformer
from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from service.audit.actions import Action
from service.audit.record import record
from service.layers.models import BackdropFeature

_CGCS2000, _WEB = 4490, 3857


def load_backdrop(session: Session, content: bytes) -> int:
    """Replace the base map by a GeoJSON file of ours: kind (water, green, road), name, rank; EPSG:4490 degrees.

    Returns the number of features. The shapes are the project's own, so they are taken as they stand.
    """
    features = orjson.loads(content)["features"]
    shapes = shapely.from_geojson([orjson.dumps(each["geometry"]) for each in features])
    to_web = Transformer.from_crs(_CGCS2000, _WEB, always_xy=True)
    shapes = shapely.transform(shapes, to_web.transform, interleaved=False)
    rows = [
        {**each["properties"], "geom": from_shape(shape, srid=_WEB)}
        for each, shape in zip(features, shapes, strict=True)
    ]
    session.execute(delete(BackdropFeature))
    session.execute(insert(BackdropFeature), rows)
    record(session, Action.BACKDROP_LOADED, "backdrop", "all", after={"features": len(rows)})
    return len(rows)
