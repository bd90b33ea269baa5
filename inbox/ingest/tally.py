"""What one transaction did: the process's metrics, counted only once it is committed, and the facts that it writes itself."""

from collections import Counter

from inbox.ingest import metrics
from inbox.ingest.arrivals import Batch
from inbox.ingest.facts import RECEIVED, Facts


class Tally:
    def __init__(self, batch: Batch) -> None:
        self.stored: Counter[str] = Counter()
        self.duplicates: Counter[str] = Counter()
        self.parked: Counter[str] = Counter()
        self.facts = Facts()
        for parts in (batch.arrivals, batch.statuses, batch.updates, batch.parked):
            self.facts.add_each(RECEIVED, parts)

    def publish(self) -> None:
        for kind, count in self.stored.items():
            metrics.STORED.labels(kind).inc(count)
        for kind, count in self.duplicates.items():
            metrics.DUPLICATES.labels(kind).inc(count)
        for reason, count in self.parked.items():
            metrics.PARKED.labels(reason).inc(count)
