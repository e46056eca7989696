# Two commands matter: `make run` and `make test`. `make help` lists the rest.
# Each step leaves a stamp, so that a second call does only what has changed and needs no network.

SHELL := /bin/bash
PYTHON ?= python3.10
PY := .venv/bin/python
export RASA_TELEMETRY_ENABLED = false
export TF_CPP_MIN_LOG_LEVEL ?= 3
export SQLALCHEMY_SILENCE_UBER_WARNING = 1
export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD = 1
# Old packages of Rasa's warn their developers by the dozen; that hides the lines that matter here.
export PYTHONWARNINGS ?= ignore
# Without compiled bytecode Rasa takes 25 s to import instead of 6 s, so this must not be switched off from outside.
export PYTHONDONTWRITEBYTECODE =

WEB_SOURCES := $(shell find bot/web -type f -not -path '*/node_modules/*' -not -path '*/dist/*' 2>/dev/null)
say = @printf '\033[1m· %s\033[0m\n' "$(1)"

.DEFAULT_GOAL := help
MARKS ?= not slow
.PHONY: help run dev watch test test-all test-web test-python test-room model lint format bench train train-vision demo changelog lock clean

help: ## Show what each command does
	@printf 'The shopping assistant. Commands:\n\n'
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'
	@printf '\nFirst time here? `make run`, then open the address it prints.\n'

run: .venv/.run widget-built people model ## Set up what is missing, then start the assistant (Ctrl-C stops it)
	@exec $(PY) -m bot serve

dev: .venv/.dev widget-built people ## Set up what is needed to work on it, and say what to do next
	@.venv/bin/uv pip install --quiet --python $(PY) --no-deps --editable .
	@[ ! -d .git ] || .venv/bin/pre-commit install >/dev/null
	@printf 'Ready. What to do next:\n\n'
	@printf '  %-30s %s\n' 'make run' 'start it on http://127.0.0.1:5005; again after a change of Python' \
	  'make watch' 'beside it: build the pages anew whenever their sources change' \
	  'make test-room ROOM=shop' 'the tests of the room you change' \
	  'make lint' 'style, types and who may import whom' \
	  'CONTRIBUTING.md' 'recipes: a sentence, an intent, a messenger …'

watch: widget-built ## Build the pages anew whenever their sources change (Ctrl-C stops it)
	@cd bot/web && npm run --silent watch

# The stages of a test run, each of which may be called alone; what fails early costs little.
test: lint test-web model test-python ## Every check and test, the browser included (about half an hour on two cores)

test-all: lint test-web model ## The same and the slow ones (full trainings)
	@$(MAKE) --no-print-directory test-python MARKS="slow or not slow"

test-web: widget-built ## The pages' unit tests
	$(call say,pages: unit tests)
	@cd bot/web && npm test --silent

test-python: .venv/.dev widget-built people browser redis prosody ## The Python and browser tests
	$(call say,python and browser tests)
	@$(PY) -m pytest -m "$(MARKS)"

test-room: .venv/.dev widget-built people ## The tests of one room: make test-room ROOM=shop
	@if [ "$(ROOM)" = web ]; then $(MAKE) --no-print-directory test-web browser && $(PY) -m pytest tests/browser; exit $$?; fi; \
	if [ -z "$(ROOM)" ] || [ ! -d "tests/$(ROOM)" ]; then \
	  echo "make test-room ROOM=…, one of:" web $$(cd tests && find . -mindepth 2 -maxdepth 2 -name 'test_*.py' -printf '%h\n' | sort -u | cut -c3-); exit 1; fi; \
	exec $(PY) -m pytest -m "$(MARKS)" "tests/$(ROOM)"

lint: .venv/.dev bot/web/node_modules/.stamp ## Style, types, who may import whom: ruff, mypy, import-linter, tsc
	$(call say,ruff)
	@.venv/bin/ruff check . && .venv/bin/ruff format --check .
	$(call say,mypy)
	@.venv/bin/mypy
	$(call say,who may import whom)
	@.venv/bin/lint-imports --no-logo
	$(call say,tsc)
	@cd bot/web && npm run --silent check

format: .venv/.dev ## Let ruff rewrite the style
	@.venv/bin/ruff check --fix . && .venv/bin/ruff format .

bench: .venv/.dev widget-built people model ## Measure speed beside baselines in the same run and print tables with ratios
	@$(PY) -m tests.bench

model: .venv/.run ## Train the dialogue model if its sources have changed
	@$(PY) -m bot train

train: .venv/.run ## Train the dialogue model now, even if nothing has changed
	@$(PY) -m bot train --force

train-vision: .venv/.dev ## Train the eyes again from the photos (DATA=folder; hours on two cores)
	@$(PY) -m vision train all --resume --data $(or $(DATA),../shared/data)

