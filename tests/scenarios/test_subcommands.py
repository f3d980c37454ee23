"""Every subcommand of /incident: in a room and outside, well typed and badly, by whoever may and may not."""

from pathlib import Path

import pytest

from simulator import Acts
from tests.world import World
from tests.world import world as running_world

NONSENSE = (
    "",
    "nonsense",
    "@nobody <b> & `code` *stars*",
    "INC-999999",
    "INC-0",
    "-1",
    "²",
    "99999999999999999999m",
    "x" * 3000,
    "🔥 \x00 \ud83d",
)
SUBCOMMANDS = (
    "list",
    "show",
    "timeline",
    "update",
    "severity",
    "status",
    "role",
    "page",
    "note",
    "start",
    "rename",
    "resolve",
    "reopen",
    "cancel",
    "merge",
    "acknowledge",
    "help",
)
# What makes no sense any more once an incident has ended.
ENDED = (
    *("update x", "update", "resolve x", "resolve", "cancel", "acknowledge"),
    *("severity sev1", "status monitoring", "role scribe", "page @bo"),
)
BROKEN = ("Something went wrong", "could not save", "None", "&amp;amp;", "&amp;lt;")


async def in_a_room(
    world: World, who: Acts, title: str = "Checkout down", severity: str = "sev2"
) -> tuple[int, str]:
    number = await world.declares(who, f"{severity} {title}")
    return number, await world.room(number)


@pytest.mark.parametrize("word", SUBCOMMANDS)
async def test_nonsense_after_a_subcommand_gets_a_clear_answer(world: World, ana: Acts, word: str) -> None:
    number, room = await in_a_room(world, ana)
    for nonsense in NONSENSE:
        for where in (room, "#general"):
            answer = await ana.types(f"/incident {word} {nonsense}", channel=where)
            assert answer.ok, (nonsense, answer.error)
            said = answer.text + str([block.get("text") for block in answer.blocks])
            assert not any(mark in answer.text for mark in BROKEN), (nonsense, said)
            if not answer.text:  # a form is on its way
                await ana.modal()
                await ana.closes()
    shown = await ana.types(f"/incident show INC-{number}")
    assert f"INC-{number}" in shown.text
    await world.bot.settled()


@pytest.mark.parametrize(
    ("line", "answer", "seen"),
    [
        ("update Rolling back", "The update on INC-{n} is saved", "Rolling back"),
        ("post Rolling back", "The update on INC-{n} is saved", "Rolling back"),
        ("severity sev1", "INC-{n} is sev1 now.", "changed the severity: sev2 → sev1"),
        ("severity P1", "INC-{n} is sev1 now.", "changed the severity: sev2 → sev1"),
        ("severity 1", "INC-{n} is sev1 now.", "changed the severity: sev2 → sev1"),
        ("sev critical", "INC-{n} is sev1 now.", "changed the severity: sev2 → sev1"),
        ("status mitigating", "INC-{n} is mitigating now.", "changed the status: investigating → mitigating"),
        ("status Fixed", "INC-{n} is monitoring now.", "changed the status: investigating → monitoring"),
        ("role commander @bo", "<@U02BO> is commander of INC-{n} now.", "Commander: @bo"),
        ("role Scribe bo", "<@U02BO> is scribe of INC-{n} now.", "Scribe: @bo"),
        ("role scribe", "<@U01ANA> is scribe of INC-{n} now.", "Scribe: @ana"),
        ("note It was the deploy", "Noted in the timeline of INC-{n}.", "It was the deploy"),
        ("start 20m ago", "INC-{n} started", "Started"),
        ("rename Search down", "INC-{n} is called *Search down* now.", "INC-{n} Search down"),
        ("resolve Rolled back", "INC-{n} is resolved.", "Resolved by @ana"),
        ("cancel", "INC-{n} was a false alarm", "INC-{n} was a false alarm, says @ana"),
        ("acknowledge", "INC-{n} is yours", "@ana at"),
        ("ack", "INC-{n} is yours", "@ana at"),
    ],
)
async def test_a_subcommand_is_carried_out_in_the_room(
    world: World, ana: Acts, line: str, answer: str, seen: str
) -> None:
    number, room = await in_a_room(world, ana)
    assert answer.format(n=number) in (await ana.types(f"/incident {line}", channel=room)).text
    await ana.sees(seen.format(n=number), channel=room)


