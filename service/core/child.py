"""Work on what comes from outside, done in a child process that can be killed, sees little, and has no network.

Bubblewrap where it works (read-only view of the programs, private /tmp, no network, no other process in sight), else a
network namespace of our own when root, else limits alone. The child limits itself by `limit_self`; its whole group ends
with it. What it leaves in its folder is believed no more than what it worked on.
"""

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import service

Kind = Literal["bubblewrap", "namespace", "limits"]
Ending = Literal["timeout", "memory", "crashed"]

OUT_OF_MEMORY = 3
"""The exit status by which a child says that memory ran out."""

MAX_RESULT_BYTES = 64 << 20
_STDERR_BYTES = 4096
_LOOK_S = 0.2  # between two calls of who watches
_APART = ("--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--clearenv")
_SYSTEM = ("/usr", "/lib", "/lib64", "/lib32", "/bin", "/sbin", "/etc/ld.so.cache", "/etc/localtime")


@lru_cache(maxsize=1)
def kind() -> Kind:
    """The strongest kind of walls that works on this machine."""
    if shutil.which("bwrap") and _works(["bwrap", *_APART, "--ro-bind", "/", "/", "true"]):
        return "bubblewrap"
    if os.geteuid() == 0 and shutil.which("unshare") and _works(["unshare", "--net", "true"]):
        return "namespace"
    return "limits"


def _works(command: list[str]) -> bool:
    """Tell whether a command can be run here."""
    try:
        return subprocess.run(command, check=False, capture_output=True, timeout=10).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def command(module: str, folder: Path, environment: Mapping[str, str], *seen: Path) -> list[str]:
    """Return the command line of `python -m module folder/request.json` behind walls; it may read the files `seen`."""
    return [*walls(folder, environment, *seen), sys.executable, "-I", "-m", module, str(folder / "request.json")]


def walls(folder: Path, environment: Mapping[str, str], *seen: Path) -> list[str]:
    """What stands before a command so that it sees programs, `seen` and its folder, and no network."""
    if kind() == "limits":
        return []
    if kind() == "namespace":
        return ["unshare", "--net"]
    package = Path(service.__file__).parent
    programs = [Path(p) for p in (*_SYSTEM, sys.prefix, sys.base_prefix, str(package))]
    views = [word for p in dict.fromkeys(programs) for word in ("--ro-bind-try", str(p), str(p))]
    # The empty /tmp goes first: mounted later it would hide a checkout that lies in /tmp.
    private = ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"]  # noqa: S108
    given = ["--bind", str(folder), str(folder)]
    given += [word for path in seen for word in ("--ro-bind", str(path), str(path))]
    env = [word for name, value in environment.items() for word in ("--setenv", name, value)]
    return ["bwrap", *_APART, *private, *views, *given, *env, "--chdir", str(folder)]


def environment(folder: Path) -> dict[str, str]:
    """The child's environment: nothing of ours, no proxy that leads anywhere, one thread."""
    nowhere = "http://127.0.0.1:9"
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "PROJ_NETWORK": "OFF",
        "http_proxy": nowhere,
        "https_proxy": nowhere,
    }


def run(
    command: list[str],
    folder: Path,
    environment: Mapping[str, str],
    wall_seconds: float,
    watch: Callable[[], None] | None = None,
) -> Ending | None:
    """Run the child to its end; how it ended when it didn't end well. Its whole group dies with it.

    `watch` is called now and then meanwhile.
    """
    with (folder / "stderr.txt").open("wb") as errors:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            env=dict(environment),
            cwd=folder,
            start_new_session=True,
        )
        try:
            status = _wait(child, wall_seconds, watch)
        except subprocess.TimeoutExpired:
            return "timeout"
        finally:
            kill(child)
            child.wait()
    if status == 0:
        return None
    with (folder / "stderr.txt").open("rb") as errors:
        errors.seek(max(0, errors.seek(0, os.SEEK_END) - _STDERR_BYTES))
        words = errors.read()
    return _verdict(status, words)


def _wait(child: subprocess.Popen[bytes], wall_seconds: float, watch: Callable[[], None] | None) -> int:
    """Wait for the child's exit status; raises TimeoutExpired after `wall_seconds`."""
    if watch is None:
        return child.wait(wall_seconds)
    end = time.monotonic() + wall_seconds
    while True:
        try:
            return child.wait(min(_LOOK_S, max(0.0, end - time.monotonic())))
        except subprocess.TimeoutExpired:
            if time.monotonic() >= end:
                raise
        watch()


def resident(module: str, folder: Path) -> subprocess.Popen[bytes]:
    """Start `python -m module` behind walls; it stays for questions on its pipes and ends when they close.

    Whoever started it ends it by `end`, and sets its patience: nothing here does.
    """
    surroundings = environment(folder)
    command = [*walls(folder, surroundings), sys.executable, "-I", "-m", module]

    def start() -> subprocess.Popen[bytes]:
        pipe = subprocess.PIPE
        return subprocess.Popen(command, stdin=pipe, stdout=pipe, env=surroundings, cwd=folder, start_new_session=True)

    return _STARTER.submit(start).result()


# What dies with its parent dies with the thread that started it, and a request's thread doesn't stay.
_STARTER = ThreadPoolExecutor(1, thread_name_prefix="children")


def end(child: subprocess.Popen[bytes]) -> None:
    """End a resident child with all that it started, and close its pipes."""
    kill(child)
    child.wait()
    child.communicate()


def result(folder: Path) -> dict[str, Any]:
    """Return what the child wrote into `result.json`; raises OSError or ValueError if that is no answer."""
    path = folder / "result.json"
    if path.is_symlink() or path.stat().st_size > MAX_RESULT_BYTES:
        raise ValueError("result")
    answer = json.loads(path.read_text("utf-8"))
    if not isinstance(answer, dict):
        raise TypeError("result")
    return answer


def limit_self(limits: Mapping[str, int]) -> None:
    """Set this process's resource limits, by the names of `resource` (`CPU`, `AS`, …); what the child does first."""
    for name, limit in limits.items():
        resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (limit, limit))


def _verdict(status: int, words: bytes) -> Ending:
    """What a bad end means; bubblewrap passes a signal on as 128 plus its number."""
    number = -status if status < 0 else status - 128
    if number in (signal.SIGXCPU, signal.SIGKILL):
        return "timeout"
    if status == OUT_OF_MEMORY or b"bad_alloc" in words or b"MemoryError" in words:
        return "memory"
    return "crashed"


def kill(child: subprocess.Popen[bytes]) -> None:
    """Kill the child and whatever it started; waiting for it is the caller's."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
