"""Land uses given in older lists: translated where that is certain, else left to a person; always kept as delivered."""

from typing import Any

import pyarrow as pa
import pytest

from service.imports.mapping import Assignment
from service.imports.proposing import Saved, profiles
from tests.imports.test_mapping import found, mapped


def uses(columns: dict[str, list[Any]]) -> tuple[list[tuple[str | None, str | None]], list[tuple[int | None, str]]]:
    """(code of 2023, code as delivered) of each row, and the findings on land uses."""
    rows = len(next(iter(columns.values())))
    fields, report = mapped({"code": [f"A{i}" for i in range(rows)], **columns})
    assert all(
        (scheme is None) == (code is None) and scheme in {None, "land_use_2023"}
        for scheme, code in zip(fields["land_use_scheme"], fields["land_use_code"], strict=True)
    )
    told = [(row, code) for row, _, code in found(report, "warning") if code.startswith("land_use")]
    return list(zip(fields["land_use_code"], fields["land_use_given"], strict=True)), told


def test_a_code_of_2023_is_taken_as_it_is() -> None:
    assert uses({"地类编码": ["0701", "070102", None]}) == (
        [("0701", "land_use_2023:0701"), ("070102", "land_use_2023:070102"), (None, None)],
        [],
    )


def test_what_is_exact_or_wider_is_translated_and_counted_once() -> None:
    got, told = uses({"DLBM": ["0601", "0601", "0506"]})
    assert got == [
        ("1001", "gbt_21010_2017:0601"),
        ("1001", "gbt_21010_2017:0601"),
        ("0903", "gbt_21010_2017:0506"),
    ]
    assert told == [(None, "land_use_translated")]


def test_the_count_says_how_many_lines_of_the_table_nobody_has_verified() -> None:
    _, report = mapped({"code": ["A", "B"], "DLBM": ["0601", "0604"], "YDDM": [None, None]})
    (note,) = (each for each in report.closed() if each.code == "land_use_translated")
    assert "1 行的编码已译" in note.message
    assert "1 行所依对照未核实" in note.message


def test_one_of_many_is_never_guessed() -> None:
    got, told = uses({"YDDM": ["U15", "U16"]})
    assert got == [(None, "gb_50137_2011:U15"), ("1308", "gb_50137_2011:U16")]
    assert told == [(None, "land_use_translated"), (1, "land_use_ambiguous")]
    _, report = mapped({"code": ["A"], "YDDM": ["U15"]})
    (finding,) = (each for each in report.closed() if each.code == "land_use_ambiguous")
    assert "1306 通信用地、1307 邮政用地，对照未核实" in finding.message
    assert "1306 Telecommunications, 1307 Post (by an unverified table)" in finding.message_en
    assert (finding.value, finding.field) == ("U15", "YDDM")


def test_a_class_of_which_a_part_only_is_known_is_left_open() -> None:
    assert uses({"YDDM": ["E9", "H14"]}) == (
        [(None, "gb_50137_2011:E9"), (None, "gb_50137_2011:H14")],
        [(1, "land_use_ambiguous"), (2, "land_use_unmatched")],
    )


@pytest.mark.parametrize(
    "text", ["0000", "06011", "601", "supply_method:grant", "foo:0601", ":0601", "gbt_21010_2017:", "0601:x"]
)
def test_what_no_list_of_land_uses_has_is_left_out(text: str) -> None:
    assert uses({"DLBM": [text]}) == ([(None, None)], [(1, "land_use_unknown")])


def test_a_value_may_name_its_list_and_the_first_column_with_a_value_counts() -> None:
    got, told = uses({"地类编码": ["0701", None, "gb_50137_2011:R21", "0000"], "DLBM": ["0601", "0701", None, None]})
    assert got == [
        ("0701", "land_use_2023:0701"),
        ("0701", "gbt_21010_2017:0701"),
        ("070102", "gb_50137_2011:R21"),
        (None, None),
    ]
    assert told == [(None, "land_use_translated"), (None, "land_use_translated"), (4, "land_use_unknown")]


def test_a_column_of_codes_as_delivered_is_kept_and_not_translated() -> None:
    got, told = uses(
        {"地类编码": ["1001", None, "1001"], "原用地编码": ["gbt_21010_2017:0601", "gb_50137_2011:U15", "0601"]}
    )
    assert got == [
        ("1001", "gbt_21010_2017:0601"),
        (None, "gb_50137_2011:U15"),
        ("1001", "land_use_2023:1001"),  # a bare code says nothing: the list is not known
    ]
    assert told == [(3, "land_use_unknown")]


def proposed(columns: dict[str, list[str | None]], saved: tuple[Saved, ...] = ()) -> dict[str, tuple[Any, ...]]:
    rows = len(next(iter(columns.values())))
    read = pa.table({"area_plane_m2": [1.0] * rows, **{f"a_{name}": values for name, values in columns.items()}})
    return {
        each.column: (each.assignment.field, each.assignment.list, each.reason and each.reason.confidence)
        for each in profiles(read, saved)
    }


def test_the_words_beside_a_code_say_of_which_list_it_is() -> None:
    told = proposed({"地类编码": ["0601", "0701", "1001"], "用途": ["工业用地", "城镇住宅用地", "铁路用地"]})
    assert told["地类编码"] == ("land_use", "gbt_21010_2017", "high")
    told = proposed({"地类编码": ["1001", "0701", "0902"], "用途": ["工业用地", "城镇住宅用地", "商务金融用地"]})
    assert told["地类编码"] == ("land_use", "land_use_2023", "high")
    told = proposed({"代码": ["0601", "1004"], "说明": ["工业用地", "城镇村道路用地"]})
    assert told["代码"] == ("land_use", "gbt_21010_2017", "high")


def test_without_words_the_values_decide_where_they_can() -> None:
    assert proposed({"地类编码": ["R2", "M1A", "B11"]})["地类编码"] == ("land_use", "gb_50137_2011", "medium")
    assert proposed({"代码": ["0601", "0701"]})["代码"] == ("land_use", "land_use_2023", "low")
    assert proposed({"用地代码": ["05H1", "08H2"]})["用地代码"] == ("land_use", "gbt_21010_2017", "medium")


def test_a_saved_map_is_corrected_by_the_words_of_this_file() -> None:
    saved = Saved("某局", (Assignment("DM", "land_use", list="land_use_2023"),))
    told = proposed({"DM": ["0601", "0604"], "YT": ["工业用地", "仓储用地"]}, (saved,))
    assert told["DM"] == ("land_use", "gbt_21010_2017", "high")


def test_a_code_of_another_list_is_told_to_stand_there() -> None:
    _, report = mapped({"code": ["A", "B"], "YDDM": ["070102", "9999"]})
    ours, nobodys = [each for each in report.kept if each.code == "land_use_unknown"]
    assert "用地用海分类(2023)有此编码，请核对用的是哪一个" in ours.message
    assert ours.message_en.endswith("has it; which list is used?")
    assert nobodys.message.endswith("未导入")
