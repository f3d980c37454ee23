# Everything a newcomer needs: Python 3.11 or later (with venv), git and make.
#   make demo   try it: a simulated Slack workspace and the bot, in the browser (PLAYBOOK=file: by another playbook)
#   make test   the tests          make check   format, lint, types, who imports whom
#   make bench  the figures (ONLY=pages: one of them)   make lock    resolve the dependencies anew (wants uv)

.PHONY: help install demo test check bench lock
.DEFAULT_GOAL := help

BIN := .venv/bin
PACKAGES := bot handlers schedules simulator migrations
# The first interpreter that is new enough.
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$name" && break; done)

help:
	@sed -n 's/^# \{0,3\}//p' Makefile | head -4

install: .venv/.dev

$(BIN)/pip:
	@test -n "$(PYTHON)" || { echo "Watchbill needs Python 3.11 or later; none was found."; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "Python's venv module is missing (Debian: apt install python3-venv)."; exit 1; }

# What the bot needs to run: enough for the demo, and quick.
.venv/.run: requirements.lock | $(BIN)/pip
	@echo "Installing into .venv (once)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

# The same versions and the tools. Nothing is fetched that the lock does not name, build backend included.
.venv/.dev: requirements-dev.lock pyproject.toml | $(BIN)/pip
	@echo "Installing into .venv with the tools for tests and checks (once)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch .venv/.run $@

# The simulated workspace forgets when it stops, so the bot starts with an empty database as well.
# A second demo beside the first gets the next free port and a folder of its own; PORT=9000 begins there.
# PLAYBOOK=playbooks/e-operations-guide.yaml is another team's; its probes look at the simulator's example service.
demo: PLAYBOOK ?= playbooks/a-ongoing-operations.yaml
demo: since := $(shell date +%s)
demo: .venv/.run
	@port=$$($(BIN)/python -c "$$FREE_PORT" $${PORT:-8080}) && folder=.demo/$$port && \
	rm -rf $$folder && mkdir -p $$folder && \
	$(BIN)/python -m bot manifest > $$folder/manifest.json && \
	http=$$($(BIN)/python -c "$$FREE_PORT" 8000) && \
	PUBLIC_URL=http://127.0.0.1:$$http LINK_SECRET=$$($(BIN)/python -c "import secrets; print(secrets.token_hex())") \
	DATABASE_URL=sqlite+aiosqlite:///$$folder/watchbill.db PLAYBOOK="$(PLAYBOOK)" \
	ROSTER_FILE=$$folder/roster.json \
	HTTP_HOST=127.0.0.1 HTTP_PORT=$$http LOG_LEVEL=$${LOG_LEVEL:-warning} \
	exec $(BIN)/python -m simulator --port $$port --manifest $$folder/manifest.json --since $(since) --example -- $(BIN)/python -m bot run

test: .venv/.dev
	@$(BIN)/pytest -n auto --dist worksteal

check: .venv/.dev
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy $(PACKAGES) tests
	@$(BIN)/lint-imports --no-logo

bench: .venv/.dev
	@$(BIN)/python tests/bench/run.py $(ONLY)

LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command "make lock"
lock:
	$(LOCK) --group dev --output-file requirements-dev.lock pyproject.toml
	$(LOCK) --constraints requirements-dev.lock --output-file requirements.lock pyproject.toml

define FREE_PORT
import socket, sys
port = int(sys.argv[1])
while True:
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", port)):
            break
    port += 1
print(port)
endef
export FREE_PORT
