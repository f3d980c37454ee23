"""What people see of an emergency, until the database has it."""

import json
from datetime import datetime, timedelta
from typing import Any

from bot.emergency.model import ANNOUNCEMENT, Call, Emergency, Unheard
from bot.model import UserId
from bot.mrkdwn import bold, channel, cut, escape, one_line, said, user, when, when_dated
from bot.slack.blocks import Block, Content, actions, button, context, section

ACKNOWLEDGE = "emergency.acknowledge"
DECLINE = "emergency.decline"
# A list of who is on call that is older than this is said to be old.
FRESH = timedelta(minutes=10)
AWAY = "My database is away, so this has no number yet; it follows."


def value(emergency: Emergency, call: int = 0) -> str:
    """What a button carries: enough for a process that knows nothing of the emergency to answer it."""
    declared = emergency.declared
    carried = {"request": declared.request, "call": call, "severity": declared.severity}
    return json.dumps({**carried, "title": cut(one_line(declared.title), 300)})


def carried(text: str) -> dict[str, Any]:
    """What `value` made."""
    found: dict[str, Any] = json.loads(text)
    return found


def declared(emergency: Emergency, *, kept: bool) -> Content:
    """The answer to a declaration that could not be recorded. `kept`: it is on this machine's disk."""
    about = emergency.declared
    title = said(one_line(about.title), 200)
    text = f"I could not record this: the database is away. {about.severity} · {title}"
    lines = [
        ":warning: *I could not record this: the database is away.*",
        f"{escape(about.severity)} · {bold(about.title)}",
        _paging(emergency),
        "It gets its number as soon as the database is back; you need not repeat it.",
    ]
    if not kept:
        lines.append("I could not write it to disk either: if I am restarted now, it is forgotten.")
    return Content(f"{text}. {_paging(emergency)}", (section("\n".join(lines)), *_age(emergency)))


def _paging(emergency: Emergency) -> str:
    people = ", ".join(dict.fromkeys(_named(call) for call in emergency.calls))
    later = emergency.due_at
    if people:
        return f"I am paging {people} all the same."
    if later is not None:
        return f"Nobody is paged yet; if nobody answers, I page at {when(later)}."
    return "It pages nobody by the playbook; tell those who should know."


def _named(call: Call) -> str:
    return user(call.user) if call.user else escape(call.person)


def _age(emergency: Emergency) -> tuple[Block, ...]:
    about = emergency.declared
    if about.known_at is None:
        return (context("I know of no covers: who is on call is what the playbook says."),)
    if about.at - about.known_at > FRESH:
        return (context(f"Who is on call, with covers, as I knew it {when_dated(about.known_at)}."),)
    return ()


def page(emergency: Emergency, call: Call) -> Content:
    """The direct message; it loses its buttons once answered."""
    about = emergency.declared
    declined, ack = emergency.declined.get(call.id), emergency.acknowledged
    if declined is not None:
        return answered(about.severity, about.title, f"{user(declined.by)} could not take it", declined.at)
    if ack is not None:
        return acknowledged(about.severity, about.title, ack.by, ack.at)
    announced = emergency.shown.get(ANNOUNCEMENT)
    where = f" Work on it below {channel(announced.channel)}." if announced else ""
    why = f"because you are {call.why}" if call.why.startswith("on call") else f"({call.why})"
    blocks: list[Block] = [
        section(
            f":rotating_light: *You are paged:* {escape(about.severity)}\n{bold(about.title)}\n"
            f"Declared by {user(about.by)}. {AWAY}{where}"
        ),
        actions(
            button("Acknowledge", ACKNOWLEDGE, value(emergency, call.id), style="primary"),
            button("I can't, next please", DECLINE, value(emergency, call.id)),
        ),
        context(f"You are paged {escape(why)}. Since {when(emergency.made_at(call))}"),
        *_age(emergency),
    ]
    return Content(f"You are paged: {about.severity} · {said(one_line(about.title), 200)}", tuple(blocks))


def acknowledged(severity: str, title: str, by: UserId, at: datetime) -> Content:
    """What a page becomes, also one that another process sent."""
    return answered(severity, title, f":white_check_mark: Acknowledged by {user(by)}", at)


def answered(severity: str, title: str, outcome: str, at: datetime) -> Content:
    text = f"{outcome} at {when(at)}. It is recorded when the database is back."
    head = f"{escape(severity)}\n{bold(title)}"
    fallback = f"{severity} · {said(one_line(title), 200)}: {outcome}"
    return Content(fallback, (section(head), context(text)))


def announcement(emergency: Emergency) -> Content:
    """What everybody sees in the incidents channel; it becomes the incident's announcement."""
    about, ack = emergency.declared, emergency.acknowledged
    people = ", ".join(dict.fromkeys(_named(call) for call in emergency.calls)) or "nobody"
    state = (
        f"Acknowledged by {user(ack.by)} at {when(ack.at)}" if ack else f"Not acknowledged; paged {people}"
    )
    blocks: list[Block] = [
        section(f":rotating_light: {escape(about.severity)} · {bold(about.title)}\n{state}"),
        context(
            f"Declared by {user(about.by)} {when_dated(about.at)}. {AWAY} Until then, talk in this thread."
        ),
    ]
    if ack is None:
        blocks.append(actions(button("Acknowledge", ACKNOWLEDGE, value(emergency), style="primary")))
    text = f"{about.severity} · {said(one_line(about.title), 200)} · not recorded yet, the database is away"
    return Content(text, tuple(blocks))


def alarm(emergency: Emergency, unheard: Unheard) -> Content:
    """Nobody could be called: loud, for as long as nobody answers."""
    about, ack = emergency.declared, emergency.acknowledged
    head = f"{escape(about.severity)} · {bold(about.title)}"
    if ack is not None:
        text = f"{head}\n{unheard.text}. {user(ack.by)} has it since {when(ack.at)}."
        return Content(f"{about.severity}: {unheard.text}", (section(text),))
    loud = "" if about.private else "<!here> "
    text = f"{loud}:rotating_light: {head}\n{unheard.text}. Is anybody here to take it?"
    taking = actions(button("Acknowledge", ACKNOWLEDGE, value(emergency), style="primary"))
    return Content(f"{loud}{about.severity}: {unheard.text}", (section(text), taking))


def plain_page(emergency: Emergency) -> str:
    """The page in plain words, for methods beside Slack."""
    about = emergency.declared
    return (
        f"You are paged: {about.severity}. {one_line(about.title)}. Watchbill's database is away, so it has "
        "no number yet. Acknowledge in Slack if you can; otherwise whoever is next is called."
    )
