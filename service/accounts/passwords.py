"""Passwords: which are taken, how they are kept (argon2id), how many are tried at once."""

import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from service.core.errors import FieldError, Invalid, Unavailable

LENGTH_MIN, LENGTH_MAX = 12, 128
DIFFERENT_MIN = 5
NAME_LENGTH_MIN = 4

# Twelve characters and more that guessers try first; digits and case at the end do not help.
COMMON = frozenset(
    {
        "123456789012",
        "abcdefghijkl",
        "administrator",
        "adminadminadmin",
        "changemeplease",
        "iloveyouforever",
        "letmeinletmein",
        "passwordpassword",
        "qwertyuiop",
        "qwertyuiopasdf",
        "1qaz2wsx3edc",
        "1q2w3e4r5t6y",
        "woaini1314520",
        "ziranziyuanju",
        "zhengdongxinqu",
        "gongdiyizhangtu",
    }
)

# 19 MiB, two passes, one lane: OWASP's password storage recommendation for argon2id.
_hasher = PasswordHash((Argon2Hasher(time_cost=2, memory_cost=19 * 1024, parallelism=1),))
_running = threading.BoundedSemaphore(2)
_admitted = threading.BoundedSemaphore(12)


def normal(password: str) -> str:
    """Return one form (NFKC) of what can be typed in several.

    >>> normal("ＡＢＣ")
    'ABC'
    """
    return unicodedata.normalize("NFKC", password)


def refuse_weak(password: str, username: str, pointer: str) -> None:
    """Raise Invalid, naming the field at `pointer`, unless the password is fit for this user."""
    problem = _weakness(normal(password), username)
    if problem is not None:
        code, zh, en = problem
        raise Invalid(zh, en, errors=[FieldError(pointer, code, zh, en)])


def _weakness(password: str, username: str) -> tuple[str, str, str] | None:
    folded = password.casefold()
    core = folded.rstrip("0123456789!@#$%^&*.?-_ ")
    if not LENGTH_MIN <= len(password) <= LENGTH_MAX:
        zh = f"密码应为 {LENGTH_MIN}–{LENGTH_MAX} 个字符。"
        return "password_length", zh, f"A password has {LENGTH_MIN}–{LENGTH_MAX} characters."
    if any(unicodedata.category(char) in {"Cc", "Cs"} for char in password):
        return "password_characters", "密码不能含有控制字符。", "A password has no control characters."
    if len(username) >= NAME_LENGTH_MIN and username in folded:
        return "password_has_username", "密码不能包含用户名。", "A password does not contain the user name."
    if folded in COMMON or core in COMMON or len(set(folded)) < DIFFERENT_MIN:
        return "password_common", "该密码过于常见,请换一个。", "This password is too common; choose another."
    return None


def hash_password(password: str) -> str:
    """Return the argon2id hash to store; takes about 30 ms and 19 MiB."""
    with _turn():
        return _hasher.hash(normal(password))


def matches(password: str, stored: str | None) -> bool:
    """Whether the password is the stored one; for an unknown user (`None`) the same work is done, in vain."""
    with _turn():
        return _hasher.verify(normal(password), stored or _nobody()) and stored is not None


@cache
def _nobody() -> str:
    return _hasher.hash("nobody has this password")


@contextmanager
def _turn() -> Iterator[None]:
    """Wait for one of two turns; a crowd is turned away, so that a flood of sign-ins can't hold every thread."""
    if not _admitted.acquire(blocking=False):
        raise Unavailable(
            "登录请求过多,请稍后重试。", "Too many sign-ins at once; try again.", headers={"Retry-After": "1"}
        )
    try:
        with _running:
            yield
    finally:
        _admitted.release()
