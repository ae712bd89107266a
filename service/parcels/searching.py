"""What people type into a search, and what finds it. Pure."""

import re

from service.core.spelling import tidied

# To a clerk one bracket is like another. Each set is a bracket expression of POSIX, where `]` stands first.
_SETS = ("[〔[［【(（]", "[]〕］】)）]")
_BRACKETS = {bracket: each for each in _SETS for bracket in each[1:-1]}


def writings(word: str) -> list[str]:
    """Return a word in lower case as typed and, where that is another, in half width: names are kept as given.

    >>> writings("ＺＤ-1"), writings("ZD-1")
    (['ｚｄ-1', 'zd-1'], ['zd-1'])
    """
    return list(dict.fromkeys((word.lower(), tidied(word).lower())))


def is_plain(word: str) -> bool:
    """Tell whether a word can be written one way only: no bracket, nothing of full width.

    >>> is_plain("5号"), is_plain("[2022]5号"), is_plain("５号")
    (True, False, False)
    """
    return len(writings(word)) == 1 and _BRACKETS.keys().isdisjoint(word)


def pattern(word: str) -> str:
    r"""Return the pattern for LIKE that finds a plain word.

    >>> pattern("ZD_100%")
    '%zd\\_100\\%%'
    """
    return "%" + re.sub(r"([\\%_])", r"\\\1", word.lower()) + "%"


def expression(word: str) -> str:
    r"""Return the regular expression (PostgreSQL's) that finds a word in any of its writings.

    >>> expression("[2022]5号")
    '[〔[［【(（]2022[]〕］】)）]5号'
    >>> expression("Ａ.1")
    'ａ\\.1|a\\.1'
    """
    return "|".join("".join(_BRACKETS.get(char) or re.escape(char) for char in each) for each in writings(word))
