"""Keyset paging: a cursor is the sort key of the last row, never an offset."""

import base64
import binascii
from collections.abc import Sequence
from typing import Generic, TypeVar

import orjson
from pydantic import BaseModel

from service.core.errors import BadRequest

Item = TypeVar("Item")
LIMIT_DEFAULT, LIMIT_MAX = 50, 1000


class Page(BaseModel, Generic[Item]):
    """One page of a list; `next` is the address of the following page, null at the end."""

    items: list[Item]
    next: str | None = None


def encode_cursor(key: Sequence[object]) -> str:
    """Write a sort key as an opaque cursor.

    >>> decode_cursor(encode_cursor(["410105", 7]), size=2)
    ['410105', 7]
    """
    return base64.urlsafe_b64encode(orjson.dumps(list(key), default=str)).decode().rstrip("=")


def decode_cursor(cursor: str, *, size: int) -> list[str | int | float | None]:
    """Read a cursor of `size` values; anything but what `encode_cursor` wrote raises BadRequest."""
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        key = orjson.loads(raw)
    except (ValueError, binascii.Error):
        key = None
    good = isinstance(key, list) and len(key) == size and all(_plain(value) for value in key)
    if not good:
        raise BadRequest(
            "分页游标 cursor 无效,请从第一页重新开始。", "The cursor is not valid; start from the first page."
        )
    return list(key)


def _plain(value: object) -> bool:
    if isinstance(value, str):
        return "\x00" not in value
    if isinstance(value, bool):
        return False
    if isinstance(value, int):
        return abs(value) < 2**63
    return value is None or isinstance(value, float)
