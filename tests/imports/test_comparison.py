"""What is found when a file is compared with the parcels that are there; and findings that no small file causes."""

import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import psycopg
import pyogrio
import pytest

from service.imports import neighbours, reader
from service.imports.sources import Request, choose_crs
from tests.imports.conftest import Outcome, parcels
from tests.imports.test_review import review
from tests.imports.test_run import package

Owner = psycopg.Connection[Any]
Act = Callable[..., Outcome]
__all__ = ["review"]  # a fixture
CADASTRAL = [f"410105003012GB{i:05}" for i in range(1, 7)]


def remarks(outcome: Outcome, code: str) -> list[tuple[int | None, str | None, str | None]]:
    """Row, field and value of the findings of a code."""
    return [(each.row, each.field, each.value) for each in outcome.findings if each.code == code]


def test_a_lot_number_of_several_parcels_does_not_say_which(
    tmp_path: Path, bring_in: Act, review: Act, owner: Owner
) -> None:
    bring_in(package(tmp_path / "a.gpkg", 出让编号=["郑政出〔2021〕3号(网)"] * 2 + [None] * 4))
    found = review(package(tmp_path / "b.gpkg", 地块编号=["郑政出〔2021〕3号(网)", *[f"N-{i}" for i in range(5)]]))
    assert remarks(found, "code_ambiguous") == [(1, "地块编号", "郑政出〔2021〕3号(网)")]


def test_two_rows_that_mean_one_parcel_are_told(tmp_path: Path, bring_in: Act, review: Act) -> None:
    bring_in(package(tmp_path / "a.gpkg", 出让编号=["郑政出〔2021〕3号(网)", *[None] * 5]))
    codes = ["ZD-001", "郑政出〔2021〕3号(网)", *[f"ZD-00{i}" for i in range(3, 7)]]
    assert remarks(review(package(tmp_path / "b.gpkg", 地块编号=codes)), "parcel_twice") == [
        (2, "地块编号", "郑政出〔2021〕3号(网)")
    ]


def test_a_parcel_of_another_jurisdiction_is_not_changed_from_here(
    tmp_path: Path, bring_in: Act, review: Act, owner: Owner, superuser: Owner
) -> None:
    bring_in(package(tmp_path / "a.gpkg"))
    owner.execute("INSERT INTO jurisdiction (code, name, name_en) VALUES ('other', '惠济区', 'Huiji')")
    superuser.execute(
        "SET session_replication_role = replica; UPDATE parcel SET jurisdiction_id ="
        " (SELECT id FROM jurisdiction WHERE code = 'other') WHERE code = 'ZD-002';"
        " SET session_replication_role = origin"
    )
    assert remarks(review(package(tmp_path / "b.gpkg")), "code_elsewhere") == [(2, "地块编号", "ZD-002")]


def test_a_state_that_a_file_names_is_kept_back_and_told(tmp_path: Path, bring_in: Act, review: Act) -> None:
    bring_in(package(tmp_path / "a.gpkg"))
    (told,) = remarks(review(package(tmp_path / "b.gpkg", 状态=["谋划"] * 6)), "stage_kept")
    assert told[:2] == (None, "状态")


@pytest.mark.parametrize("way", ["direct", "review"])
def test_a_cadastral_code_of_another_parcel_is_refused(
    tmp_path: Path, bring_in: Act, review: Act, way: str, superuser: Owner
) -> None:
    bring_in(package(tmp_path / "a.gpkg", 宗地代码=CADASTRAL))
    far = list(parcels().geometry.translate(0, 3000))
    again = package(
        tmp_path / "b.gpkg", geometry=far, 地块编号=[f"N-{i}" for i in range(6)], 宗地代码=[CADASTRAL[3], *[None] * 5]
    )
    found = (bring_in if way == "direct" else review)(again)
    assert remarks(found, "cadastral_taken") == [(1, "宗地代码", CADASTRAL[3])]


def test_a_foreign_datum_is_converted_and_told() -> None:
    assert [each.code for each in choose_crs("EPSG:2154", None)[1]] == ["crs_foreign"]


def test_what_gdal_remarks_in_passing_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    pyogrio.write_dataframe(parcels(), path)
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA application_id = 7")
    answer = reader.read(Request(path, tmp_path))
    assert [each["code"] for each in answer["findings"]] == ["driver_remark"]
    assert str(tmp_path) not in answer["findings"][0]["message"], "our folders are nobody's business"


def test_shapes_too_interlaced_to_be_compared_are_refused(
    tmp_path: Path, bring_in: Act, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_dense(*_: object) -> Iterable[object]:
        raise neighbours.TooDense

    monkeypatch.setattr(neighbours, "within", too_dense)
    outcome = bring_in(package(tmp_path / "a.gpkg"))
    assert (outcome.row.status, outcome.errors) == ("refused", [(None, None, "overlap_undecidable")])
