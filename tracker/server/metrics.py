"""Figures for machines, in the text form of Prometheus."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    Metric,
    SummaryMetricFamily,
)
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from tracker.server.app import Application

MEDIA = "text/plain; version=0.0.4; charset=utf-8"


class Figures(Collector):
    """Reads what the door counts anyway; nothing is measured for this alone."""

    def __init__(self, app: Application) -> None:
        self._app = app
        self._registry = CollectorRegistry()
        self._registry.register(self)

    def text(self) -> bytes:
        return generate_latest(self._registry)

    def describe(self) -> list[Metric]:
        return []  # found out when asked

    def collect(self) -> Iterator[Metric]:
        yield from self._deliveries()
        yield from self._writer()
        yield _gauge("ready", "1 when deliveries can be kept.", self._ready())

    def _ready(self) -> int:
        return int(not self._app.health.because())

    def _deliveries(self) -> Iterator[Metric]:
        count = CounterMetricFamily(
            "tracker_deliveries",
            "Deliveries by what became of them.",
            labels=["source", "outcome"],
        )
        for (source, outcome), many in sorted(self._app.hooks.counts.items()):
            count.add_metric([source, outcome], many)
        yield count
        unread = GaugeMetricFamily(
            "tracker_deliveries_unread",
            "Kept deliveries that nobody has read yet.",
            labels=["source"],
        )
        for source, many in sorted(self._app.health.unread.items()):
            unread.add_metric([source], many)
        yield unread
        requests = CounterMetricFamily(
            "tracker_http_requests", "Answers by status.", labels=["status"]
        )
        for status, many in sorted(self._app.statuses.items()):
            requests.add_metric([str(status)], many)
        yield requests

    def _writer(self) -> Iterator[Metric]:
        writer = self._app.writer
        yield _gauge("deliveries_waiting", "Not kept yet.", writer.waiting)
        yield _gauge("deliveries_waiting_bytes", "Not kept yet.", writer.held)
        yield SummaryMetricFamily(
            "tracker_inbox_transaction_seconds",
            "Transactions that keep deliveries.",
            count_value=writer.batches,
            sum_value=writer.seconds,
        )


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(f"tracker_{name}", text, value)
