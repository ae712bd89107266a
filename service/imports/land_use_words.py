"""Words of what is found in land-use codes: part of the catalogue of findings."""

from typing import Literal

LAND_USES: dict[str, tuple[Literal["error", "warning"], str, str]] = {
    "land_use_unknown": (
        "warning",
        "地类编码“{value}”不在所用编码表（{scheme}）内，未导入{elsewhere}",
        "The land-use code {value} is not in the list {scheme_en} and was left out{elsewhere_en}",
    ),
    "land_use_translated": (
        "warning",
        "{scheme}：{count} 行的编码已译为 2023 年用地用海编码，原编码保留；其中 {unverified} 行所依对照未核实",
        "{scheme_en}: {count:code|codes} translated to the list of 2023 and kept; {unverified} by unverified lines",
    ),
    "land_use_ambiguous": (
        "warning",
        "{scheme}的“{value}”不能唯一对应 2023 年用地用海编码，留空待定，原编码保留。可能是：{candidates}{doubt}",
        "{value} of {scheme_en} has no one meaning in the list of 2023: left open. It may be {candidates_en}{doubt_en}",
    ),
    "land_use_unmatched": (
        "warning",
        "{scheme}的“{value}”没有已知的 2023 年用地用海编码，留空待定，原编码保留",
        "{value} of {scheme_en} has no known meaning in the list of 2023: left open, the code kept",
    ),
}
