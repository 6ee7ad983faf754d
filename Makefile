# Two commands do everything: `make demo` shows the main job, `make test` is what CI runs.
# Both make their own .venv from the hashed pins, once; from the second time on nothing is installed.

PYTHON ?= python3
BIN := .venv/bin
# --no-compile: a third less to wait for; Python compiles what it imports
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq install
PINNED := $(PIP) --no-compile --require-hashes
READY := .venv/.ready
READY_DEV := .venv/.ready-dev
READY_PEERS := .venv-peers/.ready
NO_PYTHON := Python 3.11 or newer is needed. Install it, or say where it is: make PYTHON=/path/to/python3
NO_PIP := The packages could not be installed: see above. The same command again goes on from here.
NO_UV := make lock needs uv: install it, then type make lock again
COMPILE = uv pip compile --quiet --no-strip-extras --universal --python-version 3.11 --generate-hashes --no-header --no-annotate

.DEFAULT_GOAL := help
.PHONY: help demo test check bench files mutate chaos torture planted week starts format lock clean

help: ## show this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "%-14s %s\n", $$1, $$2}'

demo: $(READY) ## run the main job on the samples against the sandbox
	@$(BIN)/inventory-sync demo

test: check ## everything that CI runs: the checks below, then all tests, in parallel, with coverage
	@$(BIN)/pytest -n auto --dist worksteal --cov --cov-report=term

check: $(READY_DEV) ## what needs no run: ruff, mypy, import contracts
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet || { echo "not formatted as ruff does: make format" >&2; exit 1; }
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

bench: $(READY_DEV) $(READY_PEERS) ## how fast it is, beside other tools and the floors (QUICK=1: two minutes; ONLY=rivals,own: some parts)
	@$(BIN)/python bench/speed.py $(if $(QUICK),--quick) $(if $(ONLY),--only $(ONLY))

files: $(READY_DEV) ## ten thousand small files in one pass, beside one process a file (FILES=1000: fewer)
	@$(BIN)/python bench/manyfiles.py $(if $(FILES),--files $(FILES))

mutate: $(READY_DEV) ## read ten thousand stock files that were changed at random (FILES=500: fewer)
	@$(BIN)/python bench/mutated.py $(if $(FILES),--files $(FILES))

chaos: $(READY_DEV) ## play two thousand random fault plans against the laws of delivery (PLANS=100: fewer)
	@$(BIN)/python bench/chaos.py $(if $(PLANS),--plans $(PLANS))

torture: $(READY_DEV) ## kill the program at every system call that changes something, and cut the power (SHARE=0.1: fewer)
	@$(BIN)/python bench/torture.py $(if $(SHARE),--share $(SHARE))

planted: $(READY_DEV) ## plant bugs in a copy of the project, one at a time: which test catches each? (ONLY=CR08: some of them)
	@$(BIN)/python bench/planted.py $(if $(ONLY),--only '$(ONLY)')

week: $(READY_DEV) ## play a week of a small company, a thousand passes, and write docs/week.md (QUICK=1: fewer passes)
	@$(BIN)/python bench/week.py $(if $(QUICK),--quick)

starts: $(READY_DEV) ## start eight commands at once, fifty times: one works, no body goes twice (ROUNDS=5: fewer)
	@$(BIN)/python bench/starts.py $(if $(ROUNDS),--rounds $(ROUNDS))

format: $(READY_DEV) ## let ruff format the code and mend what it can
	@$(BIN)/ruff format
	@$(BIN)/ruff check --fix

lock: ## bring requirements*.lock in line with pyproject.toml (with uv; delete them first to renew every pin)
	@command -v uv >/dev/null || { echo '$(NO_UV)' >&2; exit 2; }
	@printf 'hatchling\neditables\n' | $(COMPILE) pyproject.toml - -o requirements.lock
	@$(COMPILE) pyproject.toml --all-extras -c requirements.lock -o requirements-dev.lock \
		$$(sed -n 's/^\([a-z0-9-]*\)\(\[.*\]\)\{0,1\}==.*/--no-emit-package \1/p' requirements.lock)

clean: ## remove .venv, the demo's folder, and all that tools leave behind
	@rm -rf .venv .venv-peers demo dist .coverage .hypothesis .schemathesis .*_cache
	@find sync tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo '$(NO_PYTHON)' >&2; exit 2; }
	@test -x $(BIN)/pip || { echo "Setting up .venv; this takes about a minute, once."; $(PYTHON) -m venv --clear .venv; }
	@$(PINNED) -r requirements.lock || { echo '$(NO_PIP)' >&2; exit 1; }
	@$(PIP) --no-deps --no-build-isolation --editable . || { echo '$(NO_PIP)' >&2; exit 1; }
	@touch $@

$(READY_PEERS): bench/peers/requirements.txt
	@test -x .venv-peers/bin/pip || $(PYTHON) -m venv --clear .venv-peers
	@.venv-peers/bin/python -m pip --disable-pip-version-check -qq install -r $< || { echo '$(NO_PIP)' >&2; exit 1; }
	@touch $@

$(READY_DEV): $(READY) requirements-dev.lock
	@$(PINNED) -r requirements-dev.lock || { echo '$(NO_PIP)' >&2; exit 1; }
	@touch $@
