"""What older land-use codes mean today: tables are sound, faults are named by line, nothing claims to be law."""

from pathlib import Path

import pytest

from service.codes import queries
from service.codes.correspondences import DECIDING, Relation, load_correspondences
from service.codes.loader import BrokenCodeList, load

CATALOGUE = "".join(
    f'[[code_lists]]\nlist = "{name}"\nfile = "{name}.csv"\ntitle = "用途"\ntitle_en = "Uses"\nsource = "test"\n'
    'edition = "1"\nlicence = "none"\n'
    for name in ("old", "new")
)
HEADER = """[[correspondences]]
list = "{list}"
target = "new"
file = "table.csv"
title = "对照"
title_en = "Table"
source = "test"
dated_on = 2022-11-15
licence = "none"
"""
LIST = "code,name,name_en,parent,verified\n1,甲,A,,no\n2,乙,B,,no\n3,丙,C,,no\n"
HEAD = "code,target,relation,verified,note\n"


def faults(folder: Path, table: str, *, older: str = "old") -> list[str]:
    (folder / "catalogue.toml").write_text(CATALOGUE + HEADER.format(list=older), encoding="utf-8")
    for name in ("old", "new"):
        (folder / f"{name}.csv").write_text(LIST, encoding="utf-8")
    (folder / "table.csv").write_text(table, encoding="utf-8")
    with pytest.raises(BrokenCodeList) as broken:
        load_correspondences(load(folder), folder)
    return str(broken.value).splitlines()


def test_every_land_use_list_of_old_has_its_table() -> None:
    tables = queries.correspondences()
    assert set(tables) == {"gbt_21010_2017", "gb_50137_2011"}
    assert all(each.target == queries.LAND_USE and each.source and each.dated_on for each in tables.values())


def test_what_decides_names_one_class() -> None:
    for table in queries.correspondences().values():
        for code, matches in table.matches.items():
            deciding = [each for each in matches if each.relation in DECIDING]
            assert not deciding or len(matches) == 1, (table.list, code)


def test_nothing_claims_to_be_verified() -> None:
    """No official table between these editions is at hand; whoever compares a line with one may say so in the file."""
    matches = [each for table in queries.correspondences().values() for each in sum(table.matches.values(), ())]
    assert not any(each.verified for each in matches)


def test_the_same_digits_are_not_taken_for_the_same_land() -> None:
    assert [each.code for each in queries.matches("gbt_21010_2017", "0601")] == ["1001"]
    assert [each.code for each in queries.matches("gbt_21010_2017", "1001")] == ["1201", "120801"]
    assert queries.matches("gb_50137_2011", "H14") == ()
    assert {each.relation for each in queries.matches("gb_50137_2011", "M0")} == {Relation.BROADER}


def test_a_broken_table_names_every_fault_with_its_line(tmp_path: Path) -> None:
    table = HEAD + "1,1,exact,no,\n1,2,exact,no,\n9,1,exact,no,\n2,9,same,maybe,\n3,3,one-of-many,no,\n1,1,exact,no,\n"
    assert faults(tmp_path, table) == [
        "table.csv:3: 1 is exact on line 2: it can't be exact to another",
        "table.csv:4: code 9 is not in old",
        "table.csv:5: target 9 is not in new",
        "table.csv:5: relation is 'same', must be exact, broader, narrower, one-of-many",
        "table.csv:5: verified is 'maybe', must be yes or no",
        "table.csv:7: 1 → 1 stands already on line 2",
        "table.csv:6: 3 is one-of-many, of which no other stands here",
    ]


def test_a_table_of_a_list_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert faults(tmp_path, HEAD, older="lost") == ["table.csv:1: there is no code list lost"]


def test_a_table_without_its_columns_is_refused(tmp_path: Path) -> None:
    assert "relation" in faults(tmp_path, "code,target\n")[0]


def test_one_relation_and_another_do_not_mix(tmp_path: Path) -> None:
    table = HEAD + "1,1,one-of-many,no,\n1,2,one-of-many,no,\n1,3,broader,no,\n"
    assert faults(tmp_path, table) == ["table.csv:4: 1 is one-of-many on line 2: it can't be broader to another"]
