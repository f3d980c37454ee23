"""What people see of checks stays within Slack's limits, and is read on a phone."""

from datetime import UTC, datetime, timedelta

from bot.checks import cards
from bot.checks.model.result import Result, Verdict
from bot.checks.model.trouble import Trouble, TroubleId
from bot.checks.state import State
from bot.slack.blocks import Block, Content
from tests.checks.asking import playbook

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
LONG = "<&>*" * 100


def texts(content: Content) -> list[str]:
    def of(block: Block) -> list[str]:
        if "text" in block:
            return [block["text"]["text"]]
        return [each["text"] for each in block.get("elements", ()) if isinstance(each.get("text"), str)]

    return [text for block in content.blocks for text in of(block)]


def state(number: int, verdict: Verdict | None) -> State:
    check = playbook(it={"http": {"url": "http://x"}, "every": "1m", "title": LONG}).checks["it"]
    last = None if verdict is None else Result("it", verdict, LONG, NOW - timedelta(hours=2), 0.1)
    bad = verdict not in (None, Verdict.OK)
    trouble = Trouble(TroubleId(1), "it", NOW, NOW, Verdict.FAIL, Verdict.FAIL, LONG) if bad else None
    return State(f"check-{number}-{'x' * 70}", check, last, trouble)


def test_five_hundred_checks_are_one_message_with_the_worst_first() -> None:
    verdicts = [None, Verdict.OK, Verdict.WARN, Verdict.UNKNOWN, Verdict.FAIL]
    content = cards.overview([state(n, verdicts[n % 5]) for n in range(500)], NOW)
    shown = texts(content)

    assert len(content.blocks) < 50
    assert all(len(text) <= 3000 and not text.endswith("…") for text in shown)
    assert all(line.startswith(cards.SIGNS[Verdict.FAIL]) for line in shown[0].splitlines())
    assert "and 460 more, of which 100 are ok" in shown[-2]
    assert content.text == "500 checks, 300 not ok"


def test_no_checks_at_all_say_where_they_go() -> None:
    assert "section `checks`" in cards.overview([], NOW).text


def test_a_warning_names_what_when_and_where_to_look() -> None:
    began = NOW - timedelta(minutes=12)
    trouble = Trouble(
        TroubleId(7),
        "site-up",
        began,
        began,
        Verdict.FAIL,
        Verdict.FAIL,
        "503, expected 200",
        link="https://app.example.com/health",
    )
    check = playbook(it={"http": {"url": "http://x"}, "every": "1m"}).checks["it"]
    open_, over = (
        cards.trouble_card(trouble, check),
        cards.trouble_card(Trouble(**{**vars(trouble), "ended_at": NOW, "times": 3, "incident": 4}), check),
    )

    assert open_.text == "site-up is failing: 503, expected 200"
    assert texts(open_)[0].startswith(":red_circle: *site-up* is failing since <!date^")
    assert "<https://app.example.com/health|Look at it>" in texts(open_)
    assert over.text == "site-up is ok again, after 12 min"
    assert "Came and went 3 times since" in "".join(texts(over))
    assert "INC-4 is about it." in texts(over)
    assert not [block for block in over.blocks if block["type"] == "actions"]


def test_words_of_others_do_no_harm() -> None:
    trouble = Trouble(TroubleId(7), "it", NOW, NOW, Verdict.WARN, Verdict.WARN, "<!channel> & *all*")
    shown = "".join([cards.trouble_card(trouble, None).text, *texts(cards.trouble_card(trouble, None))])

    assert "<!channel>" not in shown
    assert "&lt;!channel&gt; &amp;" in shown
