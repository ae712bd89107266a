"""Every route of the service × every kind of caller, against a reviewed table."""

import asyncio
import hashlib
import re
import secrets
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute, Mount, Route
from starlette.testclient import TestClient
from starlette.types import Message

from service.accounts.access import PUBLIC, Requires, signed_in
from service.accounts.permissions import ROLE_PERMISSIONS, Role, Scope, permissions_of_scopes
from service.api import ROUTERS
from service.core.website import Website
from tests.caller import Caller

As = Callable[..., Caller]
Owner = psycopg.Connection[Any]

# Reviewed by people: what a caller needs for each route. A new route is a new line here.
SIGNED_IN = "a person's session"
REVIEWED = {
    "GET /api/v1/session": SIGNED_IN,
    "DELETE /api/v1/session": SIGNED_IN,
    "DELETE /api/v1/sessions": SIGNED_IN,
    "PUT /api/v1/session/password": SIGNED_IN,
    "GET /api/v1/users": "user:manage",
    "POST /api/v1/users": "user:manage",
    "PATCH /api/v1/users/{username}": "user:manage",
    "GET /api/v1/api-keys": "apikey:manage",
    "POST /api/v1/api-keys": "apikey:manage",
    "DELETE /api/v1/api-keys/{key_id}": "apikey:manage",
    "GET /api/v1/audit": "audit:read",
    "GET /api/v1/audit/verification": "audit:read",
    "GET /api/v1/jurisdictions": "region:read",
    "GET /api/v1/regions": "region:read",
    "GET /api/v1/codes": "code:read",
    "GET /api/v1/codes/{list}": "code:read",
    "GET /api/v1/rules": "code:read",
    "GET /api/v1/workdays": "workday:read",
    "GET /api/v1/workdays/add": "workday:read",
    "PUT /api/v1/workdays/{day}": "workday:manage",
    "PUT /api/v1/workdays/years/{year}": "workday:manage",
    "GET /api/v1/blocked-periods": "workday:read",
    "POST /api/v1/blocked-periods": "workday:manage",
    "PUT /api/v1/blocked-periods/{order_id}": "workday:manage",
    "DELETE /api/v1/blocked-periods/{order_id}": "workday:manage",
    "GET /api/v1/layers": "layer:read",
    "GET /tiles/parcels/{z:int}/{x:int}/{y:int}": "layer:read",
    "GET /tiles/control/{z:int}/{x:int}/{y:int}": "layer:read",
    "GET /tiles/backdrop/{z:int}/{x:int}/{y:int}": "layer:read",
    "GET /tiles/{layer}.json": "layer:read",
    "GET /api/v1/parcels": "parcel:read",
    "POST /api/v1/parcels": "parcel:survey",
    "GET /api/v1/parcels/boundaries": "parcel:read",
    "GET /api/v1/parcels/facets": "parcel:read",
    "GET /api/v1/parcels/states": "parcel:read",
    "GET /api/v1/parcels/locate": "parcel:read",
    "POST /api/v1/parcels/status": "parcel:read",
    "GET /api/v1/parcels/{number}": "parcel:read",
    "GET /api/v1/parcels/{number}/history": "parcel:read",
    "GET /api/v1/parcels/{number}/plan.pdf": "parcel:read",
    "POST /api/v1/parcels/{number}/events": "parcel:stage",
    "PATCH /api/v1/parcels/{number}": "parcel:write",
    "POST /api/v1/parcels/merge": "parcel:divide",
    "POST /api/v1/parcels/{number}/split": "parcel:divide",
    "POST /api/v1/parcels/lineage/{operation_id}/undo": "parcel:divide",
    "GET /api/v1/parcels/{number}/lineage": "parcel:read",
    "GET /api/v1/parcels/{number}/boundary": "parcel:read",
    "POST /api/v1/parcels/cut": "parcel:survey",
    "POST /api/v1/parcels/{number}/surveys": "parcel:survey",
    "GET /api/v1/control-types": "layer:read",
    "GET /api/v1/control-layers": "layer:read",
    "POST /api/v1/control-layers": "import:run",
    "GET /api/v1/control-layers/{layer_id}": "layer:read",
    "GET /api/v1/parcels/{number}/constraints": "parcel:read",
    "POST /api/v1/control-layers/{layer_id}/withdrawal": "layer:withdraw",
    "POST /api/v1/parcels/{number}/constraints": "constraint:check",
    "GET /api/v1/constraints": "parcel:read",
    "POST /api/v1/constraints/runs": "constraint:check",
    "GET /api/v1/constraints/runs/{run_id}": "parcel:read",
    "GET /api/v1/overview": "parcel:read",
    "GET /api/v1/overview/lots": "parcel:read",
    "GET /api/v1/overview/contracts": "parcel:read",
    "GET /api/v1/deadlines": "parcel:read",
    "GET /api/v1/plans": "plan:read",
    "POST /api/v1/plans": "plan:edit",
    "GET /api/v1/plans/{plan_id}": "plan:read",
    "PATCH /api/v1/plans/{plan_id}": "plan:edit",
    "GET /api/v1/plans/{plan_id}/totals": "plan:read",
    "PUT /api/v1/plans/{plan_id}/totals": "plan:edit",
    "POST /api/v1/plans/{plan_id}/submit": "plan:edit",
    "POST /api/v1/plans/{plan_id}/return": "plan:approve",
    "POST /api/v1/plans/{plan_id}/approve": "plan:approve",
    "POST /api/v1/plans/{plan_id}/publish": "plan:edit",
    "POST /api/v1/plans/{plan_id}/amend": "plan:edit",
    "GET /api/v1/plans/{plan_id}/progress": "plan:read",
    "GET /api/v1/plans/{plan_id}/comparison": "plan:read",
    "GET /api/v1/plans/{plan_id}/sheet": "plan:read",
    "PUT /api/v1/plans/{plan_id}/sheet": "plan:edit",
    "GET /api/v1/plans/{plan_id}/items": "plan:read",
    "POST /api/v1/plans/{plan_id}/items": "plan:edit",
    "GET /api/v1/plans/{plan_id}/items/{key}": "plan:read",
    "PATCH /api/v1/plans/{plan_id}/items/{key}": "plan:edit",
    "DELETE /api/v1/plans/{plan_id}/items/{key}": "plan:edit",
    "GET /api/v1/plans/{plan_id}/outlines": "plan:read",
    "GET /api/v1/plans/{plan_id}/outside": "plan:read",
    "GET /api/v1/plans/{plan_id}/carry-over": "plan:read",
    "POST /api/v1/plans/{plan_id}/carry-over": "plan:edit",
    "GET /api/v1/plans/{plan_id}/targets": "plan:read",
    "PUT /api/v1/plans/{plan_id}/items/{key}/targets/{kind}": "plan:edit",
    "GET /api/v1/plans/{plan_id}/targets/{target_id}/changes": "plan:read",
    "POST /api/v1/plans/{plan_id}/targets/{target_id}/changes": "plan:edit",
    "POST /api/v1/plans/{plan_id}/targets/{target_id}/decision": "plan:approve",
    "GET /api/v1/notices": "listing:read",
    "POST /api/v1/notices": "listing:run",
    "GET /api/v1/notices/{notice_id}": "listing:read",
    "PATCH /api/v1/notices/{notice_id}": "listing:run",
    "POST /api/v1/notices/{notice_id}/lots": "listing:run",
    "POST /api/v1/notices/{notice_id}/publication": "listing:run",
    "GET /api/v1/lots": "listing:read",
    "GET /api/v1/lots/counts": "listing:read",
    "GET /api/v1/lots/calendar": "listing:read",
    "GET /api/v1/lots/{lot_id}": "listing:read",
    "PATCH /api/v1/lots/{lot_id}": "listing:run",
    "DELETE /api/v1/lots/{lot_id}": "listing:run",
    "GET /api/v1/lots/{lot_id}/events": "listing:read",
    "POST /api/v1/lots/{lot_id}/events": "listing:run",
    "GET /api/v1/lots/{lot_id}/bidders": "listing:read",
    "POST /api/v1/lots/{lot_id}/bidders": "listing:run",
    "PATCH /api/v1/lots/{lot_id}/bidders/{bidder_id}": "listing:run",
    "GET /api/v1/lots/{lot_id}/bids": "listing:read",
    "POST /api/v1/lots/{lot_id}/bids": "listing:run",
    "GET /api/v1/trading-centres": "listing:read",
    "GET /api/v1/schemes": "scheme:read",
    "POST /api/v1/schemes": "scheme:edit",
    "GET /api/v1/schemes/{scheme_id}": "scheme:read",
    "GET /api/v1/schemes/{scheme_id}/findings": "scheme:read",
    "PATCH /api/v1/schemes/{scheme_id}": "scheme:edit",
    "PUT /api/v1/schemes/{scheme_id}/parcels": "scheme:edit",
    "PUT /api/v1/schemes/{scheme_id}/uses": "scheme:edit",
    "PUT /api/v1/schemes/{scheme_id}/evidence": "scheme:edit",
    "DELETE /api/v1/schemes/{scheme_id}/evidence/{evidence_id}": "scheme:edit",
    "POST /api/v1/schemes/{scheme_id}/submit": "scheme:edit",
    "POST /api/v1/schemes/{scheme_id}/return": "scheme:approve",
    "POST /api/v1/schemes/{scheme_id}/endorse": "scheme:approve",
    "POST /api/v1/schemes/{scheme_id}/approve": "scheme:approve",
    "POST /api/v1/schemes/{scheme_id}/withdraw": "scheme:edit",
    "GET /api/v1/contracts": "contract:read",
    "POST /api/v1/contracts": "contract:run",
    "GET /api/v1/contracts/{contract_id}": "contract:read",
    "GET /api/v1/contracts/{contract_id}/events": "contract:read",
    "POST /api/v1/contracts/{contract_id}/events": "contract:run",
    "GET /api/v1/contracts/{contract_id}/findings": "contract:read",
    "GET /api/v1/contracts/{contract_id}/clock": "contract:read",
    "GET /api/v1/contracts/{contract_id}/payments": "contract:read",
    "POST /api/v1/contracts/{contract_id}/payments": "contract:run",
    "POST /api/v1/contracts/{contract_id}/payments/{payment_id}/reversal": "contract:run",
    "GET /api/v1/contracts/{contract_id}/permits": "contract:read",
    "POST /api/v1/contracts/{contract_id}/permits": "contract:run",
    "PATCH /api/v1/contracts/{contract_id}/permits/{permit_id}": "contract:run",
    "GET /api/v1/contracts/{contract_id}/works-reports": "contract:read",
    "POST /api/v1/contracts/{contract_id}/works-reports": "contract:run",
    "GET /api/v1/contracts/{contract_id}/extensions": "contract:read",
    "GET /api/v1/contracts/{contract_id}/exclusions": "contract:read",
    "POST /api/v1/contracts/{contract_id}/exclusions": "contract:run",
    "PATCH /api/v1/contracts/{contract_id}/exclusions/{exclusion_id}": "contract:run",
    "GET /api/v1/contracts/{contract_id}/standard-land": "contract:read",
    "POST /api/v1/contracts/{contract_id}/standard-land": "contract:run",
    "POST /api/v1/contracts/{contract_id}/standard-land/actuals": "contract:run",
    "POST /api/v1/contracts/{contract_id}/standard-land/steps": "contract:run",
    "GET /api/v1/contracts/{contract_id}/idle-cases": "contract:read",
    "POST /api/v1/contracts/{contract_id}/idle-cases": "contract:run",
    "POST /api/v1/contracts/{contract_id}/idle-cases/{case_id}/steps": "contract:run",
    "GET /api/v1/documents": "document:read",
    "POST /api/v1/documents": "document:write",
    "GET /api/v1/documents/{document_id}": "document:read",
    "GET /api/v1/documents/{document_id}/content": "document:read",
    "GET /tiles/readiness/{z:int}/{x:int}/{y:int}": "checklist:read",
    "GET /api/v1/checklists/weekly.xlsx": "checklist:read",
    "GET /api/v1/checklists/weekly.pdf": "checklist:read",
    "GET /api/v1/checklists/status-sheet": "checklist:read",
    "POST /api/v1/checklists/recompute": "checklist:open",
    "GET /api/v1/checklists/recompute": "checklist:read",
    "GET /api/v1/checklists/recompute/{run_id}": "checklist:read",
    "POST /api/v1/checklists/status-import": "checklist:work",
    "GET /api/v1/checklists": "checklist:read",
    "GET /api/v1/checklists/matrix": "checklist:read",
    "GET /api/v1/checklists/statistics": "checklist:read",
    "GET /api/v1/checklists/inbox": "checklist:read",
    "GET /api/v1/checklists/events": "checklist:read",
    "GET /api/v1/checklists/people": "checklist:work",
    "GET /api/v1/checklists/{checklist_id}": "checklist:read",
    "GET /api/v1/checklists/{checklist_id}/schedule": "checklist:read",
    "POST /api/v1/checklists/{checklist_id}/schedule": "checklist:read",
    "GET /api/v1/checklists/{checklist_id}/history": "checklist:read",
    "GET /api/v1/checklists/{checklist_id}/template-diff": "checklist:read",
    "POST /api/v1/checklists": "checklist:open",
    "POST /api/v1/checklists/reassign": "checklist:manage",
    "PATCH /api/v1/checklists/{checklist_id}": "checklist:open",
    "POST /api/v1/checklists/{checklist_id}/close": "checklist:open",
    "POST /api/v1/checklists/{checklist_id}/template": "checklist:open",
    "POST /api/v1/checklists/{checklist_id}/items/{key}/events": "checklist:work",
    "PATCH /api/v1/checklists/{checklist_id}/items/{key}": "checklist:work",
    "POST /api/v1/checklists/{checklist_id}/items/{key}/documents": "checklist:work",
    "DELETE /api/v1/checklists/{checklist_id}/items/{key}/documents/{proof_id}": "checklist:work",
    "POST /api/v1/checklists/{checklist_id}/items/{key}/comments": "checklist:work",
    "GET /api/v1/checklist-policies": "checklist:read",
    "PUT /api/v1/checklist-policies/{jurisdiction}": "checklist:manage",
    "GET /api/v1/parcels/{number}/checklist": "checklist:read",
    "GET /api/v1/checklist-templates": "checklist:read",
    "GET /api/v1/checklist-templates/{key}/{version}": "checklist:read",
    "GET /api/v1/checklist-templates/{key}/{version}/diff": "checklist:read",
    "GET /api/v1/notifications": SIGNED_IN,
    "POST /api/v1/notifications/read": SIGNED_IN,
    "GET /api/v1/exports": "parcel:export",
    "POST /api/v1/exports": "parcel:export",
    "GET /api/v1/exports/parcels": "parcel:export",
    "GET /api/v1/exports/parcels/{number}": "parcel:export",
    "GET /api/v1/exports/{export_id}": "parcel:export",
    "GET /api/v1/imports": "import:read",
    "POST /api/v1/imports": "import:run",
    "POST /api/v1/imports/shapes": "parcel:divide",
    "GET /api/v1/imports/{import_id}": "import:read",
    "GET /api/v1/imports/{import_id}/findings": "import:read",
    "GET /api/v1/imports/{import_id}/findings/file": "import:read",
    "GET /api/v1/imports/{import_id}/stream": "import:read",
    "GET /api/v1/imports/{import_id}/mapping": "import:read",
    "PUT /api/v1/imports/{import_id}/mapping": "import:run",
    "GET /api/v1/imports/{import_id}/rows": "import:read",
    "GET /api/v1/imports/{import_id}/rows/{row}/shapes": "import:read",
    "GET /api/v1/imports/{import_id}/outlines": "import:read",
    "GET /api/v1/imports/{import_id}/offers": "import:read",
    "POST /api/v1/imports/{import_id}/repairs": "import:run",
    "POST /api/v1/imports/{import_id}/publication": "import:publish",
    "POST /api/v1/imports/{import_id}/undo": "import:publish",
    "DELETE /api/v1/imports/{import_id}/staging": "import:run",
    "GET /api/v1/field-maps": "import:read",
    "POST /api/v1/field-maps": "import:run",
    "DELETE /api/v1/field-maps/{map_id}": "import:run",
}


