# The commands of the project. `make demo` and `make test` work on a fresh machine with Python and make alone.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
RUN := $(BIN)/python

.DEFAULT_GOAL := help
.PHONY: help install demo test bench format clean

help:  ## List the commands
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

install: $(STAMP)  ## Make .venv and install the library into it, with everything for development

# torch comes first, at its pin: otherwise another package may pull a newer build with gigabytes of CUDA libraries.
$(STAMP): pyproject.toml constraints-dev.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --upgrade pip
	$(BIN)/pip install --quiet --constraint constraints-dev.txt torch
	$(BIN)/pip install --quiet --constraint constraints-dev.txt --editable ".[all,dev]"
	touch $(STAMP)

demo: install  ## Train on simulated people, print the report, write its pictures
	MPLBACKEND=agg $(RUN) examples/plot_01_quickstart.py --save demo_output

test: install  ## Run everything that must pass: tests, doctests, examples, lint, layers, types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	OMP_NUM_THREADS=1 MPLBACKEND=agg $(RUN) -m pytest

bench: install  ## Compare speed with what else can be had
	$(BIN)/pip install --quiet --constraint constraints-dev.txt --no-deps seglearn
	$(RUN) benchmarks/windows_against_seglearn.py
	$(RUN) benchmarks/resample_against_pandas.py

format: install  ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:  ## Remove what the commands made
	rm -rf $(VENV) demo_output build dist *.egg-info
