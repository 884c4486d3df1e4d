"""What the commands share: product files with the pictures beside them, the merchant meant,
refusals as plain words.
"""

import hashlib
import sys
from argparse import BooleanOptionalAction
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import IntegrityError

from catalog.counts import told_count
from catalog.errors import Refusal
from catalog.findings import Progress
from catalog.model_checks import pictures_of
from catalog.models import Merchant, Product
from catalog.operations import check
from catalog.product_model import ProductModel
from catalog.races import lost_race
from pricing.operations import Imported
from pricing.product_file import ProductFile, read_product_file

MOST_TOLD = 20


@contextmanager
def told_plainly() -> Iterator[None]:
    """Turn a refusal into a CommandError that tells the sentence and every place that is wrong."""
    try:
        yield
    except Refusal as refusal:
        places = refusal.data.get("errors") or refusal.data.get("findings") or []
        lines = [f"  {_place(each)}" for each in places[:MOST_TOLD]]
        if len(places) > MOST_TOLD:
            lines.append(f"  … and {len(places) - MOST_TOLD} more")
        raise CommandError("\n".join([refusal.sentence, *lines])) from refusal
    except IntegrityError as error:
        if (lost := lost_race(error)) is None:
            raise
        raise CommandError(lost.sentence) from error


def _place(place: Mapping[str, object]) -> str:
    where = place.get("pointer") or place.get("path") or "(whole)"
    line = f" (line {place['line']})" if "line" in place else ""
    return f"{where}{line}: {place.get('detail') or place.get('sentence')}"


def read_file(name: str) -> ProductFile:
    """Return the product file called `name`, or standard input for "-"; refuse with CommandError."""
    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{name} cannot be read: {error}") from error
    with told_plainly():
        return read_product_file(text, name)


def add_pictures(parser: CommandParser) -> None:
    """Add the argument that says where pictures lie."""
    parser.add_argument(
        "--pictures",
        metavar="DIR",
        help="where the pictures lie; the folder of the file without it",
    )


def add_import(parser: CommandParser) -> None:
    """Add the arguments that say what of a file is taken beside the draft."""
    parser.add_argument(
        "--with-price-lists",
        action="store_true",
        help="also take price lists, amounts in them, exchange rates and tax rates; they hold at once",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="tell what would change, and keep nothing"
    )


def told_import(found: Imported, is_dry_run: bool) -> Iterator[str]:
    """Return what bringing a file in did beside keeping the draft, line by line, or what it would
    do.
    """
    if is_dry_run and found.is_new:
        yield "the draft would be new"
    elif is_dry_run:
        yield from _listed("in the draft would change", found.draft)
    if found.prices:
        told = "would be taken" if is_dry_run else "were taken, and hold now"
        if not found.prices_taken:
            told = (
                "were not taken, for others are sold by them; --with-price-lists takes all of these"
            )
        yield from _listed(f"prices {told}", found.prices)
    if found.pictures:
        told = (
            "replaced"
            if found.pictures_taken
            else "left as they are; --with-pictures replaces them"
        )
        yield from _listed(f"pictures that others show: {told}", found.pictures)


def _listed(told: str, each: Sequence[str]) -> Iterator[str]:
    yield f"{told}: {len(each)}" if each else f"nothing {told}"
    yield from (f"  {sentence}" for sentence in each[:MOST_TOLD])
    if len(each) > MOST_TOLD:
        yield f"  … and {len(each) - MOST_TOLD} more"


def pictures_in(folder: str | None, name: str, model: ProductModel) -> dict[str, bytes]:
    """Return the pictures that `model` names, from `folder` or else from where the file `name`
    lies; not all may be.
    """
    if folder is None and name == "-":
        return {}
    place = Path(folder or Path(name).parent).resolve()
    if not place.is_dir():
        raise CommandError(f"{folder} is no folder.")
    paths = {picture: (place / picture).resolve() for _, picture in pictures_of(model)}
    return {
        picture: path.read_bytes()
        for picture, path in paths.items()
        if path.is_relative_to(place) and path.is_file()
    }


def with_pictures(model: ProductModel, pictures: Mapping[str, bytes]) -> ProductModel:
    """Return `model` with the content of the pictures pinned, as publishing does: equal product,
    equal digest.
    """
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in pictures.items()}
    return replace(model, assets={**model.assets, **digests})


def told_findings(product: Product, meter: "Meter | None" = None) -> str:
    """Return how many errors and warnings the publish checks find in the draft of `product`, and
    where to read them.
    """
    severities = [
        finding.severity for finding in (check(product) if meter is None else check(product, meter))
    ]
    if meter is not None:
        meter.end()
    counts = [(severities.count(name), name) for name in ("error", "warning")]
    told = ", ".join(told_count(count, name) for count, name in counts)
    if not any(count for count, _ in counts):
        return told
    return f"{told}; see manage.py check_product --key {product.key} --merchant {product.merchant.slug}"


def add_progress(parser: CommandParser) -> None:
    """Add the argument that asks how far a check is."""
    parser.add_argument(
        "--progress",
        action=BooleanOptionalAction,
        default=None,
        help="tell on standard error how far it is; without it, where that is a terminal",
    )


def meter_for(stream: Any, wanted: bool | None) -> "Meter | None":
    """Return a meter that writes to `stream` where that is wanted, or not said and somebody is
    looking.
    """
    return Meter(stream) if wanted or (wanted is None and stream.isatty()) else None


class Meter:
    """Writes how far a check is: one line that is written over on a terminal, else a line for each
    stage.
    """

    def __init__(self, stream: Any) -> None:
        self.stream = stream
        self.over = stream.isatty()
        self.stage = ""

    def __call__(self, progress: Progress) -> None:
        if self.over:
            told = f"{progress.stage}: {progress.done:,} of {progress.total:,}"
            self.stream.write(f"\r\x1b[K{told[:78]}", ending="")
            self.stream.flush()
        elif progress.stage != self.stage:
            self.stream.write(f"{progress.stage} ({progress.total:,})")
        self.stage = progress.stage

    def end(self) -> None:
        if self.over and self.stage:
            self.stream.write("\r\x1b[K", ending="")


def merchant_called(slug: str | None) -> Merchant:
    """Return the merchant with this slug; without one, the only merchant there is. Refuse with
    CommandError.
    """
    merchants = Merchant.objects.order_by("slug")
    if slug is not None:
        merchant = merchants.filter(slug=slug).first()
        if merchant is None:
            raise CommandError(
                f"There is no merchant '{slug}'. There {_those(merchants[:MOST_TOLD])}."
            )
        return merchant
    known = list(merchants[: MOST_TOLD + 1])
    if len(known) != 1:
        raise CommandError(
            f"Say which merchant with --merchant. There {_those(known[:MOST_TOLD])}."
        )
    return known[0]


def _those(merchants: object) -> str:
    slugs = [merchant.slug for merchant in merchants]  # type: ignore[attr-defined]
    return f"are {', '.join(slugs)}" if slugs else "are none yet"
