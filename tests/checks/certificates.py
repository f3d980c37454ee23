"""Certificates made on the spot with openssl, and a server that shows one."""

import asyncio
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path


def make(folder: Path, name: str = "localhost", *, not_before: str, not_after: str) -> Path:
    """A self-made certificate with its key, in one file. Times as openssl takes them: 20260101000000Z."""
    key, certificate, config = folder / f"{name}.key", folder / f"{name}.pem", folder / f"{name}.cnf"
    # Only `openssl ca` of this age takes both dates, and it wants a folder to keep records in.
    (folder / "index.txt").write_text("")
    (folder / "serial").write_text("01\n")
    config.write_text(
        f"[ca]\ndefault_ca=here\n[here]\ndatabase={folder}/index.txt\nserial={folder}/serial\n"
        f"new_certs_dir={folder}\ndefault_md=sha256\npolicy=any\nx509_extensions=ext\nunique_subject=no\n"
        f"[any]\ncommonName=supplied\n[ext]\nsubjectAltName=DNS:{name}\nbasicConstraints=CA:TRUE\n"
        "[req]\ndistinguished_name=dn\n[dn]\n"
    )
    request = folder / f"{name}.csr"
    run = [
        "openssl",
        "req",
        "-new",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-config",
        str(config),
        "-keyout",
        str(key),
    ]
    subprocess.run([*run, "-out", str(request), "-subj", f"/CN={name}"], check=True, capture_output=True)
    sign = ["openssl", "ca", "-batch", "-selfsign", "-config", str(config), "-keyfile", str(key)]
    dates = ["-startdate", not_before, "-enddate", not_after]
    subprocess.run(
        [*sign, *dates, "-in", str(request), "-out", str(certificate), "-notext"],
        check=True,
        capture_output=True,
    )
    certificate.write_text(certificate.read_text() + key.read_text())
    return certificate


@asynccontextmanager
async def showing(certificate: Path) -> AsyncIterator[int]:
    """The port of a TLS server with this certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(serve, "localhost", 0, ssl=context)
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        server.close()
        await server.wait_closed()
