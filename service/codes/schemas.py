"""Wire shapes of code lists."""

from service.core.schemas import Output


class CodeListSummary(Output):
    """One list, without its entries but their number."""

    list: str
    title: str
    title_en: str
    source: str
    edition: str
    entries: int


class CodeLists(Output):
    """All lists."""

    items: list[CodeListSummary]


class CodeRead(Output):
    """One entry; `verified` says whether it was checked against the standard's text."""

    code: str
    name: str
    name_en: str
    parent: str | None
    max_term_years: int | None
    plan_class: str | None
    unit: str | None
    unit_en: str | None
    verified: bool


class Codes(Output):
    """The entries of one list, in the standard's order."""

    items: list[CodeRead]
