# Every target does its own set-up on a machine with make and Python 3.11 or newer; a second run finds it done.
# Extra arguments go through ARGS: make test ARGS="tests/outside -k restart". Another Python: make PYTHON=python3.13 test

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo run kill-test bench test lint venv venv-run venv-clean extension store-test

export PYTHON
# The same in every locale.
export PYTHONUTF8 = 1
unexport PYTHONHOME PYTHONPATH

BIN := .venv/bin

help:
	@echo 'make demo        recorded orders of real stores become draft invoices; files under var/demo'
	@echo 'make run         the same, and stays up: dashboard at http://localhost:8000 (ARGS="--port 8001")'
	@echo 'make kill-test   RUNS=200 SEED=1 CHANNEL=file|api: so many kills, anywhere; ends with what was lost or doubled'
	@echo 'make bench       how long an hourly run takes on a long history (ORDERS=50000), and how much memory'
	@echo 'make extension   the packages for OpenCart, in dist/opencart'
	@echo 'make test        everything, with PHP, MariaDB and Chromium installed where the rights allow it'
	@echo 'make store-test OPENCART=DIR PHP=BIN   a real store from an unpacked OpenCart release; KEEP=1, SCREENSHOTS=DIR'
	@echo 'make lint        ruff, mypy, import-linter, PHP syntax'
	@echo 'make venv        only the environment for development (.venv); venv-run: for running; venv-clean: remove it'
	@echo 'Arguments: make test ARGS="tests/outside"   Python: make PYTHON=python3.13 venv'

venv:
	@sh tools/python-env.sh dev

venv-run:
	@sh tools/python-env.sh run

venv-clean:
	rm -rf .venv

demo: venv-run
	@exec $(BIN)/kloppend demo $(ARGS)

run: venv-run
	@exec $(BIN)/kloppend demo --stay $(ARGS)

kill-test: venv
	@exec $(BIN)/python -m tests.faults.kill_test $(or $(RUNS),200) $(or $(SEED),1) $(or $(CHANNEL),file)

bench: venv
	@exec $(BIN)/python -m bench $(ORDERS)

extension: venv-run
	@exec $(BIN)/kloppend extension build $(ARGS)

test: venv
	@sh tools/system-packages.sh
	@exec $(BIN)/python -m pytest $(ARGS)

# The release is given, never downloaded; everything happens on loopback and in a temporary folder.
store-test: venv
	@[ -n "$(OPENCART)" ] && [ -n "$(PHP)" ] || { \
		echo 'make store-test OPENCART=DIR PHP=BIN: the folder of an unpacked OpenCart release, and a PHP that it runs on'; \
		exit 2; }
	@sh tools/system-packages.sh mariadb
	@exec $(BIN)/python -m tests.stores --opencart "$(OPENCART)" --php "$(PHP)" \
		$(if $(KEEP),--keep) $(if $(SCREENSHOTS),--screenshots "$(SCREENSHOTS)") $(ARGS)

lint: venv
	@sh tools/system-packages.sh php
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@sh tools/php-syntax.sh
