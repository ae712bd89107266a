"""Reading the values of a file's columns: texts, numbers, dates and planning bounds as people write them. Pure."""

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from service.core.errors import GongdiError
from service.parcels.lifecycle import Stage
from service.parcels.planning import Bound, BoundField, to_range

Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]
STAGES = tuple(map(str, Stage))
_CODE = r"^[\p{L}\p{N}_\-.·()\[\]〔〕#]{1,64}$"
_NUMBER = r"^[+-]?(\d{1,15}(\.\d{0,15})?|\.\d{1,15})([eE][+-]?\d{1,2})?$"
_DATE = re.compile(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?(?:[T ].*)?")
_SIGNED = re.compile(
    r"\s*(>=|≥|>|＞|大于等于|不小于|不低于|<=|≤|<|＜|不大于|不高于|=)?\s*(\d{1,6}(?:\.\d{1,4})?)\s*[%％m米]?\s*"
)
_BETWEEN = re.compile(r"\s*(\d{1,6}(?:\.\d{1,4})?)\s*[-–—~～至]\s*(\d{1,6}(?:\.\d{1,4})?)\s*[%％m米]?\s*")
_SIGNS = {
    "≥": ">=",
    "大于等于": ">=",
    "不小于": ">=",
    "不低于": ">=",
    "＞": ">",
    "≤": "<=",
    "不大于": "<=",
    "不高于": "<=",
    "＜": "<",
}


def each(column: pa.Array, read: Callable[[str], object], kind: pa.DataType) -> pa.Array:
    """Apply `read` to each different text once; null stays null.

    >>> each(pa.array(["a", None, "a"]), str.upper, pa.string()).to_pylist()
    ['A', None, 'A']
    """
    encoded = column.dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    return pa.array([read(text) for text in encoded.dictionary.to_pylist()], kind).take(encoded.indices)


def text(column: pa.Array) -> pa.Array:
    r"""Write any column as texts on one line, without spaces around; an empty text is null.

    >>> text(pa.array([" 地块\n一 ", "", None])).to_pylist(), text(pa.array([7.0, 8.5])).to_pylist()
    (['地块 一', None, None], ['7', '8.5'])
    """
    if pa.types.is_floating(column.type):
        column = pc.replace_substring_regex(pc.cast(column, pa.string()), r"\.0$", "")
    elif not pa.types.is_string(column.type):
        column = pc.cast(column, pa.string())
    column = pc.utf8_trim_whitespace(pc.replace_substring_regex(column, r"[\x00-\x1f\x7f\x{2028}\x{2029}]+", " "))
    return pc.if_else(pc.equal(column, ""), None, column)


def numbering(column: pa.Array) -> pa.Array:
    """Write any column as the parcels' own numbers (`core/spelling.py`): half width, no spaces around.

    >>> numbering(pa.array([" ＺＤ－００１ ", "zd-2"])).to_pylist()
    ['ZD-001', 'zd-2']
    """
    return text(pc.utf8_normalize(text(column), form="NFKC"))


def are_codes(column: pa.Array) -> bool:
    """Tell whether every text looks like a parcel code (`parcels.identifiers.check_code` has the last word)."""
    return bool(pc.all(pc.match_substring_regex(column, _CODE), min_count=0).as_py())


def not_codes(column: pa.Array) -> Mask:
    """Mark the texts that don't look like a parcel code."""
    return _mask(pc.invert(pc.match_substring_regex(column, _CODE)))


def numbers(column: pa.Array) -> tuple[pa.Array, Mask]:
    """Read a column as numbers (float64), and mark what is none: NaN and infinity are none.

    >>> good, wrong = numbers(pa.array(["1,200.5", "约3", None]))
    >>> good.to_pylist(), wrong.tolist()
    ([1200.5, None, None], [False, True, False])
    """
    if pa.types.is_integer(column.type) or pa.types.is_floating(column.type) or pa.types.is_decimal(column.type):
        plain = pc.cast(column, pa.float64())
        good = pc.if_else(pc.is_finite(plain), plain, None)
    else:
        texts = pc.replace_substring_regex(text(column), r"[,，\s]", "")
        good = pc.cast(pc.if_else(pc.match_substring_regex(texts, _NUMBER), texts, None), pa.float64())
        column = texts
    return good, lost(column, good)


def dates(column: pa.Array) -> tuple[pa.Array, Mask]:
    """Read a column as dates, and mark what is none."""
    if pa.types.is_date(column.type) or pa.types.is_timestamp(column.type):
        return pc.cast(column, pa.date32(), safe=False), np.zeros(len(column), dtype=bool)
    texts = text(column)
    found = each(texts, parse_date, pa.date32())
    return found, lost(texts, found)


def parse_date(written: str) -> dt.date | None:
    """Read a date as files have it; None for anything else.

    >>> [str(parse_date(t)) for t in ("2022-11-15", "20221115", "2022年11月5日", "2022-13-01")]
    ['2022-11-15', '2022-11-15', '2022-11-05', 'None']
    """
    match = _DATE.fullmatch(written)
    try:
        return dt.date(*map(int, match.groups())) if match else None
    except ValueError:
        return None


def lost(before: pa.Array, after: pa.Array) -> Mask:
    """Mark where a value could not be read: there before, null after."""
    return _mask(pc.and_(pc.is_valid(before), pc.is_null(after)))


def joined_ends(low: pa.Array, high: pa.Array) -> pa.Array:
    """Word two columns of inclusive ends as bounds, `>=1,<=2.5`; null where both are."""
    lower = pc.binary_join_element_wise(">=", pc.cast(low, pa.string()), "")
    upper = pc.binary_join_element_wise("<=", pc.cast(high, pa.string()), "")
    return pc.coalesce(pc.binary_join_element_wise(lower, upper, ","), lower, upper)


def normal_bounds(written: str, *, bare: str, factor: Decimal = Decimal(1)) -> str | None:
    """Word a planning bound one way: signs `> >= < <=`, comma between; None if it can't be read.

    `bare` is the sign of a number that has none.

    >>> normal_bounds("＞1.1，≤1.8", bare="<="), normal_bounds("1.0-2.5", bare="<="), normal_bounds("35%", bare=">=")
    ('>1.1,<=1.8', '>=1.0,<=2.5', '>=35')
    """
    if between := _BETWEEN.fullmatch(written):
        return f">={Decimal(between[1]) * factor},<={Decimal(between[2]) * factor}"
    ends = []
    for part in re.split(r"[,，;；、且]", written):
        match = _SIGNED.fullmatch(part)
        if match is None:
            return None
        sign = _SIGNS.get(match[1], match[1]) or bare
        number = Decimal(match[2]) * factor
        ends += [f">={number}", f"<={number}"] if sign == "=" else [f"{sign}{number}"]
    return ",".join(ends)


def range_literal(field: BoundField, ends: str) -> str | None:
    """Write worded bounds as PostgreSQL's range literal; None where no building can meet them.

    >>> range_literal("far", ">1.1,<=1.8"), range_literal("green_pct", ">=35"), range_literal("far", ">=3,<=2")
    ('(1.1,1.8]', '[35,100]', None)
    """
    bound = Bound()
    for end in ends.split(","):
        sign = end.rstrip("0123456789.-e+")
        number = Decimal(end[len(sign) :])
        closed = "=" in sign
        if ">" in sign:
            bound = bound._replace(min=number, min_inclusive=closed)
        else:
            bound = bound._replace(max=number, max_inclusive=closed)
    try:
        kept = to_range(field, bound)
    except GongdiError:
        return None
    low, high = ("" if value is None else value for value in (kept.lower, kept.upper))
    return f"{kept.bounds[0]}{low},{high}{kept.bounds[1]}"


def _mask(column: pa.Array) -> Mask:
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    marked: Mask = pc.fill_null(array, fill_value=False).to_numpy(zero_copy_only=False).astype(bool)
    return marked
