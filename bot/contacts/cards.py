"""How a person is reached, as they see it: their shifts, their methods, their rule, and test pages."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from bot.contacts.address import masked
from bot.contacts.model import SLACK, Method, Rule
from bot.contacts.trial import Trial, TrialState
from bot.contacts.working import Outcome
from bot.mrkdwn import bold, escape, said, when, when_dated
from bot.oncall.model import Shift
from bot.slack.blocks import (
    Block,
    Content,
    View,
    actions,
    button,
    confirm,
    context,
    divider,
    input_,
    listed,
    modal,
    section,
    text_input,
)

ME = "contacts.me"
TRY = "contacts.try"
CHANGE = "contacts.change"
RESET = "contacts.reset"
ARRIVED = "contacts.arrived"
MISSING = "contacts.missing"
CHANGE_FORM = "contacts.change_form"

# Enough to plan the weeks ahead by, and few enough for a phone.
SHIFTS_SHOWN = 3
# What the ways and the form leave of the 13,200 characters that Slack takes.
SHIFT_CHARACTERS = 6_000
SCHEDULES_SHOWN = 10
METHODS_SHOWN = 12


def me_card(
    shifts: Mapping[str, Sequence[Shift]],
    methods: Sequence[Method],
    rule: Rule,
    last: Mapping[str, Outcome],
    *,
    chosen: bool,
    grave: Sequence[str],
    calendar: str | None = None,
) -> Content:
    """`shifts`: theirs, by schedule. `last`: what came of each method when it was last used.

    `grave`: the severities that quiet hours do not hold back. `calendar`: the address of their feed.
    """
    blocks: list[Block] = [section("*Your shifts*"), *_shift_rows(shifts)]
    if calendar is not None:
        blocks.append(context(f"In your calendar: subscribe to {escape(calendar)} (keep it to yourself)"))
    blocks += [divider(), section(f"*How a page reaches you*\n{sentence(rule, methods)}")]
    blocks += [_method_row(method, last.get(method.name)) for method in methods[:METHODS_SHOWN]]
    blocks.append(section(f"{_quiet(rule, grave)}"))
    change = [button("Change", CHANGE)]
    if chosen:
        back = confirm("Back to the playbook's", "What you chose here is forgotten.", "Forget it")
        change.append(button("Back to the playbook's", RESET, confirm=back))
    blocks.append(actions(*change))
    blocks.append(
        context("You chose this yourself." if chosen else "This is what the playbook says for you.")
    )
    return Content("Your shifts, and how a page reaches you", tuple(blocks))


def me_form(card: Content, notice: str = "") -> View:
    """The same to look at from the home tab; `notice`: what was just done."""
    told: list[Block] = [section(f":white_check_mark: {notice}")] if notice else []
    return modal("contacts.me_form", "How pages reach you", None, [*told, *card.blocks])


def sentence(rule: Rule, methods: Sequence[Method]) -> str:
    """`Slack at once, then push and sms after 2 min. The playbook has no address for voice.`"""
    have = [method.name for method in methods]
    steps = [(step.after, [name for name in step.via if name in have]) for step in rule.steps]
    if SLACK not in rule.named:
        steps.insert(0, (timedelta(), [SLACK]))
    parts = [f"{_listed(names)} {_delay(after)}" for after, names in steps if names]
    text = f"{', then '.join(parts)}."
    text = text[:1].upper() + text[1:]
    if lacking := [name for name in rule.named if name not in have]:
        text += f" The playbook has no address for {_listed(lacking, 'or')}."
    if spare := [name for name in have if name not in rule.named and name != SLACK]:
        text += f" Only where Slack fails: {_listed(spare)}."
    return text


def trial_card(trial: Trial) -> Content:
    """The message about a test page; edited as it becomes known what came of it."""
    name, at = bold(trial.method, 80), when(trial.ended_at) if trial.ended_at else ""
    rows: list[Block] = []
    match trial.state:
        case TrialState.WAITING:
            text = f"Test page by {name}: on its way."
        case TrialState.ACCEPTED if trial.method == SLACK:
            text = "Test page by *slack*: this is it. Did your phone make itself heard?"
            rows = [_asked(trial)]
        case TrialState.ACCEPTED:
            text = (
                f"Test page by {name}: taken by the provider at {at} ({said(trial.said, 300)}). Is it there?"
            )
            rows = [_asked(trial)]
        case TrialState.ARRIVED:
            text = f":white_check_mark: Test page by {name}: arrived."
        case TrialState.MISSING:
            text = f":warning: Test page by {name}: did not arrive. {_remedy(trial)}"
            rows = [_again(trial)]
        case TrialState.FAILED:
            text = f":warning: Test page by {name}: failed at {at}. {_sentence(trial.said)} {_remedy(trial)}"
            rows = [_again(trial)]
    return Content(text, (section(text), *rows))


def change_form(methods: Sequence[Method], rule: Rule) -> View:
    """A delay for each method, quiet hours, and the clock they are on."""
    delays = {name: step.after for step in rule.steps for name in step.via}
    delays.setdefault(SLACK, timedelta())
    quiet = f"{rule.quiet.start:%H:%M} to {rule.quiet.end:%H:%M}" if rule.quiet else None
    blocks: list[Block] = [
        section("How long after a page is made does each way follow, for as long as nobody answers?"),
        *(_delay_input(method, delays.get(method.name)) for method in methods[:METHODS_SHOWN]),
        divider(),
        input_(
            "Quiet hours",
            text_input("quiet", initial=quiet, placeholder="22:00 to 07:00", max_length=40),
            "quiet",
            optional=True,
            hint="Only Slack disturbs you then, except for the gravest severities. Empty: none.",
        ),
        input_(
            "Time zone of your quiet hours",
            text_input("zone", initial=rule.zone.key, placeholder="Europe/Madrid", max_length=60),
            "zone",
            optional=True,
            hint="Empty: the playbook's for you.",
        ),
    ]
    return modal(CHANGE_FORM, "How pages reach you", "Save", blocks)


def method_block(method: str) -> str:
    """The block of the form that holds a method's delay."""
    return f"method:{method}"


