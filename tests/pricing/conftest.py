"""The seed of the random price models: drawn here unless `PRICE_SEED` gives it, and told at the end
of every run.
"""

import os
import random

import pytest

os.environ.setdefault("PRICE_SEED", str(random.SystemRandom().randrange(1, 10**9)))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.write_line(f"random price models: PRICE_SEED={os.environ['PRICE_SEED']}")
