# The commands of the project. `make demo` and `make test` work on a fresh machine with Python and make alone.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
RUN := $(BIN)/python
RUNTIME := sklearn_har/deploy/web/runtime/ort-wasm-simd-threaded.wasm

.DEFAULT_GOAL := help
.PHONY: help install web demo test test-web coverage mutants docs bench format lowest release-check clean

help:  ## List the commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

install: $(STAMP)  ## Make .venv and install the library into it, with everything for development

# torch comes first, at its pin: otherwise another package may pull a newer build with gigabytes of CUDA libraries.
$(STAMP): pyproject.toml constraints-dev.txt tools/web_runtime.py
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --upgrade pip
	$(BIN)/pip install --quiet --constraint constraints-dev.txt torch
	$(BIN)/pip install --quiet --constraint constraints-dev.txt --editable ".[all,dev]"
	$(RUN) tools/web_runtime.py --optional
	touch $(STAMP)

web: $(RUNTIME)  ## Fetch the runtime of pages for phones, through npm

$(RUNTIME): tools/web_runtime.py
	$(PYTHON) tools/web_runtime.py
	touch $@

demo: install  ## Train on simulated people, print the report, write its pictures
	MPLBACKEND=agg $(RUN) examples/plot_01_quickstart.py --save demo_output

test: install  ## Run everything that must pass: tests, doctests, examples, lint, layers, types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	OMP_NUM_THREADS=1 MPLBACKEND=agg $(RUN) -m pytest -m "not web"

test-web: install  ## Drive the page for phones in a real browser; installs Chromium where it can
	test -f $(RUNTIME) || $(RUN) tools/web_runtime.py --optional
	{ command -v chromium || command -v google-chrome; } >/dev/null \
		|| { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium; } </dev/null \
		|| echo "There is no Chromium and it cannot be installed here: the tests are skipped."
	OMP_NUM_THREADS=1 $(RUN) -m pytest tests/web

coverage: install  ## Print the share of lines and branches that the tests reach; fails under 95 %
	OMP_NUM_THREADS=1 MPLBACKEND=agg $(RUN) -m coverage run -m pytest -m "not web"
	$(RUN) -m coverage report --fail-under=0
	$(RUN) tools/coverage_by_room.py

mutants: install  ## Change signs of the code of ROOM and see whether its tests notice; SAMPLE=160 of them
	$(BIN)/pip install --quiet --constraint constraints-dev.txt mutmut
	OMP_NUM_THREADS=1 $(RUN) tools/mutants.py $(ROOM) $(if $(SAMPLE),--sample $(SAMPLE))

# Deprecations are no errors here: old packages use names that newer ones beneath them warn of.
lowest:  ## Run the tests with the oldest versions that pyproject.toml allows
	$(PYTHON) -m venv --clear build/lowest
	build/lowest/bin/pip install --quiet --upgrade pip
	$(PYTHON) tools/lowest.py > build/lowest.txt
	build/lowest/bin/pip install --quiet --constraint build/lowest.txt --editable ".[all,test]"
	OMP_NUM_THREADS=1 MPLBACKEND=agg build/lowest/bin/python -m pytest -m "not web" \
		-W default::DeprecationWarning -W default::PendingDeprecationWarning -W default::FutureWarning tests

docs: install  ## Build the site into build/site, with the gallery; warnings are errors
	$(BIN)/pip install --quiet --constraint constraints-dev.txt --editable ".[docs]"
	OMP_NUM_THREADS=1 MPLBACKEND=agg $(RUN) -m sphinx -b html -W --keep-going -q docs build/site

bench: install  ## Compare speed with what else can be had
	$(BIN)/pip install --quiet --constraint constraints-dev.txt --no-deps seglearn
	$(RUN) benchmarks/windows_against_seglearn.py
	$(RUN) benchmarks/resample_against_pandas.py

release-check: install $(RUNTIME)  ## Build sdist and wheel, look into them, use the wheel from a project of its own
	$(BIN)/pip install --quiet --constraint constraints-dev.txt build twine
	$(RUN) tools/release_check.py

format: install  ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:  ## Remove what the commands made
	rm -rf $(VENV) demo_output build dist *.egg-info docs/api docs/gallery docs/measured docs/api.md docs/measured.md
