"""What an import found, counted in full and kept up to a limit."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.imports.findings import CATALOGUE, Finding, finding

KEPT = 10_000
MOST = 2 * KEPT + 1  # findings of an import: of both severities, and a last word
Rows = NDArray[np.int64]


@dataclass(slots=True)
class Report:
    """Findings of one file in the order they were made; beyond `KEPT` of a severity they are only counted."""

    kept: list[Finding] = field(default_factory=list)
    errors: int = 0
    warnings: int = 0

    def add(self, found: Iterable[Finding]) -> None:
        """Take findings as the reader made them."""
        for each in found:
            if self._room(each.severity):
                self.kept.append(each)
            self._count(each.severity, 1)

    def note(self, code: str, **facts: Any) -> None:  # noqa: ANN401 - handed to `finding` as they are
        """Take the finding `code` on the file as a whole."""
        self.add([finding(code, **facts)])

    def rows(
        self,
        code: str,
        rows: Rows,
        *,
        field: str | None = None,
        values: Sequence[object] | None = None,
        places: NDArray[np.float64] | None = None,
        points: Sequence[str | None] | None = None,
        facts: Sequence[dict[str, Any]] | None = None,
    ) -> None:
        """Take the finding `code` for each of `rows` (from 1); the other sequences are parallel to them."""
        severity = CATALOGUE[code].severity
        for i, row in enumerate(rows[: self._room(severity)]):
            place = None if places is None else (float(places[i][0]), float(places[i][1]))
            value = None if values is None else values[i]
            point = None if points is None else points[i]
            more: dict[str, Any] = {} if facts is None else facts[i]
            self.kept.append(finding(code, row=int(row), field=field, value=value, place=place, point=point, **more))
        self._count(severity, len(rows))

    def closed(self) -> list[Finding]:
        """Return what is kept, errors first, with a last word on how many more there are."""
        more = self.errors + self.warnings - len(self.kept)
        ordered = sorted(self.kept, key=lambda found: (found.severity, found.row or 0))
        return [*ordered, finding("more_findings", count=more)] if more else ordered

    def _room(self, severity: str) -> int:
        """How many more of a severity are kept: warnings must not hide errors."""
        return max(0, KEPT - (self.errors if severity == "error" else self.warnings))

    def _count(self, severity: str, number: int) -> None:
        if severity == "error":
            self.errors += number
        else:
            self.warnings += number
