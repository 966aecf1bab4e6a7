# One command each: `make run` serves, `make test` tests, `make check` checks. Whatever is missing is set up in .venv first.
# Needs Python 3.11 or later (with venv), git and make. Nothing that is active in the shell is used: no virtual environment, no PYTHONPATH.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test check format evaluate bench pictures lock

unexport VIRTUAL_ENV PYTHONPATH PYTHONHOME PYTHONSTARTUP PIP_REQUIRE_VIRTUALENV PIP_USER PIP_TARGET PIP_PREFIX MAKEFLAGS MFLAGS
export PYTHONNOUSERSITE := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

BIN := .venv/bin
PIP := $(BIN)/python -m pip
IS_NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
FILES ?= $(wildcard tests/cases/*.jsonl)
TESTS ?=

help: ## Show these commands.
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1	\2/p' Makefile

run: .venv/.installed ## Serve at http://127.0.0.1:8080 (KAODA_PORT and the other settings: docs/settings.md, or a file .env).
	@given=$$(export -p); set -a; if [ -f .env ]; then . ./.env; fi; set +a; eval "$$given"; exec $(BIN)/kaoda serve

test: .venv/.tested ## Run all tests (TESTS="-k payment" chooses).
	$(BIN)/python -m pytest $(TESTS)

check: .venv/.tested ## Check format, style, types, imports and the content.
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy --strict
	$(BIN)/lint-imports
	$(BIN)/kaoda knowledge check

format: .venv/.tested ## Format the code and mend what can be mended without a choice.
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

evaluate: .venv/.installed ## Play the labelled questions (FILES="tests/cases/held/*.jsonl" for others).
	$(BIN)/kaoda evaluate $(FILES)

bench: .venv/.installed ## Measure start-up, matching, one answer over HTTP, and memory.
	$(BIN)/kaoda bench

pictures: .venv/.tested ## Take the pictures of the documents anew (needs Chromium; takes some minutes).
	$(BIN)/python tests/browser/pictures.py

# --- what the commands need ---------------------------------------------------------------------------------------------
# A stamp is older than what it was made from only if that has changed: a second run starts at once.

.venv/.installed: .venv/.made requirements.lock pyproject.toml
	@echo "Installing what the service needs (once; some minutes on a slow line) ..."
	@awk '/^[a-zA-Z0-9]/ {wanted = /^setuptools==/} wanted' requirements.lock > .venv/setuptools.lock
	@$(PIP) install --quiet --require-hashes -r .venv/setuptools.lock
	@$(PIP) install --quiet --require-hashes --no-build-isolation --use-pep517 -r requirements.lock
	@PYTHONWARNINGS=ignore $(PIP) install --quiet --no-deps --no-build-isolation -e .
	@touch $@

.venv/.tested: .venv/.installed requirements-dev.lock
	@echo "Installing what the tests need ..."
	@$(PIP) install --quiet --require-hashes --no-build-isolation --use-pep517 -r requirements-dev.lock
	@touch $@

# A .venv is of no use once the folder has been moved or its Python is gone: then it is made anew.
WORKS := $(shell head -n 2 .venv/bin/pip 2>/dev/null | grep -qF '$(CURDIR)/.venv/' \
	&& $(BIN)/python -c '$(IS_NEW_ENOUGH)' 2>/dev/null && echo yes)
ifneq ($(WORKS),yes)
.PHONY: .venv/.made
endif

define NO_PYTHON
Kaoda needs Python 3.11 or later; neither python3.11 nor python3 is one. On Debian: apt-get install python3 python3-venv
endef
define NO_VENV
This Python cannot make a virtual environment. On Debian: apt-get install python3-venv (or python3.11-venv), then run make again.
endef
define USES_VIRTUALENV
This Python has no venv module (on Debian: apt-get install python3-venv); using virtualenv instead.
endef

.venv/.made:
	@if [ "$(WORKS)" = yes ]; then touch $@; exit 0; fi; \
	python=; for each in python3.11 python3 python3.12 python3.13 python3.14; do \
	  if "$$each" -c '$(IS_NEW_ENOUGH)' 2>/dev/null; then python=$$each; break; fi; \
	done; \
	if [ -z "$$python" ]; then echo '$(NO_PYTHON)' >&2; exit 1; fi; \
	rm -rf .venv; \
	if "$$python" -c 'import ensurepip, venv' 2>/dev/null; then "$$python" -m venv .venv || exit 1; \
	elif "$$python" -m virtualenv --version >/dev/null 2>&1; then \
	  echo '$(USES_VIRTUALENV)' >&2; "$$python" -m virtualenv --quiet .venv || exit 1; \
	elif "$$python" -m pip --version >/dev/null 2>&1; then \
	  echo '$(USES_VIRTUALENV)' >&2; tool=$$(mktemp -d); \
	  "$$python" -m pip install --quiet --target "$$tool" virtualenv \
	    && PYTHONPATH="$$tool" "$$python" -m virtualenv --quiet .venv; \
	  made=$$?; rm -rf "$$tool"; [ $$made = 0 ] || exit 1; \
	else echo '$(NO_VENV)' >&2; exit 1; fi; \
	touch $@

# Pins stay as they are where they still fit; `make lock LOCK=--upgrade` takes the newest.
LOCK ?=
COMPILE = uv pip compile --no-config --quiet --universal --fork-strategy fewest --python-version 3.11 --generate-hashes \
	--no-header --no-emit-index-url --no-emit-find-links $(LOCK)

lock: .venv/.made ## Write both locks anew from pyproject.toml and requirements.in (LOCK=--upgrade takes the newest).
	@tool=$$(mktemp -d) && trap 'rm -rf "$$tool"' EXIT && $(BIN)/python -m venv "$$tool" \
	  && "$$tool/bin/python" -m pip install --quiet uv && PATH="$$tool/bin:$$PATH" \
	  && $(COMPILE) pyproject.toml requirements.in -o requirements.lock \
	  && $(COMPILE) --extra dev pyproject.toml requirements.in -c requirements.lock -o requirements-dev.lock \
	  && if grep -nE '://|^--(index|extra-index|find-links)' requirements.lock requirements-dev.lock; then \
	    echo 'A lock names an address: take the lines above out and say in pyproject.toml where they come from.' >&2; exit 1; \
	  fi
