"""Declaring: in one line however it is spelt, by the form, from a message; with anything in it."""

import pytest

from simulator import Acts
from tests.world import World

HEBREW = "התשלום נכשל"
LOUD = "<!channel> & *all* of `it` <b>"


@pytest.mark.parametrize(
    "spelling", ["sev3", "SEV3", "p3", "P3", "s3", "medium", "Medium", "sev3:", "sev-3", "sev 3"]
)
async def test_a_severity_is_understood_however_it_is_spelt(world: World, ana: Acts, spelling: str) -> None:
    number = await world.declares(ana, f"{spelling} Search is slow")
    await ana.sees(f"INC-{number} · sev3 · Search is slow", channel="#incidents")


@pytest.mark.parametrize(
    "line",
    [
        "sev3 private Keys leaked",
        "sev3 Keys leaked private",
        "private sev3 Keys leaked",
        "sev3 Keys leaked PRIVATE service:checkout",
        "sev3 service:checkout private Keys leaked",
        "service:checkout private sev3 Keys leaked",
    ],
)
async def test_private_is_understood_first_and_last(world: World, ana: Acts, bo: Acts, line: str) -> None:
    number = await world.declares(ana, line)
    room = await world.room(number)
    await ana.sees(f"INC-{number} · sev3 · Keys leaked", channel=room)
    assert world.simulator.channel(room).is_private
    assert not bo.can_see(room)
    assert not bo.sees_now(f"INC-{number}")


@pytest.mark.parametrize(
    "line",
    [
        "sev3 service:checkout Orders hang",
        "sev3 Orders service:checkout hang",
        "sev3 Orders hang service:checkout",
        "sev3 Orders hang Service:CHECKOUT",
        "service:checkout sev3 Orders hang",
    ],
)
async def test_the_service_is_understood_anywhere(world: World, ana: Acts, line: str) -> None:
    number = await world.declares(ana, line)
    announcement = await ana.sees(f"INC-{number} · sev3 · Orders hang", channel="#incidents")
    assert "Service\ncheckout" in ana.reads(announcement)


async def test_words_that_only_contain_a_modifier_stay_in_the_title(world: World, ana: Acts) -> None:
    number = await world.declares(ana, "sev4 The private key of microservice:checkout is old")
    await ana.sees(
        f"INC-{number} · sev4 · The private key of microservice:checkout is old", channel="#incidents"
    )


@pytest.mark.parametrize(
    ("line", "suggestion"),
    [
        ("sev3 Orders hang service:chekout", "/incident sev3 Orders hang service:checkout"),
        ("sev3 private Orders hang service:chekout", "/incident sev3 Orders hang private service:checkout"),
        ("sev5 Orders hang", "/incident sev4 Orders hang"),
        ("P0 Orders hang", "/incident sev1 Orders hang"),
        ("critcal Orders hang", "/incident sev1 Orders hang"),
        ("hihg Orders hang", "/incident sev2 Orders hang"),
        ("Orders hang", "/incident sev1 Orders hang"),
    ],
)
async def test_what_is_misspelt_is_answered_with_the_line_to_type(
    ana: Acts, line: str, suggestion: str
) -> None:
    answer = await ana.types(f"/incident {line}")
    assert suggestion in answer.text


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("sev3 Orders hang service:warehouse", "Services: checkout, payments."),
        ("sev3 Orders hang service:checkout service:payments", "name one service"),
        ("sev3", "Say what is broken, for example: /incident sev3 Checkout returns 500s"),
        ("sev3 private", "Say what is broken"),
        ("sev3 service:checkout", "Say what is broken"),
        ("sev3 \u200b\u200e \u00a0", "Say what is broken"),
    ],
)
async def test_nothing_is_declared_without_all_that_is_needed(
    world: World, ana: Acts, line: str, sentence: str
) -> None:
    before = await world.declares(ana, "sev4 The one before")
    assert sentence in (await ana.types(f"/incident {line}")).text
    assert await world.declares(ana, "sev4 The one after") == before + 1


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("x" * 3000, "x" * 100),
        ("Emoji 🔥👩‍👩‍👧 everywhere 🇪🇸", "Emoji 🔥👩‍👩‍👧 everywhere 🇪🇸"),
        (HEBREW, HEBREW),
        ("\u202eevil\u202c turned around", "evil turned around"),
        (LOUD, "<!channel> & "),
        ("@channel @here @ana look", "@channel @here @ana look"),
        ("NUL \x00 and half \ud83d a pair", "NUL and half \ufffd a pair"),
        ("two\nlines\tand\r\ntabs", "two lines and tabs"),
        ("https://example.com/a?b=c&d=e is down", "https://example.com/a?b=c&d=e is down"),
    ],
)
async def test_any_title_is_shown_as_it_was_typed(world: World, ana: Acts, typed: str, read: str) -> None:
    number = await world.declares(ana, f"sev2 {typed}")
    room = await world.room(number)
    for where in (room, "#incidents"):
        message = await ana.sees(f"INC-{number} · sev2", channel=where)
        shown = ana.reads(message)
        assert read in shown
    assert f"INC-{number}" in (await ana.types(f"/incident show INC-{number}")).text
    assert f"INC-{number}" in str((await ana.types("/incident list")).blocks)
    await world.bot.settled()
    assert "Something went wrong" not in world.bot.log


async def test_stars_in_a_title_do_not_end_its_bold(world: World, ana: Acts) -> None:
    number = await world.declares(ana, "sev4 *** so *many* stars")
    announcement = await ana.sees(f"INC-{number} · sev4", channel="#incidents")
    assert "*∗∗∗ so ∗many∗ stars*" in announcement.blocks[0]["text"]["text"]


