"""What can happen to people: they come, and change. Events included."""

from simulator.workspace import channels, render
from simulator.workspace.model import Person
from simulator.workspace.workspace import Workspace


def add(workspace: Workspace, person: Person) -> None:
    """Somebody new, who is in the general channel from the start."""
    person.updated = workspace.now()
    workspace.people[person.id] = person
    event = {"type": "team_join", "user": render.person(workspace, person), "event_ts": workspace.next_ts()}
    workspace.tell_app(event, None)
    for channel in workspace.channels.values():
        if channel.is_general:
            channels.join(workspace, channel, person.id)
    workspace.changed("people")


def change(workspace: Workspace, person: Person, **fields: object) -> None:
    """Change fields of a person: name, tz, deleted … AttributeError for one that is not there."""
    for name, value in fields.items():
        setattr(person, name, value)
    person.updated = workspace.now()
    event = {
        "type": "user_change",
        "user": render.person(workspace, person),
        "cache_ts": workspace.now(),
        "event_ts": workspace.next_ts(),
    }
    workspace.tell_app(event, None)
    workspace.changed("people")
