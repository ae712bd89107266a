from pathlib import Path

import pytest

from service.codes import queries
from service.codes.loader import GIS_DATA, BrokenCodeList, load

HEADER = """[[code_lists]]
list = "uses"
file = "uses.csv"
title = "用途"
title_en = "Uses"
source = "test"
edition = "1"
licence = "none"
"""


def folder_with(tmp_path: Path, csv: str) -> Path:
    (tmp_path / "catalogue.toml").write_text(HEADER, encoding="utf-8")
    (tmp_path / "uses.csv").write_text(csv, encoding="utf-8")
    return tmp_path


def test_every_list_of_the_project_loads() -> None:
    lists = load(GIS_DATA)
    assert set(lists) >= {"land_use_2023", "gbt_21010_2017", "gb_50137_2011", "supply_method", "right_nature"}
    assert all(found.entries and found.source and found.licence for found in lists.values())


def test_the_same_digits_differ_between_lists() -> None:
    assert queries.name_of("land_use_2023", "1001") == "工业用地"
    assert queries.name_of("gbt_21010_2017", "1001") == "铁路用地"


def test_terms_follow_the_statute_by_use() -> None:
    terms = [queries.max_term_years("land_use_2023", code) for code in ("070102", "0902", "100101", "0806", "16")]
    assert terms == [70, 40, 50, 50, None]


def test_an_unknown_list_or_code_has_no_name() -> None:
    assert queries.name_of("no_list", "0701") is None
    assert queries.name_of("land_use_2023", "9999") is None


def test_a_broken_list_names_every_fault_with_its_line(tmp_path: Path) -> None:
    folder = folder_with(
        tmp_path,
        "code,name,name_en,parent,verified,max_term_years\n"
        "01,甲,A,,yes,70\n"
        "01,乙,B,,yes,\n"
        "02,丙,C,99,no,\n"
        "03,,D,01,maybe,forty\n",
    )
    with pytest.raises(BrokenCodeList) as broken:
        load(folder)
    assert str(broken.value).splitlines() == [
        "uses.csv:3: code 01 stands already on line 2",
        "uses.csv:4: parent 99 of 02 is unknown",
        "uses.csv:5: code, name and name_en must be filled",
        "uses.csv:5: verified is 'maybe', must be yes or no",
        "uses.csv:5: max_term_years is 'forty', must be a whole number",
    ]


def test_a_list_without_its_columns_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BrokenCodeList, match="name_en, verified"):
        load(folder_with(tmp_path, "code,name,parent\n01,甲,\n"))