async def test_a_title_calls_nobody(world: World, ana: Acts) -> None:
    """Nothing that people type becomes a mention that rings everybody's phone."""
    number = await world.declares(ana, "sev2 @channel <!here> <@U02BO> look")
    room = await world.room(number)
    await ana.types("/incident update @channel <!everyone> rolled back", channel=room)
    await ana.sees("rolled back", channel=room)
    await world.bot.settled()
    for message in (*world.said(room), *world.said("#incidents")):
        # A header is plain text, in which nothing is a mention.
        blocks = [block for block in message.blocks if block["type"] != "header"]
        stored = str(blocks) + message.text
        if f"INC-{number} " in stored:
            assert not any(call in stored for call in ("<!channel", "<!here", "<!everyone", "<@U02BO"))


async def test_the_same_command_delivered_twice_declares_once(world: World, ana: Acts) -> None:
    answer = await ana.types("/incident sev3 Twice is enough", twice=True)
    number = int(answer.text.split("INC-")[1].split()[0])
    assert await world.declares(ana, "sev4 The next one") == number + 1
    await world.bot.settled()
    assert (
        sum("Twice is enough · Investigating" in m.text for m in world.said("#incidents")) == 2
    )  # and its card


async def test_incident_alone_opens_the_form(world: World, ana: Acts) -> None:
    await ana.types("/incident")
    form = await ana.modal()
    assert form.title == "Declare incident"
    errors = await ana.submits({"Severity": "sev3", "Title": " \u200b ", "Service": "payments"})
    assert errors == {"Title": "Say what is broken, in a few words."}
    assert await ana.submits({"Title": "Refunds & returns fail"}) == {}
    announcement = await ana.sees("Refunds & returns fail", channel="#incidents")
    assert "Service\npayments" in ana.reads(announcement)
    await ana.sees("Refunds & returns fail is declared.")


async def test_a_form_says_what_each_severity_means(ana: Acts) -> None:
    await ana.types("/incident")
    form = await ana.modal()
    options = next(block["element"]["options"] for block in form.blocks if block["block_id"] == "severity")
    assert [option["text"]["text"] for option in options] == ["sev1", "sev2", "sev3", "sev4"]
    assert options[0]["description"]["text"].startswith("Customers cannot buy")
    await ana.closes()


async def test_a_form_sent_twice_declares_once(world: World, ana: Acts) -> None:
    await ana.types("/incident")
    await ana.modal()
    assert await ana.submits({"Severity": "sev3", "Title": "Sent twice"}, twice=True) == {}
    await ana.sees("Sent twice", channel="#incidents")
    await world.bot.settled()
    assert sum("Sent twice is declared." in m.text for m in ana.direct_messages()) == 1


async def test_a_private_form_is_private(world: World, ana: Acts, bo: Acts) -> None:
    await ana.types("/incident")
    await ana.modal()
    await ana.submits({"Severity": "sev3", "Title": "Payroll leaked", "Who may see it": ["private"]})
    await ana.sees("Payroll leaked is declared.")
    await world.bot.settled()
    assert bo.sees_now("Payroll leaked") is None


@pytest.mark.parametrize("line", ["declare", "new", "create"])
async def test_a_word_before_the_severity_is_no_obstacle(world: World, ana: Acts, line: str) -> None:
    number = await world.declares(ana, f"{line} sev4 A typo on the page")
    await ana.sees(f"INC-{number} · sev4 · A typo on the page", channel="#incidents")
    await ana.types(f"/incident {line}")
    assert (await ana.modal()).title == "Declare incident"
    await ana.closes()


async def test_declare_incident_from_a_message_keeps_the_link(world: World, ana: Acts, bo: Acts) -> None:
    ts = await bo.says("@ana the checkout\nanswers 500 & hangs", channel="#dev-help")
    await ana.shortcut("Declare incident", channel="#dev-help", ts=ts)
    form = await ana.modal()
    title = next(block["element"] for block in form.blocks if block["block_id"] == "title")
    assert title["initial_value"] == "@ana the checkout answers 500 & hangs"
    await ana.submits({"Severity": "sev3"})
    announcement = await ana.sees("the checkout answers 500 & hangs", channel="#incidents")
    channel = world.simulator.channel("#dev-help").id
    assert f"archives/{channel}/p{ts.replace('.', '')}" in str(announcement.blocks)


async def test_declare_incident_from_a_reply_links_to_the_reply(world: World, ana: Acts, bo: Acts) -> None:
    root = await bo.says("Anybody else?", channel="#dev-help")
    reply = await ana.says("Me too, search is empty", channel="#dev-help", thread=root)
    await ana.shortcut("Declare incident", channel="#dev-help", ts=reply)
    await ana.modal()
    await ana.submits({"Severity": "sev3"})
    announcement = await ana.sees("Me too, search is empty", channel="#incidents")
    assert f"p{reply.replace('.', '')}?thread_ts={root}" in str(announcement.blocks).replace("&amp;", "&")


async def test_declare_incident_from_a_direct_message_of_the_bot(world: World, ana: Acts) -> None:
    await ana.types("/incident")
    await ana.modal()
    await ana.submits({"Severity": "sev4", "Title": "First of two"})
    told = await ana.sees("First of two is declared.")
    await ana.shortcut("Declare incident", channel=told.channel, ts=told.ts)
    await ana.modal()
    await ana.submits({"Severity": "sev4", "Title": "Second of two"})
    announcement = await ana.sees("Second of two", channel="#incidents")
    assert f"archives/{told.channel}/p" in str(announcement.blocks)
