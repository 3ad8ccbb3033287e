# make demo    build, then run the whole line on a digital patient over real sockets
# make test    every test
# make check   all that CI runs: formatting, house rules, tests
# make soak    kill the node 200 times at random moments (rounds=200 seed=1), fuzz for ten minutes (seconds=600), and have
#              500 random readings judged (readings=500); then all hostile peers at once, a hundred times (waves=100)
# make package Debian packages in packages/; make package-test: in a clean system, then under systemd (root)
# make bench   reception beside Orthanc and storescp, C-FIND over a large index, and beside Orthanc (rounds=5 for reception)
# make bench-associations   100,000 associations one after the other (associations=100000)
# make bench-report  the objects of a patient with a hundred lesions
# make compare the faults of docs/comparison.md on every storage SCP that is installed
# make model   draw the cohorts and train the shipped model again (hours; goes on where it was stopped)

swift_build = swift build -c release
reference_data ?= $(or $(UPTAKE_REFERENCE_DATA),../shared/data)
export UPTAKE_TEST_PYTHON ?= $(CURDIR)/.build-python/bin/python3

.PHONY: package package-test demo test soak bench bench-associations bench-report compare check format model build

demo: build
	.build/release/uptake demo

build:
	Packaging/dependencies
	$(swift_build) --product uptake
	$(swift_build) --product uptake-lab

# The reference data are other people's and are not part of this project: where they are not found, the suites over them
# are left out, and this says so.
test:
	Packaging/dependencies tests
	$(swift_build) --build-tests
	@if [ -e "$(reference_data)/README.md" ]; then \
	    UPTAKE_REFERENCE_DATA="$(abspath $(reference_data))" swift test -c release --skip-build; \
	else \
	    echo "reference data not found in $(reference_data): leaving out the suites named ReferenceData"; \
	    swift test -c release --skip-build --skip ReferenceData; \
	fi

package:
	Packaging/dependencies package
	Packaging/package packages

package-test: package
	Packaging/package-test packages

rounds ?= 200
seed ?= 1
seconds ?= 600
readings ?= 500
waves ?= 100
soak:
	Packaging/dependencies tests
	$(swift_build) --build-tests
	UPTAKE_CRASH_ROUNDS=$(rounds) UPTAKE_CRASH_SEED=$(seed) UPTAKE_FUZZ_SECONDS=$(seconds) UPTAKE_FUZZ_SEED=$(seed) \
	    UPTAKE_READINGS=$(readings) UPTAKE_READINGS_SEED=$(seed) \
	    swift test -c release --skip-build \
	    --filter 'EndToEndTests.(CrashTests|FuzzTests)|ReportingTests.RandomReadingTests'
	UPTAKE_HOSTILE_WAVES=$(waves) swift test -c release --skip-build --filter allHostilePeersAtOnceAreSurvived

# On an idle machine: every figure is one of processor time or of the disk.
bench:
	Packaging/dependencies tests
	$(swift_build) --product uptake
	$(UPTAKE_TEST_PYTHON) Tests/Benchmarks/ingest.py .build/release/uptake --scratch .build --rounds $(if $(filter command line,$(origin rounds)),$(rounds),5)
	$(UPTAKE_TEST_PYTHON) Tests/Benchmarks/query_index.py .build/release/uptake
	$(UPTAKE_TEST_PYTHON) Tests/Benchmarks/query_peers.py .build/release/uptake

associations ?= 100000
bench-associations:
	Packaging/dependencies
	$(swift_build) --product uptake
	$(swift_build) --product benchmark-associations
	.build/release/benchmark-associations .build/release/uptake $(associations)

bench-report:
	Packaging/dependencies tests
	$(swift_build) --build-tests
	swift test -c release --skip-build --filter ReportingTests.ReportBenchmarkTests

# Orthanc lies where only root looks for programs.
compare:
	Packaging/dependencies tests
	$(swift_build) --product uptake
	PATH="$$PATH:/usr/sbin" $(UPTAKE_TEST_PYTHON) Tests/Comparison/compare.py

check: test
	swift format lint --strict --recursive Package.swift Sources Tests

format:
	swift format --in-place --recursive Package.swift Sources Tests

model: build
	Packaging/train-model .build/release/uptake-lab .build/model
