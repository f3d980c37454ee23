"""The main job, from declared to resolved."""

from simulator import Acts
from tests.world import World


async def test_from_declared_to_resolved(world: World, ana: Acts, bo: Acts, dee: Acts) -> None:
    number = await world.declares(dee, "sev1 Checkout returns 500s service:checkout")
    room = await world.room(number)
    await dee.sees(f"INC-{number} · sev1 · Checkout returns 500s", channel=room)
    await dee.sees(f"INC-{number} · sev1 · Checkout returns 500s", channel="#incidents")
    await bo.sees(f"You are paged: INC-{number}")
    await bo.clicks("Acknowledge", message=await bo.sees(f"You are paged: INC-{number}"))
    await ana.sees("Acknowledged by <@U02BO>")
    await dee.sees("<@U02BO> at", channel=room)
    await bo.types("/incident update Rolling back the last deploy", channel=room)
    await dee.sees("Rolling back the last deploy", channel=room)
    await bo.types("/incident resolve Rolled back", channel=room)
    await dee.sees("Resolved", channel=room)
    assert not (await ana.types(f"/incident show INC-{number}", channel="#general")).error
