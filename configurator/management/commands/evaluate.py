"""Evaluate choices line by line, without a server and without a database: `manage.py evaluate
desk.yaml < lines`.

A line is one JSON object: the choices by option key, or, when its `choices` is itself an object,
what the API takes: choices, changes, instance, quantity, order_quantity, price_list, locale, who
buys and where, the time `at` whose prices hold, costs, explanations, repairs, complete and trace;
and `why`, an option to explain. A choice is never an object, so the two cannot be mixed up.
"""

import json
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from catalog.errors import Malformed, Refusal
from catalog.locales import read_locale
from catalog.model_checks import check_units
from catalog.numbers import whole
from configurator.choices import ChoicesMalformed, read_json_choices, read_question
from configurator.command_line import pictures_in, read_file, told_plainly, with_pictures
from configurator.compiled_product import CompiledProduct, compile_product
from configurator.completion.completion import Wish, completion, read_wish
from configurator.engine.face.conflicts import MOST_EXPLANATIONS, MOST_REPAIRS
from configurator.evaluation.evaluate import evaluate
from configurator.evaluation.ways_out import SHOWN_REPAIRS
from configurator.evaluation.why import why
from configurator.evaluation_json import completion_json, evaluation_json, why_json
from configurator.instances import InstanceAsk, with_instance
from configurator.ordering import refuse_quantity
from configurator.tracing import trace_json, traced
from pricing.breakdown import Prices, compile_prices, line_classes
from pricing.in_force import Buyer, InForce, in_force
from pricing.price_list import read_moment
from pricing.product_file import ProductFile

BUYER = ("channel", "customer_group", "customer", "country", "region", "tax_status")
_MARK = b"\xef\xbb\xbf"
FIELDS = (
    "choices",
    "changes",
    "instance",
    "quantity",
    "order_quantity",
    "price_list",
    "locale",
    *BUYER,
    "at",
    "costs",
    "explanations",
    "repairs",
    "complete",
    "trace",
    "why",
)


@dataclass(frozen=True)
class Asked:
    """What one line asks; `pointer` leads to its choices."""

    choices: Mapping[str, Any]
    changes: Mapping[str, Any]
    instance: InstanceAsk | None
    quantity: int
    order_quantity: int | None
    price_list: str | None
    locale: str | None
    buyer: Buyer
    at: datetime
    costs: bool
    explained: int
    repaired: int
    is_traced: bool
    why: Mapping[str, Any] | None
    pointer: str
    complete: Wish | None

    @property
    def terms(self) -> tuple[str | None, Buyer, datetime]:
        return self.price_list, self.buyer, self.at


