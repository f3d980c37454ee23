"""Where files are put and fetched: /upload/v1/ID, /files/ID/NAME, and the page's /sim/upload."""

from aiohttp import web

from simulator.acting import Acting
from simulator.errors import Json, SlackError
from simulator.sentences import sentence
from simulator.workspace import render
from simulator.workspace.model import File
from simulator.workspace.workspace import Workspace


class Uploads:
    """Serves the addresses that files.getUploadURLExternal and file objects give out."""

    def __init__(self, workspace: Workspace, acting: Acting) -> None:
        self._workspace = workspace
        self._acting = acting

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/upload/v1/{id}", self._take),
            web.get("/files/{id}/{name}", self._give),
            web.post("/sim/upload", self._share),
        ]

    async def _take(self, request: web.Request) -> web.Response:
        """The bytes, as such or as the one file of a form."""
        found = self._workspace.files.get(request.match_info["id"])
        if found is None or found.complete:
            return web.Response(status=404, text="unknown upload")
        content = await _content(request)
        if not content:
            return web.Response(status=400, text="no content")
        found.content, found.size = content, len(content)
        return web.Response(text=f"OK - {len(content)}")

    async def _give(self, request: web.Request) -> web.Response:
        """The content. With a token it must be the app's; without one it is the page that asks."""
        found = self._workspace.files.get(request.match_info["id"])
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if token and token != self._workspace.app.bot_token:
            return web.Response(status=403, text="invalid token")
        if found is None or found.deleted or not found.complete:
            return web.Response(status=404, text="no such file")
        return _served(found, download="download" in request.query)

    async def _share(self, request: web.Request) -> web.Response:
        """POST /sim/upload?as=U…&channel=C…&name=…[&text=…][&thread=…]: the body as a person's file."""
        query = request.query
        who = self._workspace.people.get(query.get("as", ""))
        content = await _content(request)
        if who is None or not content:
            return web.json_response({"ok": False, "error": "invalid_arguments"}, status=400)
        try:
            channel = self._workspace.channel_for(who.id, query.get("channel", ""))
            message = self._acting.share(
                who,
                channel,
                query.get("name", "file"),
                content,
                text=query.get("text", ""),
                thread_ts=query.get("thread"),
            )
        except SlackError as error:
            refused: Json = {"ok": False, "error": error.code, "message": sentence(error.code)}
            return web.json_response(refused)
        shape = render.message(self._workspace, message)
        return web.json_response({"ok": True, "answer": shape | {"channel": channel.id}})


async def _content(request: web.Request) -> bytes:
    if request.content_type == "multipart/form-data":
        for field in (await request.post()).values():
            if isinstance(field, web.FileField):
                return field.file.read()
        return b""
    return await request.read()


def _served(found: File, *, download: bool) -> web.Response:
    # Never run what was uploaded: only pictures and plain text are shown in place.
    shown = found.mimetype.startswith("image/") and found.mimetype != "image/svg+xml"
    kind = found.mimetype if shown or found.mimetype == "text/plain" else "application/octet-stream"
    headers = {"Content-Type": kind, "X-Content-Type-Options": "nosniff"}
    if download or kind == "application/octet-stream":
        headers["Content-Disposition"] = "attachment"
    return web.Response(body=found.content, headers=headers)
