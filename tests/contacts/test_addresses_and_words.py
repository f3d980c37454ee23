"""What people see of addresses, and what they may type about how they are reached."""

from datetime import time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.contacts import typed
from bot.contacts.address import masked
from bot.contacts.cards import change_form, sentence, short
from bot.contacts.model import SLACK, Method, Quiet, Rule, Step
from bot.errors import UserError

MADRID = ZoneInfo("Europe/Madrid")


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("twilio://AC123:token@+15550000/+15550101", "twilio …0101"),
        ("twilio://AC123:token@+15550000/%2B15550101/", "twilio …0101"),
        ("ntfys://user:pass@ntfy.example.com/ana-secret", "ntfys ntfy.example.com"),
        ("json://localhost:8080/hook", "json localhost"),
        ("mailto://ana:pass@gmail.com", "mailto a…@gmail.com"),
        ("mailtos://bot%40x.com:pass@smtp.x.com?to=ana@example.com&from=b", "mailtos a…@example.com"),
        ("pagerduty://ROUTINGKEY", "pagerduty"),
        ("discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js", "discord"),
        ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ", "slack"),
        ("json://[::1", "json"),
    ],
)
def test_an_address_is_recognised_and_opens_no_door(address: str, shown: str) -> None:
    assert masked(address) == shown


@given(
    st.text(alphabet="abcXYZ0189-_", min_size=8),
    st.sampled_from(["discord", "tgram", "pagerduty", "slack", "sns"]),
)
def test_no_key_is_ever_shown(key: str, scheme: str) -> None:
    if not key.isdigit():
        assert key[-4:] not in masked(f"{scheme}://{key}/{key}").removeprefix(scheme)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("", None), ("0", 0), ("now", 0), ("2m", 120), ("2 min", 120), ("2", 120), ("90 s", 90), ("1h", 3600),
        ("24 hours", 86400),
    ],
)  # fmt: skip
def test_delays_as_they_are_typed(text: str, span: int | None) -> None:
    assert typed.delay(text) == (None if span is None else timedelta(seconds=span))


@pytest.mark.parametrize(
    ("text", "quiet"),
    [
        ("", None),
        ("22:00 to 07:00", Quiet(time(22), time(7))),
        ("22-7", Quiet(time(22), time(7))),
        ("23.30 – 6.15", Quiet(time(23, 30), time(6, 15))),
        ("18:00 until 24:00", Quiet(time(18), time(0))),
    ],
)
def test_quiet_hours_as_they_are_typed(text: str, quiet: Quiet | None) -> None:
    assert typed.quiet(text) == quiet


@pytest.mark.parametrize("text", ["soon", "-2m", "2d", "25h", "1 2", "m"])
def test_a_delay_that_is_none_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(UserError, match=r"Write 0, 90s|At most 24h"):
        typed.delay(text)


@pytest.mark.parametrize("text", ["22:00", "22 to 25", "7 to 7", "24:30 to 7", "at night", "0:00 to 24:00"])
def test_quiet_hours_that_are_none_are_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(UserError, match="22:00 to 07:00"):
        typed.quiet(text)


def test_a_zone_is_found_or_the_nearest_is_named() -> None:
    assert typed.zone("Asia/Kolkata", MADRID) == ZoneInfo("Asia/Kolkata")
    assert typed.zone("", MADRID) == MADRID
    with pytest.raises(UserError, match="Did you mean Europe/Madrid"):
        typed.zone("Europe/Madird", MADRID)
    with pytest.raises(UserError, match="is not a time zone"):
        typed.zone("<!channel>", MADRID)


METHODS = [Method(SLACK, ""), Method("push", "ntfy://x/y"), Method("sms", "twilio://x/+15550101")]


def rule(*steps: tuple[int, tuple[str, ...]]) -> Rule:
    return Rule(tuple(Step(timedelta(seconds=after), via) for after, via in steps), None, MADRID)


@pytest.mark.parametrize(
    ("of", "said"),
    [
        (rule((0, ("slack",)), (120, ("push", "sms"))), "Slack at once, then push and sms after 2 min."),
        (
            rule((0, ("sms",)), (90, ("slack",)), (3600, ("push",))),
            "Sms at once, then Slack after 90 s, then push after 1 h.",
        ),
        (rule((120, ("push",))), "Slack at once, then push after 2 min. Only where Slack fails: sms."),
        (
            rule((0, ("slack",)), (60, ("voice", "sms")), (90, ("fax",)), (120, ("push",))),
            "Slack at once, then sms after 1 min, then push after 2 min."
            " The playbook has no address for voice or fax.",
        ),
    ],
)
def test_a_rule_is_told_in_sentences(of: Rule, said: str) -> None:
    assert sentence(of, METHODS) == said


@given(st.integers(0, 86_400))
def test_a_delay_in_the_form_can_be_sent_back_as_it_is(seconds: int) -> None:
    assert typed.delay(short(timedelta(seconds=seconds))) == timedelta(seconds=seconds)


def test_the_form_shows_what_is_in_force() -> None:
    view = change_form(METHODS, Rule(rule((120, ("sms",))).steps, Quiet(time(22), time(7)), MADRID))
    shown = {
        block["block_id"]: block["element"].get("initial_value")
        for block in view["blocks"]
        if block["type"] == "input"
    }
    assert shown == {
        "method:slack": "0",
        "method:push": None,
        "method:sms": "2m",
        "quiet": "22:00 to 07:00",
        "zone": "Europe/Madrid",
    }
    assert "+1555" not in str(view)
