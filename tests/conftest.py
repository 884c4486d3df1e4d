"""Fixtures that the tests of several rooms share."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest
from pytest_django.fixtures import Settings

from catalog import checking, checks
from catalog.findings import Finding, Progress
from catalog.memory import forget_all
from catalog.models import Merchant, Product, Version
from catalog.product_model import ProductModel
from tests.factories import make_merchant, make_version

# A machine that does other things meanwhile is slow, and nothing is wrong with what was drawn.
hypothesis.settings.register_profile(
    "patient", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("patient")

# Where random models and examples start: each day anew, and all runs of a day alike, so that what
# passed here passes where it is checked.
SEEDS = ("ENGINE_SEED", "PRICE_SEED", "RENAMED_SEED")
TODAY = f"{datetime.now(UTC):%Y%m%d}"
for seed in SEEDS:
    os.environ.setdefault(seed, TODAY)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    if config.option.hypothesis_seed is None:
        config.option.hypothesis_seed = TODAY


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    told = " ".join(f"{each}={os.environ[each]}" for each in SEEDS)
    terminalreporter.write_line(
        f"random models: {told} --hypothesis-seed={terminalreporter.config.option.hypothesis_seed}"
    )


@pytest.fixture(autouse=True)
def own_files(settings: Settings, tmp_path: Path) -> None:
    """Keep uploaded pictures of a test in a folder of its own."""
    default = {**settings.STORAGES["default"], "OPTIONS": {"location": tmp_path / "files"}}
    settings.STORAGES = {**settings.STORAGES, "default": default}


@pytest.fixture(autouse=True)
def fresh_process() -> None:
    """Forget what earlier tests left in memory: the rows of one test are not those of the next."""
    forget_all()


def _patches(request: pytest.FixtureRequest) -> bool:
    """Whether a test, or a fixture of ours that it asks for, patches something."""
    ours = [
        each[-1] for each in request.node._fixtureinfo.name2fixturedefs.values() if each[-1].baseid
    ]
    return any(
        "monkeypatch" in names
        for names in [request.node._fixtureinfo.argnames, *(each.argnames for each in ours)]
    )


_FOUND: dict[str, tuple[Finding, ...]] = {}


@pytest.fixture(autouse=True)
def findings_once(request: pytest.FixtureRequest) -> Iterator[None]:
    """Seek once in a run of the tests what the checks find in a product that several of them
    publish.

    A test that patches anything, or is told of the progress, seeks for itself.
    """
    if _patches(request):
        yield
        return
    seek = checking.findings_of

    def remembering(
        product: Product, model: ProductModel, *progress: Callable[[Progress], object]
    ) -> tuple[Finding, ...]:
        if progress:
            return seek(product, model, *progress)
        key = checking._digest(model, checks.beside(product))
        if key not in _FOUND:
            _FOUND[key] = seek(product, model)
        return _FOUND[key]

    with pytest.MonkeyPatch.context() as patching:
        patching.setattr(checking, "findings_of", remembering)
        yield


@pytest.fixture
def merchant(db: None) -> Merchant:
    return make_merchant()


@pytest.fixture
def desk_version(merchant: Merchant) -> Version:
    return make_version(merchant)
