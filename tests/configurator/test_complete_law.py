"""The law of completeness: complete is what satisfies every constraint, and nothing else, at every
door.

Random models of every option kind, and an oracle that goes through all combinations and shares
nothing with the engine. `COMPLETE_MODELS` sets how many models a run takes, `ENGINE_SEED` where it
starts.
"""

import json
import os
import random
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from io import StringIO
from typing import Any

import pytest
import yaml
from django.core.management import call_command

from catalog.models import Version
from catalog.product_model import Kind, ProductModel, read, write, write_choice
from configurator.answering import follow
from configurator.compiled_product import CompiledProduct, compile_product
from configurator.completing import complete_choices
from configurator.embed.states import query_of
from configurator.evaluation.evaluate import evaluate
from configurator.evaluation.evaluation import Evaluation
from configurator.offers import published
from configurator.ordering import NotReady
from pricing.breakdown import compile_prices
from pricing.in_force import InForce
from pricing.operations import import_product
from pricing.product_file import ProductFile
from tests.api import RETAIL, Api, told
from tests.configurator.engine.oracle import Maker, Oracle, Sketch
from tests.embed import Shopper
from tests.factories import make_merchant

SEED = int(os.environ["ENGINE_SEED"])
MODELS = int(os.environ.get("COMPLETE_MODELS", 16))
GIVEN = {"text": "given", "colour": "#0b6e4f"}


@dataclass(frozen=True)
class Case:
    """A random product that has a configuration, as the oracle and as the catalog have it, and
    states of it.
    """

    name: str
    sketch: Sketch
    oracle: Oracle
    model: ProductModel
    states: tuple[dict[str, Any], ...]


def cases(count: int, states: int = 4) -> Iterator[Case]:
    for number in range(count):
        chance = random.Random(f"{SEED}/{number}")
        maker = Maker(chance)
        sketch = maker.sketch()
        oracle = Oracle(sketch)
        if not oracle.configurations({}):
            continue
        document = sketch.document()
        document["price_lines"] = [{"key": "base", "label": "Base", "amount": 1}]
        for option in document["options"]:
            if option["kind"] == "text":
                option["kind"] = chance.choice(("text", "colour"))
                if option.get("default"):
                    option["default"] = GIVEN[option["kind"]]
        model = read(document)
        chosen = [maker.choices(sketch, oracle, consistent=True) for _ in range(states)]
        yield Case(
            f"ENGINE_SEED={SEED}, model {number}",
            sketch,
            oracle,
            model,
            tuple(
                {key: as_choice(model, key, value) for key, value in each.items()}
                for each in ({}, *chosen)
            ),
        )


def as_choice(model: ProductModel, key: str, value: Any) -> Any:
    kind = model.option_by_key[key].kind
    if kind in GIVEN:
        # To leave it empty is a choice as well.
        return GIVEN[kind] if value else value
    return (
        Decimal(value.numerator) / Decimal(value.denominator)
        if isinstance(value, Fraction)
        else value
    )


def is_configuration(case: Case, values: Any) -> bool:
    """Tell whether `values`, and nothing for all other options, satisfy every constraint, as the
    oracle has it.
    """
    combination = []
    for each in case.sketch.asked:
        value = values.get(each.key)
        if each.kind == "multi":
            value = frozenset(value or ())
        elif each.kind == "text":
            value = None if value is None else "given"
        elif isinstance(value, Decimal):
            value = Fraction(value)
        combination.append(value)
    wanted = case.oracle.demanded(case.oracle.demands)
    return any(
        wanted >> place & 1
        and all(type(a) is type(b) and a == b for a, b in zip(found, combination, strict=True))
        for place, found in enumerate(case.oracle.combinations)
    )


def waits_for_a_preference(evaluation: Evaluation) -> bool:
    """Tell whether a preference alone may keep it open: it wants an answer that nobody gives
    unasked.

    Those are more of a multi-choice, a text and a colour. What a preference took holds in all that
    is decided after it, as docs/modelling/engine.md tells.
    """
    kinds = {evaluation.model.option_by_key[key].kind for key in evaluation.missing}
    return bool(evaluation.preferred and kinds) and kinds <= {Kind.MULTI, Kind.TEXT, Kind.COLOUR}


def evaluated(product: CompiledProduct, choices: Any) -> Evaluation:
    return evaluate(product, compile_prices(product.model, InForce(RETAIL)), choices)


def test_complete_is_what_satisfies_every_constraint_and_nothing_else():
    complete = incomplete = 0
    for case in cases(MODELS):
        product = compile_product(case.model)
        for choices in case.states:
            evaluation = evaluated(product, choices)
            holds = is_configuration(case, evaluation.values)
            assert evaluation.complete == holds or (holds and waits_for_a_preference(evaluation)), (
                case.name,
                choices,
            )
            assert not evaluation.fault, (case.name, choices)
            complete += evaluation.complete
            incomplete += not evaluation.complete
    assert min(complete, incomplete) > MODELS / 10


