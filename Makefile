# The front door. `make` alone lists what there is; ARGS=... is handed on to the command behind.
.DEFAULT_GOAL := help
BIN := .venv/bin

.PHONY: help setup runtime dev parts till demo test lint sim mutants bench durability replay clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

setup: dev parts ## Make .venv and add the system's parts that tests use

runtime:
	@scripts/setup runtime

dev:
	@scripts/setup dev

parts: dev
	@scripts/system-parts

till: runtime ## Build the till in the browser
	@scripts/till

demo: runtime ## Three stores, headquarters and a broker, live (STORY=once: prove it and exit)
	@$(BIN)/evertill-provision demo $(if $(STORY),--story $(STORY)) $(ARGS)

test: dev parts ## Run every test (ARGS="tests/sync -x": some of them)
	$(if $(ARGS),,@scripts/till test)
	@$(BIN)/pytest -n logical --maxprocesses 4 --dist loadgroup $(ARGS)

lint: dev ## Check style, types and the import law
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@scripts/till check

sim: dev ## Simulate a whole chain with faults (SEEDS=10000 FIRST=0, or SEED=n to replay one)
	@$(BIN)/python -m tests.simulation $(if $(SEEDS),--seeds $(SEEDS)) \
		$(if $(FIRST),--first $(FIRST)) $(if $(SEED),--seed $(SEED)) $(ARGS)

mutants: dev ## See that planted faults in the product are caught by the simulation
	@$(BIN)/python -m tests.simulation.mutants $(ARGS)

bench: dev ## Measure, beside the limits of this machine
	@$(BIN)/python -m benchmarks $(ARGS)

durability: dev ## Kill nodes, brokers and headquarters in loops, and cut the power
	@$(BIN)/python -m tests.durability $(ARGS)

replay: dev ## Sell half a million real lines through five stores
	@$(BIN)/python -m benchmarks.replay_uci $(ARGS)

clean: ## Remove the environment and every cache
	@rm -rf .venv build dist ./*.egg-info .*_cache .hypothesis edge/till/node_modules edge/till/dist
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
