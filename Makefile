# The repository's chores. `make` lists them.

PYTHON ?= python3
STAY ?=
BIN := .venv/bin

.PHONY: help env demo test bench lint accuracy faults mailbox lock clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

env: .venv/.test ## Build .venv with everything the tests need

demo: .venv/.demo ## Show the bot at work on mail servers of its own (STAY=1: leave them running)
	@.ci/ocr-data
	@$(BIN)/mailbot demo $(if $(filter-out 0,$(STAY)),--stay)

test: .venv/.test ## Check style and types, and run every test
	@.ci/system-packages
	@.ci/ocr-data
	@$(MAKE) --no-print-directory lint
	$(BIN)/pytest -n 2 --dist loadfile

bench: .venv/.test ## Time us beside the bare libraries and the plain tesseract command
	@.ci/ocr-data
	@PYTHONPATH=.:tests $(BIN)/python -m benchmarks

lint: .venv/.test ## Check style and types only
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

accuracy: .venv/.test ## Measure how well requests are read (ACCURACY_N= a kind, SEED=, ONLY=kind or kind:seed)
	@.ci/ocr-data
	@$(BIN)/python tests/accuracy.py

faults: .venv/.test ## Let every fault befall the mail wires in every state of a case (SHARE=1/2 for half of it)
	@.ci/system-packages
	@PYTHONPATH=.:tests $(BIN)/python tests/faults.py $(SHARE)

mailbox: .venv/.test ## Measure what a poll of a mailbox of MAILS= (100000) mails costs
	@.ci/system-packages
	@PYTHONPATH=.:tests $(BIN)/python tests/mailbox_bench.py $(MAILS)

lock: ## Write into constraints.txt the newest versions that work together
	@PYTHON='$(PYTHON)' .ci/lock

clean: ## Remove all that the other targets made
	rm -rf .venv demo-out build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find mailbot tests -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps: .venv is built anew only when what it is made from has changed.
.venv/.%: pyproject.toml constraints.txt
	@PYTHON='$(PYTHON)' .ci/environment $*
