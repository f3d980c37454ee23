"""A page reaches a person by every way they have: each at its time, the next when one fails."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from simulator import Acts, Message, Seed
from simulator.seed import PersonSeed
from tests.receivers import Hooks, Mail, Received, hooks, mail
from tests.seeing import somebody_more_is_paged
from tests.world import World
from tests.world import world as running_world

# Real seconds, for what ends as soon as it is there.
WITHIN = 40.0
# How late something may be by the moved clock, which runs on while a busy machine gets round to it.
LATE = timedelta(seconds=45)

PLAYBOOK = """
version: 1
timezone: UTC
people:
  ana:
    slack: ana@example.com
    contacts: {{push: "{hook}/ana-push", sms: "{hook}/ana-sms", email: "{mail}&to=ana@example.com"}}
  bo:
    slack: bo@example.com
    contacts: {{sms: "{hook}/bo-sms", email: "{mail}&to=bo@example.com"}}
    notify: [{{via: slack}}]
  chen:
    slack: chen@example.com
    contacts: {{sms: "{hook}/chen-sms"}}
    notify: [{{via: slack}}, {{after: 1m, via: sms}}]
    quiet: {{from: "{quiet_from}", to: "{quiet_to}"}}
  dee: {{slack: dee@example.com}}
  gone: {{slack: U0GONE, contacts: {{email: "{mail}&to=gone@example.com"}}, notify: [{{via: slack}}]}}
  lost: {{slack: U0GONE, contacts: {{sms: "{hook}/lost-sms"}}}}
notify:
  default:
    - {{via: slack}}
    - {{after: 2m, via: push}}
    - {{after: 5m, via: [sms, email]}}
escalation:
  hands: {{ladder: [{{page: [dee]}}, {{after: 30m, page: [ana, chen]}}]}}
  again: {{repeat: 3, ladder: [{{page: [ana]}}, {{after: 10m, page: [dee]}}]}}
severities:
  sev1: {{room: thread, page: {{at_once: [chen]}}}}
  sev2: {{room: thread, page: {{at_once: [chen]}}}}
  ana: {{room: thread, page: {{at_once: [ana]}}}}
  bo: {{room: thread, page: {{at_once: [bo]}}}}
  gone: {{room: thread, page: {{at_once: [gone]}}}}
  lost: {{room: thread, page: {{at_once: [lost]}}}}
  hands: {{room: thread, page: {{path: hands}}}}
  twice: {{room: thread, page: {{path: again}}}}
"""


@dataclass
class Reach:
    """A world whose people can be reached elsewhere as well."""

    world: World
    hook: Hooks
    mail: Mail

    def now(self) -> datetime:
        return self.world.simulator.clock.now()

    async def later(self, *, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        """Move the clock."""
        await self.world.simulator.clock.advance(hours=hours, minutes=minutes, seconds=seconds)

    async def quietly(self, *, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        """Move the clock; nothing is left to be done at the end."""
        await self.later(hours=hours, minutes=minutes, seconds=seconds)
        await self.world.bot.settled(WITHIN)

    async def declares(self, text: str) -> tuple[str, datetime]:
        """Somebody who is not paged declares; gives the incident's name, and when that was."""
        before = self.now()
        return f"INC-{await self.world.declares(self.world.person('dee'), text)}", before


def on_time(received: Received, since: datetime, after: timedelta) -> bool:
    return after <= received.at - since <= after + LATE


def pages(who: Acts, ref: str) -> list[Message]:
    return [each for each in who.direct_messages() if f"{ref} ·" in each.text and each.by_app]


def with_a_leaver() -> Seed:
    seed = Seed.default()
    return replace(
        seed, people=(*seed.people, PersonSeed("gone", "U0GONE", email="g@example.com", deleted=True))
    )


@pytest.fixture(scope="module")
async def module_reach(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Reach]:
    folder = tmp_path_factory.mktemp("reach")
    simulated: list[World] = []

    def now() -> datetime:
        return simulated[0].simulator.clock.now()

    async with hooks(now) as hook, mail(now) as post:
        write_playbook(folder, hook, post, quiet_from="00:00", quiet_to="00:01")
        async with running_world(
            folder,
            seed=with_a_leaver(),
            PLAYBOOK=str(folder / "playbook.yaml"),
            PUBLIC_URL="https://bill.example.com",
            LINK_SECRET="0123456789abcdef0123456789abcdef",
        ) as world:
            simulated.append(world)
            yield Reach(world, hook, post)


