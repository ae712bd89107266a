"""Land uses of a file in the list of 2023: what translates beyond doubt is translated, the rest is left to a person.

The code as delivered is kept beside it in any case (`land_use_given`, with its list). Whole columns at a time.
"""

from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from service.codes import queries as codes
from service.codes.correspondences import DECIDING
from service.imports import values
from service.imports.findings import Finding
from service.imports.report import Report
from service.imports.values import Rows


class Verdict(NamedTuple):
    """What a delivered code comes to: the finding that it deserves, and the code of 2023 where that is certain."""

    finding: str | None
    code: str | None = None
    verified: bool = True


def translated(fields: pa.Table, rows: Rows, report: Report) -> pa.Table:
    """Return the fields with `land_use_scheme` and `land_use_code` of 2023 or null, and `land_use_given` as delivered.

    A column of its own for the code as delivered has the last word on `land_use_given`.
    """
    delivered = _joined(fields)
    said = fields["land_use_given"].combine_chunks()
    _report(report, rows, "land_use_given", said, lambda verdict: verdict.finding == "land_use_unknown")
    _report(report, rows, "land_use", delivered, lambda verdict: verdict.finding is not None)
    _count(report, delivered)
    code = values.each(delivered, lambda text: _verdict(text).code, pa.string())
    scheme = pc.if_else(pc.is_valid(code), codes.LAND_USE, pa.scalar(None, pa.string()))
    given = pc.coalesce(_known(said), _known(delivered))
    for name, column in (("land_use_scheme", scheme), ("land_use_code", code), ("land_use_given", given)):
        fields = fields.set_column(fields.schema.get_field_index(name), name, column)
    return fields


def taken(scheme: str, code: str) -> tuple[Verdict, list[Finding]]:
    """Judge the land use of one parcel as that of a file's row, and tell what is to be known of it."""
    text, report = f"{scheme}:{code}", Report()
    verdict = _verdict(text)
    column = pa.array([text])
    _report(report, np.array([1]), "land_use", column, lambda judged: judged.finding is not None)
    if verdict.finding is None:
        _count(report, column)
    return verdict, report.closed()


def _joined(fields: pa.Table) -> pa.Array:
    parts = (fields[name].combine_chunks() for name in ("land_use_scheme", "land_use_code"))
    return pc.binary_join_element_wise(*parts, ":")


def _known(column: pa.Array) -> pa.Array:
    return values.each(column, lambda text: None if _verdict(text).finding == "land_use_unknown" else text, pa.string())


def _verdict(text: str) -> Verdict:
    scheme, code = codes.split(text)
    if scheme not in _SCHEMES or codes.code_of(scheme, code) is None:
        return Verdict("land_use_unknown")
    if scheme == codes.LAND_USE:
        return Verdict(None, code)
    matches = codes.matches(scheme, code)
    if not matches:
        return Verdict("land_use_unmatched")
    if matches[0].relation in DECIDING:
        return Verdict(None, matches[0].code, matches[0].verified)
    return Verdict("land_use_ambiguous")


_SCHEMES = frozenset({codes.LAND_USE, *codes.correspondences()})
"""Lists of land uses: a code of another list, say of supply methods, is no land use."""


def _report(report: Report, rows: Rows, field: str, column: pa.Array, deserves: Callable[[Verdict], bool]) -> None:
    """Report by row what can't be taken or can't be translated."""
    finding = values.each(
        column, lambda text: _verdict(text).finding if deserves(_verdict(text)) else None, pa.string()
    )
    for code in pc.unique(finding).drop_null().to_pylist():
        at = np.flatnonzero(pc.fill_null(pc.equal(finding, code), fill_value=False).to_numpy(zero_copy_only=False))
        texts = column.take(pa.array(at)).to_pylist()
        shown = [codes.split(text)[1] for text in texts]
        report.rows(code, rows[at], field=field, values=shown, facts=[_facts(text) for text in texts])


def _facts(text: str) -> dict[str, object]:
    scheme, code = codes.split(text)
    matches = codes.matches(scheme, code)
    unverified = bool(matches) and not all(each.verified for each in matches)
    return {
        **_titles(scheme),
        **_elsewhere(scheme, code),
        "candidates": "、".join(f"{each.code} {codes.name_of(codes.LAND_USE, each.code)}" for each in matches),
        "candidates_en": ", ".join(
            f"{each.code} {codes.name_of(codes.LAND_USE, each.code, english=True)}" for each in matches
        ),
        "doubt": "，对照未核实" if unverified else "",
        "doubt_en": " (by an unverified table)" if unverified else "",
    }


def _elsewhere(scheme: str | None, code: str) -> dict[str, object]:
    """The lists of land uses that have a code which its own has not: the column may be of one of them."""
    found = [_titles(each) for each in sorted(_SCHEMES - {scheme}) if codes.code_of(each, code) is not None]
    if not found or (scheme in _SCHEMES and codes.code_of(scheme, code) is not None):
        return {"elsewhere": "", "elsewhere_en": ""}
    zh, en = "、".join(str(each["scheme"]) for each in found), ", ".join(str(each["scheme_en"]) for each in found)
    return {"elsewhere": f"；{zh}有此编码，请核对用的是哪一个", "elsewhere_en": f": {en} has it; which list is used?"}


def _titles(scheme: str) -> dict[str, object]:
    found = codes.lists().get(scheme)
    return {"scheme": found.title if found else scheme, "scheme_en": found.title_en if found else scheme}


def _count(report: Report, delivered: pa.Array) -> None:
    """Say of each older list how many codes were translated, and how many of them by lines that nobody has verified."""
    counted = zip(*(each.to_pylist() for each in pc.value_counts(delivered).flatten()), strict=True)
    done: Counter[str] = Counter()
    unverified: Counter[str] = Counter()
    for text, count in counted:
        scheme = None if text is None else codes.split(text)[0]
        if text is None or scheme is None or scheme == codes.LAND_USE or (verdict := _verdict(text)).code is None:
            continue
        done[scheme] += count
        unverified[scheme] += 0 if verdict.verified else count
    for scheme, count in done.items():
        report.note("land_use_translated", count=count, unverified=unverified[scheme], **_titles(scheme))
