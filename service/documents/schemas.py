"""Wire shapes of documents."""

from pydantic import AwareDatetime

from service.core.schemas import Output


class DocumentRead(Output):
    """A file that is attached to something."""

    id: int
    title: str
    file_name: str
    media_type: str
    size_bytes: int
    sha256: str
    subject_type: str
    subject_id: str
    uploaded_by: str
    uploaded_at: AwareDatetime
