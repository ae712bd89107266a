"""The child process that changes and overlays shapes from outside: `python -m service.imports.workbench REQUEST.json`.

It limits itself, then does one of `offers`, `apply`, `measure` (see `workshop`). Shapes come in `shapes.arrow`, the
answer goes to `result.json`. It never touches the database.
"""

import json
import os
import sys
from dataclasses import asdict
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
            found = Finding(**request["finding"])
            return [asdict(offer) for offer in repairs.offers(own[0], found, [*_given(others)])]
        case "apply":
            try:
                return repairs.apply(own[0], request["key"], [*_given(others)]).hex()
            except repairs.NotRepairable:
                return None
    raise ValueError(request["kind"])


def _given(shapes: Any) -> list[bytes]:  # noqa: ANN401 - an array of bytes and None
    return [shape for shape in shapes if shape is not None]


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