def write_playbook(folder: Path, hook: Hooks, post: Mail, *, quiet_from: str, quiet_to: str) -> None:
    text = PLAYBOOK.format(
        hook=f"json://127.0.0.1:{hook.port}",
        mail=f"mailto://127.0.0.1:{post.port}?from=watchbill@example.com",
        quiet_from=quiet_from,
        quiet_to=quiet_to,
    )
    (folder / "playbook.yaml").write_text(text)


@pytest.fixture
async def reach(module_reach: Reach) -> AsyncIterator[Reach]:
    """Everybody is well at the start of each test."""
    yield module_reach
    module_reach.world.simulator.faults.clear()
    module_reach.hook.statuses.clear()
    module_reach.hook.hanging.clear()
    module_reach.mail.answer = None


async def test_a_rule_is_followed_to_the_minute(reach: Reach) -> None:
    ana = reach.world.person("ana")
    ref, since = await reach.declares("ana Checkout is <down> & out")
    page = await ana.sees(f"You are paged: {ref}", within=WITHIN)
    await reach.quietly(seconds=100)
    assert not reach.hook.of("ana-push", ref)
    await reach.later(seconds=20)
    push = await reach.hook.gets("ana-push", ref)
    assert on_time(push, since, timedelta(minutes=2))
    assert push.subject == f"{ref} ana: Checkout is <down> & out"
    assert "You are paged (named by the playbook)" in push.text
    assert "\nAnswer: https://bill.example.com/p/" in push.text
    await reach.world.simulator.until(lambda: "also sent by push" in ana.reads(page), WITHIN)
    await reach.quietly(seconds=150)
    assert not reach.hook.of("ana-sms", ref)
    await reach.later(seconds=30)
    for received in (await reach.hook.gets("ana-sms", ref), await reach.mail.gets("ana", ref)):
        assert on_time(received, since, timedelta(minutes=5))
    await reach.world.simulator.until(lambda: "also sent by push, sms, email" in ana.reads(page), WITHIN)
    await reach.quietly(hours=2)
    counted = [len(each) for each in (reach.hook.of("ana-push", ref), reach.hook.of("ana-sms", ref))]
    assert (counted, len(pages(ana, ref))) == ([1, 1], 1), "each way once"


async def test_after_an_answer_nothing_more_goes_out(reach: Reach) -> None:
    ana, dee = reach.world.person("ana"), reach.world.person("dee")
    refs = [(await reach.declares(f"ana To be {how}"))[0] for how in ("taken", "passed on", "called off")]
    shown = [await ana.sees(f"You are paged: {ref}", within=WITHIN) for ref in refs]
    await reach.quietly(seconds=115)
    assert not any(reach.hook.of("ana-push", ref) for ref in refs)
    await ana.clicks("Acknowledge", message=shown[0])
    await ana.clicks("I can't, next please", message=shown[1])
    await dee.types(f"/incident cancel {refs[2]}")
    await reach.quietly(minutes=20)
    for ref in refs:
        assert not [
            *reach.hook.of("ana-push", ref),
            *reach.hook.of("ana-sms", ref),
            *reach.mail.of("ana", ref),
        ]


