"""What becomes of every collected file of the world (`../shared/data`): a table of format, outcome and findings.

    python -m tests.benchmarks.collected

Each is read in a process of its own and checked as an import is, without a database: against itself, not against
parcels that are there. The expected outcomes stand in `tests/imports/collected.json`; this only reports.
"""

import sys
import tempfile
from collections import Counter
from pathlib import Path

from service.imports.report import Report
from tests.imports.test_collected_files import DATA, TABLE, checked, read_all


def findings(report: Report) -> str:
    """Codes with how often each was found, errors first."""
    counted = Counter((each.severity, each.code) for each in report.kept)
    words = (
        f"{'**' + code + '**' if severity == 'error' else code} {n}" for (severity, code), n in sorted(counted.items())
    )
    return ", ".join(words)


def main() -> None:
    """Print the table, one row a file."""
    if not DATA.exists():
        sys.exit(f"nothing to report: the collected files are not at {DATA}")
    print("| file | format | rows | outcome | findings (**errors**) |\n|---|---|---|---|---|")
    ends: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        for name, outcome, left in read_all(Path(folder)):
            if outcome.answer is None:
                ends["broke off"] += 1
                print(f"| {name} | | | broke off: {outcome.status} | |")
                continue
            rows, report = checked(outcome, left)
            end = "refused" if report.errors else "to be published"
            ends[end] += 1
            print(f"| {name} | {outcome.answer.get('format') or '?'} | {rows} | {end} | {findings(report)} |")
    print(f"\n{ends.total()} files: {dict(ends)}; {len(TABLE)} expectations")


if __name__ == "__main__":
    main()
