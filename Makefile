# Two commands are enough on a fresh machine: make run, make test. Both set up all they need first.

# The lock serves Python 3.11 and later; the interpreter of an active environment wins.
PYTHON ?= $(shell for p in python3 python3.11 python3.12 python3.13 python3.14; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { command -v $$p; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
DEMO := recordings/demo
PYTEST_ARGS ?= -n auto
COUNT ?= 5
EXPORTS ?= 200
export PYTHON

.PHONY: run test again exports journeys bench evaluate screens sentences lint lock wheel setup setup-test clean

## run: the program with the demo run, in a window (without a screen: its analysis as a table)
run: setup
	@$(BIN)/fluoro-assistant $(DEMO) --plan $(DEMO)/plan.json

## test: all tests
test: setup-test
	@$(BIN)/python -m pytest $(PYTEST_ARGS)

## again: all tests, five times over, while another process keeps one core busy (COUNT=2; some: PYTEST_ARGS="tests/laws")
again: setup-test
	@PYTHON=$(BIN)/python sh .ci/again $(COUNT) $(PYTEST_ARGS)

## exports: the review's exports, two hundred times over, under the same load (EXPORTS=10)
exports: setup-test
	@PYTHON=$(BIN)/python LOGS=out/exports sh .ci/again $(EXPORTS) tests/ui/review/test_exporting.py -p no:xdist -q

## journeys: the long ways, by keys through every page with all processes (tests/journeys/whole_*.py; minutes)
journeys: setup-test
	@$(BIN)/python -m pytest tests/journeys -o python_files='whole_*.py' -o faulthandler_timeout=0 -p no:xdist -q

## bench: time budgets, each beside a plain copy of the same frame
bench: setup-test
	@$(BIN)/python -m pytest tests/benchmarks -o python_files='bench_*.py' -o faulthandler_timeout=0 -p no:xdist -q -s

## evaluate: how right, on simulated runs with known truth, beside the peers (EVALUATE_ARGS="--quick 6")
evaluate: setup
	@$(BIN)/python -m assistant.evaluation.command $(EVALUATE_ARGS)

## screens: a picture of every page, step and state in recordings/screens, and those of the READMEs (SCREENS_ARGS="--only live")
screens: setup-test
	@xvfb-run -a -s "-screen 0 1920x1080x24" $(BIN)/python -m tests.screens --small recordings/screens $(SCREENS_ARGS)

## sentences: gathers every sentence that a person reads into assistant/language/sentences.pot
sentences: setup
	@$(BIN)/python -m assistant.language.gathering

## lint: format, lint, types, import contracts
lint: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

## lock: writes requirements.lock anew (needs uv)
lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --extra dev --no-emit-index-url --no-annotate \
		--no-header --upgrade -q -o requirements.lock pyproject.toml

## wheel: the installable package in dist/
wheel: setup
	@$(BIN)/python -m hatchling build -t wheel

setup: system-packages-run $(VENV)/.ready
setup-test: system-packages-test $(VENV)/.ready

.PHONY: system-packages-run system-packages-test
system-packages-run system-packages-test: system-packages-%:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later is needed: apt-get install python3" >&2; exit 1; }
	@sh .ci/system-packages $*

# The stamp is written last: what was broken off is set up again. The version stands in assistant/__init__.py.
$(VENV)/.ready: requirements.lock pyproject.toml assistant/__init__.py | system-packages-run
	@echo "Setting up $(VENV) ..."
	@test -x $(BIN)/python || "$(PYTHON)" -m venv $(VENV)
	@$(BIN)/python -m pip install -q --disable-pip-version-check --only-binary :all: --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

clean:
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
