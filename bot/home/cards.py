"""The home tab."""

from collections.abc import Sequence

from bot.contacts.cards import ME
from bot.incidents.cards.answers import open_list
from bot.incidents.model.incident import Incident
from bot.mrkdwn import bold
from bot.slack.blocks import Block, View, actions, button, context, divider, header, home, section

DECLARE = "home.declare"


def home_tab(
    incidents: Sequence[Incident], roles: Sequence[tuple[Incident, str]], on_call: Sequence[str]
) -> View:
    """`incidents`: the open ones this person may see. `roles`: theirs. `on_call`: one line a schedule."""
    first = (button("Declare an incident", DECLARE, style="danger"), button("How pages reach you", ME))
    blocks: list[Block] = [actions(*first)]
    if roles:
        blocks.append(header("Your roles"))
        blocks += [section(f"{role.capitalize()} of {each.name} {bold(each.title)}") for each, role in roles]
    blocks += [header("Open incidents"), *open_list(incidents).blocks, divider(), header("On call")]
    blocks += [section(line) for line in on_call[:20]] or [context("No schedules yet.")]
    return home(blocks)
