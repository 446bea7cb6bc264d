# make demo and make test are the two commands of the README; everything else builds on them.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
PIP = $(BIN)/python -m pip --disable-pip-version-check
# What a lock file names, and nothing else. uv takes seconds where pip takes two minutes; where uv finds no index, pip does it.
LOCKED = install --quiet --require-hashes --only-binary :all: --requirement
INSTALL = $(PIP) $(LOCKED) requirements/installer.lock && $(BIN)/uv pip $(LOCKED) $(1) --compile-bytecode --python $(BIN)/python \
	|| $(PIP) $(LOCKED) $(1)
OWN = $(PIP) install --quiet --no-deps --no-build-isolation --editable .
DEMO ?= demo
# Of fuzzing for each target; 0 for as many as it takes.
FUZZ_SECONDS ?= 0

.DEFAULT_GOAL := help
.PHONY: help demo test proofs check lint types contracts docs cli-reference serve-docs bench resolution leads results identification alphabay tagpack formats faults damage fuzz lock clean

help: ## say what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 14

$(VENV)/pyvenv.cfg:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: $(VENV)/pyvenv.cfg requirements/run.lock pyproject.toml
	$(call INSTALL,requirements/run.lock)
	$(OWN)
	@touch $@

$(VENV)/.dev: $(VENV)/pyvenv.cfg requirements/dev.lock pyproject.toml
	$(call INSTALL,requirements/dev.lock)
	$(OWN)
	@touch $@ $(VENV)/.run

demo: $(VENV)/.run ## the whole story on simulated evidence
	@rm -rf $(DEMO)
	@$(BIN)/crossbearing demo $(DEMO) --size monopoly

test: $(VENV)/.dev ## all tests
	$(BIN)/python -m pytest -n $(shell expr $$(nproc) + 1) --dist worksteal

proofs: $(VENV)/.dev ## what the tests prove in small, at length: every real file, the whole story on PostgreSQL
	$(BIN)/python -m pytest -n $(shell expr $$(nproc) + 1) --dist worksteal -m long

check: lint types contracts docs ## style, types, architecture, docs

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/sqlfluff lint src --disable-progress-bar

types: $(VENV)/.dev
	$(BIN)/mypy

contracts: $(VENV)/.dev
	$(BIN)/lint-imports

docs: $(VENV)/.dev ## build the documentation, warnings are errors
	$(BIN)/python tools/cli_reference.py --check
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet --site-dir build/site

cli-reference: $(VENV)/.dev ## write the reference pages that come from the code: commands, dials, record tables
	$(BIN)/python tools/cli_reference.py
	$(BIN)/python tools/dial_tables.py
	$(BIN)/python tools/record_tables.py
	$(BIN)/python tools/export_tables.py

serve-docs: $(VENV)/.dev
	$(BIN)/mkdocs serve

results: $(VENV)/.dev ## measure double reports and consolidation on simulated partners
	$(BIN)/python benchmarks/results/doubles.py --seeds 1001 1002 1003 1004 1005 1006 1007 1008
	$(BIN)/python benchmarks/results/consolidation.py

bench: $(VENV)/.dev ## measure; needs CROSSBEARING_DATA
	$(BIN)/python benchmarks/log.py
	$(BIN)/python benchmarks/real_sets.py
	$(BIN)/python benchmarks/real_listings.py
	$(BIN)/python benchmarks/titles.py
	$(BIN)/python benchmarks/proposals.py
	$(BIN)/python benchmarks/realism_texts.py
	$(BIN)/python benchmarks/difficulty.py
	$(BIN)/python benchmarks/stages.py --size monopoly
	$(BIN)/python benchmarks/packages/sizes.py --size monopoly
	$(BIN)/python benchmarks/export/simulated.py --size monopoly --home build/export

resolution: $(VENV)/.dev ## learn the weights of evidence from simulations and measure them on others; half an hour
	$(BIN)/python benchmarks/resolution/train.py --home build/worlds
	$(BIN)/python benchmarks/resolution/simulated.py --home build/worlds --seeds 801 802 803
	$(BIN)/python benchmarks/resolution/effort.py --home build/worlds --seeds 801 802 803
	$(BIN)/python benchmarks/resolution/hostile.py

