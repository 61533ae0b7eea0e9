# Everything here works without a terminal, and installs only what is missing.

PRODUCTS := sheaf sheaf-supervisor sheaf-steampipe
TORTURE_ROUNDS ?= 500

.DEFAULT_GOAL := build
.PHONY: build quickstart test bench torture clean

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
	SHEAF_TORTURE_ROUNDS=$(TORTURE_ROUNDS) swift test --filter Torture

clean:
	swift package clean
	rm -rf .build/quickstart .build/test.log
