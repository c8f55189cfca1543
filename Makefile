# Needs make and Python 3.12 or newer, nothing else. `make` alone lists what there is.

PYTHON := .venv/bin/python
DATA_DIR ?= $(CURDIR)/.data
export DATA_DIR
unexport PYTHONDONTWRITEBYTECODE  # else every process compiles what it imports, and there are many
MAKEFLAGS += --no-print-directory

# Tests and checks have servers and a data directory of their own, faster and without your data.
TEST_DATA := DATA_DIR='$(DATA_DIR)/test'
TEST_SERVERS := $(PYTHON) -m coachhub.embedded with --fast --
BROKEN := $(shell $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null || echo broken)
COMPILE = $(PYTHON) -m uv pip compile --quiet --universal --generate-hashes --no-emit-index-url \
	--no-emit-find-links --custom-compile-command 'make lock' $(ARGS) pyproject.toml

.PHONY: help run test journeys bench lint format shell lock clean broken

help: ## list these commands
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 18

run: .venv/runtime ## start CoachHub; Ctrl-C stops it (PORT=8000 DATA_DIR=.data DEMO=1)
	@exec $(PYTHON) -m coachhub.launch

test: .venv/development ## run the tests (ARGS="tests/coachhub -x")
	@CHROMIUM=$$(.ci/chromium $(PYTHON)) && export CHROMIUM $(TEST_DATA) && \
	exec $(TEST_SERVERS) $(PYTHON) -m pytest -n 2 --dist worksteal $(ARGS)

journeys: .venv/development ## run every browser journey as each role, at each width, in each theme
	@CHROMIUM=$$(.ci/chromium $(PYTHON)) && export CHROMIUM $(TEST_DATA) JOURNEYS=all && \
	exec $(TEST_SERVERS) $(PYTHON) -m pytest -n 2 --dist worksteal -m journey $(ARGS)

bench: .venv/development ## measure speed; results in docs/benchmarks.md
	@export DATA_DIR='$(DATA_DIR)/bench' && exec $(PYTHON) -m coachhub.embedded with -- $(PYTHON) -m bench $(ARGS)

lint: .venv/development ## check style, types, layers, templates, migrations and production settings
	@$(PYTHON) -m ruff check --quiet --output-format concise .
	@$(PYTHON) -m ruff format --quiet --check . || { echo "Run make format."; exit 1; }
	@$(PYTHON) -m mypy --no-error-summary
	@.venv/bin/lint-imports --no-logo
	@.venv/bin/djlint --quiet --lint templates
	@export $(TEST_DATA) && $(TEST_SERVERS) .ci/django-checks $(PYTHON)

format: .venv/development ## let ruff put the code in order
	@$(PYTHON) -m ruff check --quiet --fix . ; $(PYTHON) -m ruff format --quiet .

shell: .venv/runtime ## open a Python shell on your data
	@exec $(PYTHON) -m coachhub.embedded with -- $(PYTHON) manage.py shell

lock: .venv/development ## lock the newest dependencies that pyproject.toml allows (ARGS=--upgrade for all)
	@$(COMPILE) -o requirements.txt
	@$(COMPILE) --group dev -c requirements.txt -o requirements-dev.txt
	@! grep -nE '://|--(extra-)?index' requirements.txt requirements-dev.txt

clean: ## remove the environment and caches, not your data
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage* htmlcov test-results
	@find . -name __pycache__ -prune -exec rm -rf {} +
	@echo "Your data are still in $(DATA_DIR)."

.venv/runtime: requirements.txt $(BROKEN)
	@[ -z "$(BROKEN)" ] || .ci/environment
	@echo "Installing CoachHub's packages (once, about a minute)."
	@$(PYTHON) -m pip install -qq --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

.venv/development: requirements-dev.txt .venv/runtime
	@echo "Installing what tests and checks need (once, about a minute)."
	@$(PYTHON) -m pip install -qq --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

broken:
