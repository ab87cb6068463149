# Everything sets itself up: `make demo` and `make test` need only Python 3.11 or newer, make and git.

PYTHON ?= python3
UV_VERSION := 0.13.9
TOOLS := .tools
UV := $(TOOLS)/bin/uv
IN_ENV := $(UV) run --frozen --quiet --all-extras
PYTHONS := 3.11 3.12 3.13

.PHONY: demo test check format bench validate fuzz gallery matrix audit clean

demo: .venv/ready  ## analyze a simulated session, then RUN=file-or-folder
	$(IN_ENV) backstride demo --out out
ifdef RUN
	$(IN_ENV) backstride analyze "$(RUN)" --report out/your-runs.html || test $$? -eq 1
	@echo "your report: out/your-runs.html"
endif
	@echo "the report of the simulated session: out/report.html"

test: .venv/ready check  ## everything that continuous integration runs
	$(IN_ENV) python -m tests.chromium
	$(IN_ENV) pytest -n 2 --cov --cov-report=term

check: .venv/ready  ## format, lint, strict types, direction of imports, evidence
	$(IN_ENV) ruff format --check .
	$(IN_ENV) ruff check .
	$(IN_ENV) mypy
	$(IN_ENV) pytest -q tests/contracts/test_imports.py
	$(IN_ENV) backstride evidence --check

format: .venv/ready
	$(IN_ENV) ruff format .
	$(IN_ENV) ruff check --fix .

bench: .venv/ready  ## side by side with others; writes benchmarks/results
	$(IN_ENV) python -m benchmarks

validate: .venv/ready  ## on real and simulated recordings; writes validation/results
	$(IN_ENV) python -m validation

fuzz: .venv/ready  ## a minute for each reader
	$(IN_ENV) python -m tests.fuzz.run --seconds 60

gallery: .venv/ready  ## draw the figures of docs/gallery again
	$(IN_ENV) --group docs python -m docs.gallery

matrix: $(UV)  ## the tests on each Python that this machine has
	@for version in $(PYTHONS); do \
	  found=$$($(UV) python find --no-python-downloads $$version 2>/dev/null \
	    || ls -d "$$HOME"/.pyenv/versions/$$version.*/bin/python 2>/dev/null | tail -n 1); \
	  if [ -n "$$found" ]; then \
	    echo "== Python $$version"; \
	    UV_PROJECT_ENVIRONMENT=.venv-$$version $(UV) run --frozen --quiet --all-extras \
	      --python "$$found" pytest -q -n 2 || exit 1; \
	  else echo "== Python $$version: not on this machine, left out"; fi; \
	done

clean:
	rm -rf .venv .venv-* $(TOOLS) out build dist

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Backstride needs Python 3.11 or newer; set PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(TOOLS)
	$(TOOLS)/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

.venv/ready: $(UV) pyproject.toml uv.lock
	$(UV) sync --frozen --quiet --all-extras --python $$($(PYTHON) -c 'import sys; print(sys.executable)')
	@touch $@
