"""What Prometheus hears of sending."""

from prometheus_client import Counter, Gauge, Histogram

OUTCOMES = Counter("prosa_outbox_outcomes_total", "Tries to send by how they ended", ["outcome"])
GRAPH_ERRORS = Counter("prosa_outbox_graph_errors_total", "Errors of Graph by their meaning", ["meaning"])
ALARMS = Counter("prosa_outbox_alarms_total", "Errors that stop a whole number or account", ["meaning"])
IN_FLIGHT = Gauge("prosa_outbox_in_flight", "Messages claimed and not yet written back")
LEASES = Gauge("prosa_outbox_leases", "Numbers that this process drives")
TAKEOVERS = Counter("prosa_outbox_lease_takeovers_total", "Leases taken after another holder")
SEND_SECONDS = Histogram(
    "prosa_outbox_send_seconds",
    "One send to Graph",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
WAIT_SECONDS = Histogram(
    "prosa_outbox_wait_seconds",
    "From being due to being sent",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 120, 600, 3600),
)
WRITE_BATCH = Histogram(
    "prosa_outbox_write_batch", "Results written per commit", buckets=(1, 2, 5, 10, 25, 50, 100, 250)
)
