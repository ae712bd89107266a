"""Counters for `/metrics`, by route template (never by address: no codes, no names)."""

from functools import lru_cache

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

registry = CollectorRegistry()
ProcessCollector(registry=registry)
_requests = Counter("gongdi_requests", "Requests answered", ["method", "route", "status"], registry=registry)
_seconds = Histogram(
    "gongdi_request_seconds",
    "Time to the end of the answer",
    ["route"],
    registry=registry,
    buckets=(0.005, 0.02, 0.1, 0.5, 2, 10),
)
tile_cache_hits = Counter("gongdi_tile_cache_hits", "Tiles answered from memory", registry=registry)
tile_cache_misses = Counter("gongdi_tile_cache_misses", "Tiles made by the database", registry=registry)
tile_cache_bytes = Gauge("gongdi_tile_cache_bytes", "Memory held by encoded tiles", registry=registry)


@lru_cache(maxsize=2048)
def _counter(method: str, route: str, status: int) -> Counter:
    return _requests.labels(method, route, str(status))


@lru_cache(maxsize=512)
def _timer(route: str) -> Histogram:
    return _seconds.labels(route)


def observe(method: str, route: str, status: int, seconds: float) -> None:
    """Count one answered request."""
    _counter(method, route, status).inc()
    _timer(route).observe(seconds)


def text() -> bytes:
    """Write all counters in Prometheus' text form."""
    return generate_latest(registry)
