"""Findings leave as a spreadsheet and as a GeoPackage, and read back as they were."""

import io
from pathlib import Path

import openpyxl
import pyogrio
import pytest
import shapely

from service.imports import findings_files
from service.imports.findings import finding

FOUND = [
    finding("self_crossing", row=3, ring=1, point="J1–J2 × J3–J4", place=(113.7305, 34.7605)),
    finding("code_invalid", row=4, field="地块编号", value="=1+1", reason="不是编号", reason_en="not a code"),
    finding("fields_unused", fields="备注", map="默认字段对照表", map_en="the default field map"),
]


def test_a_spreadsheet_has_headings_that_stay_a_filter_and_every_finding() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(findings_files.spreadsheet(FOUND))).active
    assert sheet is not None
    assert (sheet.title, sheet.freeze_panes, sheet.auto_filter.ref) == ("检查结果", "A2", "A1:J4")
    head, *rows = sheet.iter_rows(values_only=True)
    assert head == ("级别", "行", "圈号", "界址点号", "字段", "说明", "值", "代码", "经度", "纬度")
    assert rows[0][:4] == ("错误", 3, 1, "J1–J2 × J3–J4")
    assert rows[0][5:] == (FOUND[0].message, None, "self_crossing", 113.7305, 34.7605)
    assert rows[2][0] == "提醒"
    assert [row[7] for row in rows] == [each.code for each in FOUND]


def test_a_value_is_never_a_formula() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(findings_files.spreadsheet(FOUND))).active
    assert sheet is not None
    cell = sheet["G3"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_english_is_complete_and_no_findings_are_a_table_too() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(findings_files.spreadsheet(FOUND, "en"))).active
    assert sheet is not None
    assert [cell.value for cell in sheet[2]][:6] == ["Error", 3, 1, "J1–J2 × J3–J4", None, FOUND[0].message_en]
    empty = openpyxl.load_workbook(io.BytesIO(findings_files.spreadsheet([]))).active
    assert empty is not None
    assert empty.max_row == 1


def test_a_geopackage_has_points_where_the_findings_are(tmp_path: Path) -> None:
    path = tmp_path / "findings.gpkg"
    findings_files.geopackage(FOUND, path)
    frame = pyogrio.read_dataframe(path, layer="findings")
    assert frame.crs.to_epsg() == 4490
    assert shapely.get_coordinates(frame.geometry.iloc[0]).tolist() == [pytest.approx([113.7305, 34.7605])]
    assert frame.geometry.isna().tolist() == [False, True, True]
    assert frame["code"].tolist() == [each.code for each in FOUND]
    assert frame["message"].tolist() == [each.message for each in FOUND]
    assert frame["point"].tolist()[0] == "J1–J2 × J3–J4"
    assert frame["row"].tolist()[:2] == [3, 4]


def test_a_geopackage_of_no_findings_opens(tmp_path: Path) -> None:
    findings_files.geopackage([], tmp_path / "none.gpkg")
    assert len(pyogrio.read_dataframe(tmp_path / "none.gpkg")) == 0
