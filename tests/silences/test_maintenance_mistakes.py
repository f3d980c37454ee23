"""What is wrong with maintenance windows is told with its line."""

import pytest

from bot.playbook import parse
from tests.mistakes import problems

HEAD = """version: 1
services: {checkout: {}, idle: {}}
checks:
  site: {http: {url: "https://example.com"}, every: 1m, service: checkout}
  once: {http: {url: "https://example.com"}}
"""
LINES = HEAD.count("\n")


@pytest.mark.parametrize(
    ("window", "says"),
    [
        ('{when: "0 2 * * *", for: 2h}', "name: is missing"),
        ('{name: a, when: "0 2 * * *"}', "for: is missing"),
        ("{name: a, for: 2h}", "when: is missing"),
        ('{name: a, when: "0 2 * *", for: 2h}', "has 4 fields, not five"),
        ('{name: a, when: "0 2 * * *", for: 8d}', "is longer than a week"),
        ('{name: a, when: "0 2 * * *", for: 0m}', "for: "),
        ('{name: a, when: "0 2 * * *", for: 2h, timezone: Mars/Base}', "'Mars/Base'"),
        ('{name: a, when: "0 2 * * *", for: 2h, silence: chekout}', "Did you mean 'checkout'?"),
        ('{name: a, when: "0 2 * * *", for: 2h, silence: [site, sit]}', "Did you mean 'site'?"),
        ('{name: a, when: "0 2 * * *", for: 2h, silence: once}', "'once' is no probe: it is never asked"),
        ('{name: a, when: "0 2 * * *", for: 2h, silence: idle}', "'idle' is watched by nothing: no probe"),
        ('{name: a, when: "0 2 * * *", for: 2h, silences: site}', "'silences' is not a key here"),
    ],
)
def test_a_window_that_cannot_be(window: str, says: str) -> None:
    [found] = problems(HEAD + f"maintenance: {{windows: [{window}]}}\n")
    assert found.startswith(f"{LINES + 1}: maintenance.windows")
    assert says in found


def test_two_windows_of_one_name() -> None:
    window = '{name: a, when: "0 2 * * *", for: 2h}'
    [found] = problems(HEAD + f"maintenance: {{windows: [{window}, {window}]}}\n")
    assert "has two of one name: a" in found


def test_what_may_be_silenced() -> None:
    for silence in ("all", "site", "[checkout, site]", "[]"):
        window = f'{{name: a, when: "0 2 * * *", for: 2h, silence: {silence}}}'
        assert len(parse(HEAD + f"maintenance: {{windows: [{window}]}}\n", {}).maintenance.windows) == 1
