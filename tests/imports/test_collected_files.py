"""The collected real files: each is published or refused with findings; none ends in a fault of ours."""

import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.conftest import ROOT
from tests.imports.conftest import Outcome

DATA = ROOT.parent / "shared" / "data"
FOLDERS = (
    *("admin-zhengzhou-jiaozuo", "admin-ocha-henan", "parcels-fr-epinay", "landcover-veneto-ro", "fields-many-formats"),
    *("txt-boundary-constructed", "gpkg-crs-variants", "roads-osm-wuhan", "shp-encodings", "kml-ogc", "dxf-samples"),
)
SUFFIXES = {".geojson", ".json", ".gpkg", ".zip", ".parquet", ".txt", ".gz", ".shp", ".kml", ".dxf"}
# Where it would be wrong to publish, or to refuse, this is what must come out.
EXPECTED = {
    "admin-zhengzhou-jiaozuo/districts_gcj02.geojson": {"overlap_in_file"},  # cities over their districts
    "admin-ocha-henan/chn_adm2_henan.geojson": set[str](),
    "parcels-fr-epinay/cadastre-91216-parcelles.json": {"outside_china"},
    "roads-osm-wuhan/wuhan_streets_simplified.parquet": {"geometry_type", "stage_unknown"},
    "txt-boundary-constructed/01_standard_gbk_crlf.txt": set[str](),
    "txt-boundary-constructed/02_three_parcels_utf8.txt": set[str](),
    "txt-boundary-constructed/03_hole_ring2.txt": set[str](),
    "gpkg-crs-variants/null_crs_gdal.gpkg": {"crs_missing"},
}


def collected() -> Iterator[str]:
    for folder in FOLDERS:
        for path in sorted((DATA / folder).rglob("*")):
            if path.suffix in SUFFIXES and "LICENSE" not in path.name and path.name != "expected.json":
                yield str(path.relative_to(DATA))


NAMES = list(collected())


@pytest.mark.skipif(not NAMES, reason="the collected data lie outside the repository, in ../shared/data")
@pytest.mark.parametrize("name", NAMES or ["none"])
def test_a_collected_file_is_published_or_refused(
    name: str, tmp_path: Path, bring_in: Callable[..., Outcome], owner: psycopg.Connection[Any]
) -> None:
    owner.execute("UPDATE jurisdiction SET geom = NULL")  # they come from all over the world
    path = DATA / name
    if path.suffix == ".shp":
        path = tmp_path / f"{path.stem}.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for part in sorted((DATA / name).parent.glob(f"{path.stem}.*")):
                archive.write(part, part.name)
    outcome = bring_in(path)
    assert outcome.row.problem is None
    assert outcome.row.status == ("refused" if outcome.errors else "published")
    assert all(each.message and each.message_en for each in outcome.findings)
    if name in EXPECTED:
        assert {code for _, _, code in outcome.errors} == EXPECTED[name]
