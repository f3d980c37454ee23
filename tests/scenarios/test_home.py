"""The App Home: what is open, one's own roles, who is on call; fresh while somebody looks."""

from pathlib import Path

from simulator import Acts
from simulator.workspace import text
from simulator.workspace.model import View
from tests.world import World
from tests.world import world as running_world

EMPTY = "version: 1\n"


def reads(world: World, view: View) -> str:
    return text.shown(world.simulator.workspace, text.flatten(view.blocks))


async def test_home_shows_what_is_open_my_roles_and_who_is_on_call(world: World, ana: Acts) -> None:
    number = await world.declares(ana, "sev2 <Checkout> & *co* down")
    room = await world.room(number)
    await ana.types("/incident role scribe", channel=room)
    home = await ana.opens_home()
    await world.simulator.until(lambda: f"Scribe of INC-{number}" in reads(world, home))
    shown = reads(world, home)
    assert f"INC-{number} · sev2\n<Checkout> & ∗co∗ down" in shown
    assert "Investigating, not acknowledged · nobody in command" in shown
    assert "primary: @" in shown
    assert "secondary: @" in shown
    assert "Your roles" not in reads(world, await world.person("eli").opens_home())


async def test_home_is_fresh_while_somebody_looks(world: World, bo: Acts) -> None:
    home = await bo.opens_home()
    number = await world.declares(bo, "sev2 Comes and goes")
    await world.simulator.until(lambda: f"INC-{number} · sev2" in reads(world, home))
    room = await world.room(number)
    await bo.types("/incident severity sev1", channel=room)
    await bo.types("/incident role commander", channel=room)
    await world.simulator.until(lambda: f"INC-{number} · sev1" in reads(world, home))
    await world.simulator.until(lambda: f"Commander of INC-{number}" in reads(world, home))
    await bo.types("/incident resolve Gone", channel=room)
    await world.simulator.until(lambda: f"INC-{number} · " not in reads(world, home))
    await world.simulator.until(lambda: f"Commander of INC-{number}" not in reads(world, home))


async def test_declaring_from_home(world: World, ana: Acts) -> None:
    home = await ana.opens_home()
    await ana.clicks("Declare an incident")
    assert (await ana.modal()).title == "Declare incident"
    await ana.submits({"Severity": "sev4", "Title": "Seen from home"})
    await world.simulator.until(lambda: "Seen from home" in reads(world, home))


async def test_show_on_home_opens_the_incident_there(world: World, ana: Acts) -> None:
    number = await world.declares(ana, "sev4 Look closer")
    home = await ana.opens_home()
    await world.simulator.until(lambda: f"INC-{number} · sev4" in reads(world, home))
    newest = next(block for block in home.blocks if f"INC-{number} · " in str(block))
    button = {"block_id": newest["block_id"], **newest["accessory"]}
    await world.simulator.acting.click_in_view(ana.who, home, button)
    shown = await ana.modal()
    assert f"INC-{number} Look closer" in reads(world, shown)
    assert "Investigating" in reads(world, shown)
    await ana.closes()


async def test_home_without_a_playbook_says_what_to_do(tmp_path: Path) -> None:
    async with running_world(tmp_path, playbook=EMPTY) as world:
        ana = world.person("ana")
        shown = reads(world, await ana.opens_home())
        assert "No incident is open. To declare one, type: /incident" in shown
        assert "No schedules yet" in shown
        assert await world.declares(ana, "sev2 Works all the same") == 1


PLAYBOOK = """
version: 1
people: {ana: {slack: ana@example.com}, bo: {slack: bo@example.com}}
roles: {admin: [ana], responder: [ana, bo]}
schedules: {primary: {layers: [{rotate: [WHO], every: 1 week, starts: 2026-01-05 09:00}]}}
"""


WITH_CHEN = (
    PLAYBOOK.replace("WHO", "chen")
    .replace("bo@example.com}", "bo@example.com}, chen: {slack: chen@example.com}")
    .replace("[ana, bo]", "[ana, bo, chen]")
)


async def test_a_playbook_is_read_again_by_an_admin_alone_and_a_bad_one_changes_nothing(
    tmp_path: Path,
) -> None:
    file = tmp_path / "playbook.yaml"
    file.write_text(PLAYBOOK.replace("WHO", "ana"))
    async with running_world(tmp_path, PLAYBOOK=str(file)) as world:
        ana, bo, chen = (world.person(name) for name in ("ana", "bo", "chen"))
        home = await ana.opens_home()
        assert "primary: @ana" in reads(world, home)
        refused = await bo.types("/ops reload")
        assert refused.text == "This needs the role admin, which you do not have. These do: ana."

        file.write_text(PLAYBOOK.replace("WHO", "anna"))
        answer = await ana.types("/ops reload")
        assert answer.text.startswith("The playbook was not changed: the one before stays in force.")
        assert "playbook.yaml:5" in answer.text
        assert "anna" in answer.text
        assert "<@U01ANA>" in str((await ana.types("/oncall")).blocks)

        file.write_text(WITH_CHEN)
        answer = await ana.types("/ops reload")
        assert answer.text.startswith("The playbook is read again: 3 people, 1 schedule, 0 services.")
        await world.simulator.until(lambda: "primary: @chen" in reads(world, home))
        assert "<@U03CHEN>" in str((await ana.types("/oncall")).blocks)
        # Whom the new playbook names may act at once.
        number = await world.declares(ana, "sev3 Slow")
        assert "is saved" in (await chen.types(f"/incident update {number} On it")).text


async def test_ops_and_oncall_explain_themselves(ana: Acts) -> None:
    for line in ("/ops", "/ops help", "/oncall help"):
        assert "`/o" in str((await ana.types(line)).blocks)
    for line in ("/ops nonsense <!channel> &", "/oncall nonsense <!channel> &"):
        answer = await ana.types(line)
        assert answer.text.startswith("I don't know “nonsense”.")
        assert "help" in answer.text