async def test_one_of_those_called_for_help_is_enough_but_for_who_was_asked_by_name(reach: Reach) -> None:
    ana, bo, chen, dee = (reach.world.person(name) for name in ("ana", "bo", "chen", "dee"))
    ref, _ = await reach.declares("hands More of them")
    own = await dee.sees(f"You are paged: {ref}", within=WITHIN)
    await dee.clicks("Acknowledge", message=own)
    await reach.world.simulator.until(lambda: "Escalate" in dee.reads(own), WITHIN)
    await dee.clicks("Escalate", message=own)
    await ana.sees(f"You are paged: {ref}", within=WITHIN)
    await dee.types(f"/incident page {ref} @bo")
    await bo.sees(f"You are paged: {ref}", within=WITHIN)
    await reach.quietly(seconds=30)

    await chen.clicks("Acknowledge", message=await chen.sees(f"You are paged: {ref}", within=WITHIN))
    await reach.world.simulator.until(
        lambda: f"Acknowledged by @{chen.name}" in ana.reads(pages(ana, ref)[0]), WITHIN
    )
    await reach.quietly(minutes=40)
    assert not [*reach.hook.of("ana-push", ref), *reach.hook.of("ana-sms", ref), *reach.mail.of("ana", ref)]
    [asked] = pages(bo, ref)
    assert "Acknowledged" not in bo.reads(asked)
    await bo.clicks("Acknowledge", message=asked)
    await reach.world.simulator.until(lambda: f"Acknowledged by @{bo.name}" in bo.reads(asked), WITHIN)


@pytest.mark.parametrize("trouble", ["outage", "unavailable", "hang", "rate_limit"])
async def test_what_slack_does_not_take_in_30_seconds_goes_the_next_way_at_once(
    reach: Reach, trouble: str
) -> None:
    ana, bo, faults = reach.world.person("ana"), reach.world.person("bo"), reach.world.simulator.faults
    match trouble:
        case "outage":
            faults.outage(sockets=False)
        case "rate_limit":
            faults.rate_limit(retry_after=600)
        case _:
            getattr(faults, trouble)()
    # Ana's rule has a next step; Bo's knows Slack alone, so his contacts stand in, in their order.
    reach.hook.statuses["bo-sms"] = 500
    refs = [await reach.declares(f"{name} While Slack is down: {trouble}") for name in ("ana", "bo")]
    (by_ana, since), (by_bo, since_bo) = refs
    await reach.later(seconds=20)
    assert not [*reach.hook.of("ana-push", by_ana), *reach.mail.of("bo", by_bo)]
    await reach.later(seconds=10)
    assert on_time(await reach.hook.gets("ana-push", by_ana), since, timedelta(seconds=30))
    await reach.hook.until(lambda: reach.hook.refused, "Bo's text message was tried")
    await reach.later(seconds=31)
    assert on_time(await reach.mail.gets("bo", by_bo), since_bo, timedelta(minutes=1))
    # Ana was reached: what is left of her rule keeps its time.
    assert not reach.hook.of("ana-sms", by_ana)
    await reach.later(minutes=4)
    assert on_time(await reach.hook.gets("ana-sms", by_ana), since, timedelta(minutes=5))
    reach.hook.statuses.clear()
    faults.clear()
    await reach.later(minutes=12)
    await ana.sees(f"You are paged: {by_ana}", within=WITHIN)
    page = await bo.sees(f"You are paged: {by_bo}", within=WITHIN)
    await reach.world.simulator.until(lambda: "also sent by sms, email" in bo.reads(page), WITHIN)
    await reach.world.bot.settled(WITHIN)
    assert (len(pages(ana, by_ana)), len(pages(bo, by_bo)), len(reach.mail.of("bo", by_bo))) == (1, 1, 1)


async def test_a_provider_that_refuses_is_passed_over_at_once_and_one_that_is_away_asked_again(
    reach: Reach,
) -> None:
    ana = reach.world.person("ana")
    reach.hook.statuses.update({"ana-push": 401, "ana-sms": 503})
    ref, since = await reach.declares("ana Providers in trouble")
    page = await ana.sees(f"You are paged: {ref}", within=WITHIN)
    await reach.later(minutes=2)
    # Refused for good: the step after it does not wait for its time.
    assert on_time(await reach.mail.gets("ana", ref), since, timedelta(minutes=2))
    await reach.world.simulator.until(lambda: "not delivered: push" in ana.reads(page), WITHIN)
    assert not reach.hook.of("ana-sms", ref)
    reach.hook.statuses.clear()
    await reach.later(minutes=1)
    await reach.hook.gets("ana-sms", ref)
    await reach.quietly(minutes=20)
    assert (len(reach.hook.of("ana-sms", ref)), len(reach.hook.of("ana-push", ref))) == (1, 0)


