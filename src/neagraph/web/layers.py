"""The order of the layers around the application."""

from __future__ import annotations

from dataclasses import dataclass, field

from starlette.types import ASGIApp

from neagraph.web.cache import FastLane, ResultCache
from neagraph.web.cache_layer import CacheLayer
from neagraph.web.express import Express
from neagraph.web.figures import Figures
from neagraph.web.logs import RequestLog
from neagraph.web.sparql import SparqlEndpoint
from neagraph.web.straight import Straight
from neagraph.web.versions import Current, VersionFinder


@dataclass(frozen=True, slots=True)
class Layers:
    """What stands around the application: the fast lane, the request log, the cache.

    Args:
        service: Tells the current version and holds the log of the others.
        cache: The kept answers.
        figures: What is counted of requests.
        slow: Seconds from which a query is told as slow.
    """

    service: Current
    cache: ResultCache = field(default_factory=ResultCache)
    figures: Figures = field(default_factory=Figures)
    slow: float = 5.0

    def around(self, app: ASGIApp) -> FastLane:
        """Return an application with the layers around it."""
        cache = self._cache_layer(app)
        return self._fast_lane(self._log(cache))

    def with_express(
        self, straight: Straight, endpoint: SparqlEndpoint
    ) -> tuple[FastLane, Express]:
        """Return the same, and the short way for queries past them."""
        cache = self._cache_layer(straight)
        log = self._log(cache)
        return self._fast_lane(log), Express(endpoint, straight, cache, log)

    def _cache_layer(self, app: ASGIApp) -> CacheLayer:
        return CacheLayer(
            app,
            cache=self.cache,
            version=lambda: self.service.version,
            find_version=VersionFinder(self.service),
        )

    def _log(self, app: ASGIApp) -> RequestLog:
        return RequestLog(app, figures=self.figures, slow=self.slow)

    def _fast_lane(self, log: RequestLog) -> FastLane:
        return FastLane(
            log, cache=self.cache, version=lambda: self.service.version, note=log.note_hit
        )
