"""Documents set by typst in a process of their own, which can be stopped: whatever is in the data, a request ends."""

import json
import subprocess
import sys
import threading
from pathlib import Path

import structlog

from service.core.errors import Unavailable

SECONDS = 20
_LIMITS = {"CPU": SECONDS, "AS": 2 << 30, "CORE": 0, "FSIZE": 0, "NOFILE": 64}
_AT_ONCE = threading.BoundedSemaphore(2)
_PATIENCE = 10  # seconds for a place
_CHILD = Path(__file__).with_name("typesetter.py")
_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "RAYON_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}

log = structlog.get_logger()


def typeset(template: Path, data: str, *, seconds: float = SECONDS) -> bytes:
    """Return the PDF that a template makes of data (JSON text).

    Raises:
        Unavailable: too many at once, or the document took too long or too much memory.

    """
    if not _AT_ONCE.acquire(timeout=_PATIENCE):
        raise _unavailable("正在制作的文件过多，请稍后再试。", "Too many documents are being made; try again soon.")
    try:
        order = {"template": str(template), "data": data, "limits": _LIMITS}
        command = [sys.executable, "-I", str(_CHILD)]
        child = subprocess.run(
            command,
            input=json.dumps(order).encode(),
            capture_output=True,
            env=_ENVIRONMENT,
            timeout=seconds,
            check=True,
        )
    except subprocess.SubprocessError as error:
        words = (getattr(error, "stderr", None) or b"")[-2000:].decode(errors="replace")
        log.exception("typesetting failed", template=template.name, words=words)
        raise _unavailable("文件制作失败或超时，请联系管理员。", "The document could not be made in time.") from error
    finally:
        _AT_ONCE.release()
    return child.stdout


def _unavailable(zh: str, en: str) -> Unavailable:
    return Unavailable(zh, en, headers={"Retry-After": "10"})
