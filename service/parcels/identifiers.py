"""Numbers that name a parcel: the bureau's own code, 宗地代码, 不动产单元代码, 出让编号. Pure.

Sources: 不动产单元设定与代码编制规则 (composition, ownership and feature letters); lot numbers as notices of 2022 in
Zhengzhou write them.
"""

import re
from collections.abc import Collection
from enum import StrEnum
from itertools import count
from typing import NamedTuple

from service.core.errors import FieldError, Invalid
from service.core.spelling import folded


class BadIdentifier(Invalid):
    """A number that can't be what it is given as; `errors` says at which place."""

    code, title_zh, title_en = "bad-identifier", "编号有误", "Bad identifier"


class Number(StrEnum):
    """What a text looks like: decides where a search looks first."""

    cadastral = "cadastral"
    unit = "unit"
    lot = "lot"
    code = "code"
    text = "text"


class CadastralCode(NamedTuple):
    """宗地代码, 19 characters, by its parts."""

    county: str
    district: str
    subdistrict: str
    ownership: str
    feature: str
    serial: str


OWNERSHIPS = {"G": "国家", "J": "集体", "Z": "尚未确定"}
FEATURES = {
    "A": "集体土地所有权",
    "B": "建设用地使用权(地表)",
    "C": "宅基地使用权",
    "D": "土地承包经营权(耕地)",
    "E": "林地",
    "F": "草地",
    "G": "无居民海岛",
    "H": "海域",
    "L": "国有农用地(林地)",
    "N": "国有农用地(其他)",
    "S": "建设用地使用权(地上)",
    "X": "建设用地使用权(地下)",
    "W": "未确定或有争议",
    "Y": "其他",
}
ATTACHED = {"F": "房屋等建筑物、构筑物", "L": "森林或林木", "Q": "其他", "W": "无定着物"}

_CADASTRAL_LENGTH, _UNIT_LENGTH = 19, 28
_CODE = re.compile(r"(?=.*\w)[\w\-.·()\[\]〔〕#]{1,64}", re.DOTALL)
_RESERVED = frozenset({"boundaries", "facets", "locate", "merge", "states", "status"})
_LOT = re.compile(r"(郑政[一-龥]{0,4}出)〔(\d{4})〕(\d{1,4})号(\(网\))?")
# Letters and digits of full width have their half-width twins 0xFEE0 below.
_FULL_TO_HALF = str.maketrans("（）［］｛｝－．　", "()[]{}-. ") | {
    wide: wide - 0xFEE0 for first, last in ("０９", "ＡＺ", "ａｚ") for wide in range(ord(first), ord(last) + 1)
}


def parse_cadastral_code(text: str) -> CadastralCode:
    """Take a 宗地代码 apart; letters in either case, spaces between its parts are dropped.

    Raises:
        BadIdentifier: with the place (counted from 1) and what should stand there.

    >>> parse_cadastral_code("410105 003 012 GB 00023").serial
    '00023'
    """
    code = re.sub(r"\s", "", text).upper()
    if len(code) != _CADASTRAL_LENGTH:
        raise _bad(f"宗地代码应为 19 位，现为 {len(code)} 位", f"A cadastral code has 19 characters, not {len(code)}")
    _check_places(code, ("digits",) * 12 + (OWNERSHIPS, FEATURES) + ("digits",) * 5)
    if code.endswith("00000"):
        raise _bad("第 15–19 位(宗地顺序号)应从 00001 起", "Places 15–19 (serial number) start from 00001")
    return CadastralCode(code[:6], code[6:9], code[9:12], code[12], code[13], code[14:])


def parse_unit_code(text: str) -> tuple[CadastralCode, str]:
    """Take a 不动产单元代码 (28) apart into the 宗地代码 and the nine characters of what stands on the land.

    Raises:
        BadIdentifier: as for a cadastral code.

    >>> parse_unit_code("410105003012GB00023W00000000")[1]
    'W00000000'
    """
    code = re.sub(r"\s", "", text).upper()
    if len(code) != _UNIT_LENGTH:
        raise _bad(f"不动产单元代码应为 28 位，现为 {len(code)} 位", f"A unit code has 28 characters, not {len(code)}")
    parcel = parse_cadastral_code(code[:_CADASTRAL_LENGTH])
    _check_places(code, (ATTACHED, *("digits",) * 8), first=_CADASTRAL_LENGTH)
    return parcel, code[_CADASTRAL_LENGTH:]


