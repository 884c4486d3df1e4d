"""Compiled products on disk: what was compiled once is ready after a restart.

A file holds a product model, what the engine made of it, and what the engine has proved about the
first page. Reading one runs what is in it, so each is signed and read only if the signature is
right. A file that is missing, damaged, signed by somebody else or made by other code is as good as
none: the product is compiled anew. Files appear whole or not at all, and several processes may use
one folder.
"""

import contextlib
import gc
import hashlib
import hmac
import logging
import os
import pickle
import platform
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path

from catalog.errors import Refusal
from catalog.product_model import Text
from configurator.compiled_product import CompiledProduct, compile_product
from configurator.engine.face.choices import deduce, default_completion
from configurator.evaluation.evaluate import evaluate
from pricing.breakdown import compile_prices
from pricing.price_list import PriceList

_LOG = logging.getLogger(__name__)
_MARK = b"compiled product 1\n"
_SUFFIX = ".compiled"
_HALF_WRITTEN = ".writing"
_ABANDONED_SECONDS = 3600
_MOST_VALUES = 500


class CompiledFiles:
    """The compiled products in `folder`, signed with `key`, together at most `most_bytes` long.

    Nothing here raises because of the disk: what cannot be read or written is logged once.
    """

    def __init__(self, folder: Path, key: bytes, most_bytes: int) -> None:
        self.folder = folder
        self._key = key
        self._most_bytes = most_bytes
        self._logged: set[str] = set()

    def path(self, digest: str) -> Path:
        """Return where the product with this digest is kept by this code, under this key."""
        made_by = hmac.digest(self._key, _made_by(), "sha256").hex()
        return self.folder / f"{digest}-{made_by[:16]}{_SUFFIX}"

    def load(self, digest: str) -> CompiledProduct | None:
        """Return the compiled product, or None where it has to be compiled anew."""
        path = self.path(digest)
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            self._log_once(
                f"{path} cannot be read ({error.strerror}); its product is compiled anew."
            )
            return None
        start = len(_MARK) + hashlib.sha256().digest_size
        signature, payload = content[len(_MARK) : start], memoryview(content)[start:]
        if not content.startswith(_MARK) or not hmac.compare_digest(
            signature, self._signature(path.name, payload)
        ):
            self._log_once(
                f"{path} is damaged, or was not written by this site; its product is compiled anew."
            )
            self._remove(path)
            return None
        try:
            with _without_collecting():
                model, engine, proofs, answers = pickle.loads(payload)  # noqa: S301 (signed by us)
            engine.search.learn(*proofs)
            engine.memory.learn(answers)
            product = compile_product(model, engine)
        except Exception:
            self._log_once(
                f"{path} does not fit this code; its product is compiled anew.", traceback=True
            )
            self._remove(path)
            return None
        with contextlib.suppress(OSError):
            os.utime(path)
        return product

    def keep(self, digest: str, product: CompiledProduct) -> bool:
        """Write the compiled product, unless it is there; remove what was not used for longest
        where there is too much.

        First everything is asked that the first page asks: those answers are kept with it. Tells
        whether the file is there now.
        """
        path = self.path(digest)
        if path.is_file():
            return True
        try:
            payload = _pickled(product)
        except Exception:
            self._log_once(
                f"Product {digest} cannot be written down; it is compiled anew each time.",
                traceback=True,
            )
            return False
        if len(payload) > self._most_bytes:
            self._log_once(
                f"Product {digest} takes {len(payload):,} bytes, more than all of {self.folder} may."
            )
            return False
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write_whole(path, _MARK + self._signature(path.name, payload) + payload)
            self._remove_oldest(path)
        except OSError as error:
            self._log_once(
                f"Compiled products cannot be kept in {self.folder} ({error.strerror}); "
                "all are compiled anew after a restart."
            )
            return False
        return True

    def _signature(self, name: str, payload: bytes | memoryview) -> bytes:
        # With the name in it, a file is not taken for another product's.
        signed = hmac.new(self._key, name.encode() + b"\n", "sha256")
        signed.update(payload)
        return signed.digest()

    def _remove_oldest(self, kept: Path) -> None:
        """Remove files until the rest is small enough, `kept` last, and what a process that died
        left half-written.
        """
        files: list[tuple[float, int, Path]] = []
        with os.scandir(self.folder) as entries:
            for entry in entries:
                with contextlib.suppress(OSError):
                    facts = entry.stat(follow_symlinks=False)
                    if entry.name.endswith(_SUFFIX):
                        files.append((facts.st_mtime, facts.st_size, Path(entry.path)))
                    elif (
                        entry.name.endswith(_HALF_WRITTEN)
                        and facts.st_mtime < time.time() - _ABANDONED_SECONDS
                    ):
                        Path(entry.path).unlink()
        too_much = sum(size for _, size, _ in files) - self._most_bytes
        for _, size, path in sorted(files):
            if too_much <= 0:
                return
            if path != kept:
                self._remove(path)
                too_much -= size

    def _remove(self, path: Path) -> None:
        with contextlib.suppress(OSError):
            path.unlink()

    def _log_once(self, sentence: str, traceback: bool = False) -> None:
        if sentence not in self._logged:
            self._logged.add(sentence)
            _LOG.warning(sentence, exc_info=traceback)


def _pickled(product: CompiledProduct) -> bytes:
    engine = product.engine
    _ask_first_questions(product)
    kept = product.model, engine, engine.search.proofs(), engine.memory.first_answers()
    _ = product.model.digest  # computed once, and kept with the model
    for _ in range(3):
        # Who uses the product meanwhile may be filling in what its parts compute once.
        with contextlib.suppress(RuntimeError):
            return pickle.dumps(kept, pickle.HIGHEST_PROTOCOL)
    return pickle.dumps(kept, pickle.HIGHEST_PROTOCOL)


def _ask_first_questions(product: CompiledProduct) -> None:
    """Ask all that the first page asks; of a product with very many values, only what it says of
    the options.
    """
    with contextlib.suppress(Refusal):
        if sum(len(option.values) for option in product.model.options) <= _MOST_VALUES:
            # The engine is asked the same whatever the prices are.
            terms = PriceList("any", Text("Any"), product.model.currency)
            evaluate(product, compile_prices(product.model, terms), {})
        elif deduce(product.engine, {}).consistent:
            default_completion(product.engine, {})


def _write_whole(path: Path, content: bytes) -> None:
    """Write a file that is there as a whole or not at all, even if the machine stops meanwhile."""
    handle, name = tempfile.mkstemp(suffix=_HALF_WRITTEN, dir=path.parent)
    written = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        written.replace(path)
    except BaseException:
        written.unlink(missing_ok=True)
        raise
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


@contextlib.contextmanager
def _without_collecting() -> Iterator[None]:
    """Keep the garbage collector from walking, again and again, over objects that are all going to
    stay.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@cache
def _made_by() -> bytes:
    """Return a digest of all that decides what a file means: our code, the libraries it pickles,
    the machine.
    """
    digest = hashlib.sha256(_MARK)
    for package in ("numpy", "python-sat", "pydantic"):
        digest.update(f"{package} {version(package)}\n".encode())
    digest.update(
        f"{sys.implementation.cache_tag} {sys.version} {platform.machine()} {sys.maxsize}\n".encode()
    )
    rooms = Path(__file__).resolve().parent.parent
    for source in sorted(
        [*(rooms / "catalog").rglob("*.py"), *(rooms / "configurator").rglob("*.py")]
    ):
        digest.update(
            source.relative_to(rooms).as_posix().encode() + b"\0" + source.read_bytes() + b"\0"
        )
    return digest.digest()
