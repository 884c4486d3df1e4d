"""The engine against exact answers that others computed; the models stand beside the project and not in it."""

import hashlib
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from catalog.product_model import Choice, ProductModel, read
from configurator.engine.compiled import Compiled, compile_model
from configurator.engine.deduce import deduce

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
                choices[option] = Decimal(value) if type(value) is int else f"v{value}" if type(value) is str else value
            domains = domains_told(compiled, wardrobe, choices)
            assert sum(len(values) for values in domains.values()) == state["open"]
            assert fingerprint(domains) == state["sha"]


def domains_told(compiled: Compiled, document: Any, choices: dict[str, Choice]) -> dict[str, list[Any]]:
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
            "attributes": {name: held[value] for name, held in each.get("attr", {}).items() if value in held},
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
