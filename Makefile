# Everything a fresh machine needs is python3, make and a package index.
#   make demo    grade the samples of all assignments into reports/samples/
#   make doctor  say whether student code can be contained here
#   make quick   the tests that take milliseconds
#   make test    the whole suite
#   make check   format, lint, types, then the whole suite: what CI runs
#   make bench-execute   CPU of a submission, beside a bare script and other graders
#   make bench-judging  what is accepted and rejected of thousands of solutions made by machines
#   make bench-check     the self-check beside a bare script
#   make bench-pages     pages of a class beside nbconvert's
#   make bench-similar   who finds copies in disguise, and who wrongs others; 15 minutes
#   make bench-evidence  what grading and judging again cost, for 100 students
#   make bench-cluster   Dask workers beside the local pool
#   make bench-scale     100,000 simulated records through judge, score and export
#   make test-postgres   the gradebook's tests again, on a PostgreSQL that is started for them
#   make scale   the same for 1,000 and for 10,000, and grade killed at every call: half an hour
#   make lock    resolve the exact versions again

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
HOMEWORK := hw1 hw2 hw3
# tests wait much: for time limits, for processes that start
AT_A_TIME = $(shell $(PYTHON) -c "import os; \
  print(2 * len(os.sched_getaffinity(0) if hasattr(os, 'sched_getaffinity') else [0]))")

.PHONY: demo doctor bubblewrap chromium screenshots quick test test-postgres ready lint check format lock clean bench-check bench-execute bench-judging bench-evidence bench-pages bench-similar bench-cluster bench-scale scale

demo: $(READY) bubblewrap
	@sandbox=$$($(BIN)/grader doctor --best); echo "the samples run with --sandbox $$sandbox"; \
	for hw in $(HOMEWORK); do \
	  $(BIN)/grader grade $$hw --sandbox $$sandbox \
	    --submissions submissions/samples --out reports/samples || exit 1; \
	done
	@echo "open reports/samples/hw1/summary.html, and from there each student's page"

ready: $(READY)

doctor: $(READY) bubblewrap
	@$(BIN)/grader doctor

# the outer wall of the sandbox is a program of the distribution
bubblewrap:
	@command -v bwrap >/dev/null || \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "installing bubblewrap, which contains student code"; \
	  { apt-get install -y -qq bubblewrap || { apt-get update -qq && \
	    apt-get install -y -qq bubblewrap; }; } >/dev/null 2>&1 || \
	  echo "it could not be installed: apt-get install bubblewrap"; \
	else \
	  echo "to contain student code, install bubblewrap: sudo apt-get install bubblewrap"; \
	fi

# pages are tested in a browser of the distribution
chromium:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || \
	command -v google-chrome >/dev/null || \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "installing chromium, in which pages are tested"; \
	  { apt-get install -y -qq chromium || { apt-get update -qq && \
	    apt-get install -y -qq chromium; }; } >/dev/null 2>&1 || \
	  echo "it could not be installed: apt-get install chromium"; \
	else \
	  echo "pages are tested in a browser: sudo apt-get install chromium"; \
	fi

quick: $(READY)
	$(BIN)/python -m pytest -q -m "not slow" tests

test: $(READY) bubblewrap chromium
	$(BIN)/python -m pytest -q -n $(AT_A_TIME) --dist loadfile --max-worker-restart 0 tests

lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

check: lint
	$(MAKE) --no-print-directory test

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# compiled by all cores at once; a worker behind walls writes nothing, and would do it at each start
$(READY): pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or later is needed: make PYTHON=python3.12 ..."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || \
	  { echo "no venv module: apt-get install python3-venv (Debian, Ubuntu), then again"; exit 1; }
	@echo "installing the locked versions into $(VENV)/ (the first time only)"
	@$(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@$(BIN)/python -m compileall -qq -j 0 -x '[/\\]tests[/\\]' $(VENV) || true
	@touch $(READY)

# the server is a package of the distribution
test-postgres: $(READY) bubblewrap
	@test -n "$$(ls /usr/lib/postgresql/*/bin/initdb 2>/dev/null)" || command -v initdb >/dev/null || \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "installing postgresql"; \
	  { apt-get install -y -qq postgresql || { apt-get update -qq && \
	    apt-get install -y -qq postgresql; }; } >/dev/null 2>&1; \
	else \
	  echo "install PostgreSQL first: sudo apt-get install postgresql"; exit 1; \
	fi
	GRADER_TEST_POSTGRES=1 $(BIN)/python -m pytest -q tests/gradebook

# the pictures of docs/, of the sample course
screenshots: $(READY) bubblewrap chromium
	$(BIN)/python docs/screenshots.py

bench-execute: $(READY) bubblewrap
	$(BIN)/python -m benchmarks.execute

bench-check: $(READY)
	$(BIN)/python -m benchmarks.check

bench-judging: $(READY)
	$(BIN)/python -m benchmarks.judging

bench-evidence: $(READY) bubblewrap
	$(BIN)/python -m benchmarks.evidence

bench-pages: $(READY) bubblewrap
	$(BIN)/python -m benchmarks.pages

bench-similar: $(READY)
	$(BIN)/python -m benchmarks.similar

bench-cluster: $(READY) bubblewrap
	$(BIN)/python -m benchmarks.cluster

bench-scale: $(READY) bubblewrap
	$(BIN)/python -m benchmarks.scale

scale: $(READY) bubblewrap
	$(BIN)/python -m benchmarks.evidence --students 1000 --crowd 10000
	$(BIN)/python -m benchmarks.scale
	$(BIN)/python -m benchmarks.cluster
	GRADER_TEST_SCALE=1 $(BIN)/python -m pytest -q -n $(AT_A_TIME) --dist loadfile \
	  --max-worker-restart 0 -o faulthandler_timeout=3600 tests

lock: $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "uv>=0.5"
	$(BIN)/python -m uv pip compile --quiet --universal --python-version 3.11 --all-extras \
	  --no-header --no-annotate --no-emit-index-url --no-emit-find-links --upgrade \
	  pyproject.toml --output-file requirements.lock

clean:
	rm -rf $(VENV) build dist *.egg-info reports
