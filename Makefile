# Grove: `make demo` and `make test` are the whole set-up; `make help` lists the rest.
SWIFT ?= swift
FLAGS := -c release --explicit-target-dependency-import-check error
FUZZ_FLAGS = $(FLAGS) $(if $(COVERAGE),--scratch-path .build/coverage)
BIN = $(shell $(SWIFT) build $(FLAGS) --show-bin-path)

.PHONY: help bootstrap build demo test parity bench chaos fuzz tensorboard format lint link-check clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

bootstrap: ## Install the Debian packages that the build needs
	@sh Deploy/bootstrap.sh

build: bootstrap ## Build the broker, the worker and the command line client
	$(SWIFT) build $(FLAGS) --product grove
	$(SWIFT) build $(FLAGS) --product grove-broker
	$(SWIFT) build $(FLAGS) --product grove-worker

demo: build ## Train on digits through a real broker and worker; contact sheets in demo/
	@sh Deploy/demo.sh $(BIN) demo

test: bootstrap ## Build everything and run all tests
	$(SWIFT) build $(FLAGS) --build-tests
	@sh Deploy/link-check.sh $(BIN)
	$(SWIFT) test $(FLAGS) --skip-build

parity: bootstrap ## Only the comparison with the authors' numbers, a line a fixture
	$(SWIFT) build $(FLAGS) --build-tests
	@GROVE_PARITY_REPORT=1 $(SWIFT) test $(FLAGS) --skip-build --filter ParityTests

bench: build ## Measure: one JSON line a case; CASES=unet,tree for some, PEERS=1 for other runtimes beside them
	$(SWIFT) build $(FLAGS) --product grove-bench
	$(SWIFT) build $(FLAGS) --product grove-broker
	$(SWIFT) build $(FLAGS) --product grove-worker
	$(SWIFT) build $(FLAGS) --product grove
	@$(if $(PEERS),sh Deploy/peers.sh .venv-peers)
	@$(BIN)/grove-bench --cases "$(CASES)" $(if $(PEERS),--peers .venv-peers/bin/python)

tensorboard: ## Set TensorBoard up in .venv-tensorboard, so that tests hold our event files against it
	python3 -m venv .venv-tensorboard
	.venv-tensorboard/bin/pip install --quiet tensorboard==2.21.0

chaos: build ## Kill, cut and fill: sixteen tests of what the broker promises; FULL=1 for a night, ONLY=2,11, SEED=1
	$(SWIFT) build $(FLAGS) --product FaultyDisk
	$(SWIFT) build $(FLAGS) --product grove-chaos
	@$(BIN)/grove-chaos $(if $(FULL),--full) $(if $(SEED),--seed $(SEED)) $(if $(ONLY),--only $(ONLY))

fuzz: bootstrap ## Hostile input for everything that bytes from outside reach; SECONDS=60, SEED=1, TARGETS=broker,png, COVERAGE=1
	$(if $(COVERAGE),GROVE_COVERAGE=1) $(SWIFT) build $(FUZZ_FLAGS) --product grove-fuzz
	@$$($(SWIFT) build $(FUZZ_FLAGS) --show-bin-path)/grove-fuzz \
		$(if $(SECONDS),--seconds $(SECONDS)) $(if $(SEED),--seed $(SEED)) $(if $(TARGETS),--targets $(TARGETS))

link-check: build ## Show that the client links no BLAS, PNG or SQLite, and the broker no BLAS or PNG
	@sh Deploy/link-check.sh $(BIN)

format: ## Rewrite the sources in the project's style
	$(SWIFT) format format --in-place --recursive Package.swift Sources Clients Tests

lint: ## Check the style
	$(SWIFT) format lint --strict --recursive Package.swift $$(git ls-files '*.swift' | grep -v /Generated/)

clean: ## Remove build products
	rm -rf .build demo