async def test_elsewhere_the_number_goes_first(world: World, ana: Acts) -> None:
    number, room = await in_a_room(world, ana)
    await ana.types(f"/incident update {number} Rolling back")
    await ana.sees("Rolling back", channel=room)
    await ana.types(f"/incident status INC-{number} mitigating")
    await ana.sees("changed the status: investigating → mitigating", channel=room)
    await ana.types(f"/incident role #{number} commander @bo")
    await ana.sees("Commander: @bo", channel=room)
    await ana.types(f"/incident resolve inc{number} Rolled back")
    await ana.sees("Resolved by @ana", channel=room)


async def test_paging_people_paths_schedules_and_groups(world: World, ana: Acts, bo: Acts, dee: Acts) -> None:
    number, room = await in_a_room(world, ana)
    assert "Paging <@U02BO>." in (await ana.types("/incident page @bo", channel=room)).text
    await bo.sees(f"You are paged: INC-{number}")
    both = await ana.types("/incident page @dee, bo", channel=room)
    assert "<@U04DEE>" in both.text
    assert "<@U02BO>" in both.text
    await dee.sees(f"You are paged: INC-{number}")
    for target in ("secondary", "platform", "@oncall"):
        assert "Paging <@U0" in (await ana.types(f"/incident page {target}", channel=room)).text
    nobody = await ana.types("/incident page @bo please", channel=room)
    assert "Nobody is paged: I don't know whom “please” means." in nobody.text


async def test_outside_a_room_the_open_ones_are_offered_and_a_click_carries_it_out(
    world: World, ana: Acts
) -> None:
    number, room = await in_a_room(world, ana, "Pick me")
    answer = await ana.types("/incident update It is <better> now")
    assert "Which incident do you mean? Pick it, or name it: /incident update INC-8 TEXT" in answer.text
    assert answer.message is not None
    await ana.clicks("This one", message=answer.message)  # the newest comes first
    await ana.sees("It is <better> now", channel=room)
    await ana.sees(f"The update on INC-{number} is saved")


async def test_a_wrong_number_is_answered_with_those_it_may_be(world: World, ana: Acts) -> None:
    number, room = await in_a_room(world, ana, "Pick me")
    answer = await ana.types("/incident status INC-99999 mitigating")
    assert answer.text.startswith("There is no INC-99999. Pick it, or name it: /incident status INC-8")
    await ana.clicks("This one", message=answer.message)
    await ana.sees("changed the status: investigating → mitigating", channel=room)
    await ana.sees(f"INC-{number} is mitigating now.")


async def test_picking_also_opens_forms(world: World, ana: Acts) -> None:
    await in_a_room(world, ana, "Pick me")
    answer = await ana.types("/incident resolve")
    await ana.clicks("This one", message=answer.message)
    assert (await ana.modal()).title == "Resolve"
    await ana.closes()


async def test_what_ended_is_offered_for_reopening(world: World, ana: Acts) -> None:
    number, room = await in_a_room(world, ana, "Comes back")
    await ana.types("/incident resolve Gone", channel=room)
    answer = await ana.types("/incident reopen")
    assert "Comes back" in str(answer.blocks[1])
    await ana.clicks("This one", message=answer.message)
    await ana.sees(f"INC-{number} is open again.")


async def test_a_text_too_long_for_a_button_is_asked_for_with_the_number(world: World, ana: Acts) -> None:
    await in_a_room(world, ana)
    answer = await ana.types(f"/incident update {'word ' * 500}")
    assert answer.text == "Which incident do you mean? Name it: /incident update INC-8 TEXT eta: 20m"


