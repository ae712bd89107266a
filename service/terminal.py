"""What commands print with."""

import contextlib
import time
from collections.abc import Iterator

from rich.console import Console

out = Console(highlight=False)
error_out = Console(stderr=True, highlight=False)


@contextlib.contextmanager
def step(title: str) -> Iterator[None]:
    """One progress line with the seconds the step took."""
    begun = time.monotonic()
    out.print(f"  {title}", end=" … ")
    yield
    out.print(f"[green]✓[/] {time.monotonic() - begun:.1f} s")


def tell(line: str) -> None:
    """Print one line of a longer step."""
    out.print(f"  {line}", soft_wrap=True, markup=False)
