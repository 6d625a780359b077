# Two commands do all the set-up: `make demo` and `make test`. Everything lives in .venv and .cache.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
export ASPIRASI_MODEL_DIR ?= $(CURDIR)/.cache/model

.PHONY: demo test check bench bench-desk bench-brief soak audit sbom pictures lock clean

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

demo: $(READY)  ## the service and its chat page in a browser; no token needed
	$(BIN)/aspirasi demo

test: $(READY)  ## everything, on SQLite and on PostgreSQL, with a real browser
	$(BIN)/python -m tests.requirements
	$(BIN)/pytest -n 2 --dist loadgroup

check: $(READY)  ## format, lint, types, import contracts, then the tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(MAKE) test

bench: $(READY)  ## figures, as ratios measured in one run: the classifier, the whole way of an update, the desk
	$(BIN)/python -m tests.requirements
	$(BIN)/python -m tests.benchmarks.bench_classifier
	$(BIN)/python -m tests.benchmarks.bench_way
	$(BIN)/python -m tests.benchmarks.bench_desk

bench-desk: $(READY)  ## the staff desk with 1,000,000 reports in PostgreSQL and 100,000 in SQLite
	$(BIN)/python -m tests.requirements
	$(BIN)/python -m tests.benchmarks.bench_desk

bench-brief: $(READY)  ## the forum brief of one office out of 20,000 reports
	$(BIN)/python -m tests.benchmarks.bench_brief

soak: $(READY)  ## kills, faults and attackers, at length; SOAK_UPDATES says how many
	$(BIN)/python -m tests.requirements
	$(BIN)/pytest -m soak -s

pictures: $(READY)  ## the screens of the guides, taken in a real browser
	$(BIN)/python -m tests.wire.pictures

audit: $(READY)  ## known weaknesses of the pinned packages
	$(BIN)/python -m tests.supply audit

sbom: $(READY)  ## the bill of materials, CycloneDX
	$(BIN)/python -m tests.supply sbom aspirasi.cdx.json

lock:  ## pin every dependency anew
	uv pip compile --upgrade --python-version 3.11 --no-strip-extras --generate-hashes --no-emit-index-url --extra dev pyproject.toml -o requirements.lock

clean:
	rm -rf $(VENV) .cache .pytest_cache .mypy_cache .ruff_cache
