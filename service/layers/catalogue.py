"""The known layers: a fixed list. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SourceLayer:
    """One layer inside a tile: its name, zooms and fields (name → meaning)."""

    id: str
    minzoom: int
    maxzoom: int
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Layer:
    """One tile set as the map offers it."""

    id: str
    title: str
    title_en: str
    group: str
    group_en: str
    geometry: str
    minzoom: int
    maxzoom: int
    source_layers: tuple[SourceLayer, ...]
    default_visible: bool = True

    @property
    def tilejson(self) -> str:
        """Return the address of the layer's TileJSON."""
        return f"/tiles/{self.id}.json"

    @property
    def tiles(self) -> str:
        """Return the address of the layer's tiles, as a template."""
        return f"/tiles/{self.id}/{{z}}/{{x}}/{{y}}"


_STATE = (
    ("stage", "状态 stage"),
    ("hold", "中止 suspended, absent if not"),
    ("idle", "闲置 idle state, absent if none"),
)

_READINESS = (
    ("checklist", "清单编号 id of the checklist"),
    ("code", "地块编号"),
    ("readiness", "ready 已就绪, on_time 按期, late 将逾期, blocked 受阻"),
    ("blocking", "未办必办事项 required items still open"),
    ("overdue", "逾期事项 items overdue"),
    ("ready_on", "预计就绪日 forecast, YYYY-MM-DD"),
)

LAYERS = (
    Layer(
        "parcels",
        "地块",
        "Parcels",
        "供地",
        "Land supply",
        "polygon",
        4,
        16,
        (
            SourceLayer(
                "cells",
                4,
                11,
                (("n", "宗数 parcels"), ("ha", "面积 hectares"), ("stage", "面积最大的状态 leading stage")),
            ),
            SourceLayer(
                "regions", 4, 11, (("code", "代码"), ("name", "名称"), ("n", "宗数 parcels"), ("ha", "面积 hectares"))
            ),
            SourceLayer(
                "parcels", 4, 16, (*_STATE, ("code", "编号, z≥14"), ("name", "名称, z≥14"), ("mu", "面积(亩), z≥14"))
            ),
            SourceLayer("parcel_label", 14, 16, (*_STATE, ("code", "编号"), ("mu", "面积(亩)"))),
        ),
    ),
    Layer(
        "control",
        "管控图层",
        "Control layers",
        "管控",
        "Constraints",
        "polygon",
        8,
        15,
        (
            SourceLayer(
                "control", 8, 15, (("type", "管控类型 key"), ("layer", "图层名称 layer"), ("name", "名称 name"))
            ),
        ),
        default_visible=False,
    ),
    Layer(
        "readiness",
        "八同步就绪情况",
        "Readiness of checklists",
        "供地",
        "Land supply",
        "polygon",
        4,
        16,
        (SourceLayer("readiness", 4, 16, _READINESS), SourceLayer("readiness_point", 4, 16, _READINESS)),
        default_visible=False,
    ),
    Layer(
        "backdrop",
        "底图",
        "Base map",
        "底图",
        "Base map",
        "mixed",
        8,
        15,
        (
            SourceLayer("water", 8, 15, (("name", "名称"), ("rank", "等级"))),
            SourceLayer("green", 8, 15, (("name", "名称"), ("rank", "等级"))),
            SourceLayer("road", 8, 15, (("name", "名称"), ("rank", "等级"))),
            SourceLayer("township", 8, 15, (("code", "代码"), ("name", "名称"))),
            SourceLayer("township_label", 8, 15, (("name", "名称"), ("name_en", "English name"))),
        ),
    ),
)


def by_id(layer: str) -> Layer | None:
    """Return a layer of the catalogue, None when there is no such layer."""
    return next((each for each in LAYERS if each.id == layer), None)
