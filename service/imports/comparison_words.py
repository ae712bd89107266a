"""Words of what is found when a file is compared with the parcels that are there: part of the catalogue of findings."""

from typing import Literal

COMPARED: dict[str, tuple[Literal["error", "warning"], str, str]] = {
    "code_ambiguous": (
        "error",
        "“{value}”是库中多个地块的出让编号，请写明地块编号",
        "Several parcels have lot number {value}",
    ),
    "code_elsewhere": ("error", "地块“{value}”属于另一辖区", "The parcel {value} belongs to another jurisdiction"),
    "parcel_twice": ("error", "“{value}”与前面一行指同一地块", "{value} means the same parcel as an earlier row"),
    "stage_kept": (
        "warning",
        "{count} 行的状态与库中不同（如第 {first} 行：库中 {kept}，文件 {value}）。状态只随事件变化，未改",
        "{count:row names|rows name} another stage (row {first}: {kept} stays, not {value}): stages change by events",
    ),
    "boundary_concerns_others": (
        "warning",
        "地块“{value}”{why}，新界线须由审批人说明理由并附依据文件，才能入库",
        "Parcel {value}: {why_en}; an approver has to publish its new boundary, with reason and document",
    ),
    "changed_since": (
        "error",
        "地块“{value}”在比对之后已被他人修改，请重新检查",
        "The parcel {value} was changed by somebody after it was compared: check again",
    ),
    "sold_without_checklist": (
        "error",
        "地块“{value}”已成交而无八同步清单；清单规定施行期间不能补录已成交的地块，请先解除规定再录入历史",
        "The parcel {value} is sold and has no checklist: lift the rule that asks for one before history is brought in",
    ),
    "made_since": (
        "error",
        "地块“{value}”在比对之后已由他人登记，请重新检查",
        "A parcel {value} was registered by somebody after the comparison: check again",
    ),
}
