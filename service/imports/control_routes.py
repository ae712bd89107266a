"""A control layer comes in over HTTP: as an import, so that progress, findings and stream are those of every import."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, UploadFile

from service.accounts.access import Importer, UploadRoute
from service.core.dependencies import Configured, Write
from service.core.schemas import CalendarDay, Line
from service.documents import storage
from service.imports import commands
from service.imports.commands import Declared
from service.imports.control_layers import Control
from service.imports.routes import declared
from service.imports.schemas import ImportRead

router = APIRouter(prefix="/api/v1/control-layers", tags=["管控 constraints"], route_class=UploadRoute)


@router.post("", status_code=202, summary="导入管控图层 Import a control layer")
def submit_control_layer(  # noqa: PLR0913 - one parameter a field of the form
    *,
    actor: Importer,
    session: Write,
    settings: Configured,
    file: UploadFile,
    jurisdiction: Annotated[Line, Form(max_length=60)],
    type: Annotated[Line, Form(max_length=40, description="管控类型 key of a type")],  # noqa: A002 - the field's name
    name: Annotated[Line, Form(description="图层名称; 同名即新版本 the same name makes a new version")],
    source: Annotated[Line, Form(description="发布单位和文号 who issued it, number of the document")],
    dated_on: Annotated[CalendarDay, Form(description="数据日期 of the data")],
    said: Annotated[Declared, Depends(declared)],
) -> ImportRead:
    """Take in a file of areas; published whole as a new version of the layer, or refused with findings."""
    kept = storage.keep(settings.documents_dir, file.file, limit=settings.max_upload_mib << 20)
    found = commands.create_import(
        session,
        actor,
        kept,
        file_name=file.filename or "file",
        jurisdiction=jurisdiction,
        declared=said,
        control=Control(type, name, source, dated_on),
    )
    return ImportRead.of(found, jurisdiction)
