"""A caller with credentials, for tests."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.testclient import TestClient


@dataclass
class Caller:
    """A caller with credentials in its headers; `get`, `post` … as the client's."""

    client: TestClient
    headers: dict[str, str]
    username: str = ""

    def request(self, method: str, url: str, **kwargs: Any) -> Any:  # noqa: ANN401 - the client's own types
        """Send one request with the credentials."""
        headers = {**self.headers, **kwargs.pop("headers", {})}
        return self.client.request(method, url, headers=headers, **kwargs)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Offer `get`, `post`, `patch`, `put`, `delete`."""
        if name not in {"get", "post", "patch", "put", "delete"}:
            raise AttributeError(name)
        return lambda url, **kwargs: self.request(name.upper(), url, **kwargs)
