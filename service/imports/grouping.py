"""Findings as a person reads them one below the other: what says the same is one line, what is alike stands together.

Pure; takes findings as they are made, or as they are kept.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from service.imports.findings import printable
from service.imports.findings_files import Remark

ROWS_NAMED = 3  # of those that share a finding


def placed(message: str, *, file: str, layer: str | None = None, rows: Sequence[int] = ()) -> str:
    """The whole sentence about a finding: the file, its layer and the rows, the first few of many, then what is wrong.

    >>> placed("该行没有图形", file="成果.zip", layer="地块", rows=[3])
    '成果.zip，图层“地块”，第 3 行：该行没有图形'
    >>> placed("该行没有图形", file="成果.zip", rows=range(3, 9))
    '成果.zip，第 3、4、5 等 6 行：该行没有图形'
    """
    named = "、".join(map(str, rows[:ROWS_NAMED]))
    several = f" 等 {len(rows)}" if len(rows) > ROWS_NAMED else ""
    where = [
        printable(file),
        f"图层“{printable(layer)}”" if layer else "",
        f"第 {named}{several} 行" if rows else "",
    ]
    return f"{'，'.join(filter(None, where))}：{message}"


@dataclass(slots=True)
class Line:
    """One remark with the rows that share it, in order and once each; `point` where it is on one point alone."""

    first: Remark
    rows: list[int] = field(default_factory=list)
    count: int = 0

    def take(self, each: Remark) -> None:
        """Count another finding of the same words."""
        self.count += 1
        if each.row is not None and each.row not in self.rows[-1:]:
            self.rows.append(each.row)

    @property
    def point(self) -> str | None:
        """The boundary point, or none where the line stands for several findings."""
        return self.first.point if self.count == 1 else None

    @property
    def names_all(self) -> bool:
        """Whether nothing is lost when the first few rows are named and how many there are."""
        return self.count == 1 or len(self.rows) == self.count <= ROWS_NAMED


@dataclass(slots=True)
class Kind:
    """The findings of one code and severity."""

    code: str
    severity: str
    lines: list[Line] = field(default_factory=list)

    def after(self, shown: int) -> int:
        """How many findings stand on the lines after the first `shown`."""
        return sum(line.count for line in self.lines[shown:])


def listed(found: Iterable[Remark]) -> Iterator[Line]:
    """Each finding on a line of its own."""
    for each in found:
        line = Line(each)
        line.take(each)
        yield line


def grouped(found: Iterable[Remark]) -> list[Kind]:
    """Group findings by code, and within it by their words, in the order in which each is met first.

    >>> from service.imports.findings import finding
    >>> several = grouped(finding("geometry_missing", row=row) for row in (3, 5, 9))
    >>> [(kind.code, [(line.count, line.rows) for line in kind.lines]) for kind in several]
    [('geometry_missing', [(3, [3, 5, 9])])]
    """
    kinds: dict[tuple[str, str], Kind] = {}
    lines: dict[tuple[str, str, str, str], Line] = {}
    for each in found:
        of = each.severity, each.code
        kind = kinds.setdefault(of, Kind(each.code, each.severity))
        words = *of, each.message, each.message_en
        if words not in lines:
            lines[words] = Line(each)
            kind.lines.append(lines[words])
        lines[words].take(each)
    return list(kinds.values())
