"""The route of the busiest doors: they only read, and nearly all of their cost would be the framework's."""

import asyncio
import inspect
from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from typing import Any

import orjson
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import request_body_to_args, request_params_to_args
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic_core import PydanticUndefined
from starlette.requests import Request
from starlette.responses import Response

from service.core.dependencies import refuse_unknown_parameters

Values = dict[str, Any]
Errors = list[Any]


class ReadRoute(APIRoute):
    """A route whose declared parameters are found in one pass and whose endpoint runs on a thread of the database's.

    Declared, validated, refused and described is everything as on any other route. But FastAPI examines the tree of
    dependencies and every parameter that might have been given anew for each request, half the cost of a cheap answer;
    here it is asked about those only that were given. Dependencies are coroutines (they only look at the request), the
    endpoint is a plain function that returns a `Response`.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Answer by the plan made here once."""
        declared, endpoint = _Declared(self.dependant), self.endpoint

        async def handle(request: Request) -> Response:
            await refuse_unknown_parameters(request)
            errors: Errors = []
            values = await declared.values(request, errors)
            if errors:
                raise RequestValidationError(errors)
            threads = request.app.state.database.threads
            found: Response = await asyncio.get_running_loop().run_in_executor(threads, partial(endpoint, **values))
            return found

        return handle


class _Declared:
    """What a callable wants from a request: values of other callables, then parameters of its own."""

    def __init__(self, dependant: Dependant) -> None:
        self.parts = [(each.name, _coroutine(each.call), _Declared(each)) for each in dependant.dependencies]
        self.path, self.body, self.request = dependant.path_params, dependant.body_params, dependant.request_param_name
        optional = [*dependant.query_params, *dependant.header_params]
        self.query = {each.alias: each for each in dependant.query_params}
        self.headers = {each.alias: each for each in dependant.header_params}
        self.required = {each.alias for each in optional if each.field_info.is_required()}
        self.defaults = {each.name: each.default for each in optional if each.alias not in self.required}

    async def values(self, request: Request, errors: Errors) -> Values:
        """Return the arguments; what is wrong with the request is added to `errors`, in the framework's words."""
        found = dict(self.defaults)
        for name, call, declared in self.parts:
            wrong: Errors = []
            arguments = await declared.values(request, wrong)
            if wrong:
                errors += wrong
                continue
            value = await call(**arguments)
            if name is not None:
                found[name] = value
        if self.request is not None:
            found[self.request] = request
        _take(found, errors, request_params_to_args(self.path, request.path_params))
        for fields, source in ((self.query, request.query_params), (self.headers, request.headers)):
            asked = [field for name, field in fields.items() if name in self.required or name in source]
            _take(found, errors, request_params_to_args(asked, source))
        if self.body:
            sent = request.scope["state"]["body"]  # read and checked by the input layer
            value = orjson.loads(sent) if sent else PydanticUndefined
            _take(found, errors, await request_body_to_args(self.body, value, embed_body_fields=False))
        return found


def _take(found: Values, errors: Errors, read: tuple[Values, Errors]) -> None:
    found |= read[0]
    errors += read[1]


def _coroutine(call: Callable[..., Any] | None) -> Callable[..., Any]:
    if call is None or not (inspect.iscoroutinefunction(call) or inspect.iscoroutinefunction(type(call).__call__)):
        msg = f"a ReadRoute can't wait for {call!r}: its dependencies are coroutines"
        raise TypeError(msg)
    return call


def answer(
    value: Values, *, headers: Mapping[str, str] | None = None, media_type: str = "application/json"
) -> Response:
    """Write an answer of plain values, instants in UTC."""
    return Response(orjson.dumps(value, option=orjson.OPT_UTC_Z), headers=headers, media_type=media_type)
