"""Where in the admin a finding's place is edited."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.urls import reverse

from catalog.checking import Remark
from catalog.findings import Accepted, Finding
from catalog.models import Product

# Findings of a severity, and further places of a finding, that are shown at once.
MOST_SHOWN = 20
MOST_PLACES = 8
_TITLES = {"error": "Errors", "warning": "Warnings", "note": "Notes"}
_TOLD = {
    "error": "must be put right before you can publish",
    "warning": "should be looked at",
    "note": "good to know",
}
# The first word of a finding's path, and what is edited there.
_PLACES = {
    "steps": "step",
    "groups": "step",
    "options": "option",
    "derived": "derived",
    "rules": "rule",
    "tables": "tablerule",
    "preferences": "preference",
    "presets": "preset",
    "price_lines": "priceline",
    "bom_lines": "bomline",
    "lead_time_lines": "leadtimeline",
    "layers": "layer",
    "prints": "print",
    "assemblies": "subassembly",
    "materials": "material",
    "shapes": "shape",
    "fittings": "fitting",
    "shape_checks": "shapecheck",
}


@dataclass(frozen=True)
class Placed:
    """A finding with the address where its place is edited."""

    finding: Finding
    place: str
    url: str
    example: str
    also: tuple[tuple[str, str], ...]
    accepted: Accepted | None


@dataclass(frozen=True)
class Severity:
    """The findings of one severity."""

    severity: str
    title: str
    told: str
    findings: tuple[Placed, ...]

    @property
    def accepted(self) -> int:
        """How many of the findings were accepted."""
        return sum(placed.accepted is not None for placed in self.findings)

    @property
    def first(self) -> tuple[Placed, ...]:
        """The findings to show at once."""
        return self.findings[:MOST_SHOWN]

    @property
    def further(self) -> tuple[Placed, ...]:
        """The findings to show on request."""
        return self.findings[MOST_SHOWN:]


def by_severity(product: Product, remarks: Iterable[Remark]) -> list[Severity]:
    """Return the findings by severity, errors first, those accepted last, each with its address.

    Severities without any are left out.
    """
    found = list(remarks)
    paths = [
        path for each in found for path in (each.finding.path, *each.finding.also[:MOST_PLACES])
    ]
    places = Places(product, paths)
    placed = [
        _placed(places, each) for each in sorted(found, key=lambda each: each.accepted is not None)
    ]
    groups = (
        Severity(
            name,
            title,
            _TOLD[name],
            tuple(each for each in placed if each.finding.severity == name),
        )
        for name, title in _TITLES.items()
    )
    return [group for group in groups if group.findings]


class Places:
    """The addresses where paths of a product are edited; asks the database once for each kind of
    row.
    """

    def __init__(self, product: Product, paths: Iterable[str]) -> None:
        self.home = reverse("admin:catalog_product_change", args=[product.pk])
        kinds = {path.partition("/")[0] for path in paths} & _PLACES.keys()
        # A group is edited on the page of its step.
        column = {"groups": "step_id"}
        self.known: Mapping[str, Mapping[str, int]] = {
            kind: dict(getattr(product, kind).values_list("key", column.get(kind, "pk")))
            for kind in kinds
        }

    def url(self, path: str) -> str:
        """Return where the place is edited; the product's own page where it is not known."""
        kind, _, rest = path.partition("/")
        pk = self.known.get(kind, {}).get(rest.partition("/")[0])
        if pk is not None:
            return reverse(f"admin:catalog_{_PLACES[kind]}_change", args=[pk]) + _anchor(rest)
        return f"{self.home}#{kind}" if kind in _PLACES else self.home


def _placed(places: Places, remark: Remark) -> Placed:
    finding = remark.finding
    also = tuple((told_path(path), places.url(path)) for path in finding.also[:MOST_PLACES])
    return Placed(
        finding,
        told_path(finding.path),
        places.url(finding.path),
        _example(finding),
        also,
        remark.accepted,
    )


def told_path(path: str) -> str:
    """Return a place of a draft as people read it."""
    return " › ".join(part for part in path.split("/") if part)


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
