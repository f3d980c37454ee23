"""A Slack workspace on your machine. It shares no code with the bot and knows nothing of it."""

from simulator.acting import Answer
from simulator.calls import Call
from simulator.errors import SlackError
from simulator.people import Acts
from simulator.seed import Seed
from simulator.simulator import Simulator
from simulator.workspace.model import Channel, Message, View

__all__ = ["Acts", "Answer", "Call", "Channel", "Message", "Seed", "Simulator", "SlackError", "View"]
