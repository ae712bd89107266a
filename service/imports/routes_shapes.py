"""The shapes of a file over HTTP: for who splits a parcel into parts that lie in a file."""

from typing import Annotated

from fastapi import APIRouter, Depends, File, UploadFile

from service.accounts.access import ParcelDivider, UploadRoute
from service.imports import parts, shapes
from service.imports.commands import Declared, check_declared
from service.imports.routes import declared
from service.imports.schemas import FileShapesRead

router = APIRouter(prefix="/api/v1/imports", tags=["imports"], route_class=UploadRoute)


@router.post("/shapes", summary="读取图形 Shapes of a file")
def read_shapes(
    actor: ParcelDivider,
    file: Annotated[list[UploadFile], File(description="一个文件，或同一个 Shapefile 的几个文件", max_length=12)],
    said: Annotated[Declared, Depends(declared)],
) -> FileShapesRead:
    """Read a file in any of the formats of an import and give its shapes (at most 100) back; nothing is kept."""
    check_declared(said)
    with parts.together([(each.filename or "file", each.file) for each in file]) as (_, content):
        return FileShapesRead.model_validate(shapes.read_shapes(content, said))
