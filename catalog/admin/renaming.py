"""The page that renames a key in every place that names it, and the offer of it after a key was
edited.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.text import capfirst

from catalog import drafts, operations
from catalog.admin.places import Places, told_path
from catalog.errors import KeyTaken, Malformed, Refusal
from catalog.models import (
    BomLine,
    Derived,
    Material,
    Option,
    PriceLine,
    Product,
    Shape,
    SubAssembly,
    Value,
)
from catalog.models.rows import DraftRow
from catalog.product_model import ProductModel
from catalog.renaming import KINDS, Name, Renaming, name_in, names_of, written_name

# Rows whose keys other places name.
_NAMED: Mapping[type[DraftRow], str] = {
    Option: "option",
    Derived: "derived",
    SubAssembly: "assembly",
    PriceLine: "price_line",
    BomLine: "bom_line",
    Material: "material",
    Shape: "shape",
}
# So many names are renamed at once, and so many places are shown at first.
MOST_NAMES = 100
MOST_PLACES = 100


@dataclass(frozen=True)
class Shown:
    """A place of a renaming with the address where it is edited."""

    place: str
    url: str
    before: str
    after: str
    why: str = ""


def edited_keys(form: Any, formsets: Sequence[Any]) -> dict[Name, str]:
    """Return which keys that other places may name a page has changed: what they were, and what
    they are now.
    """
    found: dict[Name, str] = {}
    kind = _NAMED.get(type(form.instance))
    was = form.initial.get("key", "")
    if kind is not None and "key" in form.changed_data:
        found[Name(kind, was)] = form.instance.key
    for formset in formsets:
        if formset.model is Value:
            for each in formset.initial_forms:
                if "key" in each.changed_data and each not in formset.deleted_forms:
                    found[Name("value", each.initial["key"], was)] = each.instance.key
    return found


def offer(product: Product, names: Mapping[Name, str], then: str) -> str | None:
    """Return the address that offers to rename in other places what has new keys; None where
    nothing names it.

    `then` is where people go from there. Refuses with KeyTaken where what is kept under a new key
    forbids it.
    """
    if not names or len(names) > MOST_NAMES:
        return None
    try:
        found = operations.renaming_of(product, names, done=True)
    except KeyTaken:
        raise
    except Refusal:
        return None  # What is wrong is told by the checks.
    if not found.places and not found.doubts:
        return None
    query = [*_query(names), ("done", "1"), ("next", then)]
    return f"{reverse('admin:catalog_product_rename', args=[product.pk])}?{urlencode(query)}"


def _query(names: Mapping[Name, str]) -> list[tuple[str, str]]:
    return [
        pair for name, key in names.items() for pair in (("name", written_name(name)), ("to", key))
    ]


def _read(asked: Any) -> dict[Name, str]:
    """Return the names and their new keys that a page or an address tells; refuse what is none with
    Malformed.
    """
    found: dict[Name, str] = {}
    for text, key in list(zip(asked.getlist("name"), asked.getlist("to"), strict=False))[
        :MOST_NAMES
    ]:
        name = name_in(text)
        if name is None:
            raise Malformed("Choose what to rename from the list.")
        found[name] = key.strip()
    return found


class RenamesKeys:
    """The page of a product where a key of it is renamed."""

    _product: Any
    _context: Any
    log_change: Any

    def rename_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask what to rename, show every place before and after; on POST, rename."""
        product: Product = self._product(request, pk, change=True)
        asked = request.POST if request.method == "POST" else request.GET
        done = True if asked.get("done") else None
        page = reverse("admin:catalog_product_change", args=[product.pk])
        then = asked.get("next", "")
        then = (
            then if url_has_allowed_host_and_scheme(then, None) and then.startswith("/") else page
        )
        found: Renaming | None = None
        trouble = ""
        names: dict[Name, str] = {}
        try:
            names = _read(asked)
            if names and request.method == "POST":
                found = operations.rename(product, names, done)
                told = _told(found)
                self.log_change(request, product, told)
                messages.success(request, told)
                if found.doubts:
                    messages.warning(
                        request,
                        f"To be looked at: {', '.join(told_path(each.path_after) for each in found.doubts)}.",
                    )
                return HttpResponseRedirect(then)
            if names:
                found = operations.renaming_of(product, names, done)
        except Refusal as refused:
            trouble = refused.sentence
        context = {
            **self._context(request, product, "Rename a key"),
            "trouble": trouble,
            "groups": _groups(product),
            "asked": {"name": asked.get("name", ""), "to": asked.get("to", "")},
            "then": then,
            **_shown(product, names, found),
        }
        return TemplateResponse(
            request, "admin/catalog/rename.html", context, status=422 if trouble else 200
        )


def _shown(product: Product, names: Mapping[Name, str], found: Renaming | None) -> dict[str, Any]:
    if found is None:
        return {}
    paths = [each.path_after if found.done else each.path for each in found.places]
    paths += [each.path_after if found.done else each.path for each in found.doubts]
    addresses = Places(product, paths)
    shown = [
        Shown(told_path(path), addresses.url(path), each.before, each.after)
        for path, each in zip(paths, found.places, strict=False)
    ]
    doubts = [
        Shown(told_path(path), addresses.url(path), each.text, "", each.why)
        for path, each in zip(paths[len(shown) :], found.doubts, strict=True)
    ]
    return {
        "names": [(capfirst(KINDS[name.kind]), name, key) for name, key in names.items()],
        "query": _query(names),
        "done": found.done,
        "places": shown[:MOST_PLACES],
        "more_places": shown[MOST_PLACES:],
        "count": len(shown),
        "doubts": doubts,
        "is_published": product.versions.exists(),
    }


def _told(found: Renaming) -> str:
    keys = ", ".join(f"{name.told} is '{key}' now" for name, key in list(found.names.items())[:5])
    count = len(found.places)
    places = (
        "no other place named it"
        if not count
        else f"{count} {'place follows' if count == 1 else 'places follow'}"
    )
    return f"{keys[:1].upper()}{keys[1:]}; {places}."


def _groups(product: Product) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return everything that can be renamed, by kind, as a list to choose from."""
    try:
        model: ProductModel = drafts.read(product)
    except Refusal:
        return []
    known = sorted(names_of(model))
    labels = {option.key: option.label.default for option in model.options}
    groups = []
    for kind, noun in KINDS.items():
        of_kind = [
            (
                written_name(name),
                f"{name.option} › {name.key}"
                if name.option
                else _with_label(name.key, labels, kind),
            )
            for name in known
            if name.kind == kind
        ]
        if of_kind:
            groups.append((capfirst(noun), of_kind))
    return groups


def _with_label(key: str, labels: Mapping[str, str], kind: str) -> str:
    label = labels.get(key, "") if kind == "option" else ""
    return f"{key} ({label})" if label and label.lower() != key else key
