# One word each. `make` alone says what there is.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
TEST_JOBS ?= 4
# Without bytecode each process of the tests compiles all modules anew, and each worker rewrites the assertions of all tests.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run test test-slow test-order test-lowest coverage axe screenshots lint types docs release lock format bench clean

help:
	@echo "make run        set up and live through the demo newspaper's day"
	@echo "make test       set up and run the tests, but for the slow ones"
	@echo "make test-slow  those: a browser reads our pages, workers and their Redis are killed in the middle of crawls"
	@echo "make test-order 2,000 random histories, in any order and by any way: do they make the same ledger? Half an hour"
	@echo "make test-lowest the tests of store, text and cluster against the oldest versions that we say we work with"
	@echo "make coverage   the share of lines and branches that the tests run, but for the slow ones; twice as long as make test"
	@echo "make axe        what the browser tests need beside Chromium (npm); without it some are skipped"
	@echo "make lint       ruff, check and format check"
	@echo "make types      mypy, strict"
	@echo "make docs       the documentation as a site, in build/site; a link that leads nowhere is an error"
	@echo "make release    sdist and wheel in dist/, checked, and tried from an empty folder in an environment of its own"
	@echo "make lock       the container's versions, pinned with their hashes, anew"
	@echo "make format     let ruff mend what it can"
	@echo "make bench      the crawl benchmark against bare Scrapy and trafilatura"
	@echo "make clean      remove what make made"

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: $(BIN)/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.test: $(BIN)/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[test]"
	@touch $@ $(VENV)/.run

$(VENV)/.lint: $(BIN)/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[test,lint]"
	@touch $@

$(VENV)/.docs: $(BIN)/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[docs]"
	@touch $@

run: $(VENV)/.run
	$(BIN)/newsledger demo

test: $(VENV)/.test
	$(BIN)/python -m pytest -n $(TEST_JOBS) --dist worksteal -m "not slow"

test-slow: $(VENV)/.test
	$(BIN)/python -m pytest -n $(TEST_JOBS) --dist worksteal -m slow

test-order: $(VENV)/.test
	NEWSLEDGER_HISTORIES=2000 $(BIN)/python -m pytest -n 2 --hypothesis-show-statistics tests/crawler/crawl/test_order.py

$(VENV)/.coverage: $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "coverage>=7.10"
	@touch $@

coverage: $(VENV)/.test $(VENV)/.coverage
	rm -rf build/coverage && mkdir -p build/coverage
	$(BIN)/coverage run -m pytest -q -n $(TEST_JOBS) --dist worksteal -m "not slow" --timeout 600
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

axe:
	npm ci --prefix tests/viewer --no-audit --no-fund --silent

screenshots: $(VENV)/.test
	$(BIN)/python -m tests.viewer.screenshots

lint: $(VENV)/.lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.lint
	$(BIN)/mypy

docs: $(VENV)/.docs
	$(BIN)/sphinx-build --quiet --fail-on-warning --keep-going --builder html docs build/site

$(VENV)/.release: $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "build>=1.2" "twine>=6"
	@touch $@

release: $(VENV)/.release
	rm -rf dist build/release build/again
	for folder in dist build/again; do \
		SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) $(BIN)/python -m build --outdir $$folder . || exit 1; done
	cd dist && for file in *; do cmp $$file ../build/again/$$file || exit 1; done
	$(BIN)/twine check --strict dist/*
	$(PYTHON) -m venv build/release && build/release/bin/pip install --quiet --disable-pip-version-check dist/*.whl
	mkdir build/release/empty && cd build/release/empty && ../bin/newsledger init . && ../bin/newsledger doctor && ../bin/newsledger demo

lock: $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "uv>=0.9"
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.13 --generate-hashes --no-header --no-annotate pyproject.toml \
		$(foreach extra,metrics alerts viewer cluster evidence,--extra $(extra)) -o docs/operate/container/requirements.txt

test-lowest: $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "uv>=0.9"
	$(PYTHON) -m venv build/lowest
	$(BIN)/uv pip install --quiet --python build/lowest/bin/python --resolution lowest-direct ".[test]"
	build/lowest/bin/python -m pytest -q -n $(TEST_JOBS) tests/pipelines tests/crawler/cluster tests/crawler/schedule -m "not slow"

format: $(VENV)/.lint
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.test
	$(BIN)/python benchmarks/crawl.py

clean:
	rm -rf $(VENV) build dist tests/viewer/node_modules .mypy_cache .pytest_cache .ruff_cache .hypothesis *.egg-info
