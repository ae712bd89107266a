"""The legal rules over HTTP."""

from collections.abc import Callable

from service.accounts.permissions import Role
from tests.caller import Caller


def test_the_rules_of_a_day(as_role: Callable[..., Caller]) -> None:
    caller = as_role(Role.VIEWER)
    today = caller.get("/api/v1/rules").json()
    assert today["as_of"] == "2022-11-15"
    found = {each["id"] for each in today["items"]}
    assert {"R01", "R16", "R75"} <= found
    assert "R32" not in found  # the notice of 2024
    later = caller.get("/api/v1/rules?as_of=2024-04-29").json()
    assert "R32" in {each["id"] for each in later["items"]}


def test_one_rule_with_source_scope_and_parameters(as_role: Callable[..., Caller]) -> None:
    caller = as_role(Role.VIEWER)
    items = caller.get("/api/v1/rules?id=R30&id=R61&as_of=2010-01-01").json()["items"]
    (housing,) = items
    assert (housing["severity"], housing["verification"], housing["valid_to"]) == ("block", "full", "2012-05-22")
    assert housing["uses"] == ["residential"]
    assert housing["parameters"][0] == {
        "name": "cap",
        "title": "面积上限",
        "title_en": "largest area",
        "value": {"small": "7", "medium": "14", "large": "20"},
        "unit": "ha",
        "unit_name": "公顷",
        "unit_name_en": "ha",
        "origin": "source",
    }
    (idle,) = caller.get("/api/v1/rules?id=R61").json()["items"]
    assert [each["value"] for each in idle["parameters"]] == ["1/3", "1/4", 1]
    assert idle["note"] is None


def test_what_is_no_rule_or_no_day_is_said_so(as_role: Callable[..., Caller]) -> None:
    caller = as_role(Role.VIEWER)
    assert caller.get("/api/v1/rules?id=R98").status_code == 404
    assert caller.get("/api/v1/rules?as_of=yesterday").status_code == 400
    assert caller.get("/api/v1/rules?rule=R01").status_code == 400
