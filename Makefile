# What a person does with Luwte: make run, make test, make check, make bench, make clean.

PORT ?= 8000
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; \
	done)

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install
# What a file lists, each part with its known hash. uv takes seconds where pip takes a minute; pip does it
# where uv is not to be had, or does not find the packages (it does not read pip's settings).
INSTALL = { $(PIP) --only-binary :all: --require-hashes -r requirements-uv.txt && \
	$(BIN)/uv pip install --python $(BIN)/python --quiet --compile-bytecode --require-hashes -r $(1); } \
	2>/dev/null || $(PIP) --require-hashes -r $(1)
# One more than a small machine has processors: many tests wait for a browser. More of them only wait
# for each other.
PARALLEL ?= 3

# What one process of a run has compiled, the others need not compile again.
export PYTHONDONTWRITEBYTECODE :=

# An environment holds its own path: one that was copied along would start the other checkout.
ifneq ($(wildcard .venv/place),)
ifneq ($(shell cat .venv/place),$(CURDIR))
$(shell rm -rf .venv)
endif
endif

.PHONY: run test check types texts audit screens bench lock update clean

run: .venv/ready
	@$(BIN)/luwte serve --port $(PORT)

test: .venv/ready-for-tests
	@.ci/needs
	@echo "Running the tests …"
	@$(BIN)/pytest -n $(PARALLEL) --dist loadfile --no-loadscope-reorder || { \
		[ $$? -eq 1 ] || exit 1; \
		echo "Once more, one at a time: what failed while the machine was full …"; \
		$(BIN)/pytest --last-failed --last-failed-no-failures none; }

check: .venv/ready-for-tests types
	@$(BIN)/ruff format --check --quiet . || { echo "Run: $(BIN)/ruff format ."; exit 1; }
	@$(BIN)/ruff check --quiet .
	@cd build/types && ../../$(BIN)/mypy --config-file ../../pyproject.toml \
		--cache-dir ../../.mypy_cache luwte tests
	@.ci/lock-age
	@$(BIN)/pytest --noconftest tests/test_texts.py tests/test_styles.py
	@echo "Format, lint, types and texts are clean."

# Type checkers do not follow the import mapping of pyproject.toml: give them the real names, away
# from the folder `site/`, which they would take for the standard library's module.
types:
	@rm -rf build/types && mkdir -p build/types/luwte
	@for part in site/*; do ln -s "../../../$$part" build/types/luwte/; done
	@ln -s ../../../chat build/types/luwte/chat
	@ln -s ../../tests build/types/tests

# After a Dutch sentence was changed: brings the English catalogue up to date, to be filled in.
texts: .venv/ready-for-tests
	@mkdir -p build
	@$(BIN)/pybabel -q extract -F babel.cfg -k later --no-location --no-wrap -o build/messages.pot site chat
	@$(BIN)/pybabel -q update -i build/messages.pot -d site/translations -l en --no-fuzzy-matching \
		--ignore-obsolete --no-wrap --omit-header
	@echo "Fill in what is empty in site/translations/en/LC_MESSAGES/messages.po."

# Looks at every public page for what keeps people out, and dates the statement about accessibility.
audit: .venv/ready-for-tests
	@$(BIN)/python -m tests.audit

# Pictures of the key screens in screens/, and a sheet of them for each width.
screens: .venv/ready-for-tests
	@$(BIN)/python -m tests.screens

bench: .venv/ready-for-tests
	@$(BIN)/python -m tests.load

# After a change in pyproject.toml: what is locked already stays as it is, where it may. `make update`
# takes the newest versions of all, and `make check` asks for that when the last time is long ago.
LOCKED_ON ?= $(shell sed -n 's/^# Locked on //p' requirements.txt)
UPGRADE ?=
LOCK = UV_NO_CONFIG=1 build/lock/bin/uv pip compile $(UPGRADE) --quiet --universal --python-version 3.11 \
	--generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links

lock: .venv/ready
	@echo "Locking the versions of what Luwte needs …"
	@$(BIN)/python -m venv build/lock
	@build/lock/bin/python -m pip --disable-pip-version-check --quiet install uv
	@sed -n 's/^requires = \["\(.*\)"\]/\1/p' pyproject.toml > build/lock/needed-to-build.in
	@$(LOCK) --output-file requirements.txt pyproject.toml build/lock/needed-to-build.in
	@$(LOCK) --output-file requirements-dev.txt --constraints requirements.txt \
		--extra dev --extra postgresql pyproject.toml build/lock/needed-to-build.in
	@echo uv > build/lock/uv.in
	@$(LOCK) --output-file requirements-uv.txt build/lock/uv.in
	@sed "1s/^/# Locked on $(LOCKED_ON)\n/" requirements.txt > build/lock/requirements.txt
	@cp build/lock/requirements.txt requirements.txt

update:
	@$(MAKE) --no-print-directory lock UPGRADE=--upgrade LOCKED_ON=$$(date -u +%F)

clean:
	@rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis bench.json
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
	@echo "Clean. Your data in var/ was left alone."

.venv/ready: requirements-uv.txt requirements.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "Luwte needs Python 3.11 or later: install python3."; exit 1; }
	@echo "Preparing the Python environment in .venv (only once) …"
	@$(PYTHON) -c "import ensurepip, venv" 2>/dev/null || { \
		echo "Python cannot make environments here: install python3-venv."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing what Luwte needs …"
	@$(call INSTALL,requirements.txt)
	@$(PIP) --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q site chat
	@echo "$(CURDIR)" > .venv/place
	@touch $@

.venv/ready-for-tests: .venv/ready requirements-dev.txt
	@echo "Installing what the tests need …"
	@$(call INSTALL,requirements-dev.txt)
	@touch $@
