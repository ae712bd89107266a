"""Files that no row names: left by a transaction that failed, or by a crash."""

from pathlib import Path

from sqlalchemy.orm import Session

from service.documents import queries, storage

_AT_ONCE = 500


def sweep_orphans(session: Session, folder: Path) -> int:
    """Remove files that have lain for a day without a document that names them; return how many.

    A file that is being kept again at this moment is young again: its age is looked at once more before it goes.
    """
    old = list(storage.old_files(folder))
    removed = 0
    for start in range(0, len(old), _AT_ONCE):
        some = old[start : start + _AT_ONCE]
        known = queries.known_hashes(session, [path.name for path in some])
        for path in some:
            if path.name not in known and storage.is_old(path):
                path.unlink(missing_ok=True)
                removed += 1
    return removed
