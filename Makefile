.DEFAULT_GOAL := help
.PHONY: help setup run test check fix bench clean

help: ## Say what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-6s  %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Install what this checkout needs and build the web pages
	@.ci/setup

run: ## Set up, then database, demo data and server at 127.0.0.1:8000 (Ctrl-C stops all)
	@.ci/setup
	@exec .venv/bin/gongdi run

test: ## Set up with the browser, then every test
	@.ci/setup --browser
	@.ci/test

check: ## Lint, types, import contracts, budgets, drift
	@.ci/setup
	@.ci/check

fix: ## Format, repair, write generated files anew
	@.ci/setup
	@.ci/fix

bench: ## Benchmarks
	@.ci/setup
	@.ci/bench

clean: ## Remove what the above made, except your data in .local
	@[ ! -x .venv/bin/gongdi ] || .venv/bin/gongdi db stop
	rm -rf .venv web/node_modules web/dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis *.egg-info
