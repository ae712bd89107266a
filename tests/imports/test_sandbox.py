import json
import os
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely

from service.core import child
from service.imports import geojson_file, reader, sandbox
from service.imports.batches import PLACE
from service.imports.sandbox import Reading
from service.imports.sources import MAX_ROWS, Request

GOOD = {"type": "Polygon", "coordinates": [[[113.73, 34.77], [113.74, 34.77], [113.74, 34.78], [113.73, 34.77]]]}


def read(path: Path, **declared: str) -> Reading:
    folder = path.parent / f"{path.name}.out"
    folder.mkdir()
    return sandbox.read_file(path, folder, **declared)  # type: ignore[arg-type]


def codes(reading: Reading) -> list[str]:
    return [found.code for found in reading.findings]


def geojson(path: Path, *geometries: object, **more: object) -> Path:
    features = [{"type": "Feature", "properties": {"n": i}, "geometry": g} for i, g in enumerate(geometries)]
    path.write_text(json.dumps({"type": "FeatureCollection", **more, "features": features}), "utf-8")
    return path


@pytest.fixture(params=["bubblewrap", "namespace", "limits"])
def every_kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    wanted: str = request.param
    strongest = child.kind()
    ranks = ["limits", "namespace", "bubblewrap"]
    if ranks.index(wanted) > ranks.index(strongest) or (wanted == "namespace" and os.geteuid() != 0):
        pytest.skip(f"this machine offers {strongest} at most")
    monkeypatch.setattr(child, "kind", lambda: wanted)
    return wanted


@pytest.mark.usefixtures("every_kind")
def test_a_clean_file_comes_through_every_kind_of_sandbox(tmp_path: Path) -> None:
    reading = read(geojson(tmp_path / "a.geojson", GOOD, GOOD), crs="4490")
    assert (reading.format, reading.rows, reading.findings) == ("geojson", 2, ())
    (batch,) = reading.batches()
    assert batch.schema.names == [
        "row", "fid", "geom_wkb", "faulty_wkb", *PLACE, "area_plane_m2", "area_ellipsoid_m2",
        "source_wkb", "survey", "a_n",
    ]  # fmt: skip
    assert batch.column("row").to_pylist() == [1, 2]


@pytest.fixture
def calls() -> Iterator[list[str]]:
    """A server of our own; every request it gets is a leak."""
    got: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        got.append(str(server.getsockname()[1]))

        def serve() -> None:
            while True:
                try:
                    client, _ = server.accept()
                except OSError:
                    return
                got.append("call")
                client.close()

        threading.Thread(target=serve, daemon=True).start()
        yield got
        server.shutdown(socket.SHUT_RDWR)


@pytest.mark.usefixtures("every_kind")
def test_no_file_makes_the_reader_call_out(tmp_path: Path, calls: list[str]) -> None:
    url = f"http://127.0.0.1:{calls[0]}/x.geojson"
    vrt = f'<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>{url}</SrcDataSource></OGRVRTLayer>'
    (tmp_path / "a.geojson").write_text(vrt)
    link = geojson(tmp_path / "c.geojson", GOOD, crs={"type": "link", "properties": {"href": url, "type": "proj4"}})
    assert codes(read(tmp_path / "a.geojson")) == ["unsupported_format"]
    assert codes(read(link)) == ["geojson_crs_link"]
    assert calls[1:] == []


@pytest.mark.skipif(child.kind() != "bubblewrap", reason="bubblewrap doesn't work on this machine")
def test_behind_the_walls_there_are_programs_one_file_and_no_network(tmp_path: Path) -> None:
    path, folder = geojson(tmp_path / "a.geojson", GOOD), tmp_path / "out"
    secret = tmp_path / "secret.txt"
    secret.write_text("x")
    folder.mkdir()
    script = f"""
import json, os, socket
seen = {{
    "file": os.access({str(path)!r}, os.R_OK), "write file": os.access({str(path)!r}, os.W_OK),
    "folder": os.access({str(folder)!r}, os.W_OK), "secret": os.path.exists({str(secret)!r}),
    "passwd": os.path.exists("/etc/passwd"), "home": os.path.exists("/root/.ssh"), "root": sorted(os.listdir("/")),
    "write": os.access("/usr", os.W_OK), "env": sorted(k for k in os.environ if "GONGDI" in k or "PG" in k),
    "processes": len([p for p in os.listdir("/proc") if p.isdigit()]), "nets": [n for _, n in socket.if_nameindex()],
}}
open({str(folder / "seen.json")!r}, "w").write(json.dumps(seen))
"""
    subprocess.run(
        [*child.walls(folder, child.environment(folder), path), sys.executable, "-I", "-c", script],
        check=True,
        timeout=30,
    )
    seen = json.loads((folder / "seen.json").read_text())
    assert seen["nets"] == ["lo"]
    assert seen["processes"] <= 3
    assert (seen["file"], seen["folder"], seen["env"]) == (True, True, [])
    assert not any(seen[name] for name in ("write file", "secret", "passwd", "home", "write"))


