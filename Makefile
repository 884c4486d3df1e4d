PYTHON ?= .venv/bin/python
export DEBUG = 1

.PHONY: check format lint types contracts migrations test
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
