"""Metrics are read from the same views as everything else, at the moment they are asked for."""

from collections.abc import Iterable

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from central import views
from central.links import UP
from central.web.site import At, Reader, Site

router = APIRouter()


class _Collector:
    """Collects one scrape."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def collect(self) -> Iterable[Metric]:
        """Yield every metric."""
        with self._site.store.read() as connection:
            stores = views.stores(connection, self._site.clock())
        now_ms = self._site.clock()
        gauges = (
            ("up", "1 while the store's session is open", lambda s: int(s.link == UP)),
            ("facts", "Facts held of the store", lambda s: s.facts),
            ("missing_facts", "Facts announced and not yet delivered", lambda s: s.missing_facts),
            (
                "age_seconds",
                "Age of the store's numbers; -1 while it was never heard",
                lambda s: (now_ms - s.as_of_ms) / 1000 if s.as_of_ms else -1,
            ),
            ("differing_rows", "Counter rows that differ from the facts' fold", _differing),
            ("quarantined", "Open quarantine entries", lambda s: s.quarantined),
            ("tasks", "Open tasks of the worklist", lambda s: s.tasks),
        )
        for name, text, value in gauges:
            family = GaugeMetricFamily(f"evertill_store_{name}", text, labels=["store"])
            for store in stores:
                family.add_metric([store.store], value(store))
            yield family
        for name, count in self._site.counts().items():
            text = f"Worker's {name} since it started"
            yield CounterMetricFamily(f"evertill_worker_{name}", text, value=count)


def _differing(store: views.StoreStatus) -> int:
    return store.differing_rows


@router.get(
    "/metrics",
    summary="Metrics for Prometheus",
    tags=["status"],
    response_class=Response,
    responses={200: {"content": {"text/plain": {}}}},
)
def metrics(site: At, _: Reader) -> Response:
    """Return metrics in Prometheus' text format; give the scraper a `read` token."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collector(site))
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)