async def test_merging_by_number_by_room_and_by_picking(world: World, ana: Acts) -> None:
    kept, kept_room = await in_a_room(world, ana, "The real one")
    first, room = await in_a_room(world, ana, "Same thing")
    assert (
        f"INC-{first} is merged into INC-{kept}."
        in (await ana.types(f"/incident merge INC-{kept}", channel=room)).text
    )
    await ana.sees(f"INC-{first} was merged into this one, says @ana", channel=kept_room)
    second, _ = await in_a_room(world, ana, "Same again")
    assert "is merged into" in (await ana.types(f"/incident merge {second} {kept}")).text
    third, _ = await in_a_room(world, ana, "And again")
    answer = await ana.types(f"/incident merge INC-{kept}")
    await ana.clicks("This one", message=answer.message)
    await ana.sees(f"INC-{third} is merged into INC-{kept}.")
    fourth, _ = await in_a_room(world, ana, "Once more")
    wrong = await ana.types(f"/incident merge INC-{kept} INC-99999")
    assert wrong.text.startswith("There is no INC-99999.")
    await ana.clicks("This one", message=wrong.message)
    await ana.sees(f"INC-{kept} is merged into INC-{fourth}.")


async def test_in_a_room_a_number_alone_names_another_incident(world: World, ana: Acts) -> None:
    """`cancel 7` must not end the incident in whose room it is typed."""
    other, other_room = await in_a_room(world, ana, "The other one")
    number, room = await in_a_room(world, ana, "This one here")
    assert (
        f"INC-{other} was a false alarm" in (await ana.types(f"/incident cancel {other}", channel=room)).text
    )
    assert (
        f"INC-{other} · sev2 · The other one"
        in (await ana.types(f"/incident show {other}", channel=room)).text
    )
    assert f"INC-{number} · sev2" in (await ana.types("/incident show", channel=room)).text
    await ana.types("/incident note 5 customers called", channel=room)
    await ana.sees("5 customers called", channel=room)
    assert not ana.sees_now("5 customers called", channel=other_room)


async def test_a_number_alone_shows_the_incident(world: World, ana: Acts) -> None:
    number, _ = await in_a_room(world, ana, "Look at me")
    for typed in (str(number), f"INC-{number}", f"inc{number}"):
        assert f"INC-{number} · sev2 · Look at me" in (await ana.types(f"/incident {typed}")).text


async def test_an_incident_that_ended_says_who_ended_it_and_how_to_go_on(
    world: World, ana: Acts, bo: Acts
) -> None:
    number, room = await in_a_room(world, ana)
    await bo.types("/incident resolve Rolled back", channel=room)
    for line in ENDED:
        answer = await ana.types(f"/incident {line}", channel=room)
        assert f"INC-{number} was already resolved by <@U02BO> at" in answer.text
        assert f"/incident reopen INC-{number}" in answer.text
        assert ana.modal_now() is None


async def test_what_may_be_done_to_one_that_ended(world: World, ana: Acts) -> None:
    number, room = await in_a_room(world, ana)
    await ana.types("/incident resolve Rolled back", channel=room)
    for line in ("note It was the cache", "rename Cache gone", "start 14:05", "show", "timeline"):
        answer = await ana.types(f"/incident {line}", channel=room)
        assert f"INC-{number}" in answer.text, answer.text
        assert "already" not in answer.text
    assert (await ana.types("/incident reopen", channel=room)).text == f"INC-{number} is open again."
    assert "is open" in (await ana.types("/incident reopen", channel=room)).text


async def test_the_same_command_delivered_twice_is_carried_out_once(world: World, ana: Acts) -> None:
    _, room = await in_a_room(world, ana)
    await ana.types("/incident update Said once", channel=room, twice=True)
    await ana.sees("Said once", channel=room)
    await world.bot.settled()
    assert sum("Update on" in message.text for message in world.said(room)) == 1


async def test_the_list_shows_what_is_open_with_its_commander(world: World, ana: Acts, bo: Acts) -> None:
    number, room = await in_a_room(world, ana, "Listed")
    await bo.types("/incident role commander", channel=room)
    listed = await ana.types("/incident list")
    first = str(listed.blocks[0])
    assert f"INC-{number} · sev2" in first
    assert "commander <@U02BO>" in first
    assert "not acknowledged" in first
    await ana.types("/incident cancel", channel=room)
    assert f"INC-{number} " not in str((await ana.types("/incident list")).blocks)


