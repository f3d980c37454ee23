"""What happens at set times. A new job is one module and one line in JOBS."""

from schedules.audit import audit
from schedules.groups import look_at_groups
from schedules.hung import let_go
from schedules.job import Job
from schedules.names import refresh_names
from schedules.samples import keep_samples
from schedules.tidy import tidy

JOBS: tuple[Job, ...] = (
    Job("audit", 30, audit, at_start=True),
    # Until then nobody can take up what a replica that hangs has in hand.
    Job("hung", 10, let_go),
    # At start as well: people leave while the bot is away.
    Job("groups", 2, look_at_groups, at_start=True),
    Job("names", 3600, refresh_names, at_start=True),
    Job("tidy", 3600, tidy),
    # An hour of samples is summed up within minutes of its end.
    Job("samples", 600, keep_samples, at_start=True),
)
