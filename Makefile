# Everything that is done with this project. `make` alone tells what there is.
# It needs git, make and Python 3.11 or newer; all else comes into .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
T ?= 60
PIP := $(BIN)/pip install --disable-pip-version-check --no-input --progress-bar on --require-hashes

LOCKED := $(BIN)/uv pip compile --quiet --universal --no-strip-extras --python-version 3.11 --upgrade --generate-hashes \
	--custom-compile-command "make lock" pyproject.toml

.PHONY: help install sandbox test bench proof fuzz pictures sbom wheel lock system-packages

help:
	@echo "make sandbox          try everything on one web page (PORT=$(PORT))"
	@echo "make test             format, lint, types, import contracts, all tests"
	@echo "make bench            measure speed, as ratios in one run"
	@echo "make proof            prove the promises, each with a control; LONG=1 for ten times as much"
	@echo "make fuzz             feed odd input to everything that parses, for T=$(T) seconds"
	@echo "make pictures         take the pictures of the documentation anew"
	@echo "make sbom             write what is shipped, package by package, to sms-bridge.cdx.json"
	@echo "make install          only make $(VENV)"
	@echo "make wheel            build the wheel into dist/, the same octets on every machine"
	@echo "make lock             renew the lock files"
	@echo "make system-packages  install the Debian packages that the real-server and browser tests need"

install: $(VENV)/.installed

sandbox: $(VENV)/.installed
	@$(BIN)/python -m bridge sandbox --port $(PORT)

test: $(VENV)/.installed-dev
	@$(BIN)/python -m tests.everything

bench: $(VENV)/.installed-dev
	@$(BIN)/python -m bench

proof: $(VENV)/.installed-proof
	@$(BIN)/python -m proof $(if $(LONG),--long)

fuzz: $(VENV)/.installed-proof
	@$(BIN)/python -m fuzz --seconds $(T)

pictures: $(VENV)/.installed-dev
	@$(BIN)/python -m tests.browser.pictures

sbom: $(VENV)/.installed
	@$(BIN)/python -m proof.sbom requirements.lock sms-bridge.cdx.json

wheel: $(VENV)/.installed-proof
	@$(BIN)/python -m proof.wheel dist

# What the proofs need beyond the tests is resolved last and bound by the lock before it, so that both agree.
lock: $(VENV)/.installed-dev
	@echo "==> Resolving dependencies"
	$(LOCKED) --output-file requirements.lock
	$(LOCKED) --group dev --output-file requirements-dev.lock
	$(LOCKED) --group dev --group proof --constraint requirements-dev.lock --output-file requirements-proof.lock

system-packages:
	@.ci/system-packages

$(VENV)/bin/python:
	@echo "==> Making $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12 ...")'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.lock | $(VENV)/bin/python
	@echo "==> Installing what the bridge needs (a minute or two, once)"
	@$(PIP) -r requirements.lock
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock | $(VENV)/bin/python
	@echo "==> Installing what the bridge and its tests need (a minute or two, once)"
	@$(PIP) -r requirements-dev.lock
	@touch $@ $(VENV)/.installed

$(VENV)/.installed-proof: requirements-proof.lock | $(VENV)/bin/python
	@echo "==> Installing what the bridge, its tests and its proofs need (a minute or two, once)"
	@$(PIP) -r requirements-proof.lock
	@touch $@ $(VENV)/.installed $(VENV)/.installed-dev
