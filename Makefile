# What a newcomer types. Each target does its own set-up, from a fresh clone with only git, make and
# Python 3.11 or later, and is quick when repeated. 'make' alone says what there is.

VENV   := .venv
PYTHON := $(VENV)/bin/python
READY  := $(VENV)/.installed
INPUTS := pyproject.toml plugins/requirements.txt plugins/constraints.txt $(wildcard plugins/*/pyproject.toml)

.DEFAULT_GOAL := help
.PHONY: help demo test check bench docs clean

help: ## say what each target does
	@echo "qnetframe: write a quantum-network protocol once, run it on every simulator, and trust the number."
	@echo
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-7s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
	@echo
	@echo "Each creates $(VENV)/ (Python >= 3.11) with the host and all plugins when it is missing or out of date."
	@echo "Afterwards '$(VENV)/bin/qnetframe --help' is the command line."

demo: $(READY) ## compare one teleportation on every simulator, with real device data; writes the report
	@$(PYTHON) examples/demo.py

test: $(READY) ## run the tests of the host and of all plugins, with coverage (the slow ones: .ci/run)
	$(PYTHON) -m pytest -m "not slow" -n 2 --dist loadfile --cov=qnetframe

check: $(READY) ## style, types and the one-way order of imports
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports --no-logo

bench: $(READY) ## measure speed side by side with hand-written scripts of each simulator
	$(PYTHON) tests/benchmarks/run.py

docs: $(READY) ## build the documentation site into out/site: pages, notebooks (run anew) and reference
	$(PYTHON) -m sphinx -q -W --keep-going -b html -d out/site-trees docs out/site
	@echo "Open out/site/index.html; it needs no network."

clean: ## remove reports, caches and build output (delete .venv yourself to start all over)
	rm -rf out build dist .coverage .coverage.* coverage.xml .pytest_cache .mypy_cache .ruff_cache .hypothesis
	rm -rf .import_linter_cache *.egg-info plugins/*/build plugins/*/dist
	find qnetframe plugins tests examples -name __pycache__ -type d -prune -exec rm -rf {} +

# The test is for pip, not python: a Python without venv support leaves a folder with python alone.
$(VENV)/bin/pip:
	@for python in python3 python3.13 python3.12 python3.11; do \
	  if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    echo "Creating $(VENV) with $$($$python --version)"; exec $$python -m venv $(VENV); \
	  fi; \
	done; \
	echo "qnetframe needs Python 3.11 or later; found $$(python3 --version 2>&1)." >&2; exit 1

# The build backend is installed first and pinned, so that six packages do not fetch it six times.
$(READY): $(INPUTS) | $(VENV)/bin/pip
	@echo "Installing the host and all plugins into $(VENV) (a few minutes the first time)"
	@$(VENV)/bin/pip install --quiet -c plugins/constraints.txt hatchling editables
	@$(VENV)/bin/pip install --quiet --no-build-isolation -r plugins/requirements.txt
	@touch $@