async def test_a_provider_that_hangs_holds_up_nobody_and_is_given_up(reach: Reach) -> None:
    reach.hook.hanging.add("ana-push")
    refs = [await reach.declares(f"ana The provider hangs {n}") for n in range(12)]
    await reach.world.bot.settled(WITHIN)
    await reach.later(minutes=2)
    await reach.hook.until(lambda: reach.hook.refused >= 2, "asked, and hanging")
    ref, since = await reach.declares("gone Somebody else meanwhile")
    received = await reach.mail.gets("gone", ref)
    assert on_time(received, since, timedelta(0))
    assert (await reach.world.person("dee").types("/incident list")).elapsed < 3.0
    await reach.later(seconds=31)
    for each, _ in refs:
        await reach.mail.gets("ana", each)
    for each, _ in refs:
        await reach.world.person("dee").types(f"/incident cancel {each}")
    reach.hook.hanging.clear()


async def test_quiet_hours_hold_back_all_but_slack_and_never_the_gravest(reach: Reach) -> None:
    chen = reach.world.person("chen")
    begins, ends = reach.now() - timedelta(hours=1), reach.now() + timedelta(hours=2)
    write_playbook(
        reach.world.bot.folder, reach.hook, reach.mail, quiet_from=f"{begins:%H:%M}", quiet_to=f"{ends:%H:%M}"
    )
    assert "read again" in (await chen.types("/ops reload", channel="#general")).text
    held, held_since = await reach.declares("sev2 Can wait until morning")
    risen, _ = await reach.declares("sev2 Will get worse")
    grave, since = await reach.declares("sev1 Cannot wait")
    for ref in (held, risen, grave):
        await chen.sees(f"You are paged: {ref}", within=WITHIN)
    await reach.later(minutes=1)
    assert on_time(await reach.hook.gets("chen-sms", grave), since, timedelta(minutes=1))
    assert not [*reach.hook.of("chen-sms", held), *reach.hook.of("chen-sms", risen)]
    # Slack down does not break into quiet hours either.
    reach.world.simulator.faults.outage(sockets=False)
    unseen, _ = await reach.declares("sev2 Slack is down in quiet hours")
    await reach.world.person("dee").types(f"/incident severity {risen} sev1")
    await reach.hook.gets("chen-sms", risen)
    await reach.later(minutes=30)
    assert not reach.hook.of("chen-sms", unseen)
    reach.world.simulator.faults.clear()
    await reach.quietly(minutes=10)
    assert not [*reach.hook.of("chen-sms", unseen), *reach.hook.of("chen-sms", held)]
    await reach.later(seconds=(ends - reach.now()).total_seconds())
    received = await reach.hook.gets("chen-sms", held)
    assert ends.replace(second=0, microsecond=0) <= received.at <= ends + LATE
    await reach.hook.gets("chen-sms", unseen)
    assert len(pages(chen, held)) == 1
    assert held_since < received.at


async def test_somebody_deactivated_in_slack_is_reached_elsewhere_or_said_loudly(reach: Reach) -> None:
    ana = reach.world.person("ana")
    ref, since = await reach.declares("gone Left Slack, not the company")
    assert on_time(await reach.mail.gets("gone", ref), since, timedelta(0))
    reach.hook.statuses["lost-sms"] = 403
    lost, _ = await reach.declares("lost Nothing is left")
    said = await ana.sees(f"{lost}", channel="#incidents", within=WITHIN)

    def told() -> list[str]:
        said = [each.text for each in reach.world.said("#incidents")]
        return [each for each in said if "lost could not be paged" in each]

    # In the incident's thread, and for everybody in the channel.
    await reach.world.simulator.until(lambda: len(told()) == 2, WITHIN)
    await reach.world.bot.settled(within=WITHIN)
    assert sorted(each.startswith("<!here>") for each in told()) == [False, True]
    assert all("403" in each and str(reach.hook.port) not in each for each in told())
    assert said is not None
    await reach.quietly(minutes=10)
    assert not any("gone could not be paged" in each.text for each in reach.world.said("#incidents"))


