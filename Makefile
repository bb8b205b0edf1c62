# From a clone to a result: `make run`. Everything is set up in .venv and target/, nothing elsewhere.
#
# Each step of the setup leaves a stamp in .venv/.stamps and is repeated only when one of its sources
# is newer: the environment and its pinned packages, the Python package (editable), the Rust wheel.

PYTHON ?= python3

VENV := .venv
PY := $(VENV)/bin/python
STAMPS := $(VENV)/.stamps
PIP := $(PY) -m pip --disable-pip-version-check --quiet

# The environment of what needs torch.
RL := .venv-rl
RL_STAMPS := $(RL)/.stamps

# What goes into the Rust wheel; folders too, so that a removed file is noticed.
RUST_SOURCES := Cargo.toml Cargo.lock $(shell find bb_core_rs -name __pycache__ -prune -o -print)
# Packages that are installed beside the project, editable.
PLUGINS := $(wildcard plugins/bucket_brigade_cupy)
# What ruff and mypy read, as far as it is there.
PYTHON_SOURCES := $(wildcard bucket_brigade tests benchmarks examples plugins tools/*.py bb_core_rs/python)

WITHOUT_RUST := games run on the Python reference, many times slower
# Goes on without Rust, unless it is demanded.
UNLESS_DEMANDED := test -z "$$BUCKET_BRIGADE_REQUIRE_RUST"

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# Two steps must not run pip in one environment at the same time, whatever -j says.
.NOTPARALLEL:
.PHONY: help setup run test test-long test-plugins test-rl lint format bench gpu-check pages wheel lock clean check-rust

help:
	@echo 'make run      set everything up and print an equilibrium of greedy_neighbor'
	@echo 'make test     set up what is missing and run all tests'
	@echo 'make test-plugins  build the starters under plugins/ and test them in a fresh environment'
	@echo 'make test-long  run the tests that take many minutes'
	@echo 'make test-rl  run the tests that need torch, in an environment of their own (.venv-rl, 5 GB)'
	@echo 'make lint     check style, types and the Rust code; make format mends what it can'
	@echo 'make bench    measure the engines on the same games'
	@echo 'make gpu-check  on a machine with a GPU: conformance, parity with Rust, benchmark, a report in docs/'
	@echo 'make pages    write the pages that show what plugins are told and how agents fare'
	@echo 'make wheel    build the wheels into dist/'
	@echo 'make lock     pin the newest versions of all packages in constraints.txt'
	@echo 'make clean    remove everything that make has set up or built'
	@echo
	@echo 'make PYTHON=python3.13 ... sets up with another Python (3.11 or newer).'

run: setup
	@$(VENV)/bin/bucket-brigade nash greedy_neighbor

# The Rust tests come first: the last line of a run is then the count of the whole Python suite.
# Where the Rust step of the setup was passed over, it has already said so.
test: setup
	@if test -e $(STAMPS)/rust; then \
	    if settings=$$(tools/find-cargo 'the Rust tests are not run'); \
	    then eval "$$settings"; cargo test --release --locked; \
	    else $(UNLESS_DEMANDED); fi; fi
	$(PY) -m pytest -n 2

test-plugins: setup
	@$(PY) tools/try_starters.py

# What takes too long for every change: whole matrices of what `make test` tries in part.
test-long: setup
	$(PY) -m pytest -n 2 -m long

# What trains lives apart, so that nothing else ever pulls torch.
test-rl: $(RL_STAMPS)/rust
	$(RL)/bin/python -m pytest tests/rl

lint: $(STAMPS)/package
	$(PY) -m ruff check $(PYTHON_SOURCES)
	$(PY) -m ruff format --check $(PYTHON_SOURCES)
	$(PY) -m mypy $(PYTHON_SOURCES)
	@if settings=$$(tools/find-cargo 'the Rust code is not checked'); \
	then eval "$$settings"; set -ex; \
	    cargo fmt --check; \
	    cargo clippy --all-targets --locked -- -D warnings; \
	    PYO3_PYTHON='$(CURDIR)/$(PY)' cargo clippy --all-targets --locked --features python -- -D warnings; \
	else $(UNLESS_DEMANDED); fi

format: $(STAMPS)/packages
	$(PY) -m ruff check --fix-only --quiet $(PYTHON_SOURCES)
	$(PY) -m ruff format $(PYTHON_SOURCES)
	@if settings=$$(tools/find-cargo 'the Rust code is not formatted'); \
	then eval "$$settings"; cargo fmt; fi

bench: setup
	@$(PY) -m benchmarks.engines --out docs/benchmarks/engines
	@$(PY) -m benchmarks.evolution --out docs/benchmarks/evolution
	@$(PY) -m benchmarks.envs --out docs/benchmarks/envs

# Everything there is to do on a machine with a GPU, in one go.
gpu-check: setup
	@$(PY) -m bucket_brigade_cupy.check --out docs/benchmarks/gpu

pages: setup
	@$(PY) tools/plugin_pages.py
	@$(PY) tools/agents_page.py

wheel: setup
	@mkdir -p dist
	$(PIP) wheel --no-deps --no-build-isolation --constraint constraints.txt --wheel-dir dist .
	@if test -e $(STAMPS)/rust; then cp target/wheels/*.whl dist/; fi
	@ls dist

lock: $(STAMPS)/packages
	$(PY) tools/lock.py

clean:
	rm -rf $(VENV) $(RL) target dist build .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -prune -exec rm -rf {} +

check-rust:
	@if settings=$$(tools/find-cargo '$(WITHOUT_RUST)'); \
	then eval "$$settings"; cargo --version; else $(UNLESS_DEMANDED); fi

setup: $(STAMPS)/package $(STAMPS)/rust

$(STAMPS)/venv:
	@tools/make-venv '$(PYTHON)' $(VENV)
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/packages: $(STAMPS)/venv constraints.txt
	@echo 'Installing the pinned packages into $(VENV) ...'
	@$(PIP) install --requirement constraints.txt
	@touch $@

$(STAMPS)/package: $(STAMPS)/packages pyproject.toml $(PLUGINS:=/pyproject.toml)
	@$(PIP) install --no-deps --no-build-isolation --constraint constraints.txt --editable . \
	    $(addprefix --editable ,$(PLUGINS))
	@$(PIP) check
	@touch $@

# Without a working cargo there is no stamp: every make then says so, and builds once cargo is there.
# A wheel of older sources goes, so that the games are never those of another version.
$(STAMPS)/rust: $(STAMPS)/packages $(RUST_SOURCES)
	@if settings=$$(tools/find-cargo '$(WITHOUT_RUST)'); then \
	    eval "$$settings"; set -e; \
	    echo 'Building the Rust backend ...'; \
	    rm -rf target/wheels; \
	    $(VENV)/bin/maturin build --quiet --release --locked --manifest-path bb_core_rs/Cargo.toml \
	        --interpreter $(PY) --out target/wheels; \
	    $(PIP) install --no-deps --force-reinstall --constraint constraints.txt target/wheels/*.whl; \
	    touch $@; \
	elif $(UNLESS_DEMANDED); then \
	    if test -e $@; then $(PIP) uninstall --yes bb-core-rs; rm $@; fi; \
	else exit 1; fi

$(RL_STAMPS)/venv:
	@tools/make-venv '$(PYTHON)' $(RL)
	@mkdir -p $(RL_STAMPS) && touch $@

$(RL_STAMPS)/rl: $(RL_STAMPS)/venv constraints-rl.txt pyproject.toml
	@echo 'Installing torch and the libraries on top of it into $(RL) (about 5 GB) ...'
	@tools/install-rl $(RL)
	@touch $@

# The wheel that the setup has built; where it has built none, it has already said so.
$(RL_STAMPS)/rust: $(RL_STAMPS)/rl $(STAMPS)/rust
	@if test -e $(STAMPS)/rust; then \
	    $(RL)/bin/python -m pip --disable-pip-version-check --quiet install --no-deps --force-reinstall \
	        target/wheels/*.whl; \
	    touch $@; fi
