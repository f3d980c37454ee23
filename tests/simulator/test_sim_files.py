"""Files by the external upload flow, and canvases, as slack_sdk's clients use them."""

import asyncio
from typing import Any

import aiohttp
import pytest
from slack_sdk import WebClient
from slack_sdk.web.async_client import AsyncWebClient

from simulator import Simulator, SlackError
from tests.simulator.refusals import refused

PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 40


async def room(client: AsyncWebClient) -> str:
    channel: str = (await client.conversations_create(name="inc-1"))["channel"]["id"]
    await client.conversations_invite(channel=channel, users="U01ANA")
    return channel


async def test_a_file_is_uploaded_shared_listed_fetched_and_deleted(
    sim: Simulator, client: AsyncWebClient
) -> None:
    channel = await room(client)
    done = await client.files_upload_v2(
        content=PNG,
        filename="graph.png",
        title="Latency",
        channel=channel,
        initial_comment="Look",
        alt_txt="A graph",
    )
    made = done["files"][0]
    assert (made["title"], made["mimetype"], made["size"]) == ("Latency", "image/png", len(PNG))
    message = await sim.person("ana").sees("Look", channel)
    assert [entry.name for entry in message.files] == ["graph.png"]
    await sim.person("ana").sees("A graph", channel)

    [stored] = (await client.conversations_history(channel=channel, limit=1))["messages"]
    assert stored["files"][0]["thumb_360"].startswith(sim.url)
    assert (await client.files_info(file=made["id"]))["file"]["channels"] == [channel]
    assert [entry["id"] for entry in (await client.files_list(channel=channel))["files"]] == [made["id"]]
    assert await fetched(made["url_private"], sim.bot_env()["SLACK_BOT_TOKEN"]) == (200, PNG)
    assert (await fetched(made["url_private"], "xoxb-other"))[0] == 403

    await client.files_delete(file=made["id"])
    assert await refused(client.files_info(file=made["id"])) == "file_deleted"
    [stored] = (await client.conversations_history(channel=channel, limit=1))["messages"]
    assert stored["files"] == [{"id": made["id"], "mode": "tombstone"}]


async def fetched(url: str, token: str) -> tuple[int, bytes]:
    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as answer:
        return answer.status, await answer.read()


async def test_the_synchronous_client_uploads_as_well(sim: Simulator, client: AsyncWebClient) -> None:
    channel = await room(client)
    env = sim.bot_env()
    sync = WebClient(env["SLACK_BOT_TOKEN"], base_url=env["SLACK_API_URL"])

    done = await asyncio.to_thread(
        sync.files_upload_v2, content="line one\nline two", filename="log.txt", channel=channel
    )

    assert done["files"][0]["preview"] == "line one\nline two"
    assert sim.channel("inc-1").messages[-1].files[0].content == b"line one\nline two"


async def test_uploads_are_refused_as_slack_does(sim: Simulator, client: AsyncWebClient) -> None:
    channel = await room(client)
    assert (
        await refused(client.api_call("files.getUploadURLExternal", params={"filename": "x"}))
        == "missing_argument"
    )
    begun = await client.files_getUploadURLExternal(filename="x.txt", length=3)
    files = [{"id": begun["file_id"], "title": "x"}]

    empty = client.files_completeUploadExternal(files=files, channel_id=channel)
    assert await refused(empty) == "file_not_found"
    async with aiohttp.ClientSession() as session:
        async with session.post(begun["upload_url"], data=b"abc") as answer:
            assert answer.status == 200
        async with session.post(f"{sim.url}/upload/v1/F404", data=b"abc") as answer:
            assert answer.status == 404
    general = sim.channel("general").id
    elsewhere = client.files_completeUploadExternal(files=files, channel_id=general)
    assert await refused(elsewhere) == "not_in_channel"
    await client.files_completeUploadExternal(files=files)
    assert await refused(client.files_info(file="F404")) == "file_not_found"
    assert await refused(client.files_list(user="U404")) == "user_not_found"


