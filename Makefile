# Every target sets up what it needs; `make help` lists them.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SCENARIO ?= message
RECORD ?= stream
# uv trusts the machine's own certificates, so that it works behind a TLS proxy too.
export UV_SYSTEM_CERTS := 1

.DEFAULT_GOAL := help
.PHONY: help install install-dev demo run test test-long test-simulation test-races test-faults test-sip test-asterisk soak fuzz bench docs screenshots translations lint sbom format lock clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

install: $(VENV)/.installed ## set up .venv; afterwards .venv/bin/hotline is the command

install-dev: $(VENV)/.installed-dev ## the same, with what the tests and linters need

$(BIN)/uv:
	@echo '… creating .venv'
	@$(PYTHON) -c 'import sys; sys.exit("hotline needs Python 3.11 or newer; set PYTHON=python3.12, for example") if sys.version_info < (3, 11) else None'
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv

$(VENV)/.installed: $(BIN)/uv requirements.lock pyproject.toml
	@echo '… installing pinned packages (about a minute the first time)'
	@$(BIN)/uv pip install --python $(BIN)/python --quiet --require-hashes -r requirements.lock
	@$(BIN)/uv pip install --python $(BIN)/python --quiet --no-deps --no-build-isolation -e .
	@touch $@
	@echo '… installed'

$(VENV)/.installed-dev: $(VENV)/.installed requirements-dev.lock
	@echo '… installing what the tests need'
	@$(BIN)/uv pip install --python $(BIN)/python --quiet --require-hashes -r requirements-dev.lock
	@touch $@

demo: install ## play the main job to its end in the terminal (SCENARIO=message, see: hotline demo --list; RECORD=stream or verb)
	@$(BIN)/hotline demo --scenario $(SCENARIO) --record $(RECORD)

run: install ## start everything on this machine and print the URL
	@$(BIN)/hotline up --example-people

test: install-dev ## all tests but the long ones
	@$(BIN)/python -m pytest -q -n 3 --dist loadfile

test-long: install-dev ## what takes longer: all scenarios, all hostile files, every page in every look
	@$(BIN)/python -m pytest -q -n 3 --dist loadfile -m slow

test-simulation: install ## dispatch in hostile worlds, broken ones that must be caught, and a busy day (RUNS=20000 SEED=1)
	@$(BIN)/hotline simulate --runs $(or $(RUNS),20000) --seed $(or $(SEED),1)
	@$(BIN)/hotline simulate --mutants
	@$(BIN)/hotline simulate --day --seed $(or $(SEED),1)

test-races: install-dev ## two people press 1, two engines tick: 1,000 rounds (ROUNDS=1000)
	@HOTLINE_RACE_ROUNDS=$(or $(ROUNDS),1000) $(BIN)/python -m pytest -q -s tests/integration/test_races.py

test-faults: install-dev ## real processes killed at every crash point, then random faults and set clocks, on both databases (RUNS=300 CLOCK=40 SEED=1 JOBS=3)
	@$(BIN)/python -m pytest -q -m 'slow or not slow' tests/faults
	@$(BIN)/python -m tests.faults.without_redis
	@$(BIN)/python -m tests.faults.run $(or $(RUNS),300) $(or $(SEED),1) --jobs $(or $(JOBS),3)
	@$(BIN)/python -m tests.faults.run $(or $(RUNS),300) $(or $(SEED),1) --jobs $(or $(JOBS),3) --postgres
	@$(BIN)/python -m tests.faults.run $(or $(CLOCK),40) $(or $(SEED),1) --jobs $(or $(JOBS),3) --clock
	@$(BIN)/python -m tests.faults.run $(or $(CLOCK),40) $(or $(SEED),1) --jobs $(or $(JOBS),3) --clock --postgres

