# From a clone to a result: `make run`. Everything is set up in .venv and target/, nothing elsewhere.
#
# uv does the setting up, by the versions in uv.lock; where there is none, one is fetched into .uv. It looks at
# everything each time, which takes a tenth of a second, and repeats what has changed: packages, the Rust wheel.

# Given as `make PYTHON=python3.13`; otherwise an environment keeps the Python that it has.
PYTHON ?=

VENV := .venv
PY := $(VENV)/bin/python
# The environment of what needs torch, and the gigabytes that installing torch takes.
RL := .venv-rl
RL_SIZE := 9

# What ruff and mypy read, as far as it is there.
PYTHON_SOURCES := $(wildcard bucket_brigade tests benchmarks examples plugins tools/*.py bb_core_rs/python)

# Wheels for Linux are linked against an old glibc, which zig brings with it: the one of the machine would do for
# machines of its own age only.
OLD_GLIBC := $(if $(filter Linux,$(shell uname)),--zig --compatibility manylinux_2_28)

WITHOUT_RUST := games run on the Python reference, many times slower
# Goes on without Rust, unless it is demanded.
UNLESS_DEMANDED := test -z "$$BUCKET_BRIGADE_REQUIRE_RUST"
# Where the set-up has passed over Rust, it has already said so.
HAS_RUST = ls -d $(VENV)/lib/python*/site-packages/bb_core_rs >/dev/null 2>&1

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# Two steps must not change one environment at the same time, whatever -j says.
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
	@echo 'make wheel    build the wheels and source archives into dist/'
	@echo 'make lock     pin the newest versions of all packages in uv.lock'
	@echo 'make clean    remove everything that make has set up or built'
	@echo
	@echo 'make PYTHON=python3.13 ... sets up with another Python (3.11 or newer).'

run: setup
	@$(VENV)/bin/bucket-brigade nash greedy_neighbor

# The Rust tests come first: the last line of a run is then the count of the whole Python suite.
test: setup
	@if $(HAS_RUST); then \
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
test-rl:
	@free=$$(df -Pk . | sed -n '$$s/^.* \([0-9][0-9]*\)  *[0-9]*% .*$$/\1/p'); \
	if test ! -e $(RL) && test "$${free:-999999999}" -lt $(RL_SIZE)000000; then \
	    echo "bucket-brigade: there are $$((free / 1000000)) GB left on this disk, and installing torch takes" \
	        "$(RL_SIZE) GB. Nothing but make test-rl and training needs torch; make test runs without it." >&2; \
	    exit 1; fi
	@tools/sync $(RL) '$(PYTHON)' '$(WITHOUT_RUST)' --no-default-groups --group build \
	    --extra rl --extra plots --extra test
	$(RL)/bin/python -m pytest tests/rl

lint: setup
	$(PY) -m ruff check $(PYTHON_SOURCES)
	$(PY) -m ruff format --check $(PYTHON_SOURCES)
	$(PY) -m mypy $(PYTHON_SOURCES)
	@if ! $(HAS_RUST); then $(UNLESS_DEMANDED); \
	elif settings=$$(tools/find-cargo 'the Rust code is not checked'); \
	then eval "$$settings"; set -ex; \
	    cargo fmt --check; \
	    cargo clippy --all-targets --locked -- -D warnings; \
	    PYO3_PYTHON='$(CURDIR)/$(PY)' cargo clippy --all-targets --locked --features python -- -D warnings; \
	else $(UNLESS_DEMANDED); fi

format: setup
	$(PY) -m ruff check --fix-only --quiet $(PYTHON_SOURCES)
	$(PY) -m ruff format $(PYTHON_SOURCES)
	@if $(HAS_RUST) && settings=$$(tools/find-cargo 'the Rust code is not formatted'); \
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

wheel:
	@tools/sync $(VENV) '$(PYTHON)' 'no wheel of the Rust engine is built' --group zig
	@mkdir -p dist
	$(PY) -m hatchling build -d dist
	cd plugins/bucket_brigade_cupy && ../../$(PY) -m hatchling build -d ../../dist
	@if settings=$$(tools/find-cargo 'no wheel of the Rust engine is built'); \
	then eval "$$settings"; set -ex; \
	    PATH="$(CURDIR)/$(VENV)/bin:$$PATH" maturin build --release --locked --sdist --manifest-path bb_core_rs/Cargo.toml \
	        --interpreter $(PY) --out dist $(OLD_GLIBC); \
	else $(UNLESS_DEMANDED); fi
	@ls dist

# PyPI is named, or the index that somebody has set would end up in the file.
lock:
	@python=$$(command -v '$(or $(PYTHON),python3)') && uv=$$(tools/find-uv "$$python") && \
	    UV_PYTHON_DOWNLOADS=never "$$uv" lock --upgrade --default-index https://pypi.org/simple

clean:
	rm -rf $(VENV) $(RL) .uv target dist build .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -prune -exec rm -rf {} +

check-rust:
	@if settings=$$(tools/find-cargo '$(WITHOUT_RUST)'); \
	then eval "$$settings"; cargo --version; else $(UNLESS_DEMANDED); fi

setup:
	@tools/sync $(VENV) '$(PYTHON)' '$(WITHOUT_RUST)'
