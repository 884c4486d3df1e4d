"""Pictures and drawings of shoppers: kept, found again, held by configurations, and swept.

They lie apart from the merchants' own pictures, which anybody may see, and by merchant.
"""

import threading
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Sum
from django.tasks import task
from django.utils import timezone

from catalog.errors import NotFound, Refusal
from catalog.jobs.progress import tell
from catalog.kinds.register import kind_of
from catalog.models import Merchant
from catalog.product_model import Choice, ProductModel
from catalog.uploaded import Uploaded, uploaded
from configurator.models import Configuration, Upload
from configurator.prints import uploading

DAYS_KEPT = 30
"""How long a file is kept that no configuration names."""
MOST_LOOSE = 2 * 1024**3
"""How many bytes of files that no configuration names a merchant has at most."""
MOST_AT_ONCE, SECONDS_TO_WAIT = 2, 4
_AT_ONCE = 200
_reading = threading.Semaphore(MOST_AT_ONCE)


class UploadMissing(Refusal):
    """A choice names a file that is not kept, or not any more; `data` has the option."""

    slug = "upload-missing"
    title = "An uploaded file is not here"
    status = 409


class UploadsBusy(Refusal):
    """More files are uploaded than can be read at once, or kept; asking again later helps."""

    slug = "uploads-busy"
    title = "Too many uploads"
    status = 503


def keep_upload(merchant: Merchant, content: bytes) -> Uploaded:
    """Keep what a shopper uploads, made anew, and return what it is called; the same again is the
    same file.

    Refuses with UploadRefused what cannot be printed, and with UploadsBusy.
    """
    if not _reading.acquire(timeout=SECONDS_TO_WAIT):
        raise UploadsBusy(
            "Many files are uploaded at this moment. Try again in a minute.", retry_after=60
        )
    try:
        kept = uploading.kept(content)
    finally:
        _reading.release()
    name, size = kept.file.name, len(kept.content) + len(kept.shown)
    loose = Upload.objects.for_merchant(merchant).filter(configurations=None).exclude(name=name)
    if (loose.aggregate(all=Sum("size"))["all"] or 0) + size > MOST_LOOSE:
        raise UploadsBusy(
            "Many files were uploaded lately. Upload yours tomorrow.", retry_after=3_600
        )
    # The row first: a sweep that comes between takes no file that has one of now.
    now = timezone.now()
    Upload.objects.update_or_create(
        merchant=merchant, name=name, defaults={"size": size, "uploaded_at": now}
    )
    _store(stored_as(merchant.pk, kept.file), kept.content)
    if kept.shown:
        _store(stored_as(merchant.pk, kept.file, shown=True), kept.shown)
    return kept.file


def upload_content(merchant: Merchant, file: Uploaded, shown: bool = False) -> bytes:
    """Return the content of a file; with `shown` a picture of it, also of a drawing.

    Refuses with NotFound what this merchant does not have.
    """
    if not Upload.objects.for_merchant(merchant).filter(name=file.name).exists():
        raise NotFound("There is no such file; upload it again.")
    try:
        with default_storage.open(stored_as(merchant.pk, file, shown)) as opened:
            return bytes(opened.read())
    except FileNotFoundError as error:
        raise NotFound("The file is not here any more; upload it again.") from error


def shown_files(merchant: str) -> Callable[[Uploaded], bytes | None]:
    """Return what gives a picture of a file of the merchant with this slug; None where there is
    none.
    """

    def content(file: Uploaded) -> bytes | None:
        try:
            return upload_content(Merchant.objects.get(slug=merchant), file, shown=True)
        except NotFound:
            return None

    return content


def stored_as(merchant: int, file: Uploaded, shown: bool = False) -> str:
    """Return the name under which storage keeps a file; with `shown` a picture of it."""
    name = f"uploads/{merchant}/{file.digest[:2]}/{file.digest}"
    return f"{name}-shown" if shown and file.is_drawing else name


def files_in(model: ProductModel, choices: Mapping[str, Choice | Any]) -> dict[str, Uploaded]:
    """Return the files that choices name, by the option of each."""
    found = {
        key: uploaded(choices[key])
        for key, option in model.option_by_key.items()
        if key in choices and kind_of(option).is_file
    }
    return {key: file for key, file in found.items() if file is not None}


def missing_uploads(
    merchant: Merchant, model: ProductModel, choices: Mapping[str, Choice | Any]
) -> tuple[str, ...]:
    """Return the options whose files this merchant does not have; without files no database is
    asked.
    """
    files = files_in(model, choices)
    if not files:
        return ()
    names = {each.name for each in files.values()}
    known = set(
        Upload.objects.for_merchant(merchant).filter(name__in=names).values_list("name", flat=True)
    )
    return tuple(key for key, file in files.items() if file.name not in known)


def refuse_missing(
    merchant: Merchant, model: ProductModel, choices: Mapping[str, Choice | Any]
) -> None:
    """Refuse with UploadMissing choices that name a file that this merchant does not have."""
    if missing := missing_uploads(merchant, model, choices):
        label = model.option_by_key[missing[0]].label
        told = f"The file of '{label}' is not here, or not any more; upload it again."
        raise UploadMissing(told, options=list(missing))


def hold_uploads(configuration: Configuration, **_: Any) -> None:
    """Keep the files of a configuration as long as it stands; refuse with UploadMissing where one is
    gone.
    """
    model = configuration.version.model
    if not any(kind_of(option).is_file for option in model.options):
        return
    merchant = configuration.merchant
    refuse_missing(merchant, model, configuration.choices)
    names = {each.name for each in files_in(model, configuration.choices).values()}
    configuration.uploads.set(
        Upload.objects.for_merchant(merchant).filter(name__in=names).select_for_update()
    )


@task
def sweep_uploads() -> None:
    """Take away the files that no configuration names and nobody uploaded for DAYS_KEPT days. Safe
    to repeat.
    """
    since = timezone.now() - timedelta(days=DAYS_KEPT)
    swept = 0
    while found := _sweep_some(since):
        swept += found
        tell("Files of shoppers taken away", swept)


@transaction.atomic
def _sweep_some(since: Any) -> int:
    loose = Upload.objects.filter(uploaded_at__lt=since, configurations=None)
    keys = list(loose.order_by("pk").values_list("pk", flat=True)[:_AT_ONCE])
    locked = list(
        Upload.objects.filter(pk__in=keys).select_for_update(of=("self",), skip_locked=True)
    )
    # What was held or uploaded again before the rows were locked stays.
    still = set(loose.filter(pk__in=keys).values_list("pk", flat=True))
    rows = [row for row in locked if row.pk in still]
    for row in rows:
        file = uploaded(row.name)
        # Before the row goes: who uploads it again waits for that, and then finds nothing.
        if file is not None:
            for shown in (False, True):
                default_storage.delete(stored_as(row.merchant_id, file, shown))
    Upload.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


def _store(name: str, content: bytes) -> None:
    if not default_storage.exists(name) or default_storage.size(name) != len(content):
        default_storage.delete(name)
        default_storage.save(name, ContentFile(content))
