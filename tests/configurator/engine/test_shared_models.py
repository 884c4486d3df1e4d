"""The engine against exact answers that others computed; the models stand beside the project and
not in it.

`ENGINE_RUNS=all` compares every state of every run (some minutes), instead of the first runs of
each model.
"""

import hashlib
import json
import os
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from catalog.product_model import Choice, Kind, ProductModel, read
from catalog.uvl.of_product import feature_model_of
from catalog.uvl.reader import read_uvl
from catalog.uvl.to_product import Place, product_and_places, product_of
from catalog.uvl.writer import write_uvl
from configurator.engine.answers.deduce import deduce
from configurator.engine.solver.compiled import Compiled, compile_model

MODELS = Path(__file__).resolve().parents[4] / "shared" / "models"


@pytest.fixture(scope="module")
def wardrobe() -> Any:
    path = MODELS / "tiny-wardrobe.json"
    if not path.exists():
        pytest.skip("the shared models are not beside this project")
    return json.loads(path.read_text())


def test_the_wardrobe_has_the_published_domains_after_every_choice(wardrobe: Any) -> None:
    expected = json.loads((MODELS / "expected.json").read_text())["tiny-wardrobe.json"]["runs"]
    compiled = compile_model(wardrobe_model(wardrobe))
    for run in expected:
        choices: dict[str, Choice] = {}
        for place, state in enumerate(run["states"]):
            if place:
                option, value = run["user"][place - 1]
                choices[option] = (
                    Decimal(value)
                    if type(value) is int
                    else f"v{value}"
                    if type(value) is str
                    else value
                )
            domains = domains_told(compiled, wardrobe, choices)
            assert sum(len(values) for values in domains.values()) == state["open"]
            assert fingerprint(domains) == state["sha"]


@pytest.mark.parametrize(
    ("name", "runs"),
    [
        ("pc_richmond", 3),
        ("busybox_2010", 3),
        ("financialservices01", 3),
        ("automotive01", 1),
        ("automotive02_v4", 1),
    ],
)
def test_a_feature_model_has_the_published_features_after_every_choice(
    name: str, runs: int
) -> None:
    path = MODELS / f"{name}.uvl"
    if not path.exists():
        pytest.skip("the shared models are not beside this project")
    check_published(
        name, Features(path.read_text()), None if os.environ.get("ENGINE_RUNS") == "all" else runs
    )


@pytest.mark.parametrize(
    "name",
    ["pc_richmond", "busybox_2010", "financialservices01", "automotive01", "automotive02_v4"],
)
def test_a_feature_model_that_came_in_and_went_out_again_has_them_too(name: str) -> None:
    path = MODELS / f"{name}.uvl"
    if not path.exists():
        pytest.skip("the shared models are not beside this project")
    product = product_of(read_uvl(path.read_text()), "features")
    check_published(name, Features(write_uvl(feature_model_of(product))), 1)


def check_published(name: str, features: "Features", runs: int | None) -> None:
    published = json.loads((MODELS / "expected.json").read_text())[f"{name}.uvl"]
    for run in published["runs"][:runs]:
        for place, state in enumerate(run["states"]):
            true, false = features.possible(run["user"][:place])
            assert (len(true), len(false)) == (state["true"], state["false"]), (
                f"{name}, {place} choices"
            )
            told = "\n".join([*sorted(true), "--", *sorted(false)])
            assert hashlib.sha256(told.encode()).hexdigest()[:16] == state["sha"], (
                f"{name}, {place} choices"
            )


