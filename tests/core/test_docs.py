"""The docs name what there is, and lead to what exists."""

import re
from pathlib import Path

import pytest
from prometheus_client.metrics import MetricWrapperBase

from bot import metrics
from bot.settings import Settings
from handlers import oncall, ops
from handlers.commands import SLASH_COMMANDS
from handlers.incident import COMMANDS
from handlers.shortcuts import SHORTCUTS

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("**/*.md")])


def text(name: str) -> str:
    return (ROOT / name).read_text()


def exposed() -> list[str]:
    """The metrics by the names under which they are asked for."""
    found = [each for each in vars(metrics).values() if isinstance(each, MetricWrapperBase)]
    samples = [sample for each in found for sample in each.describe()]
    return [sample.name + ("_total" if sample.type == "counter" else "") for sample in samples]


def test_every_command_is_explained() -> None:
    written = text("docs/incidents.md")

    for command in SLASH_COMMANDS:
        assert f"`{command.name}" in written
    for sub in COMMANDS:
        assert f"`/incident {sub.usage.split()[0]}" in written, sub.name
    for each in ops.COMMANDS:
        assert f"`/ops {each.name}" in written, each.name


def test_every_question_about_who_is_on_call_is_explained() -> None:
    for each in oncall.COMMANDS:
        assert f"/oncall {each.name}" in text("docs/oncall.md"), each.name


def test_every_shortcut_is_explained() -> None:
    for shortcut in SHORTCUTS:
        assert f"*{shortcut.name}*" in text("docs/incidents.md")


def test_every_metric_is_explained() -> None:
    written = text("docs/operating.md")

    assert exposed()
    for name in exposed():
        assert f"| `{name}` |" in written


def test_every_metric_that_is_named_exists() -> None:
    named = set(re.findall(r"`(?:[a-z_]+\()*(watchbill_[a-z_]+)", text("docs/operating.md")))
    histogram = {f"{name}_bucket" for name in exposed()}

    assert named <= set(exposed()) | histogram


def test_every_setting_is_explained_with_its_default() -> None:
    written = text("docs/operating.md")

    for name, field in Settings.model_fields.items():
        default = "" if field.is_required() or field.default is None else f"`{field.default}` "
        assert f"| `{name.upper()}` | {default}|" in written


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
        if not target.startswith(("http://", "https://", "#")):
            assert (page.parent / target.partition("#")[0]).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_target_of_make_that_is_named_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", text("Makefile"), re.MULTILINE))

    assert set(re.findall(r"^make ([a-z]+)|`make ([a-z]+)", page.read_text(), re.MULTILINE)) <= {
        pair for target in targets for pair in ((target, ""), ("", target))
    }


def test_the_readme_shows_how_to_try_and_how_to_test() -> None:
    assert "\nmake demo\n" in text("README.md")
    assert "\nmake test\n" in text("README.md")
