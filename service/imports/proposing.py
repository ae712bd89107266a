"""Which field each column of a file may fill: by saved maps, by its name, by what stands in it. Pure.

A proposal is for a person to look at: it names its reason, and how sure it is.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from service.codes.queries import LAND_USE, correspondences, lists, name_of
from service.core.errors import GongdiError
from service.imports import values
from service.imports.mapping import ATTRIBUTE, Assignment, choose, field_maps, plain_name
from service.parcels.identifiers import is_lot_number, parse_cadastral_code

LAND_USE_LISTS = (LAND_USE, *correspondences())
_SAMPLES, _LONGEST = 5, 80
_LOOKED_AT = 2_000  # rows that a guess by content looks at
_MOST = 0.9  # share of values that must agree
_NAMED = 0.5  # share of rows whose words are those of a code list
_NEAR = 0.02  # of the shape's area
_UNITS = (("m2", 1.0), ("mu", 10_000 / 15), ("ha", 10_000.0))


class Reason(NamedTuple):
    """Why a column is taken for a field, and how sure that is: `high`, `medium` or `low`."""

    confidence: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Saved:
    """A field map that somebody saved."""

    name: str
    columns: tuple[Assignment, ...]


@dataclass(frozen=True, slots=True)
class Profile:
    """A column of a file as a person sees it on the mapping page, with what it is taken for and why."""

    column: str
    kind: str
    filled: int
    samples: list[str]
    assignment: Assignment
    reason: Reason | None

    def as_dict(self) -> dict[str, Any]:
        """Plain members, ready for JSON: the assignment beside the proposal it began as."""
        said = asdict(self.assignment)
        reason = None if self.reason is None else self.reason._asdict()
        known = {"kind": self.kind, "filled": self.filled, "samples": self.samples}
        return {**said, **known, "proposed": {**said, "reason": reason}}


def profiles(read: pa.Table, saved: Iterable[Saved] = ()) -> list[Profile]:
    """Describe the columns of the reader's table and propose a field for each that seems to have one."""
    columns = {name.removeprefix(ATTRIBUTE): read[name] for name in read.column_names if name.startswith(ATTRIBUTE)}
    looked = {name: column.slice(0, _LOOKED_AT).combine_chunks() for name, column in columns.items()}
    plane = read["area_plane_m2"].slice(0, _LOOKED_AT).to_numpy()
    proposed = _proposals(looked, plane, list(saved))
    return [
        Profile(
            name,
            str(column.type),
            len(column) - column.null_count,
            _samples(looked[name]),
            *proposed.get(name, (Assignment(name), None)),
        )
        for name, column in columns.items()
    ]


def _samples(column: pa.Array) -> list[str]:
    texts = pc.unique(values.text(column)).drop_null().slice(0, _SAMPLES).to_pylist()
    return [text if len(text) <= _LONGEST else text[:_LONGEST] + "…" for text in texts]


Proposed = dict[str, tuple[Assignment, Reason | None]]


def _proposals(columns: Mapping[str, pa.Array], plane_m2: values.Rows, saved: Sequence[Saved]) -> Proposed:
    found: Proposed = dict(_by_saved(columns, saved)) or dict(_by_name(columns))
    for name in columns:
        if name in found and found[name][0].field == "land_use":
            found[name] = _with_list(found[name], columns)
    filled = {each.field for each, _ in found.values()}
    for name in columns:
        guess = None if name in found else _by_content(name, columns, plane_m2, filled)
        if guess is not None:
            found[name] = guess
            filled.add(guess[0].field)
    return found


def _by_saved(
    columns: Mapping[str, pa.Array], saved: Sequence[Saved]
) -> Iterator[tuple[str, tuple[Assignment, Reason]]]:
    """The saved map that knows most columns, of those whose columns are all there."""
    names = {plain_name(name): name for name in reversed(list(columns))}
    fitting = [each for each in saved if all(plain_name(one.column) in names for one in each.columns if one.field)]
    best = max(fitting, key=lambda each: sum(one.field is not None for one in each.columns), default=None)
    if best is None:
        return
    reason = Reason("high", f"按已保存的对照表“{best.name}”", f"by the saved map {best.name}")
    for said in best.columns:
        name = names.get(plain_name(said.column))
        if name is not None and said.field is not None:
            yield name, (replace(said, column=name), reason)


def _by_name(columns: Mapping[str, pa.Array]) -> Iterator[tuple[str, tuple[Assignment, Reason]]]:
    chosen = choose(field_maps(), columns)
    names = {plain_name(name): name for name in reversed(list(columns))}
    taken: set[str] = set()
    for column in chosen.columns:
        name = next((names[each] for each in column.names if each in names), None)
        if name is None or name in taken or column.fallback:
            continue
        taken.add(name)
        said = Assignment(name, column.field, column.list, column.unit, column.bound)
        yield name, (said, Reason("high", f"字段名（{chosen.title}）", f"by its name ({chosen.title_en})"))