class Features:
    """A feature model as a compiled product; which of its features can be there, and which can be
    absent.
    """

    def __init__(self, text: str) -> None:
        model, self.places = product_and_places(read_uvl(text), "features")
        self.compiled = compile_model(model)

    def possible(self, user: list[str]) -> tuple[set[str], set[str]]:
        """Return the features that can be there and those that can be absent, after choices such as
        `a` and `!b`.
        """
        wanted = {self.places[name] for name in user if not name.startswith("!")}
        unwanted = {self.places[name[1:]] for name in user if name.startswith("!")}
        fixed = dict(self.at(place) for place in wanted if place.option)
        denials = []
        for slot, cell in {self.at(place) for place in unwanted}:
            alike = [place for place in unwanted if self.at(place) == (slot, cell)]
            if len(alike) == self.compiled.classes.sizes[slot][cell] and slot not in fixed:
                denials.append(-self.compiled.literal(slot, cell))
        answer = self.compiled.components.valid(fixed, denials)
        assert answer is not None
        seen = answer.seen
        true, false = set(), set()
        for name, place in self.places.items():
            if place.option is None:
                true.add(name)
                continue
            slot, cell = self.at(place)
            start, stop = self.compiled.search.program.offsets[slot : slot + 2]
            possible = bool(seen[start + cell])
            alike = int(self.compiled.classes.sizes[slot][cell]) - 1
            alike -= sum(
                other != place and self.at(other) == (slot, cell)
                for other in unwanted
                if other.option
            )
            others = seen[start:stop].sum() > possible or (possible and alike > 0)
            if possible and place not in unwanted and (slot not in fixed or place in wanted):
                true.add(name)
            if place not in wanted and (slot in fixed or others):
                false.add(name)
        return true, false

    def at(self, place: Place) -> tuple[int, int]:
        """Return the slot and the class that say that a feature is there."""
        assert place.option is not None
        choice: Choice = place.value or True
        if place.kind is Kind.MULTI:
            choice = (place.value,)
        return next(
            iter(self.compiled.cells_of(self.compiled.model.option_by_key[place.option], choice))
        )


def domains_told(
    compiled: Compiled, document: Any, choices: dict[str, Choice]
) -> dict[str, list[Any]]:
    domains = deduce(compiled, choices).domains
    told: dict[str, list[Any]] = {}
    for each in document["options"]:
        domain = domains[each["id"]]
        if each["type"] == "number":
            numbers = range(each["min"], each["max"] + 1, each["step"])
            told[each["id"]] = [number for number in numbers if domain.allows(Decimal(number))]
        elif each["type"] == "bool":
            told[each["id"]] = sorted(domain.values)
        else:
            told[each["id"]] = [str(value).removeprefix("v") for value in domain.values]
    return told


def fingerprint(domains: dict[str, list[Any]]) -> str:
    lines = "\n".join(f"{key}={json.dumps(domains[key])}" for key in sorted(domains))
    return hashlib.sha256(lines.encode()).hexdigest()[:16]


def wardrobe_model(document: Any) -> ProductModel:
    """Return the wardrobe as a product model; keys of values get a letter in front."""
    rules = [each for each in document["rules"] if "expr" in each]
    tables = [each for each in document["rules"] if "table" in each]
    known = {each["id"]: each.get("values", []) for each in document["options"]}
    return read(
        {
            "product": "wardrobe",
            "name": "Wardrobe",
            "options": [option(each) for each in document["options"]],
            "rules": [{"key": each["id"], "then": written(each["expr"], known)} for each in rules],
            "tables": [
                {
                    "key": each["id"],
                    "options": each["table"]["columns"],
                    "rows": [[f"v{cell}" for cell in row] for row in each["table"]["rows"]],
                }
                for each in tables
            ],
        }
    )


def option(each: Any) -> dict[str, Any]:
    document: dict[str, Any] = {"key": each["id"], "label": each["id"]}
    if each["type"] == "number":
        number = {"first": each["min"], "last": each["max"], "step": each["step"]}
        return {**document, "kind": "number", "number": number}
    if each["type"] == "bool":
        return {**document, "kind": "boolean"}
    values = [
        {
            "key": f"v{value}",
            "label": value,
            "attributes": {
                name: held[value] for name, held in each.get("attr", {}).items() if value in held
            },
        }
        for value in each["values"]
    ]
    return {**document, "kind": "choice", "values": values}


def written(tree: Any, known: dict[str, list[str]]) -> str:
    if not isinstance(tree, list):
        return str(tree)
    match tree:
        case ["in", key, values]:
            # The model names a handle that only its larger brother has.
            return f"{key} in ({', '.join(f'v{value}' for value in values if value in known[key])})"
        case ["attr", key, name]:
            return f"{key}.{name}"
        case ["not", part]:
            return f"not ({written(part, known)})"
        case ["=>", left, right]:
            return f"({written(left, known)}) implies ({written(right, known)})"
        case ["and" | "or" as word, *parts]:
            return f" {word} ".join(f"({written(part, known)})" for part in parts)
        case ["abs", part]:
            return f"abs({written(part, known)})"
        case [operator, left, right]:
            return f"({written(left, known)}) {operator} ({written(right, known)})"
    raise AssertionError(tree)
