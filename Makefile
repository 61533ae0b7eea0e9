# Everything here works without a terminal, and installs only what is missing.

PRODUCTS := sheaf sheaf-supervisor sheaf-steampipe
TORTURE_ROUNDS ?= 500
TORTURE_MINUTES ?=
MINUTES ?= 10

.DEFAULT_GOAL := build
.PHONY: build quickstart test bench torture fuzz docs clean

# The programs, in .build/release.
build:
	@set -e; for product in $(PRODUCTS); do \
		swift build -c release --static-swift-stdlib --product $$product; \
	done

# A data product, packed from this repository and running on this machine.
quickstart:
	@scripts/install-packages.sh build run
	@$(MAKE) --no-print-directory build
	@scripts/quickstart.sh

# Every check and every test.
test:
	@scripts/install-packages.sh build run test
	@scripts/install-dbt.sh
	@scripts/install-validator.sh
	@scripts/test.sh

# A table of figures; SHEAF_BENCH_BUILD=0 leaves out the build from scratch, which takes minutes.
bench:
	@scripts/install-packages.sh build bench
	@$(MAKE) --no-print-directory build
	@Tests/Benchmarks/bench.sh

# Kills transactions, packs, workloads and supervisors at random moments, has calls fail and cuts the power on paper,
# many times:
# TORTURE_ROUNDS=500 kills of each sort, and with TORTURE_MINUTES=60 whatever can go on for so long.
# It prints its seed first; TORTURE_SEED repeats a run.
torture: TORTURE_SEED := $(or $(TORTURE_SEED),$(shell od -An -N4 -tu4 /dev/urandom | tr -d ' '))
torture:
	@echo "torture: TORTURE_SEED=$(TORTURE_SEED)"
	@scripts/install-packages.sh build run test
	SHEAF_TORTURE_SEED=$(TORTURE_SEED) SHEAF_TORTURE_ROUNDS=$(TORTURE_ROUNDS) \
		SHEAF_TORTURE_MINUTES=$(TORTURE_MINUTES) \
		swift test --filter "TortureTests|CrashTests|CrashMatrixTests|FaultTests|PowerCutTests|ChaosTests"

# Reads broken manifests, then broken archives, for some time each: MINUTES=10. SHEAF_FUZZ_SEED repeats a run.
fuzz:
	@scripts/install-packages.sh build test
	SHEAF_FUZZ_MINUTES=$(MINUTES) swift test -c release --no-parallel --filter "TreeFuzzTests|ArchiveFuzzTests"

# The reference of the manifest language in docs/manifest, from the schemas.
docs:
	swift build --product sheaf
	rm -rf docs/manifest
	.build/debug/sheaf explain --markdown docs/manifest

clean:
	swift package clean
	rm -rf .build/quickstart .build/test.log
