"""What is meant by a declaration, however it is spelt."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.playbook import Playbook, parse
from handlers.incident import declaring


@pytest.fixture(scope="module")
def playbook() -> Playbook:
    """The severities that a playbook has which says nothing of them."""
    return parse("version: 1\n", environ={})


@pytest.mark.parametrize(
    "word", ["sev2", "SEV2", "p2", "S2", "high", "High", "sev2:", "sev2,", "sev-2", "P2."]
)
def test_a_severity_has_many_spellings(playbook: Playbook, word: str) -> None:
    assert declaring.severity(playbook, word) == "sev2"


@pytest.mark.parametrize("word", ["", "sev", "sev5", "sev22", "2", "search", "hig"])
def test_other_words_are_no_severity(playbook: Playbook, word: str) -> None:
    assert declaring.severity(playbook, word) is None


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        *(
            ("sev0", "sev1"),
            ("P0", "sev1"),
            ("sev5", "sev4"),
            ("S-9", "sev4"),
            ("7", "sev4"),
            ("999", "sev4"),
        ),
        *(("critcal", "sev1"), ("CRITICL", "sev1"), ("hihg", "sev2"), ("meduim", "sev3"), ("loww", "sev4")),
    ],
)
def test_a_misspelt_severity_has_a_nearest_one(playbook: Playbook, word: str, meant: str) -> None:
    assert declaring.nearest_severity(playbook, word) == meant


@pytest.mark.parametrize("word", ["", "search", "checkout", "note", "private", "s"])
def test_other_words_are_near_to_none(playbook: Playbook, word: str) -> None:
    assert declaring.nearest_severity(playbook, word) is None


def test_severities_without_numbers_have_nearest_ones_too() -> None:
    named = parse("version: 1\nseverities: {fire: {also: [red]}, smoke: {also: [amber]}}\n", environ={})
    assert declaring.severity(named, "RED") == "fire"
    assert declaring.nearest_severity(named, "smok") == "smoke"


@pytest.mark.parametrize(
    ("text", "title", "services", "private"),
    [
        ("Checkout down", "Checkout down", [], False),
        ("private Checkout down", "Checkout down", [], True),
        ("Checkout down PRIVATE", "Checkout down", [], True),
        ("Checkout down service:pay private", "Checkout down", ["pay"], True),
        ("Checkout down private service:pay", "Checkout down", ["pay"], True),
        ("Checkout service:pay down", "Checkout down", ["pay"], False),
        ("service:a service:b down", "down", ["a", "b"], False),
        ("The private key leaked", "The private key leaked", [], False),
        ("privately owned", "privately owned", [], False),
        ("microservice:pay down", "microservice:pay down", [], False),
        ("service: down", "service: down", [], False),
        ("private", "", [], True),
        ("  two\n lines\t", "two lines", [], False),
        ("", "", [], False),
    ],
)
def test_the_line_is_taken_apart(text: str, title: str, services: list[str], private: bool) -> None:
    assert declaring.taken_apart(text) == (title, services, private)


@given(st.text())
def test_any_line_is_taken_apart_into_one_clean_line(text: str) -> None:
    title, services, _ = declaring.taken_apart(text)
    assert title == " ".join(title.split())
    assert all(services)
    assert not re.match(r"private(\s|$)", title, re.IGNORECASE)


@given(
    st.text(st.characters(exclude_characters="\n"), max_size=30).filter(
        lambda each: "private" not in each.lower()
    )
)
def test_where_private_stands_makes_no_difference(words: str) -> None:
    first, last = declaring.taken_apart(f"private {words}"), declaring.taken_apart(f"{words} private")
    assert first == last
    assert first[2]
