"""What is wrong with objectives, and with where a report's figures come from, is told with its line."""

import pytest

from tests.mistakes import problems

HEAD = """version: 1
services: {checkout: {}}
checks:
  site: {http: {url: "https://example.com"}, every: 1m}
  once: {http: {url: "https://example.com"}}
"""
LINES = HEAD.count("\n")


@pytest.mark.parametrize(
    ("slo", "says"),
    [
        (
            "{objective: 99.9, good: check:site}",
            "objective: '99.9' is not a percentage such as 99.9%. Did you mean '99.9%'?",
        ),
        ("{objective: 0.999, good: check:site}", "Did you mean '99.9%'?"),
        ("{objective: 100%, good: check:site}", "leaves no error budget"),
        ("{objective: 0%, good: check:site}", "is not a percentage"),
        ("{objective: true, good: check:site}", "is not a percentage"),
        ("{good: check:site}", "objective: is missing"),
        ("{objective: 99%}", "good: is missing"),
        (
            "{objective: 99%, good: site}",
            "'site' is not a check such as check:site-up. Did you mean 'check:site'?",
        ),
        (
            "{objective: 99%, good: check:sight}",
            "'check:sight' is not in checks (site, once). Did you mean 'check:site'?",
        ),
        ("{objective: 99%, good: check:once}", "'check:once' is no probe: give that check an `every`"),
        ("{objective: 99%, good: check:site, window: 36h}", "is not a number of whole days"),
        ("{objective: 99%, good: check:site, window: 400d}", "from 1d to 365d"),
        ("{objective: 99%, good: check:site, window: quarter}", "is neither `month` nor a number of days"),
        ("{objective: 99%, good: check:site, under: 5}", "is not a length of time such as 500ms"),
        (
            "{objective: 99%, good: check:site, service: chekout}",
            "'chekout' is not in services (checkout). Did you mean",
        ),
        ("{objective: 99%, good: check:site, target: 1}", "'target' is not a key here"),
    ],
)
def test_an_objective_that_cannot_be_measured(slo: str, says: str) -> None:
    [found] = problems(HEAD + f"slos: {{a: {slo}}}\n")
    assert found.startswith(f"{LINES + 1}: slos.a")
    assert says in found


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ("reliability: {uptime: once}", "reliability.uptime: 'once' is no probe"),
        ("reliability: {uptime: [site, sit]}", "'sit' is not in checks (site, once). Did you mean 'site'?"),
        ("reliability: {prometheus: {requests: 'sum(x)'}}", "is not a metric such as http_requests_total"),
        ("reliability: {prometheus: {errors: x}}", "requests: is missing"),
        (
            "reliability: {error_rate: site, prometheus: {requests: a, errors: b}}",
            "has two sources of the error rate",
        ),
        ("deployments: {environment: production, workflow: d.yml}", "has two sources"),
        ("capacity: {cpu: {check: once}}", "capacity.cpu.check: 'once' is no probe"),
        ("cost: {budget: 0}", "cost.budget: '0'"),
        ("cost: {check: sit}", "Did you mean 'site'?"),
        ("github: [example]", "is not a repository such as example/app"),
    ],
)
def test_a_report_that_asks_nobody(options: str, says: str) -> None:
    found = problems(HEAD + f"reports: {{a: {{sections: [verdict], {options}}}}}\n")
    assert len(found) == 1
    assert found[0].startswith(f"{LINES + 1}: reports.a.")
    assert says in found[0]
