import threading

import pytest

from service.accounts import passwords
from service.core.errors import Invalid, Unavailable

GOOD = "Lin-jiang 27 mu"


def refusal(password: str, username: str = "li.registrar") -> str | None:
    try:
        passwords.refuse_weak(password, username, "/password")
    except Invalid as error:
        return error.errors[0].pointer + " " + error.errors[0].code
    return None


@pytest.mark.parametrize(
    ("password", "code"),
    [
        (GOOD, None),
        ("临江路二十七亩土地已经挂牌", None),
        ("x7Q" * 42 + "ab", None),
        ("a1B2c3D4e5F", "password_length"),
        ("x7Q" * 42 + "abc", "password_length"),
        ("", "password_length"),
        ("Li.Registrar 2022", "password_has_username"),
        ("PASSWORDPASSWORD", "password_common"),
        ("administrator2022!", "password_common"),
        ("ａｄｍｉｎｉｓｔｒａｔｏｒ", "password_common"),
        ("aaaaaaaaaaaaaa", "password_common"),
        ("abababababababab", "password_common"),
        ("good\x00password!", "password_characters"),
        ("good\ud800password!", "password_characters"),
    ],
)
def test_only_fit_passwords_are_taken(password: str, code: str | None) -> None:
    assert refusal(password) == (code and f"/password {code}")


def test_a_hash_is_argon2id_with_the_agreed_cost_and_its_own_salt() -> None:
    first, second = passwords.hash_password(GOOD), passwords.hash_password(GOOD)
    assert first.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert first != second


def test_a_password_matches_however_it_is_typed() -> None:
    stored = passwords.hash_password("Ｌin-jiang ２７ mu")
    assert passwords.matches(GOOD, stored)
    assert not passwords.matches(GOOD + " ", stored)


def test_nobody_has_the_password_that_unknown_names_are_measured_with() -> None:
    assert not passwords.matches("nobody has this password", None)


def test_only_two_are_hashed_at_once_and_a_crowd_is_turned_away(monkeypatch: pytest.MonkeyPatch) -> None:
    inside, most, release = [0], [0], threading.Event()

    class Slow:
        def hash(self, password: str) -> str:
            inside[0] += 1
            most[0] = max(most[0], inside[0])
            release.wait(5)
            inside[0] -= 1
            return password

    monkeypatch.setattr(passwords, "_hasher", Slow())
    outcomes: list[str] = []

    def attempt() -> None:
        try:
            outcomes.append(passwords.hash_password("x"))
        except Unavailable as error:
            outcomes.append(error.headers["Retry-After"])

    threads = [threading.Thread(target=attempt) for _ in range(20)]
    for thread in threads:
        thread.start()
    while len(outcomes) < 8:
        release.wait(0.01)
    assert outcomes == ["1"] * 8
    release.set()
    for thread in threads:
        thread.join()
    assert most == [2]
    assert outcomes.count("x") == 12
