# Two words run everything: `make run` and `make test`. Both prepare what they need.

PYTHON ?= python3
PIP := .venv/bin/python -m pip --disable-pip-version-check --quiet
# Ctrl-C during an installation: $(1) goes, so that the next start begins there again. What went wrong else is shown.
interrupted = log=$$(mktemp); trap 'rm -rf $(1) "$$log"; echo; echo "Stopped before everything was installed; the next start goes on from there."; exit 130' INT
BIN := .venv/bin
# Many tests wait for a clock, a page or another process: three workers use two cores.
WORKERS ?= 3
# The tests start the program dozens of times: what was compiled once is kept, whatever the environment says.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test setup check bench faults lock reset format help
.DEFAULT_GOAL := help

help: ## This list.
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 16

run: .venv/.run ## Start Rowbot: in the sandbox, or in Slack when SLACK_BOT_TOKEN is set (also in .env).
	@if [ -n "$$SLACK_BOT_TOKEN" ] || grep -qs '^SLACK_BOT_TOKEN=..*' .env; then exec $(BIN)/python -m bot run; else exec $(BIN)/python -m bot sandbox; fi

test: .venv/.dev ## The whole test suite.
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m "not faults"

setup: .venv/.run .venv/.dev ## Create .venv with everything, from the lock files.

check: .venv/.dev ## Style, types, walls between rooms, manifest and docs.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	PYTHONPATH=. $(BIN)/python tools/check_project.py

bench: .venv/.dev ## Every benchmark, each beside a peer in the same run.
	PYTHONPATH=. $(BIN)/python tests/bench/run.py

faults: .venv/.dev ## The long kill tests.
	$(BIN)/python -m pytest -m faults -x

format: .venv/.dev ## Let ruff format and mend what it can.
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: .venv/.dev ## Write the lock files anew from pyproject.toml.
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet --upgrade -o requirements.txt
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet -c requirements.txt -o requirements-dev.txt
	$(BIN)/uv pip compile tests/bench/peers.in --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet -c requirements-dev.txt -o tests/bench/peers.txt

reset: ## Forget the sandbox's workspace and registry. The registry of a real workspace stays.
	rm -f var/sandbox.db* var/sandbox-rowbot.db*

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { echo "Rowbot needs Python 3.11 or newer as $(PYTHON). Install it, or name another: make PYTHON=python3.12 run"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "Python's venv and pip are missing. Install them: sudo apt install python3-venv (Debian, Ubuntu), or use a Python from python.org."; exit 1; }
	@echo "Creating .venv …"
	@$(call interrupted,.venv); $(PYTHON) -m venv .venv 2>"$$log" || { cat "$$log"; rm -rf .venv "$$log"; echo "The environment could not be created; see above."; exit 1; }; rm -f "$$log"

.venv/.run: requirements.txt | .venv/bin/python
	@echo "Installing what Rowbot needs (once) …"
	@$(call interrupted,); $(PIP) install --require-hashes -r requirements.txt 2>"$$log" || { cat "$$log"; rm -f "$$log"; echo "The installation failed; see above. The next start tries again."; exit 1; }; rm -f "$$log"
	@touch $@

.venv/.dev: requirements-dev.txt | .venv/bin/python
	@echo "Installing what its tests need (once) …"
	@$(call interrupted,); $(PIP) install --require-hashes -r requirements-dev.txt 2>"$$log" || { cat "$$log"; rm -f "$$log"; echo "The installation failed; see above. The next start tries again."; exit 1; }; rm -f "$$log"
	@touch $@
