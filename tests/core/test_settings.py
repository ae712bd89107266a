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


def test_settings_do_not_change_once_built() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Settings().port = 1  # type: ignore[misc]
