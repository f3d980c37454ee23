"""Making the incident's channel and furnishing it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.delivery.errors import Refused
from bot.delivery.model import Leased
from bot.delivery.queue import Transaction
from bot.delivery.worker import Done
from bot.incidents import store
from bot.incidents.cards.messages import topic
from bot.incidents.effects.outside import Outside
from bot.incidents.model import rooms
from bot.incidents.model.incident import Incident, RoomKind
from bot.incidents.record import apply, subject
from bot.messages import store as messages_store
from bot.messages.dead import bury
from bot.model import ChannelId, UserId, outside_name
from bot.paging import service as paging
from bot.paging import store as pages

# Names already taken by others are passed over this often before the incident does without a channel.
NAMES_TRIED = 5
# A channel older than the incident by more than the clocks may differ was not made for it.
CLOCKS_APART = timedelta(minutes=2)
# Slack's own limit for one call.
INVITED_AT_ONCE = 100
ALREADY_IN = ("already_in_channel", "cant_invite_self")
# Refusals that are about one of those invited; every other one would be the same for each of them.
ABOUT_ONE = (
    *ALREADY_IN,
    "cant_invite",
    "user_not_found",
    "user_is_restricted",
    "ura_max_channels",
    "org_user_not_in_team",
    "invitee_cant_see_channel",
    "no_external_invite_permission",
)


async def open_room(outside: Outside, effect: Leased) -> Done:
    """Make the channel, or find the one an earlier attempt made, or do without."""
    incident = await outside.incident(effect)
    if incident.room.kind is not RoomKind.CHANNEL or incident.room.channel is not None:
        return Done(detail="has its room")
    try:
        channel, name = await _make_channel(outside, incident, effect)
    except Refused as refusal:
        return Done(_without(incident, refusal), detail=str(refusal))

    async def record(tx: Transaction) -> None:
        now = await store.lock(tx.connection, incident.number)
        if now is not None and now.room.kind is RoomKind.CHANNEL:
            # A card that stands in the thread is left behind as a signpost; the room gets a card of its own.
            card, left = f"incident:{now.number}:card", f"incident:{now.number}:left"
            moved = await messages_store.rename(tx.connection, card, left)
            opened = rooms.open_room(now, channel, name, tx.now, moved=moved)
            await apply(tx, opened)
            await paging.describe(tx, subject(opened.incident), outside.context.playbook.current)

    return Done(record, detail=f"{name} {channel}")


def _without(incident: Incident, refusal: Refused) -> Any:
    async def record(tx: Transaction) -> None:
        now = await store.lock(tx.connection, incident.number)
        if now is not None and now.room.channel is None:
            await apply(tx, rooms.do_without_room(now, refusal.error, tx.now))

    return record


async def _make_channel(outside: Outside, incident: Incident, effect: Leased) -> tuple[ChannelId, str]:
    wanted = str(effect.payload["name"])
    for attempt in range(1, NAMES_TRIED + 1):
        name = wanted if attempt == 1 else f"{wanted}-{attempt}"
        try:
            answer = await outside.slack.call("conversations.create", name=name, is_private=incident.private)
        except Refused as refusal:
            if refusal.error != "name_taken":
                raise
            if effect.uncertain and (ours := await _made_before(outside, incident, name)) is not None:
                return ours, name
            continue
        made = answer["channel"]
        return ChannelId(made["id"]), str(made["name"])
    raise Refused(f"every name like {wanted} is taken", error="name_taken")


async def _made_before(outside: Outside, incident: Incident, name: str) -> ChannelId | None:
    """The channel of this name, if the bot made it after the incident was declared."""
    me = await outside.context.directory.me()
    cursor: dict[str, Any] = {}
    while True:
        answer = await outside.slack.call(
            "users.conversations", types="public_channel,private_channel", limit=1000, **cursor
        )
        for channel in answer["channels"]:
            if channel["name"] == name and channel["creator"] == me and _is_younger(channel, incident):
                return ChannelId(channel["id"])
        following = (answer.get("response_metadata") or {}).get("next_cursor")
        if not following:
            return None
        cursor = {"cursor": following}


def _is_younger(channel: Mapping[str, Any], incident: Incident) -> bool:
    made_at = datetime.fromtimestamp(channel["created"], incident.declared_at.tzinfo)
    return made_at >= incident.declared_at - CLOCKS_APART


async def invite(outside: Outside, effect: Leased) -> Done:
    """Bring in whoever declared it, was paged for it or holds a role in it, and did not leave it since.

    Whom Slack refuses keeps nobody else out; it is told once for each kind of refusal.
    """
    incident = await outside.incident(effect)
    channel = incident.room.channel
    if channel is None:
        return Done(detail="has no channel")
    wanted = await _people(outside, incident)
    users = sorted(wanted)
    refused: dict[UserId, str] = {}

    async def bring_in() -> None:
        for first in range(0, len(users), INVITED_AT_ONCE):
            refused.update(await _invite(outside, channel, users[first : first + INVITED_AT_ONCE]))

    done = await outside.messages.once_changed(
        effect, f"incident:{incident.number}:invited", channel, ",".join(users), bring_in
    )

    async def record(tx: Transaction) -> None:
        # Who left while they were being invited has left.
        await store.add_members(tx.connection, incident.number, wanted, also_left=False)
        if done.record is not None:
            await done.record(tx)
        for error in sorted(set(refused.values())):
            await bury(tx, effect, f"conversations.invite: {error}", goes_on=False)

    left_out = ", ".join(f"{user} ({error})" for user, error in refused.items())
    return Done(record, detail=f"{len(users)} wanted" + (f"; refused: {left_out}" if left_out else ""))


async def _people(outside: Outside, incident: Incident) -> set[UserId]:
    async with outside.context.queue.database.read() as connection:
        paged = await pages.of_subject(connection, incident.name)
        left = await store.left(connection, incident.number)
    people = {incident.declared_by, *(holder.user for holder in incident.roles.values())}
    if incident.acknowledged_by:
        people.add(incident.acknowledged_by)
    for page in paged:
        user = page.user or outside.context.directory.known_user(page.person)
        if user is not None:
            people.add(user)
    return {each for each in people if outside_name(each) is None} - left


async def _invite(outside: Outside, channel: ChannelId, users: list[UserId]) -> dict[UserId, str]:
    """Invite them together; gives whom Slack refused, and its code for why.

    Where it refuses all at once without saying whom they are asked for one by one, unless it is the call
    itself that it refuses.
    """
    try:
        answer = await outside.slack.call(
            "conversations.invite", channel=channel, users=",".join(users), force=True
        )
    except Refused as refusal:
        if refusal.answer.get("errors"):
            return _left_out(refusal.answer)
        if len(users) == 1 or refusal.error not in ABOUT_ONE:
            return {} if refusal.error in ALREADY_IN else dict.fromkeys(users, refusal.error)
        each = [await _invite(outside, channel, [user]) for user in users]
        return {user: error for found in each for user, error in found.items()}
    return _left_out(answer)


def _left_out(answer: Mapping[str, Any]) -> dict[UserId, str]:
    return {
        UserId(each["user"]): each["error"]
        for each in answer.get("errors") or ()
        if each.get("user") and each["error"] not in ALREADY_IN
    }


async def set_topic(outside: Outside, effect: Leased) -> Done:
    incident = await outside.incident(effect)
    channel = incident.room.channel
    if channel is None:
        return Done(detail="has no channel")
    text = topic(incident)

    async def is_set() -> bool:
        # Setting a topic again would say so in the room again.
        answer = await outside.slack.call("conversations.info", channel=channel)
        return bool(answer["channel"]["topic"]["value"] == text)

    return await outside.messages.once_changed(
        effect,
        f"incident:{incident.number}:topic",
        channel,
        text,
        lambda: outside.slack.call("conversations.setTopic", channel=channel, topic=text),
        is_set,
    )


async def add_bookmark(outside: Outside, effect: Leased) -> Done:
    """The call's link, at the top of the room."""
    incident = await outside.incident(effect)
    channel, link = incident.room.channel, _call_link(outside, incident)
    if channel is None or link is None:
        return Done(detail="has no channel or no call")
    title = f"Call for {incident.name}"

    async def is_added() -> bool:
        answer = await outside.slack.call("bookmarks.list", channel_id=channel)
        return any(each.get("link") == link for each in answer["bookmarks"])

    return await outside.messages.once_changed(
        effect,
        f"incident:{incident.number}:call",
        channel,
        link,
        lambda: outside.slack.call("bookmarks.add", channel_id=channel, title=title, type="link", link=link),
        is_added,
    )


async def pin_card(outside: Outside, effect: Leased) -> Done:
    incident = await outside.incident(effect)
    async with outside.context.queue.database.read() as connection:
        card = await messages_store.find(connection, f"incident:{incident.number}:card")
    if card is None:
        return Done(detail="has no card")
    try:
        await outside.slack.call("pins.add", channel=card.channel, timestamp=card.ts)
    except Refused as refusal:
        if refusal.error != "already_pinned":
            raise
    return Done()


def _call_link(outside: Outside, incident: Incident) -> str | None:
    try:
        call = outside.context.playbook.current.severity(incident.severity)[1].call
    except KeyError:
        return None
    return call.format(number=incident.number) if call else None
