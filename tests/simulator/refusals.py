"""What Slack refuses a call with."""

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError


async def refused(call: Any) -> str:
    """The error code of a call that is to fail."""
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])
