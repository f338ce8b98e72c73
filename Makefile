# `make` alone lists what there is to make.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

VENV := .venv
BIN := $(VENV)/bin
DEMO := .cache/demo
UV := $(shell command -v uv)
CARGO := $(shell command -v cargo)
# The first that runs: a name on the path may be a version manager's, for a version it lacks.
PYTHON ?= $(shell for python in python3.11 python3.12 python3.13 python3.14 python3; do \
	$$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null \
	&& echo $$python && break; done)
ARGS ?=
# All tests run in two processes, file by file in their order; some (ARGS), or a Neo4j server that
# was given, which can serve one test at a time only, in one.
JOBS ?= $(if $(ARGS)$(NEO4J_TEST_URL),0,2)

export PIP_DISABLE_PIP_VERSION_CHECK := 1

ifeq ($(UV),)
make_venv = $(or $(PYTHON),$(error Python 3.11 to 3.14 was not found; name one with PYTHON=…)) -m venv $(1)
install = $(1)/bin/python -m pip install --quiet --prefer-binary
else
make_venv = $(UV) venv --quiet --allow-existing $(if $(PYTHON),--python $(PYTHON)) $(1)
install = $(UV) pip install --quiet --python $(1)/bin/python
endif

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

.PHONY: demo
demo: $(DEMO)/.installed ## Load the demo pack and serve it on port 8000: needs Python and nothing else
	$(DEMO)/bin/neurocypher demo $(ARGS)

$(DEMO)/.installed: pyproject.toml
	@mkdir -p $(@D)
	$(call make_venv,$(DEMO))
	$(call install,$(DEMO)) --editable .
	@touch $@

.PHONY: setup
setup: $(VENV)/.installed $(VENV)/$(if $(CARGO),.native,.no-native) ## Make the development environment, or bring it up to date

$(VENV)/.installed: pyproject.toml constraints.txt
	$(call make_venv,$(VENV))
	$(call install,$(VENV)) --constraint constraints.txt --editable '.[model,openai,s3,sources,dev]'
	@touch $@

# Built anew whenever its sources change: of a version that is there, an installer may think it has it.
$(VENV)/.native: $(wildcard native/*.toml native/*.pyi native/*.md native/src/*.rs) | $(VENV)/.installed
	$(call install,$(VENV)) --force-reinstall --no-deps ./native
	@touch $@

$(VENV)/.no-native: | $(VENV)/.installed
	@echo "cargo is not on the path: imports work as they are, and are slower than with ./native"
	@touch $@

.PHONY: test
test: setup ## Run the tests: all, or as ARGS says (ARGS="-m 'not neo4j and not slow'"); JOBS=n processes
	@$(BIN)/python -m pytest --numprocesses=$(JOBS) --dist=loadfile --no-loadscope-reorder $(ARGS)

.PHONY: bench
bench: setup ## Run one benchmark: NAME=… (without a name: list them)
	@if [ -n "$(NAME)" ]; then $(BIN)/python -m tests.benchmarks.$(NAME) $(ARGS); \
	else echo "make bench NAME=… with one of:"; $(BIN)/python -m tests.benchmarks; exit 2; fi

.PHONY: lint
lint: setup ## Check style and types
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
ifneq ($(CARGO),)
	cd native && cargo fmt --check
	cd native && PYO3_PYTHON=$(abspath $(BIN)/python) cargo clippy --quiet -- --deny warnings
endif

.PHONY: format
format: setup ## Format the code and put imports in order
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
ifneq ($(CARGO),)
	cd native && cargo fmt
endif

.PHONY: docs
docs: setup ## Write docs/graph-model.md, schema.graphql and the README's answers anew
	@mkdir -p .cache
	$(BIN)/python -m cypher.docs > .cache/graph-model.md
	mv .cache/graph-model.md docs/graph-model.md
	$(BIN)/python -m graphapi.sdl > .cache/schema.graphql
	mv .cache/schema.graphql schema.graphql
	$(BIN)/python -m tests.readme > .cache/README.md
	mv .cache/README.md README.md

.PHONY: clean
clean: ## Remove what the tools have left, except the environments
	rm -rf build dist native/target .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find cypher graphapi ingest neurocypher tests -name __pycache__ -prune -exec rm -rf {} +
