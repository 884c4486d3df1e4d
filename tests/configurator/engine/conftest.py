"""The seed of the random models: drawn here unless `ENGINE_SEED` gives it, and told at the end of
every run.
"""

import os
import random

import pytest

os.environ.setdefault("ENGINE_SEED", str(random.SystemRandom().randrange(1, 10**9)))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.write_line(
        f"random models of the engine: ENGINE_SEED={os.environ['ENGINE_SEED']}"
    )
