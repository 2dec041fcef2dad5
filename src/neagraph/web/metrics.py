"""Figures for Prometheus, written by its client library, from a registry of each request's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Final

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from neagraph.web.cache import ResultCache
from neagraph.web.figures import BOUNDS, Figures

_REQUESTS: Final = ("place", "method", "status")


@dataclass(frozen=True, slots=True)
class Now:
    """What is asked of the store for a report.

    Args:
        version: Number of the current version.
        triples: Triples of the default graph.
        running: Queries that are being worked on.
        waiting: Queries that wait for their turn.
        up: Whether the store has answered.
    """

    version: int = 0
    triples: int = 0
    running: int = 0
    waiting: int = 0
    up: bool = False


@dataclass(frozen=True, slots=True, eq=False)  # the registry keeps it in a set
class Report(Collector):
    """All figures at one moment.

    Args:
        figures: Requests.
        cache: Kept answers.
        endings: How questions to the store ended without an answer.
        now: The state of the store.
    """

    figures: Figures
    cache: ResultCache
    endings: Mapping[str, int]
    now: Now = field(default_factory=Now)

    def collect(self) -> Iterator[Metric]:
        """Yield every figure."""
        yield from self._requests()
        yield from self._cache()
        yield _counted(
            "neagraph_queries_ended", "Queries that ended without an answer.", "reason",
            self.endings,
        )  # fmt: skip
        yield from self._now()

    def _requests(self) -> Iterator[Metric]:
        counts = CounterMetricFamily("neagraph_requests", "Requests.", labels=_REQUESTS)
        times = HistogramMetricFamily(
            "neagraph_request_seconds", "Time from request to answer.", labels=_REQUESTS
        )
        for (place, method, status), row in self.figures.rows.items():
            labels = (place, method, str(status))
            bounds = [*map(str, BOUNDS), "+Inf"]
            sums = list(accumulate(row.classes))
            counts.add_metric(labels, sums[-1])
            times.add_metric(labels, list(zip(bounds, sums, strict=True)), row.seconds)
        yield counts
        yield times

    def _cache(self) -> Iterator[Metric]:
        cache = self.cache
        kinds = {"hit": cache.hits, "miss": cache.misses, "merged": cache.merged}
        yield _counted("neagraph_cache_requests", "Requests that may be kept.", "outcome", kinds)
        yield _gauge("neagraph_cache_bytes", "Bytes of kept answers.", cache.bytes)
        yield _gauge("neagraph_cache_entries", "Kept answers.", len(cache))

    def _now(self) -> Iterator[Metric]:
        now = self.now
        yield _gauge("neagraph_up", "Whether the store answers.", int(now.up))
        if now.up:
            yield _gauge("neagraph_version", "Number of the current version.", now.version)
            yield _gauge("neagraph_triples", "Triples of the default graph.", now.triples)
            yield _gauge("neagraph_queries_running", "Queries worked on.", now.running)
            yield _gauge("neagraph_queries_waiting", "Queries that wait.", now.waiting)


def exposition(report: Report, accept: str) -> tuple[bytes, str]:
    """Return the figures as text and the media type of it, as Prometheus asks for it."""
    encode: Callable[[CollectorRegistry], bytes]
    encode, media_type = choose_encoder(accept)
    registry = CollectorRegistry()
    registry.register(report)
    return encode(registry), media_type


def _gauge(name: str, meaning: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, meaning, value=value)


def _counted(name: str, meaning: str, label: str, counts: Mapping[str, int]) -> CounterMetricFamily:
    family = CounterMetricFamily(name, meaning, labels=(label,))
    for value, count in counts.items():
        family.add_metric((value,), count)
    return family
