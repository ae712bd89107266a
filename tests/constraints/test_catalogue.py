"""The types of control layers are data: complete, with a source, and checked before anything relies on them."""

from pathlib import Path

import pytest

from service.codes.loader import GIS_DATA
from service.constraints.catalogue import Applies, BrokenControlTypes, Rule, control_types

GOOD = """
[[types]]
key = "{key}"
name = "名"
name_en = "Name"
applies = "inside"
rule = "forbidden"
procedure = "办"
procedure_en = "Do"
colour = "danger"
pattern = "dense"
[[types.sources]]
document = "法"
article = "第一条"
verified = true
"""


def test_the_types_a_bureau_needs_are_there() -> None:
    types = control_types()
    asked = {
        *("permanent_farmland", "ecological_redline", "urban_growth_boundary", "relic_protection"),
        *("relic_construction_control", "buried_relics", "historic_core", "flood_storage", "airport_clearance"),
        "utility_corridor",
    }
    assert asked <= types.keys()
    assert {each.rule for each in types.values()} == set(Rule)
    assert types["urban_growth_boundary"].applies is Applies.OUTSIDE


@pytest.mark.parametrize("inside", [True, False])
def test_a_layer_to_lie_in_allows_inside_what_it_forbids_outside(*, inside: bool) -> None:
    boundary, farmland = control_types()["urban_growth_boundary"], control_types()["permanent_farmland"]
    assert boundary.rule_of(inside=inside) is (Rule.ALLOWED if inside else Rule.FORBIDDEN)
    assert farmland.rule_of(inside=inside) is (Rule.FORBIDDEN if inside else Rule.ALLOWED)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (('rule = "forbidden"', 'rule = "never"'), "rule is 'never'"),
        (('colour = "danger"', 'colour = "#ff0000"'), "colour is '#ff0000'"),
        (('name_en = "Name"', 'name_en = " "'), "name_en is empty"),
        (('article = "第一条"', 'article = ""'), "a verified source names its article"),
        (("verified = true", 'verified = "yes"'), "a source has document, article and verified"),
        (('procedure = "办"\n', ""), "fields procedure missing or unknown"),
        (('key = "one"', 'key = "One"'), "key is no key"),
    ],
)
def test_a_fault_stops_the_start_and_is_named(tmp_path: Path, change: tuple[str, str], fault: str) -> None:
    (tmp_path / "a.toml").write_text(GOOD.format(key="one").replace(*change), "utf-8")
    with pytest.raises(BrokenControlTypes, match=r"a\.toml") as raised:
        control_types(tmp_path)
    assert fault in str(raised.value)


def test_a_key_stands_once_in_all_files(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.toml").write_text(GOOD.format(key="one"), "utf-8")
    with pytest.raises(BrokenControlTypes, match=r"b\.toml: one"):
        control_types(tmp_path)


def test_the_readme_of_the_data_names_the_folder() -> None:
    assert "`constraints/`" in (GIS_DATA / "README.md").read_text(encoding="utf-8")