def test_archives_that_lie_are_refused(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as made, made.open("a.dbf", "w") as sink:
        for _ in range(20):
            sink.write(bytes(1 << 20))
    link = tmp_path / "link.zip"
    with zipfile.ZipFile(link, "w") as made:
        entry = zipfile.ZipInfo("a.shp")
        entry.external_attr = 0o120777 << 16
        made.writestr(entry, "/etc/passwd")
    assert codes(read(bomb)) == ["archive_ratio"]
    assert codes(read(link)) == ["archive_link"]


def geopackage(path: Path, rows: int = 200) -> Path:
    boxes = shapely.to_wkb(shapely.box(*np.random.default_rng(1).uniform(113, 114, (2, rows)), 115, 115))
    pyogrio.raw.write(path, boxes, [np.arange(rows)], np.array(["n"]), geometry_type="Polygon", crs="EPSG:4490")
    return path


@pytest.mark.parametrize("keep", [120, 60_000])
def test_a_cut_geopackage_is_damaged_not_a_crash(tmp_path: Path, keep: int) -> None:
    path = geopackage(tmp_path / "a.gpkg")
    path.write_bytes(path.read_bytes()[:keep])
    reading = read(path)
    assert (codes(reading), reading.rows) == (["file_damaged"], 0)


def test_a_geopackage_with_scrambled_pages_is_never_a_crash_of_ours(tmp_path: Path) -> None:
    whole = geopackage(tmp_path / "a.gpkg").read_bytes()
    random = np.random.default_rng(2)
    for i in range(2):
        data = bytearray(whole)
        for at in random.integers(100, len(data), 400):
            data[at] = random.integers(256)
        path = tmp_path / f"{i}.gpkg"
        path.write_bytes(data)
        reading = read(path)
        assert reading.findings or reading.rows == 200


def test_an_endless_view_is_refused_unopened(tmp_path: Path) -> None:
    path = geopackage(tmp_path / "a.gpkg")
    with sqlite3.connect(path) as database:
        database.execute(
            "CREATE VIEW endless AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"
        )
    assert codes(read(path)) == ["gpkg_active_content"]


def test_a_star_is_reported_at_once_and_so_is_latitude_91(tmp_path: Path) -> None:
    turn = np.arange(201) * (2 * np.pi * 99 / 200)
    points = np.c_[113.7 + 0.01 * np.cos(turn), 34.7 + 0.01 * np.sin(turn)]
    star = [*points[:-1].tolist(), points[0].tolist()]
    high = {"type": "Polygon", "coordinates": [[[113, 34], [114, 91], [114, 34], [113, 34]]]}
    path = geojson(tmp_path / "a.geojson", {"type": "Polygon", "coordinates": [star]}, high)
    began = time.perf_counter()
    reading = read(path, crs="4490")
    found = {(f.code, f.row) for f in reading.findings}
    assert found == {("self_crossing", 1), ("coordinate_out_of_range", 2)}
    assert time.perf_counter() - began < 10


def child_that(monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Put another program in the reader's place."""
    monkeypatch.setattr(sandbox, "_command", lambda _path, _folder: [sys.executable, "-I", "-c", script])


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("import time; time.sleep(60)", "reader_timeout"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "reader_crashed"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGXCPU)", "reader_timeout"),
        ("raise MemoryError", "reader_memory"),
        ("import os; os._exit(3)", "reader_memory"),
        ("import os; os._exit(139)", "reader_crashed"),  # as bubblewrap reports a segmentation fault
        ("import sys; sys.exit('no')", "reader_crashed"),
        ("pass", "reader_crashed"),
        ("open('result.json', 'w').write('{')", "reader_crashed"),
        ("open('result.json', 'w').write('[]')", "reader_crashed"),
        ('open("result.json", "w").write(\'{"rows": 1, "findings": [{"x": 1}]}\')', "reader_crashed"),
        ("import os; os.symlink('/etc/passwd', 'result.json')", "reader_crashed"),
    ],
)
def test_however_the_child_ends_there_is_one_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, code: str
) -> None:
    child_that(monkeypatch, script)
    path = geojson(tmp_path / "a.geojson", GOOD)
    (tmp_path / "out").mkdir()
    reading = sandbox.read_file(path, tmp_path / "out", wall_seconds=1)
    assert (codes(reading), reading.rows, list(reading.batches())) == ([code], 0, [])


def test_the_child_tells_how_many_rows_it_has_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = ["import time"]
    for news in ("4096", "8192", "nonsense", "-5", "9" * 30, "12288"):
        lines += [f"open('progress.txt', 'w').write({news!r})", "time.sleep(0.5)"]
    child_that(monkeypatch, "\n".join(lines))
    heard: list[int] = []
    (tmp_path / "out").mkdir()
    sandbox.read_file(geojson(tmp_path / "a.geojson", GOOD), tmp_path / "out", wall_seconds=20, hear=heard.append)
    assert heard[:2] == [4096, 8192]
    assert heard == sorted(heard), "never backwards"
    assert max(heard) <= MAX_ROWS


def test_a_file_of_several_batches_leaves_word_of_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    whole = Path.replace

    def replace(draft: Path, target: Path) -> Path:
        told.append(draft.read_text())
        return whole(draft, target)

    monkeypatch.setattr(Path, "replace", replace)
    monkeypatch.setattr(geojson_file, "BATCH_FEATURES", 2)
    (tmp_path / "out").mkdir()
    reader.read(Request(geojson(tmp_path / "a.geojson", *[GOOD] * 5), tmp_path / "out"))
    assert told == ["2", "4", "5"]


def test_what_the_child_started_dies_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    child_that(
        monkeypatch, "import os, time\nif os.fork() == 0:\n open('pid', 'w').write(str(os.getpid()))\ntime.sleep(60)"
    )
    (tmp_path / "out").mkdir()
    sandbox.read_file(geojson(tmp_path / "a.geojson", GOOD), tmp_path / "out", wall_seconds=1)
    pid = int((tmp_path / "out" / "pid").read_text())
    status = Path(f"/proc/{pid}/stat")
    deadline = time.monotonic() + 5
    while status.exists() and status.read_text().split()[2] != "Z":
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_memory_is_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "MEMORY_MIB", 600)
    path = geojson(tmp_path / "a.geojson", *[GOOD] * 20, padding="x" * (60 << 20))
    reading = read(path)
    assert codes(reading) == ["reader_memory"]
