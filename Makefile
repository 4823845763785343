# Needs Python 3.11 or newer and make. Everything else is installed into .venv.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
UV := UV_PROJECT_ENVIRONMENT=.venv $(shell command -v uv || echo $(BIN)/uv)
SYNC := $(UV) sync --quiet --frozen --all-extras --inexact --compile-bytecode --python $(BIN)/python

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test check generate golden bench

help: ## Show these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

demo: $(READY) ## Trade with a local sandbox broker
	@$(BIN)/brokerspec demo

test: $(READY) ## Run every test
	@$(BIN)/python -m pytest -n 2 --dist worksteal

check: $(READY) ## Check format, lint, types, specs and generated code
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	PYRIGHT_PYTHON_IGNORE_WARNINGS=1 $(BIN)/pyright
	$(BIN)/brokerspec validate specs
	$(BIN)/brokerspec generate --check

generate: $(READY) ## Write the clients again from the specs
	@$(BIN)/brokerspec generate
	@$(BIN)/python -m brokerspec.coverage README.md

golden: $(READY) ## Write the golden test client and the known shapes of types again
	@$(BIN)/python tests/generator/remake_shapes.py
	@$(BIN)/python tests/generator/remake_golden.py

bench: $(READY) ## Measure generation and the clients, beside others
	@$(SYNC) --group bench
	@$(BIN)/python tests/bench/run.py $(ROUNDS)
	@$(BIN)/python tests/bench/generators.py $(ROUNDS)

$(READY): pyproject.toml uv.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "brokerspec needs Python 3.11 or newer. Name one with: make PYTHON=/path/to/python3" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@command -v uv >/dev/null || test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet uv
	@$(SYNC)
	@touch $@