leads: $(VENV)/.dev ## measure overdose leads on simulations and on an invented dense country; half an hour
	$(BIN)/python benchmarks/leads/simulated.py --home build/leads --seeds 21 22 23 24
	$(BIN)/python benchmarks/leads/simulated.py --home build/leads --seeds 31 --scenario no_supplier
	for kind in without_identifiers friends homes untested; do \
		$(BIN)/python benchmarks/leads/simulated.py --home build/leads --seeds 46 --scenario $$kind || exit 1; done
	$(BIN)/python benchmarks/leads/chance.py --seeds 21 22 23 24
	$(BIN)/python benchmarks/leads/counts.py
	$(BIN)/python benchmarks/results/statement.py

identification: $(VENV)/.dev ## measure proposals of persons on simulations; ten minutes
	$(BIN)/python benchmarks/identification/simulated.py --home build/identification --seeds 75 76 77 78

alphabay: $(VENV)/.dev ## measure the largest simulation once: five million sales, some minutes and 4 GB of disk
	$(BIN)/python benchmarks/stages.py --size alphabay --runs 1 --only simulate

tagpack: $(VENV)/.dev ## let GraphSense's own tool validate the simulated tags, in an environment of its own
	$(PYTHON) -m venv build/tagpack
	build/tagpack/bin/python -m pip install --quiet --only-binary :all: 'graphsense-lib[tagpacks]==2.18.1'
	rm -rf build/simulated
	$(BIN)/crossbearing simulate build/simulated > /dev/null
	build/tagpack/bin/graphsense-cli tagpack-tool tagpack validate --check-actor-references \
		--actorpack-path tests/unit/simulation/chain/actors.yaml build/simulated/evidence/services.tagpack.yaml

# followthemoney is built from source in part (pyicu): a compiler and the ICU library are needed for this target only.
build/formats/.made: requirements/formats.lock
	$(PYTHON) -m venv build/formats
	build/formats/bin/python -m pip install --quiet --require-hashes --requirement requirements/formats.lock
	@touch $@

formats: $(VENV)/.dev build/formats/.made ## let each community's own library validate the exports, in an environment of its own
	rm -rf build/exports
	PYTHONPATH=tests $(BIN)/python -m export_by_hand build/exports/hostile
	$(BIN)/python benchmarks/export/simulated.py --size tiny --home build/exports/world --keep build/exports/simulated
	build/formats/bin/python tools/check_exports.py build/exports/hostile build/exports/simulated

faults: $(VENV)/.dev ## the long proofs: kills, full disks, power loss, many writers
	CROSSBEARING_FAULTS=1000 $(BIN)/python -m pytest -s -p no:randomly tests/faults

damage: $(VENV)/.dev ## break 14,000 files of every kind, and account for every byte; some minutes
	CROSSBEARING_DAMAGE=1000 PYTHONPATH=tests $(BIN)/python -m damage

# Atheris comes into a folder of its own: only this needs it.
build/atheris: $(VENV)/.dev
	$(PIP) install --quiet --only-binary :all: --upgrade --target $@ 'atheris==3.0.0'
	@touch $@

fuzz: $(VENV)/.dev build/atheris ## 2,000 examples for each property; a million inputs for each reader and extractor, many hours
	CROSSBEARING_EXAMPLES=long $(BIN)/python -m pytest -n auto tests/unit/intake tests/unit/domain tests/unit/reference
	PYTHONPATH=tests:build/atheris $(BIN)/python -m fuzz --runs 1000000 --seconds $(FUZZ_SECONDS)

lock: $(VENV)/pyvenv.cfg ## write the lock files anew
	$(PIP) install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --only-binary :all: \
		requirements/installer.in --output-file requirements/installer.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --only-binary :all: \
		--group run --extra formats --extra leads --extra resolution --extra simulation --extra workbench --no-emit-package crossbearing pyproject.toml --output-file requirements/run.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --only-binary :all: \
		--group dev --group run --extra postgres --extra formats --extra leads --extra pdf --extra resolution --extra simulation --extra stamps --extra workbench --no-emit-package crossbearing pyproject.toml --output-file requirements/dev.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
		requirements/formats.in --output-file requirements/formats.lock

clean: ## remove what was built, keep the sources
	rm -rf $(VENV) build site $(DEMO) benchmarks/out .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
