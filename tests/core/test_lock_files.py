import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock")


def pinned(lock: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", (ROOT / lock).read_text(), re.MULTILINE))


def name(requirement: str) -> str:
    return re.sub(r"[._]", "-", re.split(r"[\[<>=~! ]", requirement)[0])


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_file_names_packages_and_hashes_and_no_place_to_get_them_from(lock: str) -> None:
    for line in (ROOT / lock).read_text().splitlines():
        assert re.fullmatch(r"#.*|[a-z0-9-]+==\S+( ; .*)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?", line), (
            line
        )
        assert "://" not in line


def test_every_dependency_is_locked() -> None:
    """After a change to the dependencies: make lock."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    runs = {name(each) for each in project["project"]["dependencies"]}
    tools = {name(each) for each in project["dependency-groups"]["dev"]}
    assert runs <= set(pinned("requirements.lock"))
    assert tools | runs <= set(pinned("requirements-dev.lock"))


def test_tests_run_with_the_versions_that_run_in_production() -> None:
    assert pinned("requirements.lock").items() <= pinned("requirements-dev.lock").items()
