"""Reads many hostile files, each in a process of its own: the reader is loaded once, then forked for every file.

Run as a program with a file of requests (JSON); writes how each process ended and what it cost. `off` switches checks
of the reader off, to see that a test notices.
"""

import importlib
import json
import os
import re
import sys
from pathlib import Path
from typing import Any

import openpyxl  # noqa: F401 - loaded once for all

from service.imports import reader


def switch_off(off: list[list[str]]) -> None:
    """Replace what `[module, name, expression]` names; `module` may be followed by a class."""
    for place, name, expression in off:
        module, _, inner = place.partition(":")
        found = importlib.import_module(module)
        value = eval(expression, {**vars(found), "re": re, "json": json})  # noqa: S307 - the tests' own words
        setattr(getattr(found, inner) if inner else found, name, value)


def serve(request: dict[str, Any]) -> dict[str, Any]:
    """Read one file in a process of its own."""
    switched = request.pop("off", [])
    folder = Path(request["folder"])
    (folder / "request.json").write_text(json.dumps(request), "utf-8")
    pid = os.fork()
    if pid == 0:
        with (folder / "stderr.txt").open("wb") as errors:
            os.dup2(errors.fileno(), 2)
        status = 1
        try:
            switch_off(switched)
            os.chdir(folder)
            os.environ["TMPDIR"] = str(folder)
            reader.main(str(folder / "request.json"))
            status = 0
        finally:
            os._exit(status)
    _, status, used = os.wait4(pid, 0)
    return {"status": status, "cpu_s": used.ru_utime + used.ru_stime, "memory_mib": used.ru_maxrss / 1024}


if __name__ == "__main__":
    for line in Path(sys.argv[1]).read_text("utf-8").splitlines():
        print(json.dumps(serve(json.loads(line))), flush=True)
