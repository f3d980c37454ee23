"""What is said of a playbook that is wrong."""

import pytest

from bot.playbook import PlaybookError, parse


def refusal(text: str, **environ: str) -> PlaybookError:
    with pytest.raises(PlaybookError) as caught:
        parse(text, environ)
    return caught.value


def problems(text: str) -> list[str]:
    """Each beginning with its line."""
    return [str(problem).removeprefix("playbook.yaml:") for problem in refusal(text).problems]
