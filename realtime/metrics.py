"""What operators of an installation watch about live updates."""

from prometheus_client import Counter, Gauge, Histogram

SOCKETS = Gauge(
    "prosa_live_sockets", "Sockets that are signed in on this process", multiprocess_mode="livesum"
)
DELIVERIES = Counter("prosa_live_deliveries_total", "Log items written to sockets")
SOCKETS_CUT = Counter("prosa_live_sockets_cut_total", "Sockets cut because they read too slowly")
REPLAYS = Counter("prosa_live_replays_total", "Connections by how they resumed", ["outcome"])
GAPS_REPAIRED = Counter(
    "prosa_live_gaps_repaired_total", "Times the relay read the log for what no hint brought"
)
HINTS_DROPPED = Counter(
    "prosa_live_hints_dropped_total", "Hints that did not reach Redis, or overflowed", ["side"]
)
COMMANDS = Histogram("prosa_live_command_seconds", "Commands by name and outcome", ["command", "outcome"])
