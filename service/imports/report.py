"""What an import found, counted in full and kept up to a limit."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from service.imports.findings import CATALOGUE, Finding, finding

KEPT = 10_000
MOST = 2 * KEPT + 1  # findings of an import: of both severities, and a last word
Rows = NDArray[np.int64]


@dataclass(slots=True)
class Report:
    """Findings of one file in the order they were made; beyond `KEPT` of a severity they are only counted.

    `columns` says what the file calls the fields of a parcel: findings on a field name the column that fills it.
    """

    kept: list[Finding] = field(default_factory=list)
    errors: int = 0
    warnings: int = 0
    columns: dict[str, str] = field(default_factory=dict)
    located: tuple[Rows, NDArray[np.float64]] | None = None

    def locate(self, read: pa.Table) -> None:
        """Take a point inside the shape of each row: the place of findings on a row that name none."""
        points = np.column_stack([read["lon"].to_numpy(), read["lat"].to_numpy()])
        self.located = read["row"].to_numpy(), points

    def add(self, found: Iterable[Finding]) -> None:
        """Take findings as the reader made them."""
        for each in found:
            if self._room(each.severity):
                self.kept.append(each)
            self._count(each.severity, 1)

    def note(self, code: str, **facts: Any) -> None:  # noqa: ANN401 - handed to `finding` as they are
        """Take the finding `code` on the file as a whole."""
        column = self.columns.get(facts["field"], facts["field"]) if "field" in facts else None
        self.add([finding(code, **facts | {"field": column})])

    def rows(
        self,
        code: str,
        rows: Rows,
        *,
        field: str | None = None,
        column: str | None = None,
        values: Sequence[object] | None = None,
        places: NDArray[np.float64] | None = None,
        points: Sequence[str | None] | None = None,
        facts: Sequence[dict[str, Any]] | None = None,
    ) -> None:
        """Take the finding `code` for each of `rows` (from 1); the other sequences are parallel to them.

        It is on a `field` of the parcel, or on a `column` of the file.
        """
        severity = CATALOGUE[code].severity
        column = column or (self.columns.get(field, field) if field else None)
        for i, row in enumerate(rows[: self._room(severity)]):
            place = None if places is None else (float(places[i][0]), float(places[i][1]))
            value = None if values is None else values[i]
            point = None if points is None else points[i]
            more: dict[str, Any] = {} if facts is None else facts[i]
            self.kept.append(finding(code, row=int(row), field=column, value=value, place=place, point=point, **more))
        self._count(severity, len(rows))

    def closed(self) -> list[Finding]:
        """Return what is kept, errors first, with a last word on how many more there are."""
        more = self.errors + self.warnings - len(self.kept)
        ordered = sorted(map(self._placed, self.kept), key=lambda found: (found.severity, found.row or 0))
        return [*ordered, finding("more_findings", count=more)] if more else ordered

    def _placed(self, found: Finding) -> Finding:
        if found.row is None or found.lon is not None or self.located is None:
            return found
        rows, points = self.located
        at = int(np.searchsorted(rows, found.row))
        if at == len(rows) or rows[at] != found.row or not np.isfinite(points[at]).all():
            return found
        return replace(found, lon=float(points[at, 0]), lat=float(points[at, 1]))

    def _room(self, severity: str) -> int:
        """How many more of a severity are kept: warnings must not hide errors."""
        return max(0, KEPT - (self.errors if severity == "error" else self.warnings))

    def _count(self, severity: str, number: int) -> None:
        if severity == "error":
            self.errors += number
        else:
            self.warnings += number