def short(span: timedelta) -> str:
    """`90s`, `2m`, `1h`: as it is typed, and as the playbook has it."""
    seconds = int(span.total_seconds())
    for unit, length in (("h", 3600), ("m", 60)):
        if seconds and seconds % length == 0:
            return f"{seconds // length}{unit}"
    return f"{seconds}s" if seconds else "0"


def _delay_input(method: Method, delay: timedelta | None) -> Block:
    label = _plain_label(method)
    hint = "0: at once. 2m: after two minutes. Empty: never."
    if method.name == SLACK:
        hint = "0: at once. You answer a page there, so it always comes."
    element = text_input("after", initial=None if delay is None else short(delay), max_length=20)
    return input_(label, element, method_block(method.name), optional=True, hint=hint)


def _plain_label(method: Method) -> str:
    return f"{method.name} · {masked(method.address)}" if method.address else "Slack"


def _shift_rows(shifts: Mapping[str, Sequence[Shift]]) -> list[Block]:
    own = {schedule: each for schedule, each in shifts.items() if each}
    if not own:
        return [section("None in sight.")]
    rows = []
    for schedule, each in own.items():
        times = [f"{when_dated(shift.start)} – {when_dated(shift.end)}" for shift in each[:SHIFTS_SHOWN]]
        rows.append("\n".join([bold(schedule), *times]))
    return listed(rows, " schedules.", SCHEDULES_SHOWN, SHIFT_CHARACTERS)


def _method_row(method: Method, last: Outcome | None) -> Block:
    shown = f"{bold(method.name, 80)} · {said(masked(method.address), 80)}" if method.address else "*slack*"
    if last is not None and last.worked:
        shown += f"\nWorked {when_dated(last.at)}"
    elif last is not None:
        shown += f"\n:warning: Failed {when_dated(last.at)}: {said(last.said or 'it did not arrive', 200)}"
    return section(shown, accessory=button(f"Test page: {method.name}", TRY, method.name))


def _quiet(rule: Rule, grave: Sequence[str]) -> str:
    if rule.quiet is None:
        return f"*Quiet hours*\nNone. Your clock: {rule.zone.key}"
    hours = f"{rule.quiet.start:%H:%M} to {rule.quiet.end:%H:%M}, {rule.zone.key}"
    but = f", except for {said(_listed(grave), 80)}" if grave else ""
    return f"*Quiet hours*\n{hours}. Only Slack then{but}."


def _delay(after: timedelta) -> str:
    if not after:
        return "at once"
    seconds = int(after.total_seconds())
    for unit, length in (("h", 3600), ("min", 60)):
        if seconds % length == 0:
            return f"after {seconds // length} {unit}"
    return f"after {seconds} s"


def _listed(names: Sequence[str], word: str = "and") -> str:
    shown = ["Slack" if name == SLACK else escape(name) for name in names]
    return f" {word} ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def _asked(trial: Trial) -> Block:
    return actions(
        button("It arrived", ARRIVED, str(trial.id), style="primary"),
        button("Nothing came", MISSING, str(trial.id)),
    )


def _again(trial: Trial) -> Block:
    return actions(button("Test again", TRY, trial.method))


def _remedy(trial: Trial) -> str:
    if trial.method == SLACK:
        return "Look at Slack's notification settings, on the phone as well, for messages of this app."
    where = f"`people.{escape(trial.person)}.contacts.{escape(trial.method)}`"
    return f"Look at your device and your account there; the address is {where} in the playbook."


def _sentence(text: str) -> str:
    whole = said(text, 300)
    return f"{whole[:1].upper()}{whole[1:].rstrip('.')}."