test-sip: install-dev ## calls over SIP from outside, by SIPp, baresip and Kamailio (Debian: sip-tester baresip-core kamailio kamailio-tls-modules; skipped without them)
	@$(BIN)/python -m pytest -q -m 'slow or not slow' tests/sip tests/unit/switch/test_sip_*.py

test-asterisk: install-dev ## lines through an Asterisk; against a real one too where it is found, and told as skipped elsewhere
	@$(BIN)/python -m pytest -q -rs tests/asterisk tests/unit/switch/test_asterisk_*.py tests/integration/test_own_lines.py

soak: install-dev ## many callers at once on real processes for a long time: does anything grow? (MINUTES=10 CALLS=25)
	@$(BIN)/python -m tests.soak.run --minutes $(or $(MINUTES),10) --calls $(or $(CALLS),25)

fuzz: install-dev ## webhooks and streams with anything in them, and every form of the console often (FUZZ=1000000 STREAMS=100000 SEED=1)
	@$(BIN)/python -m tests.fuzz.webhooks $(or $(FUZZ),1000000) $(or $(SEED),1)
	@$(BIN)/python -m tests.fuzz.media $(or $(STREAMS),100000) $(or $(SEED),1)
	@$(BIN)/python -m pytest -q -m slow tests/fuzz

bench: install-dev ## from one ring to the next, webhooks, a message, streams, list and statistics of 100,000 reports: as JSON (ROUNDS=200)
	@$(BIN)/python -m tests.bench.bench_next_ring $(or $(ROUNDS),200)
	@$(BIN)/python -m tests.bench.bench_webhooks
	@$(BIN)/python -W ignore::DeprecationWarning -m tests.bench.bench_worker
	@$(BIN)/python -W ignore::DeprecationWarning -m tests.bench.bench_cost
	@$(BIN)/python -m tests.bench.bench_streams
	@$(BIN)/python -m tests.bench.bench_statistics
	@$(BIN)/python -m tests.bench.bench_list
	@$(BIN)/python -m tests.bench.bench_audit

# Not --quiet: that hides warnings from --strict too. What the theme says of its future: docs/adr/0028-guides-as-a-site.md
docs: install-dev ## the guides as a site in site/, every link checked (FILES=https://…: where the project's files can be read)
	@NO_MKDOCS_2_WARNING=1 DOCS_FILES='$(FILES)' $(BIN)/mkdocs build --strict
	@echo '… open site/index.html'

screenshots: install-dev ## every page of the console as people see it, into docs/images (needs Chromium)
	@$(BIN)/python -m tests.support.screenshots

translations: install-dev ## bring the catalogs of the console to what the code says, and compile them
	@$(BIN)/python -m console.catalog

lint: install-dev ## ruff, mypy --strict, import-linter, bandit; pip-audit, where it can ask
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/bandit --quiet --configfile pyproject.toml --recursive hotline ivr transcription console door switch worker.py wsgi.py wsgi_door.py
	@$(BIN)/pip-audit --requirement requirements.lock --disable-pip --require-hashes --progress-spinner off >$(VENV)/pip-audit.txt 2>&1 \
		|| ! grep -q 'known vulnerabilit' $(VENV)/pip-audit.txt \
		|| { cat $(VENV)/pip-audit.txt; exit 1; }
	@grep -c 'could not be audited\|rror' $(VENV)/pip-audit.txt | sed '/^0$$/d; s/.*/… pip-audit could not ask about all packages (& lines in $(VENV)\/pip-audit.txt); going on/'

sbom: install-dev ## what the product consists of, as CycloneDX: sbom.json
	@$(BIN)/cyclonedx-py requirements --output-reproducible --output-file sbom.json requirements.lock

format: install-dev ## let ruff put the code in order
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

lock: $(BIN)/uv ## write the lock files anew
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --group build pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --group build --extra sip pyproject.toml -o requirements-sip.lock
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --group dev --extra sip pyproject.toml -o requirements-dev.lock

clean: ## remove what the targets made
	@rm -rf $(VENV) site .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