def _name(route: BaseRoute) -> str:
    if isinstance(route, Route | APIRoute):
        return f"{min((route.methods or set()) - {'HEAD'})} {route.path}"
    return f"{type(route).__name__}"


def _calls(dependant: Dependant) -> Iterator[object]:
    for each in dependant.dependencies:
        yield each.call
        yield from _calls(each)


def _access(route: BaseRoute) -> list[str]:
    if not isinstance(route, APIRoute):
        return []
    found = set()  # a dependency of the route may ask for the actor too
    for call in _calls(route.dependant):
        if isinstance(call, Requires):
            found.add(str(call.permission))
        elif call is signed_in:
            found.add(SIGNED_IN)
    return sorted(found)


ROUTES: dict[str, BaseRoute] = {_name(route): route for router in ROUTERS for route in router.routes}


def test_every_route_asks_for_what_was_reviewed() -> None:
    declared = {name: _access(route) for name, route in ROUTES.items() if name not in PUBLIC}
    assert declared == {name: [needed] for name, needed in REVIEWED.items()}


def test_nothing_else_is_served_but_what_is_public(app: FastAPI) -> None:
    """Also: no route is public by accident, and none stands in PUBLIC that is guarded or gone."""
    outside = {_name(route) for route in app.routes if isinstance(route, Route | APIRoute)}
    unguarded = {name for name, route in ROUTES.items() if not _access(route)}
    assert outside | unguarded == PUBLIC
    mounts = [route for route in app.routes if isinstance(route, Mount)]
    assert [type(mount.app) for mount in mounts] == [Website]


