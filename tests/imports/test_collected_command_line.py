"""Collected files straight into an empty register, by the command line in a process of its own."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from service.core import cluster, migrate
from tests.conftest import ROOT
from tests.imports.test_collected_files import DATA

# What is told last and, of a refusal, why, in a clerk's words.
FILES = {
    "admin-ocha-henan/chn_adm2_henan.geojson": ("published; 地块 parcels 18, 错误 errors 0", "未导入的字段"),
    "shp-encodings/geotools/chinese_poly.shp": ("published; 地块 parcels 1, 错误 errors 0", "坐标系"),
    "txt-boundary-constructed/02_three_parcels_utf8.txt": ("published; 地块 parcels 3, 错误 errors 0", ""),
    "admin-zhengzhou-jiaozuo/districts_gcj02.geojson": ("refused; 地块 parcels 0, 错误 errors 22", "的地块重叠"),
    "parcels-fr-epinay/cadastre-91216-parcelles.json": ("refused; 地块 parcels 0", "图形不在中国范围内"),
}


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A home of its own: a migrated database with one jurisdiction and nothing else."""
    home = Path(tempfile.mkdtemp(prefix="gongdi-"))
    home.chmod(0o755)
    try:
        urls = cluster.ensure(home, durable=False)
        migrate.upgrade(urls.owner_url)
        with psycopg.connect(urls.owner_url) as connection:
            connection.execute("INSERT INTO jurisdiction (code, name, name_en) VALUES ('DQ', '东区', 'East')")
        yield home
    finally:
        cluster.stop(home)
        shutil.rmtree(home)


@pytest.fixture
def register(home: Path) -> Path:
    """The same without what the file before left."""
    with psycopg.connect(cluster.ensure(home, durable=False).superuser_url) as connection:
        connection.execute("SET session_replication_role = replica; TRUNCATE parcel CASCADE")
    return home


@pytest.mark.skipif(not DATA.exists(), reason="the collected data lie outside the repository, in ../shared/data")
@pytest.mark.parametrize("name", FILES)
def test_a_collected_file_is_imported_or_refused_in_words(name: str, register: Path) -> None:
    ending, words = FILES[name]
    shown = subprocess.run(
        [sys.executable, "-m", "service.cli", "import", str(DATA / name)],
        cwd=ROOT,
        env={**os.environ, "GONGDI_HOME": str(register), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in shown.stdout + shown.stderr
    assert ending in shown.stdout, shown.stdout[-2000:] + shown.stderr[-2000:]
    assert words in shown.stdout
    assert shown.returncode == (0 if ending.startswith("published") else 1)
