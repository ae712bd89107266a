from collections.abc import Callable

from service.accounts.permissions import Role
from tests.caller import Caller


def test_codes_over_http(as_role: Callable[..., Caller]) -> None:
    caller = as_role(Role.VIEWER)
    lists = {each["list"]: each for each in caller.get("/api/v1/codes").json()["items"]}
    assert lists["land_use_2023"]["edition"] == "2023"
    entries = caller.get("/api/v1/codes/land_use_2023").json()["items"]
    assert len(entries) == lists["land_use_2023"]["entries"]
    housing = next(each for each in entries if each["code"] == "0701")
    assert (housing["name"], housing["max_term_years"], housing["verified"]) == ("城镇住宅用地", 70, True)
    assert caller.get("/api/v1/codes/no_such_list").status_code == 404
