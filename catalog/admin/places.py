"""Where in the admin a finding's place is edited."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.urls import reverse

from catalog.findings import Finding
from catalog.models import Product

_TITLES = {"error": "Errors", "warning": "Warnings", "note": "Notes"}
_TOLD = {
    "error": "must be put right before you can publish",
    "warning": "should be looked at",
    "note": "good to know",
}
# The first word of a finding's path, and what is edited there.
_PLACES = {
    "steps": "step",
    "groups": "group",
    "options": "option",
    "derived": "derived",
    "rules": "rule",
    "tables": "tablerule",
    "presets": "preset",
    "price_lines": "priceline",
    "bom_lines": "bomline",
    "lead_time_lines": "leadtimeline",
    "layers": "layer",
    "assemblies": "subassembly",
}


@dataclass(frozen=True)
class Placed:
    """A finding with the address where its place is edited."""

    finding: Finding
    place: str
    url: str
    example: str


@dataclass(frozen=True)
class Severity:
    """The findings of one severity."""

    severity: str
    title: str
    told: str
    findings: tuple[Placed, ...]


def by_severity(product: Product, findings: Iterable[Finding]) -> list[Severity]:
    """Return the findings by severity, errors first, each with its address; severities without any are left out."""
    found = list(findings)
    known = {place: _keys(product, place) for place in {finding.path.partition("/")[0] for finding in found}}
    placed = [_placed(product, finding, known) for finding in found]
    groups = (
        Severity(name, title, _TOLD[name], tuple(each for each in placed if each.finding.severity == name))
        for name, title in _TITLES.items()
    )
    return [group for group in groups if group.findings]


def _keys(product: Product, place: str) -> Mapping[str, int]:
    return dict(getattr(product, place).values_list("key", "pk")) if place in _PLACES else {}


def _placed(product: Product, finding: Finding, known: Mapping[str, Mapping[str, int]]) -> Placed:
    place, _, rest = finding.path.partition("/")
    key = rest.partition("/")[0]
    url = reverse("admin:catalog_product_change", args=[product.pk])
    if key in known.get(place, {}):
        model = _PLACES[place]
        if model == "group":
            step = product.groups.get(key=key).step_id
            url = reverse("admin:catalog_step_change", args=[step])
        else:
            url = reverse(f"admin:catalog_{model}_change", args=[known[place][key]])
        url += _anchor(rest)
    elif place in _PLACES:
        url += f"#{place}"
    return Placed(finding, " › ".join(part for part in finding.path.split("/") if part), url, _example(finding))


def _anchor(rest: str) -> str:
    parts = rest.split("/")
    if len(parts) == 2:
        return f"#id_{parts[1]}"
    return "#values-group" if len(parts) > 2 and parts[1] == "values" else ""


def _example(finding: Finding) -> str:
    if not finding.example:
        return ""
    return ", ".join(f"{key} = {_written(choice)}" for key, choice in finding.example.items())


def _written(choice: object) -> str:
    if isinstance(choice, bool):
        return "yes" if choice else "no"
    return ", ".join(map(str, choice)) if isinstance(choice, list | tuple) else str(choice)
