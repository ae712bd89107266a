"""Split and merge (分割、合并): which parcels may, how exact it must be, what the new ones take over. Pure.

| of the old parcel | the new one |
|---|---|
| jurisdiction | the same; parcels of two are not merged |
| stage, hold, idleness | the same, from the day of the operation; parcels that differ in them are not merged |
| land uses, planning bounds, address, name | what all the old ones share; otherwise empty, with a finding |
| township, county | by the new shape; a township set by hand stays where all old ones have it |
| legal area | never computed: as given, checked against the old ones' and the shape |
| code | as given, else issued: `A-1`, `A-2` … of a split, `A-M1` of a merge; a code once used is never used again |
| cadastral code, lot number, registration | none: the old plot keeps them and answers to them |
| events, documents, surveys | stay with the old parcel; the lineage leads to them |
| supply plan | the item keeps naming the old parcel, and what its successors supply counts for it |
| scheme, lot, contract | while one holds the land, it can't be divided or united (`governing`) |
| checklist | each new parcel gets one, with what was done for the old ones where it holds (`checklist.inheriting`) |
| control layers | the old results leave the lists; the new parcel is to be compared anew |
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Literal, NamedTuple, TypeVar

from service.parcels import identifiers
from service.parcels.lifecycle import FAMILIES, Stage, State, describe

T = TypeVar("T")


class OperationKind(StrEnum):
    """What was done to parcels."""

    SPLIT = "split"
    MERGE = "merge"
    UNDO = "undo"


class Finding(NamedTuple):
    """What speaks against an operation, or should be known of it.

    A `block` refuses it. `waiver` says whose reason sets it aside: nobody's, anybody's, an approver's with a document.
    """

    code: str
    severity: Literal["block", "warn"]
    zh: str
    en: str
    figures: Mapping[str, object] = {}
    waiver: Literal["none", "reason", "approver"] = "none"


# Nobody but the bureau is concerned yet, or no longer: the plot is its own to divide.
FREE_STAGES = frozenset({*FAMILIES["reserve"], Stage.scheme_approved, Stage.reclaimed})

# Why an approver decides: the public was told of this very plot, somebody bids for it, holds it or builds on it.
CONCERNED: Mapping[Stage, tuple[str, str]] = {
    Stage.publicised: ("已对外公示", "it has been made public"),
    Stage.announced: ("已发布公告", "it has been announced"),
    Stage.listed: ("正在挂牌", "it is up for sale"),
    Stage.sold: ("已有竞得人", "it has been won"),
    **dict.fromkeys((Stage.contracted, Stage.paid), ("已签订合同", "a contract names it")),
    **dict.fromkeys((Stage.delivered, Stage.started), ("已交付受让人", "it has been handed over")),
    Stage.completed: ("已建成", "it is built up"),
}

MIN_PART_M2 = 1.0
MOST = 100
"""Parcels of one operation."""


def tolerance_m2(area_m2: float) -> float:
    """How far areas that should be equal may be apart: max(1 m², 0.05 %), as for a legal area (`geo.area`).

    >>> tolerance_m2(1000.0), tolerance_m2(10000.0)
    (1.0, 5.0)
    """
    return max(1.0, 0.0005 * abs(area_m2))


def stage_findings(states: Mapping[str, State]) -> list[Finding]:
    """Return what the states of parcels, by code, say against making others of them.

    >>> [found.code for found in stage_findings({"A": State(Stage.listed), "B": State(Stage.cleared)})]
    ['states-differ', 'third-parties']
    """
    found = []
    if len(set(states.values())) > 1:
        zh = "；".join(f"{code} 为“{describe(state)[0]}”" for code, state in states.items())
        en = "; ".join(f"{code} is {describe(state)[1]}" for code, state in states.items())
        found.append(
            Finding("states-differ", "block", f"状态不同的地块不能合并：{zh}", f"Parcels in different states: {en}")
        )
    for code, state in states.items():
        if state.stage not in FREE_STAGES:
            zh, en = CONCERNED[state.stage]
            zh, en = f"地块 {code} {zh}，变更须经审批人同意", f"Parcel {code}: {en}; an approver has to agree"
            found.append(Finding("third-parties", "block", zh, en, {"code": code, "stage": state.stage}, "approver"))
        if state.stage is Stage.scheme_approved:
            zh = f"地块 {code} 的供地方案和规划条件是按原地块批准的，公告前请重新核定"
            en = (
                f"The scheme and planning conditions of {code} were approved for the old plot; have them confirmed anew"
            )
            found.append(Finding("scheme-of-old-plot", "warn", zh, en, {"code": code}))
    return found


def date_findings(effective_on: dt.date, last_event: Mapping[str, dt.date]) -> list[Finding]:
    """Refuse a day before the newest event of an old parcel, by code: what it was that day is no longer what it is."""
    return [
        Finding(
            "later-events",
            "block",
            f"地块 {code} 在 {day} 还有事项，变更日期不能早于该日",
            f"Parcel {code} has an event of {day}; the operation can't take effect before it",
            {"code": code, "effective_on": day},
        )
        for code, day in last_event.items()
        if effective_on < day
    ]


def jurisdiction_findings(jurisdictions: Collection[int]) -> list[Finding]:
    """Refuse to merge across jurisdictions."""
    if len(set(jurisdictions)) <= 1:
        return []
    return [Finding("jurisdictions-differ", "block", "不同管辖区的地块不能合并", "Parcels of two jurisdictions")]


def cover_findings(old_m2: float, *, gap_m2: float, overlap_m2: float, outside_m2: float) -> list[Finding]:
    """Judge how exactly parts cover the old plot; areas on the plane.

    >>> [found.code for found in cover_findings(10000, gap_m2=6, overlap_m2=0.2, outside_m2=0)]
    ['parts-gap', 'parts-fitted']
    """
    allowed = tolerance_m2(old_m2)
    words = {
        "gap": (gap_m2, "各部分之间有空隙", "The parts leave a gap"),
        "overlap": (overlap_m2, "各部分互相重叠", "The parts overlap"),
        "outside": (outside_m2, "各部分超出原地块", "The parts reach beyond the old parcel"),
    }
    found = [
        Finding(f"parts-{what}", "block", *_figured(zh, en, area, allowed), {"area_m2": area, "tolerance_m2": allowed})
        for what, (area, zh, en) in words.items()
        if area > allowed
    ]
    fitted = sum(area for area, *_ in words.values() if area <= allowed)
    if fitted >= 0.01:  # noqa: PLR2004 - a square decimetre: less is the rounding of coordinates
        zh, en = (
            f"各部分已按原边界对齐，调整 {fitted:.2f} m²",
            f"The parts were fitted to the old border: {fitted:.2f} m²",
        )
        found.append(Finding("parts-fitted", "warn", zh, en, {"area_m2": fitted}))
    return found


def balance_findings(old_m2: float, new_m2: float) -> list[Finding]:
    """Demand that the plane areas before and after agree."""
    if abs(old_m2 - new_m2) <= (allowed := tolerance_m2(old_m2)):
        return []
    figures = {"before_m2": old_m2, "after_m2": new_m2, "tolerance_m2": allowed}
    zh, en = f"面积不平衡：前 {old_m2:.2f} m²，后 {new_m2:.2f} m²", f"Areas: {old_m2:.2f} m² before, {new_m2:.2f} after"
    return [Finding("area-balance", "block", zh, en, figures)]


def part_findings(codes: Sequence[str], areas_m2: Sequence[float]) -> list[Finding]:
    """Refuse fewer than two parts, and parts that are no land (< 1 m²)."""
    if len(codes) < 2:  # noqa: PLR2004 - a split
        return [Finding("not-divided", "block", "没有把地块分成两部分", "The parcel is not divided in two")]
    return [
        Finding(
            "part-too-small", "block", f"{code} 只有 {area:.2f} m²", f"{code} has {area:.2f} m² only", {"code": code}
        )
        for code, area in zip(codes, areas_m2, strict=True)
        if area < MIN_PART_M2
    ]


def union_findings(plane_m2: float, *, overlap_m2: float, sliver_m2: float, touching: bool) -> list[Finding]:
    """Judge how well the plots fit that are made one."""
    found = []
    if not touching:
        zh, en = (
            "地块不相邻（没有公共边）；确需合并请说明理由",
            "The parcels share no border; give a reason to merge them",
        )
        found.append(Finding("not-touching", "block", zh, en, waiver="reason"))
    if overlap_m2 > (allowed := tolerance_m2(plane_m2)):
        words = _figured("地块互相重叠", "The parcels overlap", overlap_m2, allowed)
        found.append(Finding("overlap", "block", *words, {"area_m2": overlap_m2, "tolerance_m2": allowed}))
    if sliver_m2 > 0:
        zh, en = (
            f"地块间的缝隙已并入，{sliver_m2:.2f} m²",
            f"Slivers between the parcels were closed: {sliver_m2:.2f} m²",
        )
        found.append(Finding("slivers-closed", "warn", zh, en, {"area_m2": sliver_m2}))
    return found


def legal_findings(
    old: Sequence[Decimal | None], new: Mapping[str, Decimal | None], plane_m2: Mapping[str, float]
) -> list[Finding]:
    """Judge legal areas: given ones against the shapes, and their sum against the old ones' where all are known.

    >>> [f.code for f in legal_findings([Decimal(100)], {"A-1": Decimal(60), "A-2": None}, {"A-1": 60, "A-2": 40})]
    ['legal-area-unknown']
    """
    found = []
    unknown = [code for code, area in new.items() if area is None]
    if unknown and any(area is not None for area in old):
        zh, en = "、".join(unknown), ", ".join(unknown)
        zh, en = f"{zh} 的法定面积待补（不由测算代替）", f"The legal area of {en} is to be given; it is never computed"
        found.append(Finding("legal-area-unknown", "warn", zh, en, {"codes": unknown}))
    for code, area in new.items():
        if area is not None and abs(float(area) - plane_m2[code]) > tolerance_m2(float(area)):
            zh = f"{code} 的法定面积 {area} m² 与图形 {plane_m2[code]:.2f} m² 不符"
            en = f"The legal area of {code}, {area} m², is not that of its shape, {plane_m2[code]:.2f} m²"
            found.append(Finding("legal-area-differs", "warn", zh, en, {"code": code}))
    before, after = _total(old), _total(new.values())
    if before is not None and after is not None and abs(before - after) > tolerance_m2(float(before)):
        zh, en = f"法定面积不平衡：前 {before} m²，后 {after} m²", f"Legal areas: {before} m² before, {after} after"
        found.append(Finding("legal-area-balance", "block", zh, en, {"before_m2": before, "after_m2": after}))
    return found


def _total(areas: Iterable[Decimal | None]) -> Decimal | None:
    known = list(areas)
    return sum((area for area in known if area is not None), Decimal(0)) if None not in known else None


def _figured(zh: str, en: str, area: float, allowed: float) -> tuple[str, str]:
    return f"{zh}：{area:.2f} m²，允许 {allowed:.2f} m²", f"{en}: {area:.2f} m², allowed {allowed:.2f}"


def shared(values: Mapping[str, Sequence[T]]) -> tuple[dict[str, T], list[str]]:
    """Return, by name, the values that all old parcels have, and the names of those they differ in.

    >>> shared({"address": ["如意路", "如意路"], "far": [1, 2]})
    ({'address': '如意路'}, ['far'])
    """
    same = {name: each[0] for name, each in values.items() if all(value == each[0] for value in each)}
    return same, [name for name in values if name not in same]


_USE = ("土地用途", "land use")
TRAITS: Mapping[str, tuple[str, str]] = {
    "name": ("名称", "name"),
    "address": ("坐落", "address"),
    **dict.fromkeys(("land_use_scheme", "land_use_code", "land_uses"), _USE),
    "land_use_given": ("原用地编码", "land-use code as delivered"),
    "far": ("容积率", "floor area ratio"),
    "density_pct": ("建筑密度", "building density"),
    "green_pct": ("绿地率", "green ratio"),
    "height_m": ("建筑高度", "building height"),
}
"""What is inherited where all old parcels have the same, with its words."""


def not_inherited(names: Sequence[str]) -> list[Finding]:
    """Say which attributes stay empty.

    >>> not_inherited(["land_use_code", "land_uses", "far"])[0].zh
    '原地块的土地用途、容积率不一致，新地块留空'
    """
    if not names:
        return []
    words = dict.fromkeys(TRAITS[name] for name in names)
    zh, en = "、".join(zh for zh, _ in words), ", ".join(en for _, en in words)
    zh, en = f"原地块的{zh}不一致，新地块留空", f"Left empty, for the old parcels differ: {en}"
    return [Finding("not-inherited", "warn", zh, en, {"fields": list(names)})]


def issue_codes(kind: OperationKind, stem: str, number: int, taken: Collection[str]) -> list[str]:
    """Issue codes after the old one's (of a merge: the first old one's), leaving out those that were ever used.

    >>> issue_codes(OperationKind.SPLIT, "ZD-5", 2, {"ZD-5-1"})
    ['ZD-5-2', 'ZD-5-3']
    """
    mark = "-" if kind is OperationKind.SPLIT else "-M"
    return identifiers.issued(f"{stem}{mark}", number, taken)


def standing(
    findings: Iterable[Finding], *, reason: str | None, is_approver: bool, has_document: bool
) -> list[Finding]:
    """Return the blocking findings that nothing sets aside."""

    def is_waived(found: Finding) -> bool:
        if found.waiver == "approver":
            return bool(reason) and is_approver and has_document
        return found.waiver == "reason" and bool(reason)

    return [found for found in findings if found.severity == "block" and not is_waived(found)]
