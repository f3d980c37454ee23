"""The home tab."""

from collections.abc import Sequence

from bot.contacts.cards import ME
from bot.incidents.cards.answers import open_list
from bot.incidents.model.incident import Incident
from bot.mrkdwn import bold
from bot.oncall.cards import ONE_SCHEDULE
from bot.slack.blocks import Block, View, actions, button, context, divider, header, home, listed, section

DECLARE = "home.declare"
# A view holds a hundred blocks, and who is on call has to fit in as well.
ROLES_SHOWN = 20


def home_tab(
    incidents: Sequence[Incident], roles: Sequence[tuple[Incident, str]], on_call: Sequence[str]
) -> View:
    """`incidents`: the open ones this person may see. `roles`: theirs. `on_call`: one line a schedule."""
    first = (button("Declare an incident", DECLARE, style="danger"), button("How pages reach you", ME))
    blocks: list[Block] = [actions(*first)]
    if roles:
        blocks.append(header("Your roles"))
        rows = [f"{role.capitalize()} of {each.name} {bold(each.title)}" for each, role in roles]
        blocks += [section(row) for row in rows[:ROLES_SHOWN]]
        if len(rows) > ROLES_SHOWN:
            blocks.append(context(f"… and {len(rows) - ROLES_SHOWN} more."))
    blocks += [header("Open incidents"), *open_list(incidents).blocks, divider(), header("On call")]
    blocks += listed(on_call, ONE_SCHEDULE) if on_call else [context("No schedules yet.")]
    return home(blocks)
