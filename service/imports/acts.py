"""What every act on an import under review begins and ends with; the act itself is what its command audits."""

from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.core import jobs
from service.core.errors import Conflict, PreconditionFailed
from service.imports import queries
from service.imports.commands import RUN
from service.imports.models import Import


class NotThere(Conflict):
    """An act that this import does not wait for."""

    code, title_zh, title_en = "import-state", "当前状态不能这样做", "Not in this state"


def staged_import(session: Session, actor: Actor, import_id: int, version: int, status: str = "staged") -> Import:
    """Lock an import that must stand at `status` in the version that the caller saw.

    Raises:
        NotFound: absent or not visible.
        PreconditionFailed: somebody acted on it since.
        NotThere: it stands elsewhere.

    """
    found = queries.import_for_update(session, actor, import_id)
    if found.version != version:
        raise PreconditionFailed(
            f"导入 {import_id} 已有变化(现为第 {found.version} 版)，请刷新。",
            f"Import {import_id} is at version {found.version} by now; reload.",
            facts={"version": found.version},
        )
    if found.status != status:
        raise NotThere(
            f"导入 {import_id} 的状态是 {found.status}，不是 {status}。",
            f"Import {import_id} is {found.status}, not {status}.",
            facts={"status": found.status},
        )
    return found


def hand_over(session: Session, found: Import, status: str) -> None:
    """Leave the next step to a job."""
    found.status, found.stage, found.done, found.attempts, found.problem = status, None, 0, 0, None
    found.version += 1
    session.flush()
    jobs.defer(session, RUN, import_id=found.id)
