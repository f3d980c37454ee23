"""What Prometheus may ask for. Labels come from our own lists, never from what people typed."""

from prometheus_client import Counter, Gauge, Histogram

ACKS = Histogram(
    "watchbill_ack_seconds",
    "From a request's arrival to its answer. Slack gives up after 3 seconds.",
    ["request"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3),
)
DELIVERIES = Counter("watchbill_deliveries", "Attempts to do something outside.", ["kind", "outcome"])
DEAD_LETTERS = Counter("watchbill_dead_letters", "Effects given up for good.", ["kind"])
SLACK_CALLS = Counter("watchbill_slack_calls", "Calls of Slack's Web API.", ["method", "result"])
RATE_LIMITED = Counter("watchbill_rate_limited", "Times Slack answered 429.", ["method"])
PAGES = Counter("watchbill_pages", "Pages, by what became of them.", ["event"])
BACKLOG = Gauge("watchbill_backlog", "Effects due and not done.")
BACKLOG_AGE = Gauge("watchbill_backlog_age_seconds", "How long the oldest due effect has waited.")
REPAIRS = Counter("watchbill_repairs", "What the auditor found missing and put right.", ["finding"])
HEARTBEATS = Counter("watchbill_heartbeats", "Minutes, by what became of their heartbeat.", ["outcome"])
SOCKETS = Gauge("watchbill_sockets", "Socket Mode connections that are up.")
EMERGENCIES = Counter("watchbill_emergencies", "Declarations that the database did not take in time.")
PROBES = Counter("watchbill_probes", "Answers of probes.", ["kind", "verdict"])
PROBE_LATENESS = Histogram(
    "watchbill_probe_lateness_seconds",
    "From when a probe was due to when it was asked.",
    buckets=(0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
JOBS = Counter("watchbill_jobs", "Times of jobs on the wall clock, by what became of them.", ["outcome"])
JOB_LATENESS = Histogram(
    "watchbill_job_lateness_seconds",
    "From when a job was due to when it ran.",
    buckets=(0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 600, 3600),
)
