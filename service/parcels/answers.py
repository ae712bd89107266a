"""In which form a caller wants a list: by `f=`, else by the `Accept` header, else as JSON. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel

from service.core.errors import BadRequest

FileName = Literal["csv", "xlsx", "geojson", "gpkg", "shp", "parquet", "kml", "dxf", "txt"]
FILES: Mapping[FileName, str] = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "geojson": "application/geo+json",
    "gpkg": "application/geopackage+sqlite3",
    "shp": "application/zip",
    "parquet": "application/vnd.apache.parquet",
    "kml": "application/vnd.google-earth.kml+xml",
    "dxf": "image/vnd.dxf",
    "txt": "text/plain",
}
"""Files that parcels are written as (`exports`), with their media types."""

Form = Literal["json", "geojson", "csv", "xlsx", "gpkg", "shp", "parquet", "kml", "dxf", "txt"]
PAGED = ("json", "geojson")
"""What a list answers itself, page by page; everything else is a file of all that is selected."""

_ASKED_BY_TYPE: Mapping[str, Form] = {
    media: name
    for name, media in FILES.items()
    if name not in {"shp", "txt"}  # their types mean many things
}


def form_wanted(f: Form | None, accept: str | None) -> Form:
    """Return the form asked for; an `Accept` that names nothing of ours means JSON.

    >>> form_wanted(None, "text/csv"), form_wanted(None, "application/json, text/csv;q=0.5"), form_wanted("kml", None)
    ('csv', 'json', 'kml')
    """
    if f is not None:
        return f
    best: Form = "json"
    weight = 0.0
    for part in (accept or "").split(",")[:20]:
        kind, _, parameters = part.partition(";")
        q, media = _weight(parameters), kind.strip().lower()
        if q > weight and (media in _ASKED_BY_TYPE or media in {"application/json", "*/*", "application/*"}):
            best, weight = _ASKED_BY_TYPE.get(media, "json"), q
    return best


def _weight(parameters: str) -> float:
    for each in parameters.split(";"):
        name, _, value = each.partition("=")
        if name.strip() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0


class Wanted(NamedTuple):
    """How an answer is wanted; `elsewhere` is the address of the file, where it is to be one."""

    form: Form
    fields: str | None = None
    elsewhere: str | None = None


def members_wanted(fields: str | None, shape: type[BaseModel]) -> Sequence[str] | None:
    """Return the members that a JSON answer is cut down to, in the order asked; None: all of them.

    Raises:
        BadRequest: a member that the shape doesn't have.

    """
    if fields is None:
        return None
    names = list(dict.fromkeys(name.strip() for name in fields.split(",")))
    if unknown := [name for name in names if name not in shape.model_fields]:
        named = "、".join(each[:40] for each in unknown[:5])
        raise BadRequest(
            f"没有字段 {named}。可选：{'、'.join(shape.model_fields)}。",
            f"Unknown fields {named}. There are: {', '.join(shape.model_fields)}.",
        )
    return names


def cut(members: dict[str, Any], wanted: Sequence[str] | None) -> dict[str, Any]:
    """Keep the wanted members of an item.

    >>> cut({"code": "A-1", "area_m2": 1.0}, ["area_m2"])
    {'area_m2': 1.0}
    """
    return members if wanted is None else {name: members[name] for name in wanted}


def refuse_crs(crs: str | None) -> None:
    """Refuse a coordinate system for a JSON list: RFC 7946 fixes it."""
    if crs is not None:
        raise BadRequest(
            "JSON 列表的坐标总是经纬度，crs 只用于文件和单宗地块。",
            "A JSON list is in longitude and latitude: crs is for files and for one parcel.",
        )
