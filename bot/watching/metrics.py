"""The figures Prometheus collects. Names and codes only: no label ever carries a person, a place or words."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY = CollectorRegistry(auto_describe=True)

UPDATES = Counter("aspirasi_updates", "Updates handled, by outcome", ["outcome"], registry=REGISTRY)
UPDATE_SECONDS = Histogram("aspirasi_update_seconds", "Time of one update's transaction", registry=REGISTRY)
LOOK_SECONDS = Histogram(
    "aspirasi_classification_seconds",
    "Time to classify one text",
    buckets=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5),
    registry=REGISTRY,
)
SENDS = Counter(
    "aspirasi_sends", "Rows of the outbox sent, by lane and outcome", ["lane", "outcome"], registry=REGISTRY
)
JOBS = Counter("aspirasi_jobs", "Runs of scheduled jobs, by outcome", ["job", "outcome"], registry=REGISTRY)
INBOX_WAITING = Gauge("aspirasi_inbox_waiting", "Updates kept and not handled yet", registry=REGISTRY)
INBOX_LAG = Gauge("aspirasi_inbox_lag_seconds", "Age of the oldest update not handled yet", registry=REGISTRY)
SET_ASIDE = Gauge("aspirasi_inbox_set_aside", "Updates set aside for a person to look at", registry=REGISTRY)
OUTBOX_WAITING = Gauge("aspirasi_outbox_waiting", "Rows due and not sent yet, by lane", ["lane"], registry=REGISTRY)
OUTBOX_LAG = Gauge("aspirasi_outbox_lag_seconds", "Age of the oldest row due and not sent yet", registry=REGISTRY)
DATABASE_UP = Gauge("aspirasi_database_up", "1 while the database answers", registry=REGISTRY)
TROUBLES = Gauge("aspirasi_troubles", "Troubles that administrators were told of and that hold now", registry=REGISTRY)
PROCESSES = Gauge("aspirasi_processes", "Live processes, by part", ["part"], registry=REGISTRY)
