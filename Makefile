# Every target sets up what it needs. Start with `make demo`.
SHELL := /bin/sh
.DEFAULT_GOAL := help
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3.14 python3; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' && echo $$p && break; done)
VENV := .venv
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export LC_ALL := C.UTF-8

help: ## show this
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST)

demo: $(VENV)/.run ## recorded orders of real stores become Asperion order files (run it twice)
	@exec $(VENV)/bin/kloppend demo $(ARGS)

test: $(VENV)/.dev ## everything that is tested; ARGS= goes to pytest
	@tools/system-packages.sh
	@exec $(VENV)/bin/python -m pytest $(ARGS)

lint: $(VENV)/.dev ## ruff, mypy, import-linter, PHP syntax
	$(VENV)/bin/ruff check
	$(VENV)/bin/ruff format --check
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	tools/php-syntax.sh

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Kloppend needs Python 3.11 or newer, and found none." >&2; exit 1; }
	@echo "making $(VENV) with $(PYTHON)"
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "Could not make a virtual environment; on Debian install python3-venv." >&2; exit 1; }

# A stamp is written last, so an interrupted set-up is done again.
$(VENV)/.run: $(VENV)/bin/python requirements/build.txt requirements/run.txt pyproject.toml
	@echo "installing what the product needs (once)"
	@$(VENV)/bin/pip install -q --require-hashes -r requirements/build.txt
	@$(VENV)/bin/pip install -q --require-hashes -r requirements/run.txt
	@$(VENV)/bin/pip install -q --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements/dev.txt
	@echo "installing what the tests need (once)"
	@$(VENV)/bin/pip install -q --require-hashes -r requirements/dev.txt
	@touch $@

.PHONY: help demo test lint
