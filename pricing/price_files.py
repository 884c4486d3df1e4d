"""What people do with price files of any layout: see how one would be read, bring it in, have that
remembered.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import BinaryIO

from catalog.errors import Malformed
from catalog.models import Merchant, Product
from pricing.grid import Report, keep_amounts, model_of
from pricing.layout_proposals import propose
from pricing.layouts import (
    SAMPLE,
    Layout,
    Line,
    Places,
    fingerprint,
    read_layout,
    rows_by,
    text_of,
    write_layout,
)
from pricing.models import PriceFileLayout, PriceList
from pricing.spreadsheets import has_own_headings, lines_of


@dataclass(frozen=True)
class Looked:
    """The first lines of a file, how it would be read, and whether that was confirmed before."""

    sample: tuple[Line, ...]
    layout: Layout
    is_own: bool
    remembered: PriceFileLayout | None


def places_of(merchant: Merchant) -> Places:
    """Return all that the merchant's price files may be about, by all that it is called."""
    models = []
    for product in Product.objects.for_merchant(merchant).order_by("key"):
        try:
            models.append(model_of(product))
        except Malformed:
            continue  # a draft that cannot be read has no lines yet
    lists = {
        row.key: (row.name, *row.translations.get("name", {}).values())
        for row in PriceList.objects.for_merchant(merchant)
    }
    return Places(models, lists)


def look(
    merchant: Merchant,
    source: str | BinaryIO,
    name: str = "",
    *,
    places: Places | None = None,
    price_list: str = "",
    header: int | None = None,
) -> Looked:
    """Return how a file would be read: as it was confirmed for another with the same header, or as
    is likely.

    `header` is the row that heads the columns, where somebody has said so. Refuses with Malformed
    what is no file of amounts.
    """
    sample = tuple(islice(lines_of(source, name), SAMPLE))
    if not any(text_of(cell) for _, cells in sample for cell in cells):
        raise Malformed("There is nothing in the file.")
    places = places or places_of(merchant)
    layout = propose(sample, places, price_list, header)
    known = None
    if header is None:
        prints = {fingerprint(cells): number for number, cells in sample}
        known = merchant.price_file_layouts.filter(fingerprint__in=prints).first()
        if known is not None:
            kept = read_layout(known.document)
            layout = replace(kept, header=prints[known.fingerprint], valid_from=layout.valid_from)
    return Looked(sample, layout, has_own_headings(sample[0][1]), known)


def keep_by(
    merchant: Merchant,
    layout: Layout,
    lines: Iterable[Line],
    dry_run: bool = False,
    progress: Callable[[int], None] | None = None,
    *,
    places: Places | None = None,
) -> Report:
    """Keep the amounts that `lines` hold by `layout`; what a file leaves empty stays as it is."""
    return keep_amounts(
        merchant, rows_by(layout, lines, places or places_of(merchant)), dry_run, progress
    )


def remember(merchant: Merchant, layout: Layout, sample: Sequence[Line], name: str) -> None:
    """Keep `layout` for the next file with the same header, without the days, which are of this
    file alone.
    """
    head = next((cells for number, cells in sample if number == layout.header), ())
    if known := fingerprint(head):
        document = write_layout(replace(layout, valid_from="", valid_until=""))
        PriceFileLayout.objects.update_or_create(
            merchant=merchant,
            fingerprint=known,
            defaults={"name": name[:200] or "pasted", "document": document},
        )
