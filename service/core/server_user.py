"""The unprivileged user a database server runs as: PostgreSQL refuses to run as root."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ServerUser:
    """A user and group to drop to; both None when the caller is an ordinary user already."""

    uid: int | None
    gid: int | None

    @classmethod
    def for_owner_of(cls, data: Path) -> "ServerUser":
        """The caller; for root the owner of an existing data folder, else `postgres`, else `nobody`."""
        if os.geteuid() != 0:
            return cls(None, None)
        if data.exists() and (found := data.stat()).st_uid != 0:
            return cls(found.st_uid, found.st_gid)
        names = {user.pw_name: user for user in pwd.getpwall()}
        user = names.get("postgres") or names["nobody"]
        return cls(user.pw_uid, user.pw_gid)

    def run(self, command: Sequence[str | Path]) -> subprocess.CompletedProcess[str]:
        """Run a program as this user, away from the terminal: Ctrl-C must not reach the server before us."""
        return subprocess.run(
            [os.fspath(word) for word in command],
            user=self.uid,
            group=self.gid,
            extra_groups=None if self.uid is None else [],
            cwd="/",
            env={**os.environ, "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            start_new_session=True,
        )

    def may_enter(self, folder: Path) -> bool:
        """Whether this user can walk to a folder, or to where it will be made."""
        there = next(place for place in (folder, *folder.parents) if place.exists())
        return self.uid is None or self.run(["test", "-x", there]).returncode == 0

    def give_folder(self, folder: Path, *, mode: int = 0o700, empty: bool = False) -> None:
        """Make a folder that belongs to this user."""
        if empty:
            shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=mode, parents=True, exist_ok=True)
        folder.chmod(mode)
        self._own(folder)

    def give_file(self, file: Path, text: str) -> None:
        """Write a file that only this user reads."""
        file.unlink(missing_ok=True)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as handle:
            handle.write(text)
        self._own(file)

    def _own(self, path: Path) -> None:
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)
