# The front door. Every target makes its own virtual environment from pyproject.toml.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
ARGS ?=
N ?= 1000
SEED ?= 1

.DEFAULT_GOAL := help
.PHONY: help rehearse test check format bench prove clean

help:
	@echo "make rehearse   a whole campaign on a simulated platform; results in var/rehearsals/"
	@echo "make test       every test, on SQLite and PostgreSQL"
	@echo "make check      format, lint, types, import rules"
	@echo "make prove N=…  kills and faults from seeds: nobody twice, nobody forgotten"
	@echo "make bench      speed and memory, each with the ratio to its floor"

$(BIN)/.installed: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Callsheet needs Python 3.11 or newer" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --upgrade pip
	$(BIN)/pip install --quiet --editable '.[dev]'
	@touch $@

rehearse: $(BIN)/.installed
	$(BIN)/callsheet rehearse $(ARGS)

test: $(BIN)/.installed
	$(BIN)/python -m pytest $(ARGS)

check: $(BIN)/.installed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/test_imports.py

format: $(BIN)/.installed
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(BIN)/.installed
	$(BIN)/python -m benchmarks $(ARGS)

prove: $(BIN)/.installed
	$(BIN)/python -m tests.proof --schedules $(N) --seed $(SEED) $(ARGS)

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
