# Python 3.11+ and make are all a machine needs; everything else comes from the hash-pinned lock files.

PYTHON ?= python3
ARGS ?=
ONLY ?=
ITEM ?= checkout
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
RUNTIME := $(VENV)/.runtime
DEV := $(VENV)/.dev

.DEFAULT_GOAL := help
.PHONY: help up down test gen fmt lint types arch bench bench-scale ratchet profile chaos baseline clean lock

help: ## Show this list
	@awk -F ':.*## ' '/^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' Makefile

##@ Run

up: $(RUNTIME) ## Start the whole market (ARGS=--detach returns when it is ready)
	@$(BIN)/souk up $(ARGS)

down: $(RUNTIME) ## Stop it; the data stay in .souk/
	@$(BIN)/souk down $(ARGS)

##@ Check

test: $(DEV) ## Run all tests, on the embedded stack (ARGS="tests/mesh -k money")
	@$(BIN)/pytest $(ARGS)

# What buf reads as its second module; copied out of the installed package.
GOOGLE := .cache/googleapis/google/api/http.proto

$(GOOGLE): $(DEV)
	@$(BIN)/python -m contracts.generate google
	@touch $@

lint: $(DEV) $(GOOGLE) ## Style of Python and protos, rules of the contracts
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/buf lint
	@$(BIN)/buf format --diff --exit-code proto
	@$(BIN)/buf breaking proto --against gen/descriptors/souk.binpb
	@$(BIN)/python -m contracts.lint

types: $(DEV) ## Strict types where they matter most
	@$(BIN)/mypy

arch: $(DEV) ## Who may import whom
	@$(BIN)/lint-imports

chaos: $(DEV) ## Fault tests, bounded in time (ARGS="--seed 7 --only T1,T7 --checkouts 300")
	@$(BIN)/python -m tests.chaos $(ARGS)

bench: $(DEV) ## Cost of the golden calls, as ratios and CPU-milliseconds (ONLY=checkout)
	@$(BIN)/python -m tests.bench $(if $(ONLY),--only $(ONLY)) $(ARGS)

bench-scale: $(DEV) ## The same on one worker, two, one for each service, and in ever larger stores
	@$(BIN)/python -m tests.bench.scale $(ARGS)

ratchet: $(DEV) ## Fail where a golden call got dearer by more than a tenth
	@$(BIN)/python -m tests.bench --check --only $(or $(ONLY),product list categories cart cart-add checkout orders login) $(ARGS)

profile: $(DEV) ## Where the time of one work item goes (ITEM=checkout)
	@$(BIN)/python -m tests.bench.profile $(ITEM) $(ARGS)

##@ Change

gen: $(DEV) ## Generate gen/ from proto/
	@$(BIN)/python -m contracts.generate

baseline: $(DEV) $(GOOGLE) ## Make the contracts as they are the baseline that a release must not break
	@$(BIN)/buf build proto --exclude-source-info --output gen/descriptors/souk.binpb

fmt: $(DEV) $(GOOGLE) ## Format Python and protos
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/buf format --write proto

lock: $(UV) ## Pin the newest versions that pyproject.toml allows
	@$(UV) pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
		--custom-compile-command "make lock" pyproject.toml --group build --output-file requirements.lock
	@$(UV) pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
		--custom-compile-command "make lock" pyproject.toml --group dev --output-file requirements-dev.lock

clean: ## Remove what can be made again (not .souk/)
	rm -rf $(VENV) .cache .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The installer itself comes from the lock too, by the pip that every Python brings.
$(UV):
	@$(PYTHON) -c 'import sys; sys.exit("Souk needs Python 3.11 or later: make PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	awk '/^uv==/ {on = 1} on && /^[^ ]/ && !/^uv==/ {exit} on' requirements.lock > $(VENV)/uv.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(VENV)/uv.txt

# Once the development tools are here, syncing to the smaller lock would take them away again.
$(RUNTIME): requirements.lock pyproject.toml | $(UV)
	@lock=requirements.lock; if [ -e $(DEV) ]; then lock=requirements-dev.lock; fi; $(MAKE) --no-print-directory sync LOCK=$$lock
	@touch $@

$(DEV): requirements-dev.lock pyproject.toml | $(UV)
	@$(MAKE) --no-print-directory sync LOCK=requirements-dev.lock
	@touch $(RUNTIME) $@

.PHONY: sync
sync:
	$(UV) pip sync --compile-bytecode --quiet --require-hashes --python $(BIN)/python $(LOCK)
	$(UV) pip install --quiet --offline --no-deps --no-build-isolation --python $(BIN)/python --editable .
