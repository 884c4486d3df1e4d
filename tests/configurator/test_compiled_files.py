"""Compiled products survive a restart, and nothing that lies on the disk can do harm."""

import errno
import logging
import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from catalog.product_model import Text, read
from configurator import compiled_files
from configurator.compiled_files import CompiledFiles
from configurator.compiled_product import CompiledProduct, compile_product
from configurator.engine.face.choices import deduce, default_completion
from configurator.evaluation.evaluate import evaluate
from configurator.evaluation_json import evaluation_json
from configurator_site.demo import loading
from pricing.breakdown import compile_prices
from pricing.price_list import PriceList
from pricing.product_file import read_product_file
from tests.examples.desk import desk as desk_model

KEY = b"a key that nobody else has"
ROOMY = 100_000_000


@pytest.fixture
def files(tmp_path: Path) -> CompiledFiles:
    return CompiledFiles(tmp_path / "compiled", KEY, ROOMY)


@pytest.fixture
def desk() -> CompiledProduct:
    return compile_product(desk_model())


def kept(files: CompiledFiles, product: CompiledProduct) -> Path:
    assert files.keep(product.model.digest, product)
    return files.path(product.model.digest)


def loaded(files: CompiledFiles, product: CompiledProduct) -> CompiledProduct | None:
    return CompiledFiles(files.folder, KEY, ROOMY).load(product.model.digest)


def answers(product: CompiledProduct) -> list[Any]:
    """Return what the engine tells before anything is chosen."""
    settled = default_completion(product.engine, {})
    return [deduce(product.engine, {}), settled.values, settled.sources, settled.unsettled]


def test_what_was_kept_gives_the_same_evaluations(
    files: CompiledFiles, desk: CompiledProduct
) -> None:
    kept(files, desk)
    again = loaded(files, desk)
    assert again is not None
    assert again.model == desk.model
    prices = compile_prices(desk.model, PriceList("default", Text("Default"), desk.model.currency))
    for choices in ({}, {"frame": "oak"}, {"top": "glass"}, {"top": "glass", "frame": "oak"}):
        assert evaluation_json(evaluate(again, prices, choices)) == evaluation_json(
            evaluate(desk, prices, choices)
        )


@pytest.mark.parametrize("name", loading.PRODUCTS)
def test_every_demo_product_can_be_kept(files: CompiledFiles, name: str) -> None:
    path = loading.FOLDER / f"{name}.yaml"
    product = compile_product(read_product_file(path.read_text(encoding="utf-8"), path.name).model)
    kept(files, product)
    again = loaded(files, product)
    assert again is not None
    assert answers(again) == answers(product)


def test_the_first_questions_need_no_solver(files: CompiledFiles, desk: CompiledProduct) -> None:
    kept(files, desk)
    again = loaded(files, desk)
    assert again is not None
    answers(again)
    assert again.engine.search._solver is None


# -- what may lie on the disk


@pytest.mark.parametrize("left", [0, 1, 19, 40, 51, 1_000])
def test_a_truncated_file_is_as_good_as_none(
    files: CompiledFiles, desk: CompiledProduct, left: int, caplog: pytest.LogCaptureFixture
) -> None:
    path = kept(files, desk)
    path.write_bytes(path.read_bytes()[:left])
    assert files.load(desk.model.digest) is None
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert kept(files, desk).stat().st_size > left
    assert loaded(files, desk) is not None


