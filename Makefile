PYTHON ?= .venv/bin/python
export DEBUG = 1

.PHONY: check format lint types contracts migrations test oracles api-snapshot api-fuzz api-clients
check: lint types contracts migrations test

format:
	$(PYTHON) -m ruff format .
	$(PYTHON) -m ruff check --fix .

lint:
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	$(dir $(PYTHON))djade --check $$(git ls-files 'templates/*.html')

types:
	$(PYTHON) -m mypy

contracts:
	$(dir $(PYTHON))lint-imports

migrations:
	$(PYTHON) manage.py makemigrations --check --dry-run

test:
	$(PYTHON) -m pytest

# The independent oracles and laws at the size that changes of engine, pricing or product model are held to.
oracles: export ENGINE_MODELS = 5000
oracles: export PRICE_MODELS = 10000
oracles: export COMPLETE_MODELS = 400
oracles: export RENAMED_MODELS = 400
oracles: export GLTF_MODELS = 120
oracles:
	$(PYTHON) -m pytest tests/pricing/test_against_oracle.py tests/configurator/completion/test_objectives.py \
	  tests/configurator/test_complete_law.py tests/configurator/test_renaming.py tests/configurator/engine \
	  tests/configurator_site/test_demo_gltf.py

# The OpenAPI document as callers of the newest version may rely on it; refuses what would break them.
api-snapshot:
	$(PYTHON) -m tests.integrations.api.write_snapshot

# Minutes, and the network for what asks: schemathesis with two seeds, and clients in Python and TypeScript (needs npm).
FOLDER ?= /tmp/api
api-fuzz:
	$(PYTHON) -m tests.integrations.api.try_schemathesis $(FOLDER)/schemathesis 1 2

api-clients:
	$(PYTHON) -m tests.integrations.api.try_generators $(FOLDER)/generators
