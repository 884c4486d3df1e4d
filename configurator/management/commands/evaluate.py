"""Evaluate choices line by line, without a server and without a database: `manage.py evaluate desk.yaml < lines`.

A line is one JSON object: the choices by option key, or, when its `choices` is itself an object, what the API takes:
choices, changes, quantity, price_list, locale, who buys and where, and the time `at` whose prices hold. A choice is
never an object, so the two cannot be mixed up.
"""

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from catalog.errors import Malformed, Refusal
from configurator.choices import ChoicesMalformed, read_json_choices
from configurator.command_line import pictures_in, read_file, told_plainly, with_pictures
from configurator.evaluation import CompiledProduct, compile_product, evaluate
from configurator.evaluation_json import evaluation_json
from configurator.operations import MOST_QUANTITY, QuantityRefused
from pricing.breakdown import Prices, compile_prices
from pricing.in_force import Buyer, InForce, in_force
from pricing.price_list import read_moment
from pricing.product_file import ProductFile

BUYER = ("channel", "customer_group", "customer", "country", "region")
FIELDS = ("choices", "changes", "quantity", "price_list", "locale", *BUYER, "at", "costs")


@dataclass(frozen=True)
class Asked:
    """What one line asks; `pointer` leads to its choices."""

    choices: Mapping[str, Any]
    changes: Mapping[str, Any]
    quantity: int
    price_list: str | None
    locale: str | None
    buyer: Buyer
    at: datetime
    costs: bool
    pointer: str

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
        parser.add_argument("--at", metavar="TIME", help="whose prices hold, such as 2027-01-01T00:00:00Z; else now")
        parser.add_argument("--locale", metavar="LOCALE", help="the language of texts, for lines that name none")

    def handle(self, *args: Any, **options: Any) -> None:
        file = read_file(options["file"])
        with told_plainly():
            pictures = pictures_in(None, options["file"], file.model)
            product = compile_product(with_pictures(file.model, pictures))
        prices: dict[InForce, Prices] = {}
        options["now"] = timezone.now()
        for number, line in enumerate(sys.stdin, 1):
            if line.strip():
                answer = _answer(file, product, prices, line, options, number)
                self.stdout.write(json.dumps(answer, ensure_ascii=False, separators=(",", ":")))
                self.stdout.flush()


def _answer(
    file: ProductFile,
    product: CompiledProduct,
    prices: dict[InForce, Prices],
    line: str,
    options: Mapping[str, Any],
    number: int,
) -> dict[str, Any]:
    try:
        asked = _read(line, options)
        model = file.model
        terms = in_force(file.tariff, model.currency, asked.at, asked.price_list, asked.buyer, model.tax_class)
        if terms not in prices:
            prices[terms] = compile_prices(model, terms)
        choices = _choices(product, asked.choices, asked.pointer)
        changes = _choices(product, asked.changes, "/changes")
        kept = {key: choice for key, choice in choices.items() if choice is not None}
        evaluation = evaluate(product, prices[terms], kept, changes, asked.quantity)
        return evaluation_json(evaluation, asked.locale, costs=asked.costs)
    except Refusal as refusal:
        return {"error": {"line": number, "code": refusal.slug, "detail": refusal.sentence, **refusal.data}}


def _read(line: str, options: Mapping[str, Any]) -> Asked:
    try:
        document = json.loads(line, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
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
        quantity=document.get("quantity", 1),
        price_list=document.get("price_list", options["price_list"]),
        locale=document.get("locale", options["locale"]),
        buyer=Buyer(**{name: _text(document, name) for name in BUYER}),
        at=_moment(document.get("at", options["at"]), options["now"]),
        costs=document.get("costs", False),
        pointer=pointer,
    )
    if not isinstance(asked.changes, dict):
        raise Malformed("'changes' must be an object of choices.")
    if not isinstance(asked.quantity, int) or isinstance(asked.quantity, bool):
        raise Malformed("'quantity' must be a whole number.")
    if not 1 <= asked.quantity <= MOST_QUANTITY:
        raise QuantityRefused(f"Order 1 to {MOST_QUANTITY} pieces.")
    if not isinstance(asked.costs, bool):
        raise Malformed("'costs' must be true or false.")
    for name, value in (("price_list", asked.price_list), ("locale", asked.locale)):
        if value is not None and not isinstance(value, str):
            raise Malformed(f"'{name}' must be a text.")
    return asked


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


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")


def _choices(product: CompiledProduct, given: Mapping[str, Any], pointer: str) -> dict[str, Any]:
    try:
        return read_json_choices(product.model, given)
    except ChoicesMalformed as refusal:
        errors = [{**each, "pointer": pointer + each["pointer"]} for each in refusal.data["errors"]]
        raise ChoicesMalformed(refusal.sentence, errors=errors) from None