class Command(BaseCommand):
    help = (
        "Reads one JSON object of choices per line from standard input and prints one Evaluation per line: the same "
        "answer as page and API give. A line that cannot be read is answered with an object 'error'; the next goes on."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="the product file")
        parser.add_argument("--price-list", metavar="KEY", help="for lines that name none")
        parser.add_argument(
            "--at", metavar="TIME", help="whose prices hold, such as 2027-01-01T00:00:00Z; else now"
        )
        parser.add_argument(
            "--locale", metavar="LOCALE", help="the language of texts, for lines that name none"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        file = read_file(options["file"])
        with told_plainly():
            _refuse_units(file)
            pictures = pictures_in(None, options["file"], file.model)
            product = compile_product(with_pictures(file.model, pictures))
        prices: dict[InForce, Prices] = {}
        options["now"] = timezone.now()
        # As bytes, where there are any: what is no UTF-8 in one line is that line's fault alone.
        for number, line in enumerate(getattr(sys.stdin, "buffer", sys.stdin), 1):
            if line.strip():
                answer = _answer(file, product, prices, line, options, number)
                self.stdout.write(json.dumps(answer, ensure_ascii=False, separators=(",", ":")))
                self.stdout.flush()


def _refuse_units(file: ProductFile) -> None:
    """Refuse with Malformed what publishing refuses, and would be computed with all the same: units
    that do not fit.
    """
    errors = [
        {"pointer": f"/{each.path}", "detail": each.sentence} for each in check_units(file.model)
    ]
    if errors:
        raise Malformed(
            "The file cannot be evaluated: publishing refuses these formulas for their units.",
            errors=errors,
        )


def _answer(
    file: ProductFile,
    product: CompiledProduct,
    prices: dict[InForce, Prices],
    line: str | bytes,
    options: Mapping[str, Any],
    number: int,
) -> dict[str, Any]:
    try:
        asked = _read(line, options)
        model = file.model
        of_product = (model.tax_class, line_classes(model))
        terms = in_force(
            file.tariff, model.currency, asked.at, asked.price_list, asked.buyer, *of_product
        )
        if terms not in prices:
            prices[terms] = compile_prices(model, terms)
        choices = _choices(product, asked.choices, asked.pointer)
        changes = _choices(product, asked.changes, "/changes")
        kept = {key: choice for key, choice in choices.items() if choice is not None}
        if asked.instance is not None:
            before = evaluate(product, prices[terms], kept)
            changes, _rows = with_instance(
                product.model, before.choices, before.values, changes, asked.instance
            )
        with traced() as trace:
            evaluation = evaluate(
                product,
                prices[terms],
                kept,
                changes,
                asked.quantity,
                asked.explained,
                asked.repaired,
                order_quantity=asked.order_quantity,
            )
        document = evaluation_json(evaluation, asked.locale, costs=asked.costs)
        if asked.complete is not None and evaluation.conflict is None:
            found = completion(product, prices[terms], evaluation.choices, asked.complete)
            document["completion"] = completion_json(
                found, product.model, asked.locale, asked.costs
            )
        if asked.is_traced:
            document["trace"] = trace_json(evaluation, trace, asked.locale)
        if asked.why is not None:
            option, value = read_question(
                product.model, str(asked.why.get("option")), asked.why.get("value")
            )
            document["why"] = why_json(
                evaluation, why(evaluation, option, value, asked.explained), asked.locale
            )
        return document
    except Refusal as refusal:
        return {
            "error": {
                "line": number,
                "code": refusal.slug,
                "detail": refusal.sentence,
                **refusal.data,
            }
        }


def _read(line: str | bytes, options: Mapping[str, Any]) -> Asked:
    try:
        # Read by what reads the API's bodies, so that both take and refuse the same.
        document = orjson.loads(line.removeprefix(_MARK) if isinstance(line, bytes) else line)
    except orjson.JSONDecodeError as error:
        raise Malformed(f"This line is no JSON: {error}") from None
    if not isinstance(document, dict):
        raise Malformed("A line must be a JSON object of choices.")
    pointer = "/choices"
    if not isinstance(document.get("choices"), dict):
        document, pointer = {"choices": document}, ""
    unknown = [key for key in document if key not in FIELDS]
    if unknown:
        raise Malformed(f"There is no field '{unknown[0]}'; known are {', '.join(FIELDS)}.")
    asked = Asked(
        choices=document["choices"],
        changes=document.get("changes", {}),
        instance=_instance(document.get("instance")),
        quantity=whole(document.get("quantity", 1)),
        order_quantity=whole(document.get("order_quantity")),
        price_list=document.get("price_list", options["price_list"]),
        locale=_locale(document.get("locale", options["locale"])),
        buyer=_buyer(document),
        at=_moment(document.get("at", options["at"]), options["now"]),
        costs=document.get("costs", False),
        explained=read_how_many(
            "explanations", document.get("explanations", 1), 1, MOST_EXPLANATIONS
        ),
        repaired=read_how_many(
            "repairs", document.get("repairs", SHOWN_REPAIRS), SHOWN_REPAIRS, MOST_REPAIRS
        ),
        is_traced=document.get("trace", False),
        why=document.get("why"),
        pointer=pointer,
        complete=_wish(document.get("complete")),
    )
    if not isinstance(asked.changes, dict):
        raise Malformed("'changes' must be an object of choices.")
    if asked.why is not None and not (
        isinstance(asked.why, dict) and {"option"} <= asked.why.keys() <= {"option", "value"}
    ):
        raise Malformed("'why' must be an object with an 'option', and a 'value' if you like.")
    if not isinstance(asked.is_traced, bool):
        raise Malformed("'trace' must be true or false.")
    if not isinstance(asked.quantity, int) or isinstance(asked.quantity, bool):
        raise Malformed("'quantity' must be a whole number.")
    if not isinstance(asked.order_quantity, int | None) or isinstance(asked.order_quantity, bool):
        raise Malformed("'order_quantity' must be a whole number.")
    refuse_quantity(asked.quantity, asked.order_quantity)
    if not isinstance(asked.costs, bool):
        raise Malformed("'costs' must be true or false.")
    if asked.price_list is not None and not isinstance(asked.price_list, str):
        raise Malformed("'price_list' must be a text.")
    return asked


def _locale(given: Any) -> str | None:
    try:
        return None if given is None else read_locale(given)
    except ValueError as error:
        raise Malformed(f"'locale': {error}.") from None


def _buyer(document: Mapping[str, Any]) -> Buyer:
    buyer = Buyer(**{name: _text(document, name) for name in BUYER})
    if buyer.country is not None and not re.fullmatch(r"[A-Z]{2}", buyer.country):
        raise Malformed("'country' must be two capitals, such as CA.")
    return buyer


def _text(document: Mapping[str, Any], name: str) -> str | None:
    text = document.get(name)
    if text is not None and not isinstance(text, str):
        raise Malformed(f"'{name}' must be a text.")
    return text


def _moment(text: Any, now: datetime) -> datetime:
    try:
        return now if text is None else read_moment(text)
    except ValueError as error:
        raise Malformed(f"'at': {error}.") from None


def read_how_many(name: str, given: Any, few: int, everything: int) -> int:
    """Return how many are wanted: `few`, or `everything` where "all" is given; refuse with
    Malformed all else.
    """
    if isinstance(given, bool) or given not in (few, "all"):
        raise Malformed(f"'{name}' must be {few} or \"all\".")
    return everything if given == "all" else few


def _wish(raw: object) -> Wish | None:
    try:
        return read_wish(raw)
    except ValueError as error:
        raise Malformed(f"'complete': {error}.") from None


def _instance(given: Any) -> InstanceAsk | None:
    if given is None:
        return None
    asked = (
        {verb: what for verb, what in given.items() if verb != "to"}
        if isinstance(given, dict)
        else {}
    )
    to = given.get("to") if isinstance(given, dict) else None
    is_place = to is None or (isinstance(to, int) and not isinstance(to, bool))
    if len(asked) != 1 or not is_place or not all(isinstance(what, str) for what in asked.values()):
        raise Malformed(
            """'instance' must be one of {"add": "modules"}, {"copy": "modules.2"}, {"move": "modules.2", "to": 1}, """
            """{"remove": "modules.2"}."""
        )
    verb, what = next(iter(asked.items()))
    return InstanceAsk(str(verb), what, to)


def _choices(product: CompiledProduct, given: Mapping[str, Any], pointer: str) -> dict[str, Any]:
    try:
        return read_json_choices(product.model, given)
    except ChoicesMalformed as refusal:
        errors = [{**each, "pointer": pointer + each["pointer"]} for each in refusal.data["errors"]]
        raise ChoicesMalformed(refusal.sentence, errors=errors) from None
