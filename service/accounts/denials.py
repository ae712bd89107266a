"""Changes that were denied: who wanted what, in the audit log."""

import structlog
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import Response

from service.accounts.access import SAFE_METHODS, Actor
from service.audit.actions import Action
from service.audit.ration import Ration
from service.audit.record import record
from service.core.errors import Forbidden
from service.core.problems import render

log = structlog.get_logger()
_of_actor = Ration(20)


def answer(request: Request, error: Exception) -> Response:
    """Render a refusal for want of rights; if a caller whom we know wanted to change something, write it down.

    Looking where one may not look is in the service's log only, as is a request that another site's page forged.
    """
    assert isinstance(error, Forbidden)  # noqa: S101 - registered for this class
    actor: Actor | None = getattr(request.state, "actor", None)
    if actor is not None and request.method not in SAFE_METHODS and _of_actor.take(actor.label):
        try:
            _write_down(request, actor, error)
        except SQLAlchemyError:
            log.exception("denial not recorded", actor=actor.label)
    return render(request, error)


def _write_down(request: Request, actor: Actor, error: Forbidden) -> None:
    route = f"{request.method} {getattr(request.scope.get('route'), 'path', '')}"
    after = {"path": request.url.path[:200], "reason": error.en}
    with request.app.state.database.write(actor) as session:
        session.info["request_id"] = request.scope["state"].get("request_id")
        record(session, Action.ACCESS_DENIED, "route", route, after=after)
