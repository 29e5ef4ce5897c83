# Haveri: everything a person runs. `make help` lists it.
# Needs Python 3.11 or later with venv, and make; everything else is installed here, under .venv and .cache.

PYTHON ?= python3
UV_VERSION := 0.13.9
UV := .cache/uv/bin/uv
BIN := .venv/bin
# Tests run side by side, a file of tests in one of them; each has servers of its own.
WORKERS ?= 2
RUN := $(BIN)/python -m
# Where the machine keeps certificates of its own, behind a company's proxy for instance, uv is to know them too.
CERTIFICATES := $(if $(wildcard /etc/ssl/certs/ca-certificates.crt),--system-certs)

CATALOGUES := $(wildcard libs/*/src/*/locales/*/LC_MESSAGES/*.po services/*/src/*/locales/*/LC_MESSAGES/*.po)

.DEFAULT_GOAL := help
.PHONY: help up demo test check format bench schemas texts clean setup setup-browser

help: ## List what can be made
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

up: setup ## Run everything on this machine; Ctrl-C stops it
	@exec $(BIN)/haveri up

demo: setup ## Play one incident through a running `make up`, narrating each step
	@exec $(BIN)/haveri demo

test: setup setup-browser ## Run every test: unit, integration, end to end in a real browser
	@$(RUN) pytest -n $(WORKERS) --dist loadfile $(TESTS)

check: setup ## Format, lint, types, import rules, contracts' documents up to date
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy libs/*/src services/*/src tools/*/src
	@$(BIN)/lint-imports
	@$(RUN) haveri_chassis.lints
	@$(RUN) pytest -q tools/haveri/tests/unit/test_services.py
	@$(RUN) haveri_contracts check docs/contracts
	@$(RUN) haveri_texts check

format: setup ## Put the code into its form
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

texts: setup ## Extract the English texts into every language's catalogue, compile them, say what is missing
	@$(RUN) haveri_texts update

schemas: setup ## Write the contracts' JSON Schemas, catalogue and AsyncAPI document anew
	@$(RUN) haveri_contracts generate docs/contracts

bench: setup ## Run the benchmarks side by side and write benchmarks/results/
	@$(RUN) benchmarks

clean: ## Remove what was installed here (data under .haveri stays)
	rm -rf .venv .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis

setup: .venv/.ready $(CATALOGUES:.po=.mo)

.venv/.ready: uv.lock pyproject.toml $(wildcard libs/*/pyproject.toml services/*/pyproject.toml tools/*/pyproject.toml) | $(UV)
	@echo "Installing what Haveri needs into .venv …"
	@$(UV) sync $(CERTIFICATES) --quiet --frozen --all-packages --python $(PYTHON)
	@touch $@

%.mo: %.po | .venv/.ready
	@$(RUN) haveri_texts compile

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Haveri needs Python 3.11 or later; say which with: make PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -m venv .cache/uv || \
	  { echo "Python's venv module is missing; on Debian: apt-get install python3-venv"; exit 1; }
	@.cache/uv/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

setup-browser: ## Install Debian's Chromium when no Chromium is here
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || \
	  { echo "Installing Chromium for the browser tests …"; \
	    SUDO=$$([ "$$(id -u)" = 0 ] || echo sudo); \
	    $$SUDO apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$SUDO apt-get install -y -qq --no-install-recommends chromium >/dev/null; }
