"""Drafts: what a product model says survives the way through rows exactly."""

from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog import drafts, operations
from catalog.errors import Malformed
from catalog.models import Merchant, Option, Product
from catalog.product_model import ProductModel, TableRule, read, write
from tests.examples.desk import DESK, desk
from tests.examples.everything import EVERYTHING, PICTURES, everything
from tests.factories import make_merchant, picture

pytestmark = pytest.mark.database


def through_rows(merchant: Merchant, model: ProductModel) -> ProductModel:
    written = drafts.write(merchant, model)
    return drafts.read(Product.objects.get(pk=written.pk))


def test_the_desk_survives_the_way_through_rows(merchant: Merchant) -> None:
    assert through_rows(merchant, desk()).digest == desk().digest


def test_a_model_that_uses_every_field_survives_the_way_through_rows(merchant: Merchant) -> None:
    assets = {name: operations.keep_asset(merchant, name, picture()).digest for name in PICTURES}
    model = everything(assets=assets)
    assert through_rows(merchant, model) == model


def test_the_example_of_everything_leaves_no_field_at_its_default() -> None:
    used: dict[str, set[str]] = {}
    unused: dict[str, set[str]] = {}

    def walk(value: Any) -> None:
        if isinstance(value, tuple):
            for each in value:
                walk(each)
        elif hasattr(value, "__pydantic_config__"):
            name = type(value).__name__
            used.setdefault(name, set())
            unused.setdefault(name, set(value.__dataclass_fields__))
            for field, definition in value.__dataclass_fields__.items():
                content = getattr(value, field)
                walk(content)
                default = (
                    definition.default_factory()
                    if callable(definition.default_factory)
                    else definition.default
                )
                if content != default:
                    unused[name].discard(field)

    walk(everything(assets={"whole.png": "0" * 64}))
    assert {name: fields for name, fields in unused.items() if fields} == {}


def test_the_order_of_rows_does_not_depend_on_their_keys(merchant: Merchant) -> None:
    shuffled = desk(
        options=list(reversed(DESK["options"])), price_lines=list(reversed(DESK["price_lines"]))
    )
    assert through_rows(merchant, shuffled) == shuffled


def test_amounts_and_attributes_keep_the_order_they_were_written_in(merchant: Merchant) -> None:
    model = through_rows(merchant, everything())
    assert list(model.price_lines[1].amounts) == ["oak", "ash", "elm"]
    assert list(model.options[0].values[0].attributes) == [
        "weight",
        "origin",
        "age",
        "big",
        "typeface",
    ]


def test_writing_a_draft_again_replaces_it_as_a_whole(merchant: Merchant) -> None:
    first = drafts.write(merchant, everything(product="desk"))
    second = drafts.write(merchant, desk())
    assert (first.pk, drafts.read(second)) == (second.pk, desk())


def test_writing_a_draft_leaves_other_products_and_merchants_alone(merchant: Merchant) -> None:
    other = drafts.write(make_merchant("carpentry"), desk())
    neighbour = drafts.write(merchant, desk(product="desk-2"))
    drafts.write(merchant, everything(product="desk"))
    assert drafts.read(other) == desk()
    assert drafts.read(neighbour) == desk(product="desk-2")


def test_an_unfinished_draft_can_be_written_and_read(merchant: Merchant) -> None:
    model = read(
        {
            "product": "bare",
            "name": "Bare",
            "options": [{"key": "width", "kind": "number", "label": "Width"}],
        }
    )
    assert through_rows(merchant, model) == model


def test_reading_takes_the_same_few_queries_for_any_size(merchant: Merchant) -> None:
    small, large = drafts.write(merchant, desk()), drafts.write(merchant, everything())
    counts = []
    for product in (small, large):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            drafts.read(product)
        counts.append(len(queries))
    assert max(counts) <= 20


def test_a_table_of_five_thousand_rows_survives(merchant: Merchant) -> None:
    table = TableRule(
        "big", ("top", "width"), tuple(("oak", read_number(1000 + n)) for n in range(5000))
    )
    model = replace(desk(), tables=(table,))
    assert through_rows(merchant, model) == model


def read_number(number: int) -> Any:
    return (
        read({**DESK, "presets": [{"key": "p", "label": "P", "choices": {"width": number}}]})
        .presets[0]
        .choices["width"]
    )


@pytest.mark.parametrize(
    ("changes", "pointer", "detail"),
    [
        (
            {"steps": [], "options": [{"key": "a", "kind": "boolean", "label": "A", "group": "x"}]},
            "/options/a/group",
            "no group",
        ),
        (
            {"bom_lines": [{"key": "b", "label": "B", "option": "fram"}]},
            "/bom_lines/b/option",
            "did you mean 'frame'?",
        ),
        (
            {"rules": [{"key": "r", "then": "true"}, {"key": "r", "then": "true"}]},
            "/rules/r",
            "used twice",
        ),
        ({"name": "De\0sk"}, "/name", "cannot be kept"),
        ({"name": {"default": "Desk", "de": "\ud800"}}, "/name/de", "cannot be kept"),
        ({"currency": "Euro"}, "/currency", "three capitals"),
    ],
)
def test_what_rows_cannot_hold_is_refused_with_its_place(
    merchant: Merchant, changes: dict[str, Any], pointer: str, detail: str
) -> None:
    document = {**DESK, "price_lines": [], "bom_lines": [], **changes}
    with pytest.raises(Malformed) as refused:
        drafts.write(merchant, read(document))
    errors = refused.value.data["errors"]
    assert [(each["pointer"], detail in each["detail"]) for each in errors] == [(pointer, True)]


def test_a_refused_draft_leaves_the_one_before(merchant: Merchant) -> None:
    drafts.write(merchant, desk())
    with pytest.raises(Malformed):
        drafts.write(merchant, desk(bom_lines=[{"key": "b", "label": "B", "option": "no_such"}]))
    assert Option.objects.for_merchant(merchant).count() == len(DESK["options"])


def test_pictures_of_the_merchant_are_named_by_their_content(merchant: Merchant) -> None:
    asset = operations.keep_asset(merchant, "desk.png", picture())
    operations.keep_asset(make_merchant("carpentry"), "desk.png", picture(colour="#000000"))
    model = through_rows(merchant, desk(image="desk.png"))
    assert model.assets == {"desk.png": asset.digest}


def test_the_example_documents_write_themselves_again() -> None:
    assert read(write(desk())) == desk()
    assert read(write(everything())) == read(EVERYTHING)
