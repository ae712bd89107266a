"""Finds a PostgreSQL installation with PostGIS on this machine."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

OLDEST_MAJOR = 15
_PLACES = (
    "/usr/lib/postgresql/*/bin",  # Debian, Ubuntu
    "/usr/pgsql-*/bin",  # packages of the PostgreSQL project for Fedora and RHEL
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
    "/usr/local/pgsql/bin",
)
_TOOLS = ("initdb", "pg_ctl", "postgres")


@dataclass(frozen=True, slots=True, order=True)
class Binaries:
    """One installation: its major version and the folder of `initdb`, `pg_ctl` and `postgres`."""

    major: int
    folder: Path
    has_postgis: bool


def installed() -> list[Binaries]:
    """All installations of a usable version, newest first, those with PostGIS before those without."""
    found = {folder.resolve(): None for folder in _candidates() if all((folder / tool).exists() for tool in _TOOLS)}
    usable = [
        Binaries(major, folder, _has_postgis(folder))
        for folder in found
        if (major := _major(folder)) is not None and major >= OLDEST_MAJOR
    ]
    return sorted(usable, key=lambda it: (it.has_postgis, it.major), reverse=True)


def _candidates() -> Iterator[Path]:
    for pattern in _PLACES:
        yield from Path("/").glob(pattern.lstrip("/"))
    for tool in ("postgres", "pg_ctl"):
        if on_path := shutil.which(tool):
            yield Path(on_path).resolve().parent
    if config := shutil.which("pg_config"):
        yield Path(_output(config, "--bindir"))


def _major(folder: Path) -> int | None:
    words = re.search(r"\(PostgreSQL\) (\d+)", _output(folder / "postgres", "--version"))
    return int(words[1]) if words else None


def _has_postgis(folder: Path) -> bool:
    share = [folder.parent / "share", folder.parent / "share/postgresql"]
    if (folder / "pg_config").exists():
        share.insert(0, Path(_output(folder / "pg_config", "--sharedir")))
    if folder.parent.parent == Path("/usr/lib/postgresql"):  # Debian keeps shared files elsewhere
        share.insert(0, Path("/usr/share/postgresql", folder.parent.name))
    return any((place / "extension/postgis.control").exists() for place in share)


def _output(program: Path | str, argument: str) -> str:
    try:
        return subprocess.run(
            [os.fspath(program), argument], capture_output=True, text=True, check=False
        ).stdout.strip()
    except OSError:  # not a program of this machine
        return ""
