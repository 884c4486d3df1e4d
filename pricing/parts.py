"""One part of a draft at a time: an option, a value of one, a rule, a table, a preset.

The whole definition is changed in one place, read again as a product file is, and kept as one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from catalog import drafts, product_model
from catalog.auditing import record
from catalog.differences import differences
from catalog.errors import Malformed, NotFound
from catalog.models import Product
from catalog.product_model import KEYED_LISTS, ProductModel, write_whole
from pricing.product_file import read_document

PARTS = ("steps", "options", *KEYED_LISTS)
"""The lists of a definition whose members are read and kept one by one."""
VALUES = "values"


@dataclass(frozen=True)
class Place:
    """Where a part stands: the member `key` of the list `part`, or the value `value` of that option."""

    part: str
    key: str
    value: str = ""

    @property
    def own_key(self) -> str:
        """The key that the part itself has."""
        return self.value or self.key

    def __str__(self) -> str:
        return "/".join((self.part, self.key, *((VALUES, self.value) if self.value else ())))


@dataclass(frozen=True)
class Changed:
    """What keeping a part did to the draft, in words, and the digest that the draft has now."""

    is_new: bool
    changes: tuple[str, ...]
    digest: str


class PartMalformed(Malformed):
    """A part that a product file could not say; pointers lead into it."""


type Expects = Callable[[Mapping[str, Any] | None], None]
"""Refuses where the part is not the one that was read; it is None where there is none yet."""


def members(product: Product, part: str, option: str = "") -> list[dict[str, Any]]:
    """Return the members of one list of the draft as a product file says them, or the values of one
    of its options; refuse with NotFound.
    """
    document = product_model.write(drafts.read(product))
    if option:
        return _values(document, option)
    _refuse_unknown(part)
    return [*document.get(part, ())]


def member(product: Product, place: Place) -> dict[str, Any]:
    """Return one part of the draft as a product file says it; refuse with NotFound."""
    found = _find(_list_at(product_model.write(drafts.read(product)), place), place)
    if found is None:
        raise NotFound(f"The draft of '{product.key}' has no {place}.")
    return found[1]


def put_member(
    product: Product,
    place: Place,
    document: Mapping[str, Any],
    expects: Expects,
    before: str | None = None,
) -> Changed:
    """Keep `document` as the part at `place` of the draft: in place of what is there, else as the
    last one, or in front of the member `before`.

    Refuses with NotFound a list or an option that there is not, and with PartMalformed what a product
    file could not say either; pointers lead into `document`. A draft that says it already is left
    alone.
    """
    key = document.get("key", place.own_key)
    if key != place.own_key:
        raise _misplaced("/key", f"the address says {place.own_key!r}; rename keys with rename")

    def change(whole: dict[str, Any]) -> bool:
        listed = _list_at(whole, place)
        found = _find(listed, place)
        expects(None if found is None else found[1])
        index = len(listed) if found is None else found[0]
        if found is not None:
            del listed[index]
        if before is not None and before != place.own_key:
            index = next((n for n, each in enumerate(listed) if each["key"] == before), -1)
            if index < 0:
                raise NotFound(f"There is no {before!r} beside {place} to put it before.")
        listed.insert(index, {"key": place.own_key, **document})
        return found is None

    return _changed(product, place, change)


def drop_member(product: Product, place: Place, expects: Expects) -> Changed:
    """Take the part at `place` out of the draft; refuse with NotFound, and with PartMalformed where
    others need it to be told at all.
    """

    def change(whole: dict[str, Any]) -> bool:
        listed = _list_at(whole, place)
        found = _find(listed, place)
        if found is None:
            raise NotFound(f"The draft of '{product.key}' has no {place}.")
        expects(found[1])
        del listed[found[0]]
        return False

    return _changed(product, place, change)


def _told(place: Place, model: ProductModel) -> dict[str, Any] | None:
    whole = product_model.write(model)
    if place.value and place.key not in [each["key"] for each in whole["options"]]:
        return None
    found = _find(_list_at(whole, place), place)
    return None if found is None else found[1]


@transaction.atomic
def _changed(product: Product, place: Place, change: Callable[[dict[str, Any]], bool]) -> Changed:
    product = (
        Product.objects.select_for_update(no_key=True, of=("self",))
        .select_related("merchant")
        .get(pk=product.pk)
    )
    before = drafts.read(product)
    whole = product_model.write(before)
    is_new = change(whole)
    try:
        after = read_document(whole).model
        if _is_same(before, after):
            return Changed(is_new, (), before.digest)
        drafts.write(product.merchant, after)
    except Malformed as refusal:
        raise _seen_from(place, whole, refusal) from None
    kept = drafts.read(product)
    changes = differences(write_whole(before), write_whole(kept))
    record(
        product.merchant,
        "product.edited",
        product.key,
        before=_told(place, before),
        after=_told(place, kept),
        changes=changes,
    )
    return Changed(is_new, changes, kept.digest)


def _is_same(before: ProductModel, after: ProductModel) -> bool:
    return product_model.canonical(before) == product_model.canonical(after)


def _refuse_unknown(part: str) -> None:
    if part not in PARTS:
        raise NotFound(f"A definition has no list '{part}'; it has {', '.join(PARTS)}.")


def _list_at(whole: dict[str, Any], place: Place) -> list[dict[str, Any]]:
    """Return the list that the part stands in; the list itself, to be changed."""
    _refuse_unknown(place.part)
    if place.value:
        return _values(whole, place.key)
    listed: list[dict[str, Any]] = whole.setdefault(place.part, [])
    return listed


def _values(whole: dict[str, Any], key: str) -> list[dict[str, Any]]:
    option = next((each for each in whole["options"] if each["key"] == key), None)
    if option is None:
        raise NotFound(f"The draft has no option '{key}'.")
    values: list[dict[str, Any]] = option.setdefault(VALUES, [])
    return values


def _find(listed: list[dict[str, Any]], place: Place) -> tuple[int, dict[str, Any]] | None:
    return next(
        ((n, each) for n, each in enumerate(listed) if each["key"] == place.own_key),
        None,
    )


def pointer_in(document: Any, place: str) -> str:
    """Return the JSON pointer of a place in `document` that names members of lists by their keys, as
    `options/top/group` does; what is not there stays as it is written.
    """
    told, here = "", document
    for part in place.removeprefix("/").split("/") if place else ():
        found = part
        if isinstance(here, list) and not part.isdigit():
            keys = [each.get("key") if isinstance(each, Mapping) else None for each in here]
            found = str(keys.index(part)) if part in keys else part
        told += f"/{found}"
        if isinstance(here, list) and found.isdigit() and int(found) < len(here):
            here = here[int(found)]
        else:
            here = here.get(found) if isinstance(here, Mapping) else None
    return told


def _misplaced(pointer: str, detail: str) -> PartMalformed:
    return PartMalformed(f"{pointer}: {detail}.", errors=[{"pointer": pointer, "detail": detail}])


def _seen_from(place: Place, whole: dict[str, Any], refusal: Malformed) -> Malformed:
    """Return a refusal of the whole definition as one of the part: pointers lead into the part, and
    what is wrong elsewhere because of it has none.
    """
    found = _find(_list_at(whole, place), place)
    index = -1 if found is None else found[0]
    own = f"/{place.part}/{index}"
    if place.value:
        option = next(n for n, each in enumerate(whole["options"]) if each["key"] == place.key)
        own = f"/options/{option}/{VALUES}/{index}"
    errors: list[dict[str, Any]] = []
    for each in refusal.data.get("errors", ()):
        pointer = pointer_in(whole, str(each["pointer"]))
        if pointer == own or pointer.startswith(f"{own}/"):
            errors.append({"pointer": pointer.removeprefix(own), "detail": each["detail"]})
        else:
            errors.append({"pointer": "", "detail": f"{pointer}: {each['detail']}"})
    if not errors:
        return refusal
    first = errors[0]
    return PartMalformed(f"{first['pointer'] or 'With this'}: {first['detail']}.", errors=errors)
