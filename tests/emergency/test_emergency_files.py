"""What survives a restart without a database: the journal and the roster's file."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.contacts.model import Quiet, Rule, Step
from bot.emergency import roster as rosters
from bot.emergency.journal import Journal
from bot.emergency.model import Acknowledged, Call, Climbed, Declared, Event, Paged, Recorded, Shown
from bot.emergency.roster import Name, Roster
from bot.model import ChannelId, Ts, UserId
from bot.oncall.cover import Cover, CoverId
from bot.oncall.model import Override
from bot.paging.ladder import Ladder, Rung

NOW = datetime(2026, 11, 20, 3, 4, 5, 678901, tzinfo=UTC)
LADDER = Ladder(
    "platform", (Rung(timedelta(), ("schedule:primary",)), Rung(timedelta(minutes=5), ("dee",))), 1
)


def declared(request: str) -> Declared:
    about = Declared(request, NOW, UserId("U02BO"), "sev1", "Ünïcode & <b>“quotes”</b>\nof 2 lines")
    return replace(about, ladder=LADDER, begins_at=NOW)


def story(request: str) -> list[Event]:
    """What usually happens."""
    call = Call(1, "ana", UserId("U01ANA"), "on call for primary")
    return [
        declared(request),
        Paged(request, NOW, UserId("U02BO"), (call,)),
        Climbed(request, NOW, 1, NOW + timedelta(minutes=5), NOW),
        Shown(request, NOW, "page:1", ChannelId("D1"), Ts("1.2")),
    ]


async def test_what_was_written_is_what_is_read(tmp_path: Path) -> None:
    journal, pending, _ = Journal.take(tmp_path / "roster.json")
    assert journal is not None
    assert not pending
    assert await journal.add(story("one"))
    journal.close()

    _, pending, elsewhere = Journal.take(tmp_path / "roster.json")

    assert pending["one"].events == tuple(story("one"))
    assert pending["one"].declared.ladder == LADDER
    assert pending["one"].due_at == NOW + timedelta(minutes=5)
    assert not elsewhere


async def test_a_line_torn_off_in_the_middle_takes_no_other_with_it(tmp_path: Path) -> None:
    journal, _, _ = Journal.take(tmp_path / "roster.json")
    assert journal is not None
    await journal.add(story("one"))
    with journal.path.open("ab") as file:
        file.write(b'{"request":"one","at":"2026-11-2')
    await journal.add([Acknowledged("one", NOW, UserId("U01ANA"))])
    # A write that failed half way is written again as a whole.
    await journal.add(story("one")[1:])
    journal.close()

    _, pending, _ = Journal.take(tmp_path / "roster.json")

    assert pending["one"].acknowledged is not None
    assert len(pending["one"].calls) == 1


async def test_two_processes_beside_each_other_have_a_journal_each(tmp_path: Path) -> None:
    first, _, _ = Journal.take(tmp_path / "roster.json")
    second, _, _ = Journal.take(tmp_path / "roster.json")
    assert first is not None
    assert second is not None
    assert first.path != second.path
    await first.add(story("one"))
    await second.add(story("two"))
    first.close()
    second.close()

    left, pending, _ = Journal.take(tmp_path / "roster.json")

    assert left is not None
    assert set(pending) == {"one", "two"}, "what the other one left is taken on"
    left.close()
    _, again, _ = Journal.take(tmp_path / "roster.json")
    assert set(again) == {"one", "two"}, "and kept"


async def test_what_is_recorded_is_not_gone_on_with(tmp_path: Path) -> None:
    journal, _, _ = Journal.take(tmp_path / "roster.json")
    assert journal is not None
    await journal.add([*story("one"), Recorded("one", NOW, 7)])
    await journal.add([Acknowledged("another's", NOW, UserId("U01ANA"))])
    journal.close()

    _, pending, elsewhere = Journal.take(tmp_path / "roster.json")

    assert not pending
    assert set(elsewhere) == {"another's"}


async def test_without_a_place_to_write_there_is_the_memory_alone(tmp_path: Path) -> None:
    journal, pending, _ = Journal.take(tmp_path / "nowhere" / "roster.json")

    assert journal is None
    assert not pending


def test_the_roster_is_read_as_it_was_saved_and_holds_no_address(tmp_path: Path) -> None:
    override = Override(NOW, NOW + timedelta(hours=3), ("bo",), "ana", NOW)
    cover = Cover(CoverId(7), "primary", UserId("U02BO"), override)
    quiet = Quiet(time(22), time(7))
    rule = Rule(
        (Step(timedelta(), ("slack",)), Step(timedelta(minutes=2), ("sms",))),
        quiet,
        ZoneInfo("Europe/Madrid"),
    )
    saved = Roster(NOW, {"primary": (cover,)}, {"ana": rule}, (Name("user", "ana@example.com", "U01ANA"),))

    rosters.save(tmp_path / "roster.json", saved)

    assert rosters.load(tmp_path / "roster.json") == saved
    assert [each.name for each in tmp_path.iterdir()] == ["roster.json"]
    assert (tmp_path / "roster.json").stat().st_mode & 0o777 == 0o600


def test_a_roster_that_cannot_be_read_is_none(tmp_path: Path) -> None:
    (tmp_path / "roster.json").write_text('{"known_at": "yesterday"')

    assert rosters.load(tmp_path / "roster.json") is None
    assert rosters.load(tmp_path / "missing.json") is None
