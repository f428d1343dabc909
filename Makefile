# The repository's chores. `make` lists them.

PYTHON ?= python3
STAY ?=
BIN := .venv/bin

# The tests start hundreds of programs: none should have to compile all of mailbot.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help env demo test bench scale lint accuracy crashes workers faults mailbox simulate guards soak pictures catalogue fuzz mutants lock clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

env: .venv/.test ## Build .venv with everything the tests need

demo: .venv/.demo ## Show the bot at work on mail servers of its own (STAY=1: leave them running)
	@.ci/ocr-data
	@$(BIN)/mailbot demo $(if $(filter-out 0,$(STAY)),--stay)

test: .venv/.test ## Check style and types, and run the tests (WHOLE=1: every case of the long lists)
	@.ci/system-packages
	@.ci/ocr-data
	@$(MAKE) --no-print-directory -j2 lint compiled
	@# three for two cores: one of them mostly waits for a server
	$(BIN)/pytest -n 3 --dist loadfile --no-loadscope-reorder

.PHONY: compiled
compiled: # once, while types are checked, rather than by each worker
	@$(BIN)/pytest --collect-only -q | tail -1

bench: .venv/.test ## Time us beside the bare libraries and the plain tesseract command
	@MORE=tesseract-ocr .ci/system-packages
	@.ci/ocr-data
	@PYTHONPATH=.:tests $(BIN)/python -m benchmarks

scale: .venv/.test ## Play March with the whole country's requests (docs/scale.md)
	@PYTHONPATH=.:tests $(BIN)/python -m benchmarks.scale

lint: .venv/.test ## Check style and types only
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

accuracy: .venv/.test ## Measure how well requests are read (ACCURACY_N= a kind, SEED=, ONLY=kind or kind:seed)
	@.ci/ocr-data
	@$(BIN)/python tests/accuracy.py

fuzz: .venv/.deep ## Look for input that breaks a reader (FUZZ_SECONDS=600 in all, ONLY=target)
	@PYTHONPATH=.:tests $(BIN)/python -m fuzz

mutants: .venv/.deep ## Look for guards whose tests would not miss them (ONLY=module, as trust/gate)
	@nice -n 10 $(BIN)/python tests/mutants.py

pictures: .venv/.demo ## Take the pictures of the main mails in docs/pictures (needs chromium)
	@.ci/ocr-data
	@$(BIN)/mailbot demo --out demo-out
	@$(BIN)/python docs/make_pictures.py demo-out

catalogue: .venv/.test ## Compile what the command line says in its languages (.po) into what is read
	$(BIN)/pybabel compile -d mailbot/cli/locale -D click
	$(BIN)/pybabel compile -d mailbot/cli/locale -D mailbot
	$(BIN)/pybabel compile -d mailbot/cli/locale -D said

crashes: .venv/.test ## Kill the bot at every point of every scenario (SEED=, TWICE=share killed again)
	@.ci/system-packages
	@PYTHONPATH=. $(BIN)/python tests/crash_matrix.py $(ONLY)
	@[ -n "$(ONLY)" ] || SAGA=all $(BIN)/python -m pytest -q -p no:cacheprovider tests/test_saga.py

workers: .venv/.test ## Kill workers and readers over PostgreSQL at random (WORKERS_MINUTES=5, SEED=1)
	@.ci/system-packages
	@PYTHONPATH=.:tests $(BIN)/python tests/workers.py

simulate: .venv/.test ## Play histories at random (SIM_N=10000, SEED=1, JOBS=2)
	@PYTHONPATH=. $(BIN)/python tests/simulation.py

guards: .venv/.test ## Break every guard on purpose: something has to notice
	@.ci/system-packages
	@PYTHONPATH=. $(BIN)/python tests/guards.py

soak: .venv/.test ## Run the service for long with kills and faults (SOAK_MINUTES=60, SEED=1), then a million histories
	@.ci/system-packages
	@PYTHONPATH=. $(BIN)/python tests/soak.py
	@SIM_N=$${SIM_N:-1000000} PYTHONPATH=. $(BIN)/python tests/simulation.py

faults: .venv/.test ## Let every fault befall mail and PostgreSQL in every state of a case (SHARE=1/2: half)
	@.ci/system-packages
	@PYTHONPATH=.:tests $(BIN)/python tests/faults.py $(SHARE)
	@PYTHONPATH=.:tests $(BIN)/python tests/faults_database.py $(SHARE)

mailbox: .venv/.test ## Measure what a poll of a mailbox of MAILS= (100000) mails costs
	@.ci/system-packages
	@PYTHONPATH=.:tests $(BIN)/python tests/mailbox_bench.py $(MAILS)

lock: ## Write into constraints.txt the newest versions that work together
	@PYTHON='$(PYTHON)' .ci/lock

clean: ## Remove all that the other targets made
	rm -rf .venv .rival demo-out build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .fuzz .mutants
	find mailbot tests -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps: .venv is built anew only when what it is made from has changed.
.venv/.%: pyproject.toml constraints.txt
	@PYTHON='$(PYTHON)' .ci/environment $*
