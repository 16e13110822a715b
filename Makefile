# Everything a newcomer types. Needs Python 3.10 to 3.13 and make; installs into .venv and touches nothing else.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin

# Where it is set, as in many images, every process would compile this project anew: each worker of the tests, all of
# them, which is half of what collecting costs, and each command that a test starts.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo ui test types loadable sweeps warehouses browser pictures newest bench lint format lock site package audit torture soak clean

help: ## This list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort

# uv installs the pinned set several times faster than pip and comes from the same index. Bytecode is compiled here,
# once: the processes that start side by side would each compile Dagster first.
$(BIN)/uv:
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv

$(VENV)/.demo: setup.cfg constraints.txt | $(BIN)/uv
	@$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python -c constraints.txt -e '.[demo,query]'
	@touch $@

$(VENV)/.test: setup.cfg constraints.txt | $(BIN)/uv
	@$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python -c constraints.txt -e '.[demo,test]'
	@touch $@ $(VENV)/.demo

demo: $(VENV)/.demo ## Export a day of a made-up portal into a local S3
	@$(BIN)/hubspot-assets demo

ui: $(VENV)/.demo ## Open the asset graph on the demo in `dagster dev`
	@$(BIN)/hubspot-assets demo --ui

warehouses: $(VENV)/.test ## Install ClickHouse, Spark and dbt, and load a day into them
	@$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python -c constraints.txt -e '.[warehouses]'
	@$(BIN)/uv venv --quiet --allow-existing --python $(BIN)/python $(VENV)/dbt
	@$(BIN)/uv pip install --quiet --compile-bytecode --python $(VENV)/dbt/bin/python -r dbt/requirements.txt
	$(BIN)/pytest -n 2 --dist loadfile hubspot_assets_tests/warehouse

browser: $(VENV)/.test ## Look at `dagster dev` with a headless Chromium, where there is one with its driver
	$(BIN)/pytest -n 2 --dist loadfile hubspot_assets_tests/browser

pictures: $(VENV)/.test ## Take the pictures of the documentation anew, which the tests of the browser take
	PICTURES=1 $(BIN)/pytest -n 2 --dist loadfile hubspot_assets_tests/browser

newest: $(VENV)/.test ## The newest Dagster that can be had, in an environment of its own
	@.ci/newest-dagster

# Four at a time on two cores: tests wait about as long as they compute. In the order of `conftest.py`.
test: lint ## Style, types and the tests that need nothing but Python
	$(BIN)/pytest -n 4 --dist loadfile --no-loadscope-reorder -m "not sweep"

sweeps: $(VENV)/.test ## What `make test` takes samples of: every fault, refusal and death for every kind of table
	$(BIN)/pytest -n 4 --dist loadfile --no-loadscope-reorder -m sweep

site: $(VENV)/.test ## Build the documentation as a static site in .site; a broken link fails it
	@$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python -c constraints.txt -e '.[site]'
	$(BIN)/zensical build --strict

package: $(VENV)/.test ## Build the package and try it in a clean environment of every Python here
	@.ci/package

audit: $(BIN)/uv ## Known vulnerabilities of the pinned dependencies, where their data can be had
	@$(BIN)/uv pip install --quiet --python $(BIN)/python -c constraints.txt pip-audit
	@.ci/audit

torture: $(VENV)/.test ## 100 exports killed at random moments under every kind of fault, each change of a run, two at once; an hour
	$(BIN)/python -m hubspot_assets_tests.torture

soak: $(VENV)/.test ## 500 exports in one process, under faults and beside killed ones; does anything pile up?
	$(BIN)/python -m hubspot_assets_tests.torture.soak

# Half an hour on a machine that does nothing else. What takes longer: make bench BENCH="--only memory".
bench: $(VENV)/.test ## Measure the export beside its peers; writes docs/benchmarks.md
	$(BIN)/python -m hubspot_assets_tests.benchmarks --scale full $(BENCH)

lint: $(VENV)/.test ## Style, types and loadable definitions
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	@$(MAKE) --no-print-directory -j2 types loadable

types:
	$(BIN)/mypy

loadable:
	$(BIN)/dagster definitions validate -w workspace.yaml
	$(BIN)/dg check defs

format: $(VENV)/.test ## Mend the style
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: $(BIN)/uv ## Pin anew what a fresh install gets
	$(BIN)/uv pip compile --quiet --universal --python-version 3.10 --no-emit-index-url --no-header --no-annotate \
		setup.cfg --all-extras -o constraints.txt

clean: ## Remove what was installed and exported
	rm -rf $(VENV) .demo .bench
