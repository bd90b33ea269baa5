"""What operators of an installation watch of the proof. Accounts' own numbers: GET /api/v1/proof.

Facts are counted by ingest (prosa_ingest_items_*), pushes by the relay (prosa_live_deliveries_total).
"""

from prometheus_client import Counter, Histogram

PUBLISHED = Counter("prosa_proof_published_total", "Events handed to Redis")
LEFT_TO_LOG = Counter(
    "prosa_proof_left_to_log_total", "Events that Redis did not take: readers find them in the log"
)
ACKNOWLEDGED = Counter("prosa_proof_acknowledged_total", "Pushed events that the browser has confirmed")
ENDED = Counter(
    "prosa_proof_ended_unacknowledged_total",
    "Pushed events whose socket ended first; a resume brings them again",
)
SKIPPED = Counter(
    "prosa_proof_skipped_total", "Numbers that a relay went past without their event: must stay 0"
)
LOG_HOLES = Counter("prosa_proof_log_holes_total", "Numbers without a row in the event log: must stay 0")
OBSERVATIONS_LOST = Counter("prosa_proof_observations_lost_total", "Counts that found no place in memory")
TRIP_SECONDS = Histogram(
    "prosa_proof_trip_seconds",
    "Legs of messages that reached a screen",
    ["leg"],
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 15, 60),
)
