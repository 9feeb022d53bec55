# Daybook's commands. `make run` and `make test` are all that a fresh machine needs.

CONFIGURATION ?= debug

PYTHON := Tools/python/.venv/bin/python
PYTHON_NEEDS := $(wildcard Tools/python/requirements.txt Tools/python/setup)
VENV := $(if $(PYTHON_NEEDS),Tools/python/.venv/.ready)
SWIFT_CODE := Package.swift $(wildcard Sources Tests Tools/Benchmarks)

# Tests of a release see internal names, which changes every module: they have a folder of their own,
# so that neither build undoes the other.
TEST_FLAGS_debug :=
TEST_FLAGS_release := -c release -Xswiftc -enable-testing --scratch-path .build-testing
TEST_FLAGS = $(TEST_FLAGS_$(CONFIGURATION))

# Exit tests crash on purpose; a backtrace of each would take minutes.
export SWIFT_BACKTRACE = enable=no

MAKEFLAGS += --no-print-directory
.DELETE_ON_ERROR:
.PHONY: help run quickstart test test-api test-metrics test-release test-python house check bench lint format clean

help:
	@echo 'make run      build, then trade: a paper daemon on the built-in exchange, until Ctrl-C'
	@echo 'make quickstart  build, then backtest, audit, verify and explain a sample'
	@echo 'make test     every Swift test (CONFIGURATION=release for the release build)'
	@echo 'make check    lint, house rules, tests in debug and release, Python tests'
	@echo 'make bench    the benchmarks'
	@echo 'make lint     check the format;  make format  put it right'
	@echo 'make clean    remove what was built'

run:
	@Tools/setup
	swift build -c release --product daybook
	swift build -c release --product daybook-api
	@exec "$$(swift build -c release --show-bin-path)/daybook" run --journal out/paper $(ARGUMENTS)

quickstart:
	@Tools/setup
	swift build -c release --product daybook
	@Tools/quickstart "$$(swift build -c release --show-bin-path)/daybook"

# The server's packages take longer to build than all the rest, and its tests want the threads for
# themselves: they have a run of their own, in debug.
test: $(VENV)
	@Tools/setup test
	DAYBOOK_CORE_ONLY=1 swift test $(TEST_FLAGS) $(if $(FILTER),--filter '$(FILTER)')

test-api: $(VENV)
	@Tools/setup test
	swift test --filter '^(ProjectionsTests|MonitoringTests|APITests|DaybookApiTests)\.'

# Names and rules by promtool, and a real Prometheus that scrapes a real process; some 20 s.
test-metrics:
	@Tools/setup metrics
	swift build --product daybook
	swift build --product daybook-api
	Tools/check-metrics "$$(swift build --show-bin-path)"

test-release:
	@$(MAKE) test CONFIGURATION=release

test-python: $(VENV)
	$(PYTHON) -m pytest Tools/python

house:
	@$(MAKE) test FILTER=HouseTests

check: lint house
	@$(MAKE) test
	@$(MAKE) test CONFIGURATION=release
	@$(MAKE) test-api
	@$(MAKE) test-metrics
	@$(if $(VENV),$(MAKE) test-python)

bench:
	@Tools/setup
	swift run -c release --package-path Tools/Benchmarks Benchmarks $(ARGUMENTS)

lint:
	swift format lint --strict --parallel --recursive $(SWIFT_CODE)

format:
	swift format --in-place --parallel --recursive $(SWIFT_CODE)

clean:
	rm -rf .build .build-testing out Tools/Benchmarks/.build Tools/python/.venv

# Made anew when what it needs has changed, so that nothing of before stays behind.
Tools/python/.venv/.ready: $(PYTHON_NEEDS)
	@Tools/setup test
	rm -rf Tools/python/.venv
	Tools/python/setup
	@touch $@
