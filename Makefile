# Everything here works without a terminal, and installs only what is missing.

PRODUCTS := sheaf sheaf-supervisor sheaf-steampipe
TORTURE_ROUNDS ?= 500
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

# Kills transactions at random moments, many times: TORTURE_ROUNDS=500.
torture:
	@scripts/install-packages.sh build run test
	SHEAF_TORTURE_ROUNDS=$(TORTURE_ROUNDS) swift test --filter "Torture|PackCrashTests|UnpackCrashTests"

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
