"""The child process that changes and overlays shapes from outside: `python -m service.imports.workbench REQUEST.json`.

It limits itself, then does one of `offers`, `apply`, `measure` (see `workshop`). Shapes come in `shapes.arrow`, the
answer goes to `result.json`. It never touches the database.
"""

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import shapely

from service.core import child
from service.imports import overlaps, repairs, together
from service.imports.findings import Finding
from service.imports.together import Piece


def answer(request: dict[str, Any], shapes: pa.Table) -> Any:  # noqa: ANN401 - JSON
    """Do what the request asks for."""
    own, others = (shapes[name].to_numpy() for name in ("own", "other"))
    match request["kind"]:
        case "measure":
            return overlaps.measured(shapely.from_wkb(own), shapely.from_wkb(others))
        case "offers":
            asked = [Finding(**each) for each in request["findings"]]
            made = together.offers(list(zip(_bench(request, own, others), asked, strict=True)))
            return [{"offers": [asdict(offer) for offer in each.offers], "cured": each.cured} for each in made]
        case "apply":
            try:
                done = together.apply(list(zip(_bench(request, own, others), request["keys"], strict=True)))
                return [{"wkb": wkb.hex(), "moves": moves} for wkb, moves in done]
            except repairs.NotRepairable:
                return None
    raise ValueError(request["kind"])


def _bench(request: dict[str, Any], own: Any, others: Any) -> Iterator[Piece]:  # noqa: ANN401 - arrays of bytes
    """Deal the neighbours out to the shapes that they lie around."""
    given = iter(others)
    for (row, around), wkb in zip(request["rows"], own, strict=False):
        yield Piece(row, wkb, list(zip(around, islice(given, len(around)), strict=True)))


def main(request_path: str) -> None:
    """Serve one request file; memory that runs out is told apart from a crash by the exit status."""
    path = Path(request_path)
    request = json.loads(path.read_text("utf-8"))
    child.limit_self(request.pop("limits", {}))
    try:
        with pa.memory_map(str(path.parent / "shapes.arrow")) as file:
            made = answer(request, pa.ipc.open_file(file).read_all())
    except (MemoryError, pa.ArrowMemoryError):
        os._exit(child.OUT_OF_MEMORY)
    (path.parent / "result.json").write_text(json.dumps({"made": made}), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
