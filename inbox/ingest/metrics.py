"""What ingest counts. received = stored + duplicates + parked, retries of single parts apart."""

from typing import TYPE_CHECKING

from prometheus_client import Counter, Histogram

if TYPE_CHECKING:
    from inbox.ingest.arrivals import Batch

RECEIVED = Counter(
    "prosa_ingest_items_received_total",
    "Parts of webhooks taken in: messages, statuses, account updates",
    ["kind"],
)
STORED = Counter("prosa_ingest_items_stored_total", "Parts committed for the first time", ["kind"])
DUPLICATES = Counter("prosa_ingest_items_duplicate_total", "Parts that were stored before", ["kind"])
PARKED = Counter("prosa_ingest_items_parked_total", "Parts kept in dead_webhooks", ["reason"])
RETRIES = Counter("prosa_ingest_flush_retries_total", "Transactions run again", ["cause"])
REFUSED = Counter("prosa_ingest_webhooks_refused_total", "POSTs that were answered 503", ["cause"])
IDENTITY_CONFLICTS = Counter(
    "prosa_ingest_identity_conflicts_total", "Webhooks whose BSUID and phone name different contacts"
)
FLUSH_SECONDS = Histogram(
    "prosa_ingest_flush_seconds",
    "From the first statement of a batch to its commit, retries included",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
BATCH_ITEMS = Histogram(
    "prosa_ingest_batch_items",
    "Parts in one transaction",
    buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000),
)


def count_received(batch: "Batch") -> None:
    for kind, parts in (
        ("message", batch.arrivals),
        ("status", batch.statuses),
        ("update", batch.updates),
        ("parked", batch.parked),
    ):
        if parts:
            RECEIVED.labels(kind).inc(len(parts))