def _with_list(
    found: tuple[Assignment, Reason | None], columns: Mapping[str, pa.Array]
) -> tuple[Assignment, Reason | None]:
    """The code list that the values are of, where they speak clearly against the one that the name stands for."""
    said, _ = found
    share = _shares(columns[said.column])
    best = max(share, key=lambda each: share[each], default=None)
    if best is None or said.list is None:
        return found
    named = _list_by_names(said.column, columns)
    if named is not None and named[0] != said.list:
        return replace(said, list=named[0]), named[1]
    if named is not None or share.get(said.list, 1.0) >= _MOST or share[best] < _MOST:
        return found
    (zh, en), (not_zh, not_en) = _titles(best), _titles(said.list)
    zh, en = f"内容符合{zh}（{share[best]:.0%}），而非{not_zh}", f"its values are of {en}, not {not_en}"
    return replace(said, list=best), Reason("medium", zh, en)


def _list_by_names(name: str, columns: Mapping[str, pa.Array]) -> tuple[str, Reason] | None:
    """The code list by whose names another column calls what this one codes: 0601 beside 工业用地 is of GB/T 21010.

    The same digits stand in several lists; the words beside them decide.
    """
    codes = values.text(columns[name])
    agreeing: dict[str, tuple[float, str]] = {}
    for scheme in LAND_USE_LISTS:
        expected = values.each(codes, partial(name_of, scheme), pa.string())
        for other, column in columns.items():
            if other != name and pa.types.is_string(column.type):
                share = pc.mean(pc.equal(expected, values.text(column))).as_py() or 0.0
                agreeing[scheme] = max(agreeing.get(scheme, (0.0, "")), (share, other))
    ranked = sorted(((share, scheme, other) for scheme, (share, other) in agreeing.items()), reverse=True)
    if not ranked or ranked[0][0] < _NAMED or (len(ranked) > 1 and ranked[1][0] == ranked[0][0]):
        return None
    share, scheme, other = ranked[0]
    zh, en = _titles(scheme)
    zh, en = f"与“{other}”列的名称相符：{zh}（{share:.0%}）", f"its names in {other} are those of {en} ({share:.0%})"
    return scheme, Reason("high", zh, en)


def _titles(scheme: str) -> tuple[str, str]:
    return lists()[scheme].title, lists()[scheme].title_en


def _shares(column: pa.Array) -> dict[str, float]:
    """Share of the different values that each land-use list knows."""
    texts = pc.unique(values.text(column)).drop_null().to_pylist()
    known = lists()
    return (
        {name: sum(text in known[name].entries for text in texts) / len(texts) for name in LAND_USE_LISTS}
        if texts
        else {}
    )


def _by_content(
    name: str, columns: Mapping[str, pa.Array], plane_m2: values.Rows, filled: set[str | None]
) -> tuple[Assignment, Reason] | None:
    column = columns[name]
    texts = pc.unique(values.text(column)).drop_null().to_pylist()
    if not texts:
        return None
    for field, holds, zh, en in _KINDS_OF_TEXT:
        if field not in filled and sum(map(holds, texts)) >= _MOST * len(texts):
            return Assignment(name, field), Reason("medium", f"内容像{zh}", f"its values look like {en}")
    if "land_use" not in filled and not pa.types.is_floating(column.type):
        share = _shares(column)
        fitting = [each for each in LAND_USE_LISTS if share[each] >= _MOST]
        if fitting:
            if named := _list_by_names(name, columns):
                return Assignment(name, "land_use", list=named[0]), named[1]
            titles = [_titles(each) for each in fitting]
            zh = f"内容符合{'、'.join(each for each, _ in titles)}"
            en = f"its values are of {', '.join(each for _, each in titles)}"
            sure = "medium" if len(fitting) == 1 else "low"
            return Assignment(name, "land_use", list=fitting[0]), Reason(sure, zh, en)
    if "area_legal_m2" not in filled and (area := _area(name, column, plane_m2)) is not None:
        return area
    return _code(name, column) if "code" not in filled else None


def _is_cadastral(text: str) -> bool:
    try:
        parse_cadastral_code(text)
    except GongdiError:
        return False
    return True


def _is_stage(text: str) -> bool:
    choices = next(column.choices for column in field_maps()[0].columns if column.field == "stage")
    return text in values.STAGES or text in (choices or {})


_KINDS_OF_TEXT: tuple[tuple[str, Callable[[str], bool], str, str], ...] = (
    ("cadastral_code", _is_cadastral, "宗地代码", "cadastral codes"),
    ("lot_number", is_lot_number, "出让编号", "lot numbers"),
    ("stage", _is_stage, "地块状态", "stages"),
)


def _area(name: str, column: pa.Array, plane_m2: values.Rows) -> tuple[Assignment, Reason] | None:
    """Figures that are about the shapes' areas, in one of the units that land is measured in."""
    figures = values.numbers(column)[0].to_numpy(zero_copy_only=False).astype(float)
    known = np.isfinite(figures) & np.isfinite(plane_m2)
    for unit, factor in _UNITS:
        near = np.abs(figures[known] * factor / plane_m2[known] - 1) < _NEAR
        if near.size and near.mean() >= _MOST:
            zh, en = f"数值与图形面积相符（{unit}）", f"its figures are the shapes' areas in {unit}"
            return Assignment(name, "area_legal_m2", unit=unit), Reason("medium", zh, en)
    return None


def _code(name: str, column: pa.Array) -> tuple[Assignment, Reason] | None:
    """Texts that may be parcel codes and tell every row apart."""
    texts = values.text(column)
    if texts.null_count or len(pc.unique(texts)) != len(texts) or not values.are_codes(texts):
        return None
    if pa.types.is_floating(column.type):
        return None
    return Assignment(name, "code"), Reason("low", "每行各不相同，可作地块编号", "it tells every row apart")
