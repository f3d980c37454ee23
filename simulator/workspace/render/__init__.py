"""The workspace's state in the JSON shapes of Slack's Web API and events."""

from simulator.workspace.render.conversations import bookmark, channel
from simulator.workspace.render.files import file
from simulator.workspace.render.messages import bot_profile, message
from simulator.workspace.render.people import person, usergroup
from simulator.workspace.render.views import view

__all__ = ["bookmark", "bot_profile", "channel", "file", "message", "person", "usergroup", "view"]
