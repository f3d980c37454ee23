"""Block Kit: what Slack refuses in messages, modals and home tabs, and the ids it fills in."""

from simulator.blocks.check import check_message_blocks, check_options, check_view

__all__ = ["check_message_blocks", "check_options", "check_view"]
