"""Whom a target means."""

from bot.paging.model import Called, resolve

PEOPLE = {"ana": object(), "bo": object()}
ON_CALL = {"primary": ("ana",), "pair": ("ana", "bo"), "empty": ()}


def called(*targets: str) -> list[Called]:
    return resolve(targets, ON_CALL.get, PEOPLE)


def names(*targets: str) -> list[str | None]:
    return [each.person for each in called(*targets)]


def test_a_schedule_means_everybody_on_call_for_it() -> None:
    assert names("schedule:pair") == ["ana", "bo"]
    assert called("schedule:primary")[0].why == "on call for primary"


def test_a_name_means_that_person() -> None:
    assert names("bo") == ["bo"]


def test_a_slack_id_means_somebody_outside_the_playbook() -> None:
    assert names("user:U0ELSE") == ["U0ELSE"]


def test_everybody_is_called_once_for_the_first_reason() -> None:
    found = called("schedule:pair", "bo", "schedule:primary")
    assert [(each.person, each.why) for each in found] == [
        ("ana", "on call for pair"),
        ("bo", "on call for pair"),
    ]


def test_what_means_nobody_says_why_and_hides_nobody() -> None:
    found = called("schedule:empty", "schedule:gone", "zoe", "bo")
    assert [(each.person, each.why) for each in found] == [
        (None, "nobody is on call for empty"),
        (None, "there is no schedule gone"),
        (None, "zoe is nobody the playbook knows"),
        ("bo", "named by the playbook"),
    ]


def test_nothing_means_nobody() -> None:
    assert called() == []
