"""What a map session asks: a viewport opened on the city, zoomed in level by level, panned; and look-ups."""

import json
import math
import random

import psycopg

SHARES = {8: 1, 9: 2, 10: 4, 11: 7, 12: 12, 13: 17, 14: 21, 15: 18, 16: 12, 17: 6}  # percent of tiles by zoom
TILES = 300


def tiles(seed: int = 7) -> list[tuple[int, int, int]]:
    """Return 300 tile addresses z8–17 around 113.7 E, 34.75 N."""
    rng = random.Random(seed)
    todo = {z: round(TILES * share / 100) for z, share in SHARES.items()}
    made: list[tuple[int, int, int]] = []
    while any(todo.values()):
        lon, lat = 113.7 + rng.gauss(0, 0.12), 34.75 + rng.gauss(0, 0.1)
        for z, share in SHARES.items():
            x, y = _tile(lon, lat, z)
            view = [(x + i, y + j) for i in (0, 1, -1) for j in (0, 1)]
            for column, row in view[: max(1, round(share / 3))]:
                if todo[z]:
                    todo[z] -= 1
                    made.append((z, column, row))
    rng.shuffle(made)
    return made


def _tile(lon: float, lat: float, z: int) -> tuple[int, int]:
    n = 2**z
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return int((lon + 180) / 360 * n), int(y * n)


def lookups(connection: psycopg.Connection[tuple[object, ...]], seed: int = 7) -> dict[str, list[tuple[str, str, str]]]:
    """Return requests by kind, drawn from the stored parcels: item, status, locate, page."""
    rng = random.Random(seed)
    rows = connection.execute(
        "SELECT code, ST_X(p)::float8, ST_Y(p)::float8, left(land_use_code, 2) FROM"
        " (SELECT code, land_use_code, ST_PointOnSurface(geom) AS p FROM parcel WHERE id IN"
        " (SELECT lo + (g * 245489) % greatest(hi - lo, 1) FROM generate_series(1, 2000) g,"
        " (SELECT min(id) AS lo, max(id) AS hi FROM parcel) t)) s ORDER BY code"
    ).fetchall()
    drawn = [(str(code), float(str(x)), float(str(y)), str(use)) for code, x, y, use in rows]
    rng.shuffle(drawn)

    def box(x: float, y: float) -> str:
        d = rng.choice([0.005, 0.01, 0.02, 0.05])
        return f"{x - d:.5f},{y - d * 0.8:.5f},{x + d:.5f},{y + d * 0.8:.5f}"

    api = "/api/v1/parcels"
    return {
        "item": [(f"{api}/{code}", "", "") for code, *_ in drawn],
        "status": [(f"{api}/status", "", json.dumps({"codes": [code]})) for code, *_ in drawn],
        "locate": [(f"{api}/locate?lon={x + rng.gauss(0, 2e-4):.6f}&lat={y:.6f}", "", "") for _, x, y, _ in drawn],
        "page": [
            (f"{api}?bbox={box(x, y)}&land_use={use}&area_min_m2=3000&sort=-area_m2&limit=50", "", "")
            for _, x, y, use in drawn
        ],
    }
