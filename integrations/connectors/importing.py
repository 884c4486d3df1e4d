"""Uploads that become drafts beside the requests: kept with what asked for them, carried out by a
worker, followed while they run.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

from django.db import transaction
from django.tasks import task
from django.utils import timezone

from catalog.acting import Actor, acting, actor
from catalog.counts import told_count
from catalog.errors import Malformed, NotFound, Refusal
from catalog.findings import to_json
from catalog.jobs import progress
from catalog.models import ImportRun, Merchant
from catalog.uvl.reader import read_uvl
from catalog.uvl.to_product import product_of
from integrations.connectors.oca.mapping import read_products
from pricing.operations import Imported, bring_in
from pricing.product_file import ProductFile

KEPT_RUNS = 50
MOST_CHARACTERS = 4_000_000
"""Of all files of an upload together."""
MOST_TOLD = 200
SUFFIXES = {"uvl": ".uvl", "oca": ".xml"}


@dataclass(frozen=True)
class Wish:
    """What is to be imported: texts by file name, the key of the product a feature model becomes, and
    whether it is only tried. Of several feature models the first imports the others.
    """

    format: str
    files: Mapping[str, str]
    key: str = ""
    currency: str | None = None
    dry_run: bool = False


@transaction.atomic
def begin_import(merchant: Merchant, wish: Wish) -> ImportRun:
    """Keep an upload, and have a worker carry it out; return its row.

    Refuses with Malformed, every place named, names of files that are none of the format, and more
    than MOST_CHARACTERS.
    """
    errors = []
    if wish.format == "uvl" and not wish.key:
        errors.append(
            {"pointer": "/key", "detail": "a feature model becomes a product of this key"}
        )
    for number, name in enumerate(wish.files):
        if not name.endswith(SUFFIXES[wish.format]) or _is_outside(name):
            detail = f"expected a path below one folder that ends with {SUFFIXES[wish.format]}"
            errors.append({"pointer": f"/files/{number}/name", "detail": detail})
    if sum(map(len, wish.files.values())) > MOST_CHARACTERS:
        detail = f"all files together have at most {MOST_CHARACTERS:,} characters"
        errors.append({"pointer": "/files", "detail": detail})
    if errors:
        raise Malformed(f"{errors[0]['pointer']}: {errors[0]['detail']}.", errors=errors)
    row: ImportRun = ImportRun.objects.create(
        merchant=merchant, format=wish.format, wish=asdict(wish), actor=asdict(actor())
    )
    old = ImportRun.objects.for_merchant(merchant).exclude(
        state__in=(ImportRun.State.WAITING, ImportRun.State.RUNNING)
    )
    ImportRun.objects.filter(pk__in=list(old.values_list("pk", flat=True)[KEPT_RUNS:])).delete()
    import_waiting.enqueue(row.pk)
    return row


def import_called(merchant: Merchant, public_id: str) -> ImportRun:
    """Return the merchant's import of that id; refuse with NotFound."""
    row: ImportRun | None = (
        ImportRun.objects.for_merchant(merchant).filter(public_id=public_id).first()
    )
    if row is None:
        raise NotFound("There is no such import; the last ones of a merchant are kept.")
    return row


@task
def import_waiting(pk: int) -> None:
    """Carry out an import that waits, or whose worker ended; what it kept and its end are one
    transaction, so it is safe to repeat.
    """
    row = (
        ImportRun.objects.select_related("merchant")
        .filter(pk=pk, state__in=(ImportRun.State.WAITING, ImportRun.State.RUNNING))
        .first()
    )
    if row is None:
        return
    ImportRun.objects.filter(pk=pk).update(state=ImportRun.State.RUNNING)
    try:
        with transaction.atomic(), acting(lambda: Actor(**row.actor)):
            result = _carried_out(row, Wish(**row.wish))
            _end(row, ImportRun.State.DONE, result=result)
    except Refusal as refusal:
        errors = [
            {name: each[name] for name in ("pointer", "detail") if name in each}
            for each in refusal.data.get("errors", ())
        ]
        problem = {"code": refusal.slug, "detail": refusal.sentence, "errors": errors[:MOST_TOLD]}
        _end(row, ImportRun.State.REFUSED, problem=problem)
    except Exception:
        detail = (
            "Something went wrong here, and nothing was kept. If it happens again, report the id."
        )
        _end(row, ImportRun.State.FAILED, problem={"code": "internal-error", "detail": detail})
        raise


def _end(row: ImportRun, state: str, **facts: Any) -> None:
    ImportRun.objects.filter(pk=row.pk).update(
        state=state,
        ended_at=timezone.now(),
        wish={"dry_run": row.wish.get("dry_run", False)},
        **facts,
    )


def _carried_out(row: ImportRun, wish: Wish) -> dict[str, Any]:
    """Bring the products of an upload in, all of them or none, and return what is told of it."""
    if wish.format == ImportRun.Format.UVL:
        return _of_uvl(row, wish)
    return _of_oca(row, wish)


def _of_uvl(row: ImportRun, wish: Wish) -> dict[str, Any]:
    first = next(iter(wish.files))
    progress.tell("Reading the feature model")

    def find(wanted: str, file: str) -> tuple[str, str] | None:
        beside = PurePosixPath(file or first).parent
        for folder in dict.fromkeys([beside, PurePosixPath(first).parent]):
            name = (folder / f"{wanted}.uvl").as_posix()
            if name in wish.files:
                return name, wish.files[name]
        return None

    features = read_uvl(wish.files[first], find, MOST_CHARACTERS)
    model = product_of(features, wish.key)
    progress.tell(f"Keeping {told_count(len(model.options), 'option')}")
    found = bring_in(row.merchant, ProductFile(model), dry_run=wish.dry_run, only_asked=True)
    return {
        "notes": list(features.notes)[:MOST_TOLD],
        "left_out": [],
        "products": [_told(wish.key, found, [], [])],
    }


def _of_oca(row: ImportRun, wish: Wish) -> dict[str, Any]:
    progress.tell("Reading the data files")
    with TemporaryDirectory() as place:
        folder = Path(place)
        for name, text in wish.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        found = read_products(folder, wish.currency)
    products = []
    for number, each in enumerate(found.products, 1):
        key = each.file.model.product
        progress.tell(f"Keeping product {number} of {len(found.products)}")
        done = bring_in(
            row.merchant, each.file, each.pictures, dry_run=wish.dry_run, only_asked=True
        )
        findings = [to_json(finding) for finding in each.findings[:MOST_TOLD]]
        products.append(_told(key, done, list(each.notes)[:MOST_TOLD], findings))
    return {
        "notes": list(found.notes)[:MOST_TOLD],
        "left_out": list(found.refused)[:MOST_TOLD],
        "products": products,
    }


def _told(
    key: str, found: Imported, notes: list[str], findings: list[dict[str, Any]]
) -> dict[str, Any]:
    return {
        "product": key,
        "draft": found.digest,
        "is_new": found.is_new,
        "changes": list(found.draft)[:MOST_TOLD],
        "prices": list(found.prices)[:MOST_TOLD],
        "notes": notes,
        "findings": findings,
    }


def _is_outside(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return name.startswith("/") or any(part in {"..", "."} or "\\" in part for part in parts)
