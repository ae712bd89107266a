"""Code lists over HTTP."""

from fastapi import APIRouter

from service.accounts.access import CodeReader
from service.codes import queries
from service.codes.schemas import CodeLists, CodeListSummary, CodeRead, Codes
from service.core.errors import NotFound

router = APIRouter(prefix="/api/v1/codes", tags=["codes"])


@router.get("")
def read_code_lists(actor: CodeReader) -> CodeLists:
    """代码表目录 all code lists with their source."""
    return CodeLists(
        items=[
            CodeListSummary(
                list=found.list,
                title=found.title,
                title_en=found.title_en,
                source=found.source,
                edition=found.edition,
                entries=len(found.entries),
            )
            for found in queries.lists().values()
        ]
    )


@router.get("/{list}")
def read_code_list(actor: CodeReader, list: str) -> Codes:  # noqa: A002 - the contract's name
    """一个代码表 the entries of one list."""
    found = queries.lists().get(list)
    if found is None:
        raise NotFound("没有这个代码表。", "There is no such code list.")
    return Codes(items=[CodeRead.model_validate(code) for code in found.entries.values()])