def _check_places(code: str, wanted: tuple[object, ...], *, first: int = 0) -> None:
    for place, want in enumerate(wanted, start=first):
        char = code[place]
        if isinstance(want, dict) and char not in want:
            letters = "、".join(want)
            raise _bad(
                f"第 {place + 1} 位“{char}”应为 {letters} 之一", f"Place {place + 1} is {char!r}, not one of {letters}"
            )
        if want == "digits" and not (char.isascii() and char.isdigit()):
            raise _bad(f"第 {place + 1} 位“{char}”应为数字", f"Place {place + 1} is {char!r}, not a digit")


def normalise_lot_number(text: str) -> str:
    """Write a lot number (出让编号) the one way we keep: 〔year〕, everything else half-width, no spaces.

    Zero padding stays, for it is part of the number. A number of another city is kept as it is, apart from brackets and
    spaces.

    >>> normalise_lot_number("郑政东出[2022] 5号（网）")
    '郑政东出〔2022〕5号(网)'
    """
    return re.sub(r"[\[【(](\d{4})[\]】)]", r"〔\1〕", without_spaces(text))


def without_spaces(text: str) -> str:
    """Write letters, digits and brackets of full width in half width, and leave spaces out.

    >>> without_spaces("４１０１０５ ００３")
    '410105003'
    """
    return re.sub(r"\s", "", text.translate(_FULL_TO_HALF))


def is_lot_number(text: str) -> bool:
    """Tell whether the text, once normalised, is a lot number as Zhengzhou writes them.

    >>> is_lot_number("郑政经开出〔2022〕012号(网)"), is_lot_number("ZD-2022-005")
    (True, False)
    """
    return _LOT.fullmatch(normalise_lot_number(text)) is not None


def check_code(text: str) -> str:
    """Return the bureau's own parcel number if it may be one: it stands in addresses and file names.

    Letters of any script, digits and `-_.·()[]〔〕#`, at most 64; none of the words that addresses use themselves.
    It is kept as written but for full width (`core/spelling.py`); `zd-1` and `ZD-1` are one number, to look-ups and to
    the unique index, which holds the folded code in place of the written one: a second index would cost every import.

    Raises:
        BadIdentifier: with the first character that can't stand in a number.

    >>> check_code("ZDXQ-2022-005")
    'ZDXQ-2022-005'
    """
    if not text or len(text) > 64:  # noqa: PLR2004 - the limit the docstring names
        raise _bad("地块编号应为 1–64 个字符", "A parcel number has 1 to 64 characters")
    if text.lower() in _RESERVED:
        raise _bad(f"“{text}”是保留字，不能作地块编号", f"{text!r} is a reserved word")
    if not _CODE.fullmatch(text):
        wrong = next((char for char in text if not _CODE.fullmatch(f"a{char}")), text)
        raise _bad(f"地块编号不能含“{wrong}”", f"A parcel number can't hold {wrong!r}")
    return text


def issued(beginning: str, number: int, taken: Collection[str]) -> list[str]:
    """Issue codes of a beginning and the next numbers, leaving out those that were ever used, in either case.

    >>> issued("ZD-5-", 2, {"zd-5-1"})
    ['ZD-5-2', 'ZD-5-3']
    """
    used = {folded(code) for code in taken}
    free = (code for n in count(1) if folded(code := f"{beginning}{n}") not in used)
    return [check_code(next(free)) for _ in range(number)]


def looks_like(text: str) -> Number:
    """Tell what kind of number a search text is most likely to be.

    >>> [str(looks_like(t)) for t in ("410105003012GB00023", "郑政东出〔2022〕5号", "ZD-005", "龙湖 金融岛")]
    ['cadastral', 'lot', 'code', 'text']
    """
    compact = without_spaces(text).upper()
    if re.fullmatch(r"\d{12}[A-Z]{2}\d{5}", compact):
        return Number.cadastral
    if re.fullmatch(r"\d{12}[A-Z]{2}\d{5}[A-Z]\d{8}", compact):
        return Number.unit
    if is_lot_number(text):
        return Number.lot
    return Number.code if re.search(r"[0-9]", text) and _CODE.fullmatch(text.strip()) else Number.text


def _bad(zh: str, en: str) -> BadIdentifier:
    return BadIdentifier(zh + "。", en + ".", errors=[FieldError("", "bad-identifier", zh, en)])