async def test_a_person_shares_a_file_and_the_app_is_told(sim: Simulator, client: AsyncWebClient) -> None:
    channel = await room(client)
    ana = sim.person("ana")
    ts = await ana.shares("graph.png", PNG, channel, "the graph")

    assert sim.events.last is not None
    event = sim.events.last.payload["event"]
    assert (event["type"], event["channel_id"]) == ("file_shared", channel)
    shared = (await client.files_info(file=event["file_id"]))["file"]
    assert (shared["user"], shared["is_public"]) == ("U01ANA", True)
    assert await refused(client.files_delete(file=event["file_id"])) == "cant_delete_file"
    [message] = (await client.conversations_history(channel=channel, latest=ts, inclusive=True, limit=1))[
        "messages"
    ]
    assert (message["subtype"], message["text"]) == ("file_share", "the graph")


async def test_the_page_uploads_and_shows_files(sim: Simulator) -> None:
    general = sim.channel("general").id
    query = {"as": "U01ANA", "channel": general, "name": "graph.png", "text": "look"}
    async with aiohttp.ClientSession() as session:
        async with session.post(f"{sim.url}/sim/upload", params=query, data=PNG) as answer:
            shared = (await answer.json())["answer"]
        async with session.get(shared["files"][0]["url_private"]) as answer:
            assert (answer.content_type, await answer.read()) == ("image/png", PNG)
        query |= {"channel": "C404"}
        async with session.post(f"{sim.url}/sim/upload", params=query, data=PNG) as answer:
            assert (await answer.json())["error"] == "channel_not_found"
    with pytest.raises(SlackError, match="not_in_channel"):
        await sim.person("watchbill").shares("x", b"x", general)


def markdown(text: str) -> dict[str, str]:
    return {"type": "markdown", "markdown": text}


async def test_a_canvas_is_written_searched_and_edited(sim: Simulator, client: AsyncWebClient) -> None:
    made = await client.canvases_create(
        title="Notes", document_content=markdown("# Impact\n\nSlow.\n\n## Cause")
    )
    canvas = made["canvas_id"]

    async def found(**criteria: Any) -> list[str]:
        answer = await client.canvases_sections_lookup(canvas_id=canvas, criteria=criteria)
        return [entry["id"] for entry in answer["sections"]]

    [impact] = await found(section_types=["h1"])
    assert len(await found(section_types=["any_header"])) == 2
    change = {"operation": "insert_after", "section_id": impact, "document_content": markdown("Everybody.")}
    await client.canvases_edit(canvas_id=canvas, changes=[change])
    assert list(sim.workspace.canvases[canvas].sections.values()) == [
        "# Impact",
        "Everybody.",
        "Slow.",
        "## Cause",
    ]
    [slow] = await found(contains_text="Slow")
    await client.canvases_edit(canvas_id=canvas, changes=[{"operation": "delete", "section_id": slow}])
    again = client.canvases_edit(canvas_id=canvas, changes=[{"operation": "delete", "section_id": slow}])
    assert await refused(again) == "canvas_editing_failed"
    unknown = client.canvases_edit(canvas_id="F404", changes=[change])
    assert await refused(unknown) == "canvas_not_found"


async def test_a_channel_has_one_canvas_and_plans_differ(sim: Simulator, client: AsyncWebClient) -> None:
    channel = await room(client)
    await client.conversations_canvases_create(channel_id=channel, document_content=markdown("# Notes"))
    second = client.conversations_canvases_create(channel_id=channel, document_content=markdown("x"))
    assert await refused(second) == "channel_canvas_already_exists"

    sim.workspace.team = type(sim.workspace.team)(plan="free")
    standalone = client.canvases_create(title="x", document_content=markdown("x"))
    assert await refused(standalone) == "free_teams_cannot_create_non_tabbed_canvases"
    second = client.conversations_canvases_create(channel_id=channel, document_content=markdown("x"))
    assert await refused(second) == "free_team_canvas_tab_already_exists"