class Harm:
    """Leaves a file behind when somebody unpickles it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.path,)


def test_nothing_in_a_file_with_a_wrong_signature_is_run(
    files: CompiledFiles, desk: CompiledProduct, tmp_path: Path
) -> None:
    path = kept(files, desk)
    head = path.read_bytes()[: len(compiled_files._MARK) + 32]
    path.write_bytes(head + pickle.dumps(Harm(tmp_path / "harm")))
    assert files.load(desk.model.digest) is None
    assert not (tmp_path / "harm").exists()
    pickle.loads(pickle.dumps(Harm(tmp_path / "harm")))
    assert (tmp_path / "harm").exists()


def test_one_flipped_bit_is_noticed(files: CompiledFiles, desk: CompiledProduct) -> None:
    path = kept(files, desk)
    content = path.read_bytes()
    for place in (0, len(compiled_files._MARK), len(content) // 2, len(content) - 1):
        path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        assert files.load(desk.model.digest) is None


def test_a_file_of_another_product_is_not_taken_for_this_one(
    files: CompiledFiles, desk: CompiledProduct
) -> None:
    other = "0" * 64
    path = kept(files, desk)
    path.replace(files.path(other))
    assert files.load(other) is None


def test_another_key_and_other_code_find_nothing(
    files: CompiledFiles, desk: CompiledProduct, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept(files, desk)
    assert CompiledFiles(files.folder, b"another key", ROOMY).load(desk.model.digest) is None
    monkeypatch.setattr(compiled_files, "_made_by", lambda: b"other code")
    assert loaded(files, desk) is None


def test_what_no_longer_fits_is_compiled_anew(
    files: CompiledFiles,
    desk: CompiledProduct,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with monkeypatch.context() as other_code:
        other_code.setattr(
            compiled_files, "_pickled", lambda product: pickle.dumps("something else")
        )
        path = kept(files, desk)
    assert files.load(desk.model.digest) is None
    assert "does not fit" in caplog.text
    assert not path.exists()


# -- what a disk can do


@pytest.fixture
def closed_folder(tmp_path: Path) -> Iterator[Path]:
    """A place where no folder can be made: below a file, which stops even an administrator."""
    (tmp_path / "file").touch()
    yield tmp_path / "file" / "compiled"


def test_without_a_place_to_write_all_works_and_it_is_logged_once(
    closed_folder: Path, desk: CompiledProduct, caplog: pytest.LogCaptureFixture
) -> None:
    files = CompiledFiles(closed_folder, KEY, ROOMY)
    for digest in (desk.model.digest, "1" * 64):
        assert not files.keep(digest, desk)
    assert len([record for record in caplog.records if "cannot be kept" in record.message]) == 1


def test_a_full_disk_leaves_nothing_half_written(
    files: CompiledFiles,
    desk: CompiledProduct,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as disk:
        disk.setattr(compiled_files.os, "fsync", full)
        assert not files.keep(desk.model.digest, desk)
    assert list(files.folder.iterdir()) == []
    assert "No space left" in caplog.text
    assert kept(files, desk).exists()


def test_what_was_not_used_for_longest_goes_first(
    files: CompiledFiles, desk: CompiledProduct
) -> None:
    size = kept(files, desk).stat().st_size
    small = CompiledFiles(files.folder, KEY, int(2.5 * size))
    digests = [desk.model.digest, "1" * 64, "2" * 64]
    small.keep(digests[1], desk)
    for age, digest in enumerate(digests[1::-1], start=1):
        os.utime(small.path(digest), (age, age))
    assert small.load(digests[1]) is not None  # used just now
    small.keep(digests[2], desk)
    assert [small.path(digest).exists() for digest in digests] == [False, True, True]


def test_what_is_larger_than_all_may_be_is_not_written(
    files: CompiledFiles, desk: CompiledProduct
) -> None:
    assert not CompiledFiles(files.folder, KEY, 1_000).keep(desk.model.digest, desk)
    assert not files.folder.exists()


def test_what_a_stopped_process_left_half_written_is_removed_later(
    files: CompiledFiles, desk: CompiledProduct
) -> None:
    files.folder.mkdir()
    fresh, old = files.folder / "a.writing", files.folder / "b.writing"
    for each in (fresh, old):
        each.write_bytes(b"half")
    os.utime(old, (1, 1))
    kept(files, desk)
    assert fresh.exists()
    assert not old.exists()


def test_only_the_owner_can_read_what_is_kept(files: CompiledFiles, desk: CompiledProduct) -> None:
    path = kept(files, desk)
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0


def test_many_may_write_and_read_at_once(files: CompiledFiles, desk: CompiledProduct) -> None:
    def at_once(number: int) -> bool:
        own = CompiledFiles(files.folder, KEY, ROOMY)
        if number % 2:
            files.path(desk.model.digest).unlink(missing_ok=True)
        own.keep(desk.model.digest, desk)
        found = own.load(desk.model.digest)
        return not own._logged and (found is None or found.model == desk.model)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(at_once, range(32)))


def test_another_process_reads_what_this_one_wrote(
    files: CompiledFiles, desk: CompiledProduct
) -> None:
    path = kept(files, desk)
    program = (
        "import sys; from pathlib import Path; from configurator.compiled_files import CompiledFiles\n"
        f"product = CompiledFiles(Path(sys.argv[1]), {KEY!r}, {ROOMY}).load(sys.argv[2])\n"
        "assert product is not None\n"
        "print(product.model.product, product.engine.search._solver)"
    )
    arguments = [sys.executable, "-c", program, str(path.parent), desk.model.digest]
    told = subprocess.run(
        arguments, check=True, capture_output=True, text=True, cwd=Path(__file__).parents[2]
    )
    assert told.stdout.split() == [desk.model.product, "None"]


def test_a_product_that_cannot_exist_is_kept_too(files: CompiledFiles) -> None:
    options = [{"key": "one", "kind": "boolean", "label": "One"}]
    rules = [{"key": "never", "then": "false"}]
    product = compile_product(
        read({"product": "void", "name": "Void", "options": options, "rules": rules})
    )
    kept(files, product)
    assert loaded(files, product) is not None