demo: .venv/.run ## Draw the demo catalogue's records and pictures again
	@$(PY) -m data.demo.draw

changelog: .venv/.dev ## Show what changes/ will make of CHANGELOG.md (VERSION=1.2.0 writes it)
	@.venv/bin/towncrier build --version $(or $(VERSION),next) $(if $(VERSION),--yes,--draft)

lock: .venv/.run ## Resolve the dependencies anew into the hashed lock files
	@compile() { .venv/bin/uv pip compile $$1.in --python-version 3.10 --python-platform linux \
	    --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --quiet -o $$1.txt "$${@:2}"; }; \
	ours() { compile "$$@" --overrides overrides.txt; }; \
	ours requirements-bootstrap; ours requirements; ours requirements-dev -c requirements.txt; ours requirements-bench --no-deps; \
	ours tests/support/integrations/helpdesk-requirements --no-annotate; compile tests/channels/synapse-requirements --no-annotate

clean: ## Remove what was built (not var/, which holds the shop's data)
	rm -rf .venv bot/web/node_modules bot/web/dist models .rasa .mypy_cache .ruff_cache .pytest_cache .import_linter_cache *.egg-info

# --- steps -----------------------------------------------------------------------------------------------------------

.venv/bin/uv: requirements-bootstrap.txt
	@command -v $(PYTHON) >/dev/null && $(PYTHON) --version >/dev/null 2>&1 || { \
	  echo "Python 3.10 is needed (Rasa's newest open release runs on it), and '$(PYTHON)' was not found."; \
	  echo "Install it (for example: pyenv install 3.10), or name it: make run PYTHON=/path/to/python3.10"; exit 1; }
	$(call say,creating the Python environment in .venv)
	@$(PYTHON) -m venv .venv
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-bootstrap.txt
	@touch $@

.venv/.run: requirements.txt .venv/bin/uv
	$(call say,installing the packages the assistant runs on (about 500 MB the first time))
	@.venv/bin/uv pip install --python $(PY) --no-deps --require-hashes -r requirements.txt
	@# `rasa test` takes every test story under the root for ours, and Rasa's own example lies in .venv.
	@rm -rf .venv/lib/python3*/site-packages/rasa/cli/initial_project/tests
	$(call say,compiling them so that every later start is fast)
	@$(PY) -m compileall -q -j 0 .venv/lib >/dev/null 2>&1 || true
	@touch $@

.venv/.dev: requirements-dev.txt .venv/.run
	$(call say,installing what tests and trainings need)
	@.venv/bin/uv pip install --python $(PY) --no-deps --require-hashes -r requirements-dev.txt
	@touch $@

bot/web/node_modules/.stamp: bot/web/package-lock.json
	@command -v npm >/dev/null || { echo "Node.js 20 with npm is needed to build the chat widget; please install it."; exit 1; }
	$(call say,installing the widget's packages)
	@cd bot/web && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

vision/inference/pose/node_modules/.stamp: vision/inference/pose/package-lock.json
	@command -v npm >/dev/null || { echo "Node.js 20 with npm is needed to fetch the body landmark networks; please install it."; exit 1; }
	$(call say,fetching the networks that find people on photos (51 MB))
	@cd vision/inference/pose && npm ci --no-audit --no-fund --ignore-scripts --loglevel=error
	@touch $@

.PHONY: widget-built people browser redis prosody
people: vision/inference/pose/node_modules/.stamp

widget-built: bot/web/dist/.stamp

bot/web/dist/.stamp: bot/web/node_modules/.stamp $(WEB_SOURCES)
	$(call say,building the widget)
	@cd bot/web && npm run --silent build
	@touch $@

browser: ## (step of test) Install Chromium and fonts for the browser tests, if they are missing
	@command -v chromium >/dev/null && fc-list 2>/dev/null | grep -qi 'noto.*cjk' || { \
	  printf '· installing Chromium and fonts for the browser tests\n'; \
	  SUDO=$$([ $$(id -u) = 0 ] || echo sudo); \
	  $$SUDO apt-get update -qq && $$SUDO env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-noto-cjk fontconfig >/dev/null; }

redis: ## (step of test) Install Redis for the tests with several server processes, if it is missing
	@command -v redis-server >/dev/null || { \
	  printf '· installing Redis for the tests with several server processes\n'; \
	  SUDO=$$([ $$(id -u) = 0 ] || echo sudo); \
	  $$SUDO apt-get update -qq && $$SUDO env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends redis-server >/dev/null; }

prosody: ## (step of test) Install Prosody, an XMPP server, for the tests of that messenger, if it is missing
	@command -v prosody >/dev/null || { \
	  printf '· installing Prosody for the tests of XMPP\n'; \
	  SUDO=$$([ $$(id -u) = 0 ] || echo sudo); \
	  $$SUDO apt-get update -qq && $$SUDO env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends prosody >/dev/null; }
