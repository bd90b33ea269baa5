"""What one transaction did, counted only once it is committed."""

from collections import Counter

from inbox.ingest import metrics


class Tally:
    def __init__(self) -> None:
        self.stored: Counter[str] = Counter()
        self.duplicates: Counter[str] = Counter()
        self.parked: Counter[str] = Counter()

    def publish(self) -> None:
        for kind, count in self.stored.items():
            metrics.STORED.labels(kind).inc(count)
        for kind, count in self.duplicates.items():
            metrics.DUPLICATES.labels(kind).inc(count)
        for reason, count in self.parked.items():
            metrics.PARKED.labels(reason).inc(count)