def test_the_access_dependency_comes_first() -> None:
    """So that who may not is told so, whatever else is wrong with the request."""
    for name, route in ROUTES.items():
        if name not in PUBLIC:
            assert isinstance(route, APIRoute)
            own = [each.call for each in route.dependant.dependencies if each.call.__module__.startswith("service.")]
            assert isinstance(own[0], Requires) or own[0] is signed_in, name


def key(client: TestClient, owner: Owner, *scopes: Scope) -> Caller:
    token = "gd_" + secrets.token_urlsafe(32)
    owner.execute(
        "INSERT INTO api_key (name, token_hash, prefix, scopes, created_by) VALUES (%s, %s, 'gd_', %s, 'test')",
        (secrets.token_hex(4), hashlib.sha256(token.encode()).digest(), list(scopes)),
    )
    return Caller(client, {"authorization": f"Bearer {token}"})


def outcome(caller: Caller, name: str) -> int | None:
    """Send a request without sense to the route; return 401, 403 or None for anything else."""
    method, path = name.split()
    url = re.sub(r"\{\w+(:\w+)?\}", "0", path)
    body: dict[str, object] | None = None if method in {"GET", "DELETE"} else {}
    status = int(caller.request(method, url, headers={"if-match": '"1"'}, json=body).status_code)
    assert status != 500, name
    return status if status in {401, 403} else None