def test_a_rule_that_an_option_left_waiting_breaks_is_open():
    """Whether the option is asked depends on itself, so that nothing it holds is decided."""
    tops = {"oak": {"a": 1, "b": 0.75}, "ash": {"a": 3, "b": -0.5}, "elm": {"b": 2}}
    model = read(
        {
            "product": "desk",
            "name": "Desk",
            "options": [
                {
                    "key": "extras",
                    "kind": "multi",
                    "label": "Extras",
                    "when": "top.b != top.a - sum(extras.b) / top.b implies extras has lamp",
                    "values": [{"key": "lamp", "label": "Lamp", "attributes": {"b": 1}}],
                },
                {
                    "key": "top",
                    "kind": "choice",
                    "label": "Top",
                    "required": False,
                    "values": [
                        {"key": key, "label": key, "attributes": held} for key, held in tops.items()
                    ],
                },
            ],
            "rules": [{"key": "something", "then": "top in (oak, ash, elm) or given(extras)"}],
            "price_lines": [{"key": "base", "label": "Base", "amount": 1}],
        }
    )
    evaluation = evaluated(compile_product(model), {})
    assert [(each.reason.key, each.options) for each in evaluation.open_rules] == [
        ("something", ("extras", "top"))
    ]
    assert not evaluation.fault and not evaluation.complete


def test_what_is_not_complete_says_what_has_to_be_answered():
    for case in cases(MODELS // 2):
        product = compile_product(case.model)
        for choices in case.states:
            evaluation = evaluated(product, choices)
            assert evaluation.complete == (not evaluation.missing and not evaluation.open_rules), (
                case.name
            )
            needed = case.oracle.needed(sketched(case, choices))
            wanted = {
                option.key
                for option in case.model.options
                if evaluation.options[option.key].active
                and option.key not in evaluation.values
                and option.kind not in ("multi", "boolean")
                and (option.required or option.key in needed)
            }
            found = {
                key
                for key in evaluation.missing
                if case.model.option_by_key[key].kind not in ("multi", "boolean")
            }
            assert found == wanted, (case.name, choices)


def test_a_needed_answer_is_one_that_leads_on():
    """Whatever is missing or named by an open rule can be answered, and then less or something else
    is.
    """
    for case in cases(MODELS // 4):
        product = compile_product(case.model)
        for choices in case.states:
            evaluation = evaluated(product, choices)
            for key in evaluation.missing:
                domain = evaluation.options[key].domain
                assert domain.given or not domain.none, (case.name, choices, key)


def sketched(case: Case, choices: Any) -> dict[str, Any]:
    """Return choices in the oracle's own words."""
    return {
        key: "given"
        if case.sketch.option(key).kind == "text"
        else Fraction(value)
        if isinstance(value, Decimal)
        else value
        for key, value in choices.items()
    }


# ---- at every door -------------------------------------------------------------------------------


@pytest.mark.database
def test_all_doors_agree_on_what_is_complete_and_refuse_the_rest(db, client, monkeypatch, tmp_path):
    merchant = make_merchant()
    api = Api(merchant)
    for place, case in enumerate(cases(8, states=2)):
        model = read({**write(case.model), "product": f"random{place}"})
        product = import_product(merchant, ProductFile(model, (RETAIL,)))
        # As published: the checks would stop a model with a dead value, which shoppers never see.
        document = json.dumps(write(model))
        Version.objects.create(product=product, number=1, document=document, digest=model.digest)
        offer = published(merchant.slug, model.product)
        file = tmp_path / f"{model.product}.yaml"
        file.write_text(yaml.safe_dump({**write(model), "price_lists": [{**LIST}]}))
        for choices in case.states:
            evaluation = follow(offer, choices)
            is_whole, holds = evaluation.complete, is_configuration(case, evaluation.values)
            assert is_whole == holds or (holds and waits_for_a_preference(evaluation)), case.name
            plain = {key: write_choice(value) for key, value in choices.items()}
            check_command_line(case, monkeypatch, file, plain, is_whole)
            check_api(case, api, model.product, plain, is_whole)
            check_page(
                case,
                Shopper(client, f"/embed/{merchant.slug}/{model.product}/"),
                model,
                choices,
                is_whole,
            )
            if not is_whole:
                with pytest.raises(NotReady):
                    complete_choices(offer, choices)


LIST = {"key": "retail", "name": "Retail", "currency": "EUR", "tax_rate": 19, "is_default": True}


def check_command_line(case: Case, monkeypatch: Any, file: Any, plain: Any, is_whole: bool) -> None:
    out = StringIO()
    monkeypatch.setattr("sys.stdin", StringIO(json.dumps({"choices": plain})))
    call_command("evaluate", str(file), stdout=out)
    assert json.loads(out.getvalue())["complete"] is is_whole, case.name


def check_api(case: Case, api: Api, product: str, plain: Any, is_whole: bool) -> None:
    assert (
        told(api.post(f"products/{product}/evaluate", {"choices": plain}))["complete"] is is_whole
    ), case.name
    answer = api.post("configurations", {"product": product, "choices": plain, "complete": True})
    assert answer.status_code == (201 if is_whole else 409), case.name
    assert is_whole or told(answer)["code"] == "configuration-not-ready"


def check_page(
    case: Case, shopper: Shopper, model: ProductModel, choices: Any, is_whole: bool
) -> None:
    page = shopper.opens(f"?{query_of(model, choices)}")
    assert page.data("message")["complete"] is is_whole, case.name
    assert shopper.presses("complete").status == (303 if is_whole else 422), case.name
