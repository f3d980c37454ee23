"""The proof in a page's link, and people who answer from outside Slack."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.links import Links
from bot.model import UserId, outside_name, outsider
from bot.mrkdwn import plain, user
from bot.paging.links import page_link, page_of
from bot.paging.model import PageId

LINKS = Links("https://watchbill.example.com", "a-secret-that-is-long-enough-for-it")
OTHER = Links("https://watchbill.example.com", "a-secret-that-somebody-else-may-have")


def token(page: int, links: Links = LINKS) -> str:
    return (page_link(links, PageId(page)) or "").rpartition("/")[2]


@given(st.integers(1, 10**17))
def test_a_link_leads_to_its_page_and_to_no_other(page: int) -> None:
    assert page_of(LINKS, token(page)) == page
    assert page_of(LINKS, f"{page + 1}-{token(page).partition('-')[2]}") is None
    assert page_of(OTHER, token(page)) is None


@given(st.text(max_size=60))
def test_nothing_that_was_made_up_leads_anywhere(text: str) -> None:
    assert page_of(LINKS, text) is None


def test_a_link_fits_a_text_message_and_survives_being_made_one() -> None:
    link = page_link(LINKS, PageId(123456)) or ""
    assert len(link) < 70
    assert link[-1].isalnum(), "a sign at the end is cut off by whatever makes links of text"
    assert page_of(LINKS, token(123456).upper()) == 123456


@pytest.mark.parametrize("links", [Links(), Links("https://w"), Links(None, LINKS.secret)])
def test_without_both_settings_there_is_no_link(links: Links) -> None:
    assert page_link(links, PageId(1)) is None


def test_a_proof_is_good_for_its_purpose_alone() -> None:
    assert LINKS.proof("page", "1") != LINKS.proof("calendar", "1")
    assert not LINKS.proves("calendar", "1", LINKS.proof("page", "1") or "")
    assert not Links().proves("page", "1", "")


def test_the_secret_is_not_shown() -> None:
    assert "a-secret" not in repr(LINKS)


@given(st.text())
def test_an_outsider_is_shown_by_name_and_fits_where_ids_are_kept(name: str) -> None:
    who = outsider(name)
    assert len(who) <= 32
    assert outside_name(who)
    assert "<@" not in user(who)


def test_names_are_escaped_and_accounts_mentioned() -> None:
    assert user(outsider("Tenex <!channel>")) == "Tenex &lt;!channel&gt;"
    assert user(UserId("U02BO")) == "<@U02BO>"
    assert outside_name(UserId("U02BO")) is None


def test_a_time_is_plain_words_outside_slack() -> None:
    said = "acknowledged by <@U02BO> at <!date^1795202201^{time}|2026-11-20 16:03 UTC>"
    assert plain(said, {"U02BO": "bo"}.get) == "acknowledged by @bo at 2026-11-20 16:03 UTC"
