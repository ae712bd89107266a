"""Wire shapes of what stands against a scheme."""

import datetime as dt

from service.core.schemas import Output
from service.rules.schemas import LegalFinding
from service.schemes.schemas import SchemeRead


class Gap(Output):
    """A field that a scheme has to say before it is handed in."""

    field: str
    message: str
    message_en: str


class SchemeFindings(Output):
    """What stands against a scheme on a day: what is missing, and what the law says, the gravest first.

    `overridable`: something blocks an approval, and an approver may answer for all of it.
    """

    as_of: dt.date
    missing: list[Gap]
    findings: list[LegalFinding]
    overridable: bool


class SchemeStepTaken(Output):
    """A scheme after a step, with what the law says against it."""

    scheme: SchemeRead
    findings: list[LegalFinding]
