"""文件 /api/v1/documents: attach, list, give out."""

from typing import Annotated

from fastapi import APIRouter, File, Form, Path, Query, UploadFile
from starlette.responses import FileResponse

from service.accounts.access import DocumentReader, DocumentWriter, UploadRoute
from service.core.dependencies import Configured, PageQuery, Read, Write
from service.core.errors import Unavailable
from service.core.paging import Page
from service.core.schemas import Line, Whole
from service.documents import commands, queries, storage
from service.documents.media import ACTIVE, OTHER, SHOWN
from service.documents.schemas import DocumentRead

router = APIRouter(prefix="/api/v1/documents", tags=["文件 documents"], route_class=UploadRoute)

DocumentId = Annotated[int, Path(ge=1, lt=2**31), Whole]
Subject = Annotated[Line, Query(description="对象 what the file is attached to")]

# A file comes from outside: nothing in it may run in our pages' origin.
_HARMLESS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-cache",
}
# Browsers show a PDF in a viewer that is shut off from the page by itself, and not at all in a sandbox.
_PDF = {**_HARMLESS, "Content-Security-Policy": "frame-ancestors 'self'"}


@router.post("", status_code=201, summary="上传文件 Attach a file")
def attach_document(
    actor: DocumentWriter,
    session: Write,
    settings: Configured,
    file: Annotated[UploadFile, File()],
    subject_type: Annotated[Line, Form()],
    subject_id: Annotated[Line, Form()],
    title: Annotated[Line | None, Form()] = None,
) -> DocumentRead:
    """Keep a file and attach it; its type is told by its content."""
    kept = storage.keep(settings.documents_dir, file.file, limit=settings.max_upload_mib << 20)
    name = file.filename or ""
    document = commands.attach(
        session,
        actor,
        kept,
        file_name=name,
        title=title or commands.clean_name(name),
        subject_type=subject_type,
        subject_id=subject_id,
    )
    return DocumentRead.model_validate(document)


@router.get("", summary="文件列表 Files of a subject")
def list_documents(
    actor: DocumentReader, session: Read, page: PageQuery, subject_type: Subject, subject_id: Subject
) -> Page[DocumentRead]:
    """List the files attached to something, newest first."""
    found = queries.documents_page(
        session,
        actor,
        subject_type=subject_type,
        subject_id=subject_id,
        before=page.after_one(int),
        limit=page.limit + 1,
    )
    following = page.address_after([found[page.limit - 1].id]) if len(found) > page.limit else None
    return Page(items=[DocumentRead.model_validate(each) for each in found[: page.limit]], next=following)


@router.get("/{document_id}", summary="文件信息 One file")
def read_document(document_id: DocumentId, actor: DocumentReader, session: Read) -> DocumentRead:
    """Say what a file is."""
    return DocumentRead.model_validate(queries.document_by_id(session, actor, document_id))


@router.get("/{document_id}/content", summary="文件内容 The file itself", response_class=FileResponse)
def read_content(document_id: DocumentId, actor: DocumentReader, session: Read, settings: Configured) -> FileResponse:
    """Give the file out: pictures and PDF to be shown, everything else to be saved."""
    document = queries.document_by_id(session, actor, document_id)
    path = storage.path_of(settings.documents_dir, document.sha256)
    if not path.is_file():
        raise Unavailable("文件暂不可读,请联系管理员。", "The file can't be read at the moment.")
    return FileResponse(
        path,
        headers=_PDF if document.media_type == "application/pdf" else _HARMLESS,
        media_type=OTHER if document.media_type in ACTIVE else document.media_type,
        filename=document.file_name,
        content_disposition_type="inline" if document.media_type in SHOWN else "attachment",
    )
