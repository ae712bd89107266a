"""How numbers that people type are compared."""

import unicodedata


def tidied(text: str) -> str:
    """Write letters, digits and signs of full width in half width (NFKC) and leave spaces around them out.

    >>> tidied(" ＺＤ－２０２２（甲）\u3000")
    'ZD-2022(甲)'
    """
    return unicodedata.normalize("NFKC", text).strip()


def folded(text: str) -> str:
    """Return what a number is compared by: tidied, Latin letters in upper case.

    Other scripts are left alone, as PostgreSQL's `upper(… COLLATE "C")` leaves them: the two must never differ.

    >>> folded("zd-2022-001"), folded("ｚd-é")
    ('ZD-2022-001', 'ZD-é')
    """
    return tidied(text).encode().upper().decode()
