"""Wire shapes of the layer catalogue."""

from typing import Self

from pydantic import BaseModel

from service.core.schemas import Output
from service.layers.catalogue import Layer


class LayerRead(Output):
    """One layer of the map."""

    id: str
    title: str
    title_en: str
    group: str
    group_en: str
    geometry: str
    minzoom: int
    maxzoom: int
    tilejson: str
    default_visible: bool


class VectorLayer(BaseModel):
    """One layer inside a tile."""

    id: str
    minzoom: int
    maxzoom: int
    fields: dict[str, str]


class TileJson(BaseModel):
    """TileJSON 3.0.0."""

    tilejson: str = "3.0.0"
    name: str
    attribution: str
    scheme: str = "xyz"
    tiles: list[str]
    minzoom: int
    maxzoom: int
    vector_layers: list[VectorLayer]

    @classmethod
    def of(cls, layer: Layer, *, base: str, attribution: str) -> Self:
        """Describe a layer; `base` is the service's own address; empty: relative to it."""
        return cls(
            name=layer.title,
            attribution=attribution,
            tiles=[base + layer.tiles],
            minzoom=layer.minzoom,
            maxzoom=layer.maxzoom,
            vector_layers=[
                VectorLayer(id=each.id, minzoom=each.minzoom, maxzoom=each.maxzoom, fields=dict(each.fields))
                for each in layer.source_layers
            ],
        )