@pytest.mark.parametrize("name", sorted(REVIEWED))
def test_only_those_get_in_who_may(client: TestClient, as_role: As, owner: Owner, name: str) -> None:
    needed = REVIEWED[name]
    callers: dict[str, tuple[Caller, bool]] = {
        str(role): (as_role(role), needed == SIGNED_IN or needed in ROLE_PERMISSIONS[role]) for role in Role
    }
    for scope in Scope:
        callers[f"{scope} key"] = key(client, owner, scope), needed in permissions_of_scopes([scope])
    expected: dict[str, int | None] = {who: None if may else 403 for who, (_, may) in callers.items()}
    found = {who: outcome(caller, name) for who, (caller, _) in callers.items()}
    assert found == expected
    nobodies = {
        "anonymous": Caller(client, {}),
        "unknown session": Caller(client, {"cookie": "gongdi_session=" + "x" * 43, "x-csrf-token": "x"}),
        "unknown key": Caller(client, {"authorization": "Bearer gd_" + "x" * 43}),
    }
    assert {who: outcome(caller, name) for who, caller in nobodies.items()} == dict.fromkeys(nobodies, 401)


@pytest.mark.parametrize("name", sorted(name for name in REVIEWED if not name.startswith("GET")))
def test_no_change_passes_without_the_csrf_token(as_role: As, name: str) -> None:
    needed = REVIEWED[name]
    role = next(role for role in Role if needed == SIGNED_IN or needed in ROLE_PERMISSIONS[role])
    caller = as_role(role)
    caller.headers["x-csrf-token"] = "wrong"
    assert outcome(caller, name) == 403


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_what_is_public_asks_nobody(client: TestClient, name: str) -> None:
    assert outcome(Caller(client, {}), name) is None


