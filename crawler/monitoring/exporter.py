"""A reading in Prometheus's text format. The only module with prometheus-client."""

from __future__ import annotations

from collections.abc import Iterable

from crawler.monitoring.collector import Measurement
from crawler.monitoring.metrics import FAMILIES, MetricKind, samples
from pipelines import MissingExtraError

try:
    from prometheus_client import CollectorRegistry, generate_latest
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
except ModuleNotFoundError as error:
    raise MissingExtraError("metrics", "prometheus-client") from error

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_CLASSES = {MetricKind.COUNTER: CounterMetricFamily, MetricKind.GAUGE: GaugeMetricFamily}


class ReadingCollector:
    """Passes one reading's samples to a registry."""

    def __init__(self, reading: Measurement) -> None:
        self._reading = reading

    def collect(self) -> Iterable[Metric]:
        """Every family, also those without samples, so that each documented one can be queried."""
        found = {
            family.name: _CLASSES[family.kind](family.name, family.meaning, labels=list(family.labels)) for family in FAMILIES
        }
        for family, labels, value in samples(self._reading):
            found[family.name].add_metric(list(labels), float(value))
        return found.values()


def render(reading: Measurement) -> bytes:
    """The text for a scrape or the textfile collector."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(ReadingCollector(reading))
    text: bytes = generate_latest(registry)
    return text
