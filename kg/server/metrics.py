"""Counts for Prometheus: requests by kind and status, their times, what waits, and how often a keeper broke."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics, generate_latest

__all__ = ["MEDIA", "Metrics"]

MEDIA = "text/plain; version=0.0.4; charset=utf-8"
_BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_KINDS = ("sparql", "api", "question", "id", "graph", "graphs", "assets", "data", "health", "metrics", "ns")


def _kind(path: str) -> str:
    """What a path asks for, of few kinds: addresses of clients' making must not fill the memory."""
    first = path.strip("/").partition("/")[0].partition(".")[0]
    return first if first in _KINDS else "page"


class Metrics:
    """One server's counts; `gauges` are read when they are asked for."""

    def __init__(self, gauges: dict[str, tuple[str, Callable[[], float]]]) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._all = CollectorRegistry()
        self._requests = Counter("kg_requests", "Requests answered", ("kind", "status"), registry=self._all)
        self._seconds = Histogram(
            "kg_request_seconds", "Time to answer", ("kind",), buckets=_BOUNDS, registry=self._all
        )
        self._now = Gauge("kg_requests_in_progress", "Requests being answered", registry=self._all)
        self._count = cache(self._requests.labels)  # finding them by name takes longer than counting
        self._time = cache(self._seconds.labels)
        for name, (about, read) in gauges.items():
            Gauge(name, about, registry=self._all).set_function(read)

    def begun(self) -> None:
        """A request came."""
        self._now.inc()

    def ended(self, path: str, status: int, seconds: float) -> None:
        """A request was answered."""
        self._now.dec()
        kind = _kind(path)
        self._count(kind, str(status)).inc()
        self._time(kind).observe(seconds)

    def written(self) -> bytes:
        """All counts in the text format."""
        return generate_latest(self._all)