@pytest.mark.parametrize("path", ["/api/v1/documents", "/api/v1/imports"])
def test_a_strangers_upload_is_refused_before_its_body_is_read(client: TestClient, app: FastAPI, path: str) -> None:
    statuses: list[int] = []

    async def receive() -> Message:
        raise AssertionError("the body was read")

    async def send(message: Message) -> None:
        statuses.extend([message["status"]] if "status" in message else [])

    headers = [(b"content-type", b"multipart/form-data; boundary=x"), (b"content-length", b"500000000")]
    scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": headers, "scheme": "http"}
    asyncio.run(app(scope, receive, send))
    assert statuses == [401]


@pytest.mark.parametrize("path", sorted({name.split()[1] for name in REVIEWED.keys() | PUBLIC}))
def test_a_method_that_is_not_offered_names_those_that_are(client: TestClient, path: str) -> None:
    url = re.sub(r"\{\w+(:\w+)?\}", "0", path)
    answer = client.options(url)
    assert (answer.status_code, answer.json()["code"]) == (405, "method-not-allowed")
    named = set(answer.headers["allow"].split(", "))
    assert {name.split()[0] for name in REVIEWED.keys() | PUBLIC if name.split()[1] == path} <= named
    for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"):
        refused = client.request(method, url, headers={"if-match": '"1"'})
        assert (refused.status_code == 405) == (method not in named), method
        assert refused.status_code != 405 or refused.headers["allow"] == answer.headers["allow"]


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("path", ["/api/v1/nothing", "/tiles/none/1/2/3/4"])
def test_an_address_that_there_is_not_is_not_found_whatever_the_method(
    client: TestClient, method: str, path: str
) -> None:
    assert client.request(method, path).status_code == 404
