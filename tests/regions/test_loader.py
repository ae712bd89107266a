from typing import Any

import orjson
import pytest

from service.codes.loader import GIS_DATA
from service.regions.loader import BadRegionFile, read_outlines

SQUARE = {
    "type": "Polygon",
    "coordinates": [[[113.0, 34.0], [113.1, 34.0], [113.1, 34.1], [113.0, 34.1], [113.0, 34.0]]],
}


def feature(level: str, code: str, **more: str) -> dict[str, Any]:
    words = {"level": level, "code": code, "name": f"名{code}", "name_en": f"Name {code}", **more}
    return {"type": "Feature", "properties": words, "geometry": SQUARE}


def file_of(*features: dict[str, Any]) -> bytes:
    return orjson.dumps({"type": "FeatureCollection", "features": features})


def test_the_demo_has_one_jurisdiction_over_three_counties_and_twelve_townships() -> None:
    outlines = read_outlines((GIS_DATA / "seed" / "regions.geojson").read_bytes())
    townships = [each for each in outlines if each.level == "township"]
    assert [each.code for each in outlines if each.level == "jurisdiction"] == ["ZDXQ"]
    assert {each.parent for each in townships} == {"410104", "410105", "410122"}
    assert len(townships) == 12
    assert {each.jurisdiction for each in townships} == {"ZDXQ"}


def test_every_fault_is_named_with_its_place() -> None:
    content = file_of(
        feature("county", "410105"),
        feature("county", "410105"),
        feature("village", "1"),
        feature("township", "410105560", parent="410199", jurisdiction="XX", name=""),
    )
    with pytest.raises(BadRegionFile) as broken:
        read_outlines(content)
    assert [(each.pointer, each.code) for each in broken.value.errors] == [
        ("/features/1/properties/code", "duplicate"),
        ("/features/2/properties/level", "unknown"),
        ("/features/3/properties", "missing"),
        ("/features/3/properties/parent", "unknown"),
        ("/features/3/properties/jurisdiction", "unknown"),
    ]


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"features": [{}]}', b'{"features": 3}', b"\xff\xfe"])
def test_anything_else_is_refused_with_words(content: bytes) -> None:
    with pytest.raises(BadRegionFile, match="GeoJSON"):
        read_outlines(content)
