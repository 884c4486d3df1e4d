"""The rule cases of `tests/corpus/rules`, which a product manager can read and add to."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from catalog import checks
from catalog.product_model import Choice, Kind
from configurator.compiled_product import CompiledProduct, compile_product
from configurator.evaluation.evaluate import evaluate
from configurator.evaluation.evaluation import Evaluation
from configurator.evaluation_json import evaluation_json
from pricing.breakdown import Prices, compile_prices
from pricing.in_force import in_force
from pricing.price_list import read_moment
from pricing.product_file import read_document, read_values

CORPUS = Path(__file__).parents[1] / "corpus" / "rules"
SHOWN_REPAIRS = 9


@dataclass(frozen=True)
class Case:
    """What is chosen in a product, and the lines that tell what then holds."""

    product: str
    chosen: str
    told: tuple[str, ...]


def cases() -> Iterator[Case]:
    for path in sorted(CORPUS.glob("*.txt")):
        for block in re.split(r"\n\n+", path.read_text().strip()):
            lines = [line for line in block.split("\n") if line and not line.startswith("#")]
            if lines:
                yield Case(path.stem, lines[0], tuple(line.strip() for line in lines[1:]))


@cache
def compiled(product: str) -> tuple[CompiledProduct, Prices]:
    file = read_document(read_values((CORPUS / f"{product}.yaml").read_text()))
    terms = in_force(file.tariff, file.model.currency, read_moment("2026-06-01T00:00:00Z"))
    return compile_product(file.model), compile_prices(file.model, terms)


def choices(product: CompiledProduct, text: str) -> dict[str, Choice]:
    """Read `top=oak, width=800, extras=(tray lamp)`; "nothing chosen" is none."""
    found: dict[str, Choice] = {}
    for part in re.split(r",\s*", text) if text != "nothing chosen" else ():
        key, _, told = part.partition("=")
        kind = product.model.option_by_key[key].kind
        if kind is Kind.NUMBER:
            found[key] = Decimal(told)
        elif kind is Kind.BOOLEAN:
            found[key] = told == "yes"
        elif kind is Kind.MULTI:
            found[key] = tuple(told.strip("()").split())
        else:
            found[key] = told.strip('"')
    return found


def word(choice: Any) -> str:
    match choice:
        case None:
            return "nothing"
        case bool():
            return "yes" if choice else "no"
        case list():
            return f"({' '.join(choice)})"
        case _:
            return str(choice)


def domain(found: Mapping[str, Any]) -> str:
    """Tell what may be chosen, in the words of the corpus."""
    if "runs" in found:
        told = [
            word(first) if first == last else f"{first} to {last}" for first, last in found["runs"]
        ]
    else:
        told = [word(value) for value in found.get("values", [])]
    return ", ".join([*told, *(["nothing"] if found["none"] else [])])


def answers(case: Case) -> list[str]:
    """Return what the configurator says, line by line, about all that the case tells."""
    product, prices = compiled(case.product)
    given = choices(product, case.chosen)

    def asked(changes: Mapping[str, Choice]) -> dict[str, Any]:
        evaluation: Evaluation = evaluate(product, prices, given, changes, repaired=SHOWN_REPAIRS)
        return evaluation_json(evaluation)

    state = asked({})
    found: list[str] = []
    for line in case.told:
        if line.startswith("instead: "):
            continue
        key, _, rest = line.partition(" ")
        if line.startswith("missing"):
            found.append(f"missing: {', '.join(state['missing']) or 'nothing'}")
        elif line.startswith("gives way"):
            found.append(
                f"gives way: {', '.join(key for key, kept in state['preferences'].items() if not kept['holds'])}"
            )
        elif rest.startswith("may be"):
            found.append(f"{key} may be {domain(state['options'][key]['domain'])}")
        elif rest.startswith("is not asked"):
            is_asked = state["options"][key]["active"]
            found.append(f"{key} is {'' if is_asked else 'not '}asked")
        elif rest.startswith("is "):
            option = state["options"][key]
            found.append(f"{key} is {word(option['value'])} ({option['source'] or 'open'})")
        else:
            found += clash(asked(choices(product, re.split(" can(?:not)? be", line)[0])), line)
    return found


def clash(answer: Mapping[str, Any], line: str) -> list[str]:
    """Tell why something cannot be chosen, and what else would have to be; that it can be, where it
    can.
    """
    wish = re.split(" can(?:not)? be", line)[0]
    conflict = answer["conflict"]
    if conflict is None:
        return [f"{wish} can be"]
    why = " ".join(rule["message"] for rule in conflict["rules"])
    ways = [
        ", ".join(
            f"{key}={word(value)}"
            for key, value in each["changes"].items()
            if value != conflict["attempted"].get(key, ())
        )
        for each in conflict["repairs"]
    ]
    return [f"{wish} cannot be: {why}", *(f"instead: {way}" for way in ways)]


@pytest.mark.parametrize("case", list(cases()), ids=lambda case: f"{case.product}: {case.chosen}")
def test_the_answer_is_the_one_of_the_corpus(case: Case) -> None:
    assert tuple(answers(case)) == case.told


def test_the_corpus_is_there() -> None:
    assert (
        sum(len([line for line in case.told if not line.startswith("instead")]) for case in cases())
        >= 60
    )


@pytest.mark.parametrize("product", sorted(path.stem for path in CORPUS.glob("*.yaml")))
def test_the_products_of_the_corpus_have_no_faults(product: str) -> None:
    file = read_document(read_values((CORPUS / f"{product}.yaml").read_text()))
    assert not [finding for finding in checks.findings(file.model) if finding.severity == "error"]
