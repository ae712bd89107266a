"""Settings that would be unsafe are refused when they are read."""

import datetime as dt

import pytest
from pydantic import ValidationError

from service.core.settings import Settings


def test_plain_cookies_stay_on_this_machine() -> None:
    with pytest.raises(ValidationError, match="GONGDI_SECURE_COOKIES"):
        Settings(host="0.0.0.0")  # noqa: S104 - refused is the point
    assert Settings(host="0.0.0.0", secure_cookies=True).secure_cookies  # noqa: S104


def test_the_date_is_fixed_in_a_demo_only() -> None:
    day = dt.date(2022, 11, 15)
    with pytest.raises(ValidationError, match="GONGDI_TODAY"):
        Settings(today=day)
    assert Settings(today=day, demo=True).today == day


@pytest.mark.parametrize("listed", ["*", "proxy.local", "10.0.0.0/8,*", "10.0.0.1/8"])
def test_only_addresses_and_networks_are_trusted(listed: str) -> None:
    with pytest.raises(ValidationError, match="trusted_proxies"):
        Settings(trusted_proxies=listed)


@pytest.mark.parametrize("address", ["gongdi.example", "https://gongdi.example/", "ftp://x", "https://a b"])
def test_the_base_url_is_scheme_and_host(address: str) -> None:
    with pytest.raises(ValidationError, match="base_url"):
        Settings(base_url=address)
    assert Settings(base_url="https://gongdi.example:8443").base_url == "https://gongdi.example:8443"


def test_settings_do_not_change_once_built() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Settings().port = 1  # type: ignore[misc]
