"""Make the demo district, 示意数据: `python -m gis_data.seed.make_seed [folder]`.

The same seed gives the same parcels on every machine. All geometry is invented.
"""

import hashlib
import re
import sys
from pathlib import Path

import numpy as np
import pyogrio
from shapely import Point

from gis_data.seed import control, files, history, land, supply
from gis_data.seed.blocks import Ground, lay_out
from gis_data.seed.land import Site
from gis_data.seed.plan import DATA

HERE = Path(__file__).parent
WEST, UNIVERSITY, SOUTH = {"RY", "LH", "JC", "SD", "BX"}, {"LZ", "JG", "YQ", "LJ"}, {"PT", "YX", "BS"}


def make() -> tuple[Ground, list[Site], list[Site]]:
    """Return the plan, the parcels of the ledger with their history, and the sites measured this week."""
    rng = np.random.default_rng(DATA["seed"])
    ground = lay_out(rng)
    sites = land.sites(ground, rng)
    land.place_projects(sites)
    near = Point(DATA["new_sites"]["near"])
    fresh = sorted(
        (site for site in sites if site.project is None and site.town.letters == "BS"),
        key=lambda site: site.shape.distance(near),
    )[: DATA["new_sites"]["count"]]
    known = [site for site in sites if site not in fresh]
    history.assign_stages(known, rng)
    for site in fresh:
        site.stage = "candidate"
    land.name_all(sites, rng)
    for site in known:
        history.write_history(site, rng)
    history.add_the_unusual(known, rng)
    return ground, known, fresh


def write(folder: Path) -> None:
    """Write every file of the demo into a folder."""
    ground, known, fresh = make()
    folder.mkdir(parents=True, exist_ok=True)
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "2022-11-15T00:00:00.000Z"})

    def of(letters: set[str]) -> list[Site]:
        return [site for site in known if site.town.letters in letters]

    files.write_geopackage(folder / "parcels_west.gpkg", of(WEST))
    files.write_shapefile_zip(folder / "parcels_university.zip", of(UNIVERSITY))
    files.write_geojson(folder / "parcels_south.geojson", of(SOUTH))
    files.write_boundary_points(folder / "parcels_new.txt", fresh)
    files.write_events(folder / "events.csv", known)
    files.write_regions(folder / "regions.geojson")
    files.write_backdrop(folder / "backdrop.geojson", ground)
    control.write(folder)
    supply.write(folder, known)


def note_checksums(catalogue: Path) -> None:
    """Write the checksums of the files into the catalogue."""
    text = catalogue.read_text(encoding="utf-8")
    for path in re.findall(r'^path = "(.+)"$', text, re.MULTILINE):
        digest = hashlib.sha256((catalogue.parent / path).read_bytes()).hexdigest()
        text = re.sub(rf'(path = "{re.escape(path)}"\nsha256 = )".*"', rf'\1"{digest}"', text)
    catalogue.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        write(Path(sys.argv[1]))
    else:
        write(HERE)
        note_checksums(HERE.parent / "catalogue.toml")
