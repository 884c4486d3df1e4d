"""Files that wait between two pages: what somebody brings is shown first, and taken when it is
confirmed.

They lie where pictures lie, so that any process finds them, under a name that nobody can guess;
after a day they go.
"""

import json
import re
import secrets
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import timedelta

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.utils import timezone

from catalog.errors import NotFound
from catalog.models import Merchant

KEPT_FOR = timedelta(days=1)
_FOLDER = "uploads"
_NAMES = "names.json"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,40}")


def keep_files(merchant: Merchant, files: Sequence["File[bytes]"]) -> str:
    """Keep `files` for a day, and return the token under which `kept_files` finds them for
    `merchant`.
    """
    _forget_old()
    token = secrets.token_urlsafe(20)
    folder = _folder(merchant, token)
    for place, file in enumerate(files):
        default_storage.save(f"{folder}/{place}", file)
    names = json.dumps([str(file.name) for file in files])
    default_storage.save(f"{folder}/{_NAMES}", ContentFile(names.encode()))
    return token


@contextmanager
def kept_files(merchant: Merchant, token: str) -> Iterator[list["File[bytes]"]]:
    """Open the files kept under `token`, each with its name; refuse with NotFound what is not
    there.
    """
    folder = _folder(merchant, token)
    if not _TOKEN.fullmatch(token) or not default_storage.exists(f"{folder}/{_NAMES}"):
        raise NotFound("The file was kept for a day, and is gone; choose it once more.")
    with default_storage.open(f"{folder}/{_NAMES}") as names:
        named = json.loads(names.read())
    with ExitStack() as opened:
        files = [
            opened.enter_context(default_storage.open(f"{folder}/{place}"))
            for place in range(len(named))
        ]
        for file, name in zip(files, named, strict=True):
            file.name = name
        yield files


def forget_files(merchant: Merchant, token: str) -> None:
    """Delete what is kept under `token`; nothing where it is gone already."""
    if _TOKEN.fullmatch(token):
        _delete(_folder(merchant, token))


def _folder(merchant: Merchant, token: str) -> str:
    return f"{_FOLDER}/{merchant.pk}-{token}"


def _forget_old() -> None:
    if not default_storage.exists(_FOLDER):
        return
    before = timezone.now() - KEPT_FOR
    for name in default_storage.listdir(_FOLDER)[0]:
        names = f"{_FOLDER}/{name}/{_NAMES}"
        if default_storage.exists(names) and default_storage.get_modified_time(names) < before:
            _delete(f"{_FOLDER}/{name}")


def _delete(folder: str) -> None:
    if default_storage.exists(folder):
        for name in default_storage.listdir(folder)[1]:
            default_storage.delete(f"{folder}/{name}")
        default_storage.delete(folder)
