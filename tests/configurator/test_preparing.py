"""Nobody waits for what could have been compiled before: at publish, at the start of a server, on
the command line.
"""

import logging
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks, Settings

from catalog import drafts
from catalog.jobs.worker import work_off
from catalog.memory import forget_all
from catalog.models import Merchant, Version
from catalog.operations import publish
from configurator import offers, preparing
from configurator.answering import follow
from configurator.background import Background
from configurator.engine.face.choices import EngineRefused
from configurator.engine.solver import search
from configurator.offers import compiled_files, published
from tests.examples.desk import desk
from tests.factories import make_merchant, make_product, make_version

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.COMPILED_DIR = tmp_path / "compiled"
    forget_all()
    return settings.COMPILED_DIR


@pytest.fixture
def no_compiling(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("compiled anew")

    monkeypatch.setattr(offers, "compile_product", refuse)


def names(folder: Path) -> set[str]:
    return {path.name.partition("-")[0] for path in folder.iterdir()} if folder.exists() else set()


def test_what_is_published_is_compiled_by_a_worker_before_anybody_asks(
    folder: Path, merchant: Merchant
) -> None:
    version = publish(make_product(merchant))
    assert names(folder) == set()
    work_off()
    assert names(folder) == {version.digest}


def test_what_was_not_published_after_all_is_not_compiled(folder: Path, merchant: Merchant) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        publish(make_product(merchant))
        raise ZeroDivisionError
    work_off()
    assert names(folder) == set()


def test_without_a_place_to_hand_it_over_the_server_that_publishes_compiles(
    settings: Settings,
    merchant: Merchant,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    waiting: list[Callable[[], object]] = []
    monkeypatch.setattr(preparing.background, "serves", True)
    monkeypatch.setattr(preparing.background, "do", waiting.append)
    with django_capture_on_commit_callbacks() as committed:
        publish(make_product(merchant))
    assert waiting == []  # not before the transaction is through
    for callback in committed:
        callback()
    assert len(waiting) == 1
    assert work_off() == 0


def test_after_a_restart_nothing_is_compiled(
    folder: Path, desk_version: Version, request: pytest.FixtureRequest
) -> None:
    before = published("joinery", "desk").product.model
    forget_all()
    request.getfixturevalue("no_compiling")
    assert published("joinery", "desk").product.model == before


def test_what_somebody_waited_for_is_kept_for_the_next_restart(
    folder: Path, desk_version: Version
) -> None:
    assert names(folder) == set()
    published("joinery", "desk")
    assert names(folder) == {desk_version.digest}


def test_without_a_place_everything_is_answered_all_the_same(
    settings: Settings, desk_version: Version
) -> None:
    assert compiled_files() is None
    assert published("joinery", "desk").product.model.digest == desk_version.digest


def test_a_server_prepares_the_newest_versions_of_all_merchants_when_it_starts(
    folder: Path, merchant: Merchant
) -> None:
    old = make_version(merchant)
    new = make_version(merchant, desk(name="Desk, second edition"))
    other = make_version(make_merchant("other"), desk(name="Another desk"))
    preparing._prepare_current()
    assert names(folder) == {new.digest, other.digest}
    assert old.digest not in names(folder)


def test_one_version_that_cannot_be_prepared_keeps_no_other_from_it(
    folder: Path,
    merchant: Merchant,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    good = make_version(merchant)
    bad = make_version(make_merchant("other"), desk(name="Another desk"))
    compile_product = offers.compile_product

    def compiled(model, *engine):
        if model.digest == bad.digest:
            raise EngineRefused("This release cannot hold it.")
        return compile_product(model, *engine)

    monkeypatch.setattr(offers, "compile_product", compiled)
    preparing._prepare_current()
    assert names(folder) == {good.digest}
    assert "cannot be prepared" in caplog.text


def test_a_task_beside_the_requests_runs_in_a_thread_and_its_failure_stops_no_other(
    caplog: pytest.LogCaptureFixture,
) -> None:
    server, seen, done = Background(), [], threading.Event()
    server.do(lambda: seen.append(threading.current_thread().name))
    assert seen == ["MainThread"]
    server.serve()
    server.do(lambda: 1 / 0)
    server.do(lambda: (seen.append(threading.current_thread().name), done.set()))
    assert done.wait(60)
    assert seen == ["MainThread", "background"]
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


@pytest.fixture
def no_solver_built(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    def refuse(**_: object) -> None:
        raise AssertionError("a solver is built in a shopper's click")

    return lambda: monkeypatch.setattr(search, "Minisat22", refuse)


@pytest.mark.parametrize("restarted", [False, True])
def test_a_server_builds_no_solver_in_a_refused_click(
    restarted: bool,
    folder: Path,
    desk_version: Version,
    monkeypatch: pytest.MonkeyPatch,
    no_solver_built: Callable[[], None],
) -> None:
    if restarted:
        published("joinery", "desk")
        forget_all()
    waiting: list[Callable[[], object]] = []
    monkeypatch.setattr(offers.background, "serves", True)
    monkeypatch.setattr(offers.background, "do", waiting.append)
    offer = published("joinery", "desk")
    for task in waiting:
        task()
    no_solver_built()
    assert follow(offer, {}, {"top": "glass"}).conflict is None
    refused = follow(offer, {"top": "glass"}, {"frame": "oak"})
    assert refused.conflict is not None and refused.conflict.repairs


def test_a_command_builds_no_solver_that_nobody_asks(
    folder: Path, desk_version: Version, no_solver_built
) -> None:
    published("joinery", "desk")
    forget_all()
    no_solver_built()
    assert published("joinery", "desk").product.model.product == "desk"


# -- manage.py warm


def test_an_operator_warms_all_products_of_a_merchant(
    folder: Path, merchant: Merchant, capsys
) -> None:
    old = make_version(merchant)
    new = make_version(merchant, desk(name="Desk, second edition"))
    make_version(make_merchant("other"), desk(name="Another desk"))
    call_command("warm", "--merchant", merchant.slug)
    assert names(folder) == {new.digest}
    assert "joinery/desk, version 2: ready" in capsys.readouterr().out
    call_command("warm", "--merchant", merchant.slug, "--all")
    assert names(folder) == {old.digest, new.digest}


def test_warming_tells_what_keeps_it_from_it(
    folder: Path, settings: Settings, desk_version: Version, tmp_path
) -> None:
    (tmp_path / "file").touch()
    settings.COMPILED_DIR = tmp_path / "file" / "compiled"
    forget_all()
    with pytest.raises(CommandError, match="1 could not be prepared"):
        call_command("warm")
    settings.COMPILED_DIR = None
    forget_all()
    with pytest.raises(CommandError, match="Set SECRET_KEY"):
        call_command("warm")


def test_a_draft_alone_is_never_prepared(folder: Path, merchant: Merchant) -> None:
    assert drafts.read(make_product(merchant)).product == "desk"
    preparing._prepare_current()
    assert names(folder) == set()
