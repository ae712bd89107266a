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
from service.imports import overlaps, repairs
from service.imports.findings import Finding


def answer(request: dict[str, Any], shapes: pa.Table) -> Any:  # noqa: ANN401 - JSON
    """Do what the request asks for."""
    own, others = (shapes[name].to_numpy() for name in ("own", "other"))
    match request["kind"]:
        case "measure":
            return overlaps.measured(shapely.from_wkb(own), shapely.from_wkb(others))
        case "offers":
            works = zip(own, request["findings"], _shared(others, request["shares"]), strict=False)
            return [[asdict(o) for o in repairs.offers(wkb, Finding(**found), around)] for wkb, found, around in works]
        case "apply":
            works = zip(own, request["keys"], _shared(others, request["shares"]), strict=False)
            try:
                return [_repaired(wkb, keys, around).hex() for wkb, keys, around in works]
            except repairs.NotRepairable:
                return None
    raise ValueError(request["kind"])


def _shared(shapes: Any, shares: list[int]) -> Iterator[list[bytes]]:  # noqa: ANN401 - an array of bytes
    """Deal the neighbours out to the shapes that they lie around."""
    given = iter(shapes)
    return (list(islice(given, share)) for share in shares)


def _repaired(wkb: bytes, keys: list[str], around: list[bytes]) -> bytes:
    for key in keys:
        wkb = repairs.apply(wkb, key, around)
    return wkb


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
