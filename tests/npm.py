"""Slack's own Node packages, installed once into an ignored folder, where Node is at hand."""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
from functools import lru_cache
from pathlib import Path
from typing import Any

NODE = Path(__file__).parent / "node"
MODULES = NODE / "node_modules"
LOCK = NODE / "package-lock.json"
OLDEST = 20
INSTALL_SECONDS = 300
# Set in CI: there, missing is a failure.
REQUIRED = os.environ.get("WATCHBILL_NODE") == "required"


@lru_cache(maxsize=1)
def missing() -> str:
    """Why Node's packages are not there, in a sentence; empty when they are (after installing them)."""
    found = _why_not()
    if found and REQUIRED:
        raise RuntimeError(found)
    return found


def _why_not() -> str:
    if not (shutil.which("node") and shutil.which("npm")):
        return "Node.js and npm are not here"
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout
    if int(version.removeprefix("v").split(".")[0]) < OLDEST:
        return f"Node.js {version.strip()} is too old: {OLDEST} or later is needed"
    try:
        _install()
    except (subprocess.SubprocessError, OSError) as error:
        output = getattr(error, "stderr", "") or ""
        return f"npm could not install the packages of tests/node: {error} {output[-300:]}"
    return ""


def _install() -> None:
    with (NODE / ".lock").open("w") as lock:  # several pytest workers begin at once
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = MODULES / ".installed"
        wanted = hashlib.sha256(LOCK.read_bytes()).hexdigest()
        if done.is_file() and done.read_text() == wanted:
            return
        command = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
        command += ["--loglevel=error", "--prefer-offline", "--fetch-retries=1"]
        subprocess.run(command, cwd=NODE, check=True, capture_output=True, text=True, timeout=INSTALL_SECONDS)
        done.write_text(wanted)


@lru_cache(maxsize=1)
def schema() -> dict[str, Any] | None:
    """The JSON Schema of `sent.ts`, made from @slack/types; None where Node is missing."""
    if missing():
        return None
    source = NODE / "sent.ts"
    wanted = hashlib.sha256(LOCK.read_bytes() + source.read_bytes()).hexdigest()[:16]
    made = MODULES / f".sent-{wanted}.json"
    with (NODE / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.is_file():
            generator = MODULES / ".bin" / "ts-json-schema-generator"
            options = ["--path", str(source), "--tsconfig", str(NODE / "tsconfig.json"), "--type", "*"]
            command = ["node", str(generator), *options, "--no-type-check"]
            output = subprocess.run(command, cwd=NODE, check=True, capture_output=True).stdout
            made.write_bytes(output)
    found: dict[str, Any] = json.loads(made.read_text())
    return found
