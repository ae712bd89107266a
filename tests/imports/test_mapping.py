"""Columns of a file become fields of a parcel; what is wrong is told by row, field and rule."""

import datetime as dt
from typing import Any

import pyarrow as pa
import pytest

from service.imports import checks, mapping
from service.imports.mapping import Column, FieldMap
from service.imports.report import Report

TODAY = dt.date(2022, 11, 15)


def mapped(columns: dict[str, list[Any]]) -> tuple[dict[str, list[Any]], Report]:
    """Map and check columns that a reader found in a file."""
    report = Report()
    rows = len(next(iter(columns.values())))
    table = pa.table({"row": range(1, rows + 1), **{f"a_{name}": values for name, values in columns.items()}})
    fields = mapping.map_fields(table, report, code_prefix="IMP7")
    checked = checks.check_fields(fields, table["row"].to_numpy(), report, today=TODAY)
    return checked.to_pydict(), report


def found(report: Report, severity: str = "error") -> list[tuple[int | None, str | None, str]]:
    return [(each.row, each.field, each.code) for each in report.closed() if each.severity == severity]


def test_names_match_without_case_spaces_and_underscores() -> None:
    fields, report = mapped({"Parcel Code": ["A"], "DKMC": [" 一号\n地块 "], "ZDMJ": [1.5]})
    assert (fields["code"], fields["name"], fields["area_legal_m2"]) == (["A"], ["一号 地块"], [1.5])
    assert report.closed() == []


def test_columns_nobody_knows_are_named() -> None:
    _, report = mapped({"code": ["A"], "施工单位": ["x"]})
    (note,) = report.closed()
    assert (note.code, "施工单位" in note.message) == ("fields_unused", True)


def test_units_are_brought_to_square_metres_and_percent() -> None:
    fields, _ = mapped(
        {"code": ["A", "B"], "area_mu": ["15", None], "面积公顷": [None, 0.84], "green_min": [0.3, None]}
    )
    assert fields["area_legal_m2"] == pytest.approx([10_000, 8400])
    assert fields["green_pct"] == ["[30,100]", None]


def test_ends_and_words_of_a_bound_make_one_range() -> None:
    columns: dict[str, list[Any]] = {"code": ["A", "B", "C"], "far_min": [1.0, None, None], "far_max": [2.5, 3.0, None]}
    fields, _ = mapped({**columns, "容积率": ["<=9", None, "＞1.1，≤1.8"]})
    assert fields["far"] == ["[1,2.5]", "[0,3]", "(1.1,1.8]"]


def test_stages_are_known_in_chinese_and_english_with_hold() -> None:
    fields, _ = mapped({"code": ["A", "B", "C"], "status": ["挂牌中", "listed", "暂停"]})
    assert (fields["stage"], fields["hold"]) == (["listed", "listed", "announced"], ["none", "none", "suspended"])


def test_an_id_column_stands_in_for_codes_only_where_it_tells_rows_apart() -> None:
    fields, report = mapped({"id": [4.0, 5.0]})
    assert (fields["code"], found(report, "warning")) == (["4", "5"], [(None, None, "code_from_field")])
    fields, report = mapped({"id": ["4", "4"]})
    assert fields["code"] == ["IMP7-1", "IMP7-2"]
    assert (None, None, "code_generated") in found(report, "warning")


def test_a_code_keeps_its_case_but_not_its_width() -> None:
    fields, report = mapped({"code": [" zd-1a ", "ＺＤ－２（甲）　"]})
    assert (fields["code"], found(report)) == (["zd-1a", "ZD-2(甲)"], [])


def test_codes_that_differ_in_case_alone_are_one_code() -> None:
    _, report = mapped({"code": ["zd-1a", "ZD-2", "ZD-1A"]})
    assert found(report) == [(3, "code", "code_duplicate")]
    fields, _ = mapped({"id": ["a", "A"]})
    assert fields["code"] == ["IMP7-1", "IMP7-2"]


def test_numbers_are_kept_the_one_way_they_are_written() -> None:
    fields, _ = mapped(
        {"code": ["A"], "出让编号": ["郑政东出[2022] 5号（网）"], "宗地代码": ["410105 003 012 gb 00023"]}
    )
    assert fields["lot_number"] == ["郑政东出〔2022〕5号(网)"]
    assert fields["cadastral_code"] == ["410105003012GB00023"]


GOOD: dict[str, list[Any]] = {"code": ["A", "B"]}
DIRT: dict[str, tuple[dict[str, list[Any]], int, str]] = {
    "code_missing": ({"code": ["A", None]}, 2, "code"),
    "code_duplicate": ({"code": ["A", "A"]}, 2, "code"),
    "code_invalid": ({"code": ["A", "B/1"]}, 2, "code"),
    "text_too_long": (GOOD | {"name": ["x" * 201, "b"]}, 1, "name"),
    "stage_unknown": (GOOD | {"状态": ["谋划", "不知道"]}, 2, "状态"),
    "number_unreadable": (GOOD | {"用地面积": ["约一万", "1"]}, 1, "用地面积"),
    "area_legal_implausible": (GOOD | {"用地面积": [-5.0, 1.0]}, 1, "用地面积"),
    "bounds_unreadable": (GOOD | {"容积率": ["大约2", "2"]}, 1, "容积率"),
    "bounds_impossible": (GOOD | {"容积率": ["2", ">3,<2"]}, 2, "容积率"),
    "cadastral_invalid": (GOOD | {"宗地代码": [None, "410105003012GB00O23"]}, 2, "宗地代码"),
    "cadastral_duplicate": (GOOD | {"宗地代码": ["410105003012GB00023"] * 2}, 2, "宗地代码"),
    "date_unreadable": (GOOD | {"状态日期": ["2022-13-01", None]}, 1, "状态日期"),
    "date_implausible": (GOOD | {"状态日期": [None, "2022-11-16"]}, 2, "状态日期"),
}


@pytest.mark.parametrize("code", DIRT)
def test_dirt_is_an_error_on_its_row_and_field(code: str) -> None:
    columns, row, field = DIRT[code]
    _, report = mapped(columns)
    assert found(report) == [(row, field, code)]


@pytest.mark.parametrize("text", ["\x00", "x" * 10_000, "NaN", "1e999", "inf", "\ufffd", "=cmd()", "٣", "−5"])
def test_no_text_breaks_any_field(text: str) -> None:
    columns = {name: [text] for column in mapping.field_maps()[0].columns for name in column.names[:1]}
    _, report = mapped(columns)
    assert report.errors


def test_the_map_that_knows_most_columns_is_chosen() -> None:
    maps = [FieldMap(title, title, (Column("code", "text", names),)) for title, names in (("a", ("x",)), ("b", ("y",)))]
    assert mapping.choose(maps, ["Y", "z"]).title == "b"
    assert mapping.choose(maps, ["z"]).title == "a"