async def test_who_is_paged_again_hears_by_every_way_again_but_nothing_twice_at_once(reach: Reach) -> None:
    ana = reach.world.person("ana")
    ref, _ = await reach.declares("ana Asked for by hand")
    await ana.sees(f"You are paged: {ref}", within=WITHIN)
    await reach.quietly(seconds=90)
    # Her push is due in half a minute; it serves for both.
    await reach.world.person("dee").types(f"/incident page {ref} @ana")
    await reach.world.simulator.until(lambda: len(pages(ana, ref)) == 2, WITHIN)
    await reach.later(minutes=1)
    await reach.hook.gets("ana-push", ref)
    await reach.quietly(minutes=10)
    assert len(reach.hook.of("ana-push", ref)) == 1
    assert len(reach.hook.of("ana-sms", ref)) == 1
    await reach.world.person("dee").types(f"/incident page {ref} @ana")
    await reach.world.simulator.until(lambda: len(pages(ana, ref)) == 3, WITHIN)
    await reach.later(minutes=2)
    await reach.hook.gets("ana-push", ref, count=2)
    await reach.later(minutes=3)
    await reach.hook.gets("ana-sms", ref, count=2)


async def test_the_rounds_of_a_ladder_reach_out_anew_while_slack_is_down(reach: Reach) -> None:
    ana = reach.world.person("ana")
    reach.world.simulator.faults.outage(sockets=False)
    ref, since = await reach.declares("twice Nobody answers, Slack is down")
    await reach.later(seconds=31)
    await reach.hook.gets("ana-push", ref)
    await reach.later(minutes=5)
    await reach.hook.gets("ana-sms", ref)
    # Dee is called, and after as long a rest the second round begins, with her first step lost in Slack.
    for minutes in (10, 20):
        await somebody_more_is_paged(reach.world, since + timedelta(minutes=minutes, seconds=5))
    await reach.later(seconds=31)
    again = await reach.hook.gets("ana-push", ref, count=2)
    assert on_time(again, since, timedelta(minutes=20, seconds=30))
    reach.world.simulator.faults.clear()
    await reach.later(seconds=16)
    await ana.sees(f"You are paged: {ref}", within=WITHIN)
    await reach.world.bot.settled(WITHIN)
    assert len(pages(ana, ref)) == 1, "in Slack it waited, and is said once"
    await reach.world.person("dee").types(f"/incident cancel {ref}")


async def test_killed_between_the_providers_answer_and_its_record_it_is_sent_again(reach: Reach) -> None:
    ref, _ = await reach.declares("ana Killed in the middle")
    await reach.world.person("ana").sees(f"You are paged: {ref}", within=WITHIN)
    await reach.world.bot.settled(WITHIN)
    killed = asyncio.Event()

    async def kill(_: str) -> None:
        reach.hook.after = None
        await reach.world.bot.kill()
        killed.set()

    reach.hook.after = kill
    await reach.later(minutes=2)
    await asyncio.wait_for(killed.wait(), WITHIN)
    assert len(reach.hook.of("ana-push", ref)) == 1
    await reach.world.bot.start()
    # Nobody knows whether it arrived: twice is better than never.
    await reach.hook.gets("ana-push", ref, count=2)
    await reach.quietly(minutes=1)
    assert len(reach.hook.of("ana-push", ref)) == 2


async def test_hundreds_of_notices_at_once_keep_nobody_waiting(reach: Reach) -> None:
    dee = reach.world.person("dee")
    refs = [(await reach.declares(f"ana One of many {n}"))[0] for n in range(100)]
    await reach.world.bot.settled(90)
    await reach.later(minutes=5)
    slowest = 0.0
    for n in range(len(refs)):
        answer = await dee.types("/oncall help", channel="#general")
        slowest = max(slowest, answer.elapsed)
        await reach.mail.until(lambda: sum(len(reach.mail.of("ana", f"{ref} ")) for ref in refs) > n)  # noqa: B023
    assert slowest < 1.5
    await reach.world.bot.settled(90)
    for way in ("ana-push", "ana-sms"):
        assert [len(reach.hook.of(way, f"{ref} ")) for ref in refs] == [1] * len(refs)