async def test_a_long_timeline_is_read_page_by_page(world: World, ana: Acts) -> None:
    number, room = await in_a_room(world, ana)
    for count in range(14):
        await ana.types(f"/incident note {count} {'long & ' * 300}", channel=room)
    newest = await ana.types("/incident timeline", channel=room)
    assert newest.ok, newest.text
    assert "13 long" in str(newest.blocks)
    assert "Page 1 of 2" in str(newest.blocks[-1])
    assert f"/incident timeline INC-{number} 2" in str(newest.blocks[-1])
    older = await ana.types("/incident timeline 2", channel=room)
    assert "declared as sev2" in str(older.blocks)
    assert (await ana.types(f"/incident timeline {number} 99")).text == older.text


async def test_help_names_every_subcommand_and_severity(ana: Acts) -> None:
    answer = await ana.types("/incident help")
    shown = str(answer.blocks)
    for word in SUBCOMMANDS[:-1]:
        assert f"`/incident {word}" in shown
    assert "sev1 = p1 = s1 = critical" in shown
    assert "Customers cannot buy" in shown
    for other in ("?", "-h", "HELP"):
        assert (await ana.types(f"/incident {other}")).text == answer.text


@pytest.mark.parametrize(
    ("line", "suggestion"),
    [
        ("resolv Rolled back", "Did you mean: /incident resolve Rolled back"),
        ("udpate Still looking", "Did you mean: /incident update Still looking"),
        ("timelin", "Did you mean: /incident timeline"),
        ("hepl", "/incident help"),
    ],
)
async def test_a_misspelt_subcommand_is_answered_with_the_nearest(
    ana: Acts, line: str, suggestion: str
) -> None:
    assert suggestion in (await ana.types(f"/incident {line}")).text


ROLES = """
version: 1
people: {ana: {slack: ana@example.com}, bo: {slack: bo@example.com}, chen: {slack: chen@example.com}}
roles: {responder: [ana, bo], admin: [ana]}
services: {checkout: {}}
schedules: {primary: {layers: [{rotate: [ana], every: 1 week, starts: 2026-01-05 09:00}]}}
"""


async def test_who_is_no_responder_may_declare_acknowledge_and_look_and_is_told_who_may_more(
    tmp_path: Path,
) -> None:
    """Chen is in the playbook without the role; Eli is not in it at all."""
    async with running_world(tmp_path, playbook=ROLES) as world:
        for name in ("chen", "eli"):
            who = world.person(name)
            number = await world.declares(who, "sev2 Seen from outside")
            room = await world.room(number)
            for line in (
                "update x",
                "update",
                "resolve",
                "cancel",
                "page @ana",
                "role commander",
                "note",
                "rename",
            ):
                answer = await who.types(f"/incident {line}", channel=room)
                assert "needs the role responder, which you do not have. These do: ana, bo." in answer.text
                assert who.modal_now() is None
            card = await who.sees(f"INC-{number} · sev2", channel=room)
            await who.clicks("Resolve", message=card)
            await who.sees("This needs the role responder", channel=room)
            assert who.modal_now() is None
            assert "is yours" in (await who.types("/incident ack", channel=room)).text
            for line in ("show", "list", "timeline", "help"):
                assert "role" not in (await who.types(f"/incident {line}", channel=room)).text


@pytest.mark.postgres
async def test_postgresql_takes_whatever_is_typed(tmp_path: Path, empty_postgres_url: str) -> None:
    """It refuses NUL, halves of surrogate pairs and numbers beyond its own, which SQLite takes."""
    async with running_world(tmp_path, DATABASE_URL=empty_postgres_url) as world:
        ana, bo = world.person("ana"), world.person("bo")
        number, room = await in_a_room(world, ana, "NUL \x00, half \ud83d a pair " + "🔥" * 900)
        for word in SUBCOMMANDS:
            for nonsense in (*NONSENSE, "INC-999999999", "@ana \x00\ud83d"):
                answer = await ana.types(f"/incident {word} {nonsense}", channel=room)
                assert answer.ok, (word, nonsense, answer.error)
                assert not any(mark in answer.text for mark in BROKEN), (word, nonsense, answer.text)
        await ana.types(f"/incident show INC-{number}")
        ts = await bo.says("half \ud83d a \x00 message", channel="#random")
        await ana.shortcut("Declare incident", channel="#random", ts=ts)
        await ana.submits({"Severity": "sev3"})
        await ana.sees("half \ufffd a message is declared.")
        await world.bot.settled()
        assert "request_failed" not in world.bot.log
        assert "delivery_broken" not in world.bot.log
