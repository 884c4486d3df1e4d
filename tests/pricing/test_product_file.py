import json
from dataclasses import is_dataclass
from decimal import Decimal
from pathlib import Path
from typing import get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from catalog import product_model
from catalog.errors import Malformed
from pricing.price_list import PriceList, read_price_list
from pricing.product_file import (
    ProductFile,
    document_of,
    json_schema,
    read_document,
    read_product_file,
    read_values,
    write_product_file,
)
from tests.examples.desk import DESK, desk

SCHEMA = Path(__file__).parents[2] / "docs" / "api" / "product-file.schema.json"
SHOP = read_price_list({"key": "shop", "name": "Shop", "currency": "EUR", "tax_rate": 19})
TWO_OPTIONS = """\
product: shelf
name: Shelf
options:
  - key: wood
    kind: choice
    label: Wood
    values:
      - {key: pine, label: Pine}
  - key: width
    kind: number
    label: Width
    number: {first: 600, last: 900}
"""


def errors_of(text: str, name: str = "") -> list[dict]:
    with pytest.raises(Malformed) as refused:
        read_product_file(text, name)
    return refused.value.data["errors"]


def test_the_desk_written_and_read_again_is_the_same():
    file = ProductFile(desk(), (SHOP,))
    assert read_product_file(write_product_file(file)) == file


def test_yaml_and_json_say_the_same():
    document = {
        **DESK,
        "price_lists": [{"key": "shop", "name": "Shop", "currency": "EUR", "tax_rate": 19}],
    }
    file = read_product_file(json.dumps(document), "desk.json")
    assert (
        read_product_file(write_product_file(file), "desk.yaml") == file == read_document(document)
    )


@pytest.mark.parametrize("written", ["no", '"no"', "'No'", "Off", "n"])
def test_a_text_is_no_yes_and_no_no(written):
    line = f"price_lines: [{{key: a, label: A, amount: 1, once: {written}}}]\n"
    (error,) = errors_of(TWO_OPTIONS + line)
    text = written.strip("\"'")
    assert error["pointer"] == "/price_lines/0/once"
    assert (
        error["detail"]
        == f"expected true or false, found the text '{text}'; write false, without quotes"
    )
    assert error["line"] == 13


@pytest.mark.parametrize("written", ["yes", "1", "maybe", "[]", "null"])
@pytest.mark.parametrize(
    ("list_of", "rest", "field"),
    [
        ("price_lines", "key: a, label: A, amount: 1", "tiered"),
        ("price_lists", "key: a, name: A, currency: EUR", "on_request"),
        ("price_lists", "key: a, name: A, currency: EUR", "is_default"),
    ],
)
def test_nothing_but_true_and_false_is_either(list_of, rest, field, written):
    (error,) = errors_of(f"{TWO_OPTIONS}{list_of}: [{{{rest}, {field}: {written}}}]\n")
    assert error["pointer"] == f"/{list_of}/0/{field}"
    assert error["detail"].startswith("expected true or false")


def test_every_yes_or_no_of_a_product_file_is_read_so():
    kinds = [each for each in vars(product_model).values() if is_dataclass(each)] + [PriceList]
    hints = {
        f"{kind.__name__}.{name}": hint
        for kind in kinds
        for name, hint in get_type_hints(kind, include_extras=True).items()
    }
    assert [name for name, hint in hints.items() if hint is bool] == []


def test_a_written_file_is_pleasant():
    text = write_product_file(ProductFile(desk(), (SHOP,)))
    assert text.startswith(
        "product: desk\n"
        "name: {default: Desk, de: Schreibtisch}\n"
        "description: {default: A desk made to your measure., de: Ein Schreibtisch nach Ihrem Maß.}\n"
        "price_lists:\n"
        "  - key: shop\n"
    )
    assert "\n      - [glass, 600..700]\n" in text
    assert "\n    number: {first: 1000, last: 2000, step: 10, unit: mm}\n" in text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.1", Decimal("0.1")),
        ("1e3", Decimal(1000)),
        ("0x1F", 31),
        ("0o17", 15),
        ("017", 17),
        ("1_000", "1_000"),
        ("12:30:45", "12:30:45"),
        ("1:20", "1:20"),
        ("2024-01-31", "2024-01-31"),
        ("no", "no"),
        ("Yes", "Yes"),
        ("on", "on"),
        ("true", True),
        ("False", False),
        ("~", None),
        ("", None),
        ("'5'", "5"),
    ],
)
def test_plain_words_mean_what_yaml_1_2_says(text, value):
    (read,) = read_values(f"- {text}\n")
    assert (read, type(read)) == (value, type(value))


def test_keys_of_mappings_are_texts_as_they_are_written():
    assert read_values("{true: 1, 5: 2, no: 3}", "x.yaml") == {"true": 1, "5": 2, "no": 3}


@pytest.mark.parametrize(
    ("text", "line", "detail"),
    [
        ("product: a\nname: [b\noptions: []\n", 3, "while parsing a flow sequence"),
        ("product: a\nproduct: b\n", 2, "'product' stands twice"),
        ("product: a\nname: *b\n", 2, "stands for nothing"),
        ("product: !!python/tuple [a, b]\n", 1, "tags such as"),
        ("product: !!str a\n", 1, "tags such as"),
        ("a: 1\n---\nb: 2\n", 2, "one document"),
        ("a: .inf\n", 1, "no number"),
        ("a: 1e301\n", 1, "out of range"),
        ("a: " + "9" * 50 + "\n", 1, "too long"),
        ("? [a]\n: 1\n", 1, "expected a key"),
        ("a: " + "[" * 41, 1, "at most 40 levels"),
        ('{"a": 1,\n "b" 2}', 2, "':' delimiter"),
    ],
)
def test_a_broken_text_is_refused_with_its_line(text, line, detail):
    (error,) = errors_of(text)
    assert error["line"] == line
    assert detail in error["detail"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"a": 1, "a": 2}', "stands twice"),
        ('{"a": NaN}', "no number"),
        ('{"a": ' * 41 + "1" + "}" * 41, "40 levels"),
        ("5", "starts with fields"),
        ("", "starts with fields"),
        ("name: \ud800", "half a character"),
        ("name: a\x00b", "special characters"),
        (" " * 20_000_001, "20,000,000 characters"),
    ],
)
def test_other_texts_are_refused_in_words(text, told):
    with pytest.raises(Malformed, match=told):
        read_product_file(text)


def test_something_may_be_said_twice_by_an_alias():
    assert read_values("a: &wood {key: pine}\nb: [*wood, *wood]\n") == {
        "a": {"key": "pine"},
        "b": [{"key": "pine"}, {"key": "pine"}],
    }


def test_what_aliases_repeat_is_counted(monkeypatch):
    monkeypatch.setattr("pricing.product_file.MAX_REPEATED", 20)
    assert read_values("a: &a [1, 2, 3]\nb: [*a, *a, *a, *a, *a]\n")["b"] == [[1, 2, 3]] * 5
    text = "a: &a [1, 2, 3]\nb: &b [*a, *a]\nc: [*b, *b]\n"
    assert "repeat more than 20 places" in errors_of(text)[0]["detail"]


def test_a_wrong_shape_is_told_with_place_and_line():
    text = TWO_OPTIONS.replace("kind: number", "kind: nummer")
    (error,) = errors_of(text)
    assert (error["pointer"], error["line"]) == ("/options/1/kind", 10)


@pytest.mark.parametrize(
    ("old", "new", "pointer", "told"),
    [
        (
            "    label: Wood",
            "    label: Wood\n    lable: x",
            "/options/0/lable",
            "did you mean 'label'?",
        ),
        (
            "{key: pine, label: Pine}",
            "{key: pine, label: P, skus: 5}",
            "/options/0/values/0/skus",
            "'sku'",
        ),
        ("last: 900", "last: 900, setp: 5", "/options/1/number/setp", "did you mean 'step'?"),
        ("name: Shelf", "name: Shelf\ncurency: EUR", "/curency", "did you mean 'currency'?"),
        (
            "name: Shelf",
            "name: Shelf\nprice_lists: [{key: a, name: A, currency: EUR, rounding: 5}]",
            "/price_lists/0/rounding",
            "did you mean 'rounding_of'?",
        ),
        (
            "{key: pine, label: Pine}",
            "{key: pine, label: Pine, sku: 12}",
            "/options/0/values/0/sku",
            "in quotes",
        ),
    ],
)
def test_an_unknown_or_mistaken_field_gets_a_suggestion(old, new, pointer, told):
    (error,) = errors_of(TWO_OPTIONS.replace(old, new))
    assert error["pointer"] == pointer
    assert told in error["detail"]


def test_all_wrong_places_are_told_at_once():
    text = (
        TWO_OPTIONS.replace("kind: number", "kind: nummer")
        + "price_lists: [{key: A, name: a, currency: EUE}]\n"
    )
    assert [error["pointer"] for error in errors_of(text)] == [
        "/options/1/kind",
        "/price_lists/0/key",
        "/price_lists/0/currency",
    ]


def test_two_price_lists_of_one_key_are_refused():
    terms = "{key: a, name: A, currency: EUR}"
    (error,) = errors_of(f"{TWO_OPTIONS}price_lists: [{terms}, {terms}]\n")
    assert error["pointer"] == "/price_lists/1/key"


def test_price_lists_that_are_no_list_are_refused():
    assert errors_of(f"{TWO_OPTIONS}price_lists: {{a: 1}}\n")[0]["pointer"] == "/price_lists"


def test_the_published_schema_is_current():
    assert json.loads(SCHEMA.read_text()) == json_schema()


def test_the_desk_follows_the_published_schema():
    schema = json.loads(SCHEMA.read_text())
    Draft202012Validator.check_schema(schema)
    file = ProductFile(desk(), (SHOP,))
    Draft202012Validator(schema).validate(document_of(file))


def test_the_published_schema_knows_no_other_fields():
    document = {**document_of(ProductFile(desk())), "prise_lists": []}
    assert not Draft202012Validator(json.loads(SCHEMA.read_text())).is_valid(document)


# ---- laws ----------------------------------------------------------------------------------------

words = st.text(
    st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=20
) | st.sampled_from(
    [
        "no",
        "~",
        "1e3",
        "0x1F",
        "*",
        "- a",
        "a: b",
        "# x",
        "a\nb\n",
        "\n",
        " a",
        "a ",
        "|",
        "true",
        "'",
        '"',
        "\u2028",
        "é",
        "",
    ]
)
texts = st.builds(
    product_model.Text,
    words,
    st.dictionaries(st.sampled_from(["de", "fr-CA"]), words).map(
        lambda known: tuple(sorted(known.items()))
    ),
)
keys = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
numbers = (
    st.decimals(-(10**11), 10**11, places=3)
    .filter(lambda n: len(n.as_tuple().digits) < 16)
    .map(lambda n: n.quantize(Decimal(1)) if n == n.to_integral_value() else n.normalize())
)
expressions = st.sampled_from(
    ["a == b", "12", "1.5", "1.50", "true", "min(a, b) * 2", "{x", "-3", "1e5", "a: b"]
)
cells = st.recursive(
    words | st.booleans() | numbers,
    lambda each: st.lists(each, max_size=3).map(tuple),
    max_leaves=4,
)


def optional(strategy):
    return st.none() | strategy


values = st.builds(
    product_model.Value,
    key=keys,
    label=texts,
    sku=words,
    description=optional(texts),
    image=optional(words),
    swatch=optional(words),
    attributes=st.dictionaries(keys, words | numbers, max_size=3),
    when=optional(expressions),
    reason=optional(texts),
)
options = st.builds(
    product_model.Option,
    key=keys,
    kind=st.sampled_from(product_model.Kind),
    label=texts,
    group=optional(keys),
    required=st.booleans(),
    default=st.none()
    | words
    | st.booleans()
    | numbers
    | st.lists(words, max_size=3, unique=True).map(tuple),
    values=st.lists(values, max_size=3).map(tuple),
    number=optional(st.builds(product_model.NumberDomain, numbers, numbers, numbers, words)),
    text=optional(
        st.builds(product_model.TextDomain, st.integers(0, 9), st.integers(0, 99), optional(words))
    ),
    at_least=optional(st.integers(0, 9)),
)
price_lines = st.builds(
    product_model.PriceLine,
    key=keys,
    label=texts,
    amount=optional(expressions),
    option=optional(keys),
    amounts=st.dictionaries(keys, expressions, max_size=3),
    of=st.lists(keys, max_size=2).map(tuple),
    price_list=optional(words),
)
tables = st.builds(
    product_model.TableRule,
    key=keys,
    options=st.lists(keys, max_size=3).map(tuple),
    rows=st.lists(st.lists(cells, max_size=3).map(tuple), max_size=4).map(tuple),
    allows=st.booleans(),
)
models = st.builds(
    product_model.ProductModel,
    product=st.from_regex(r"[a-z0-9][a-z0-9_-]{0,8}", fullmatch=True),
    name=texts,
    options=st.lists(options, max_size=3).map(tuple),
    description=optional(texts),
    units=st.lists(st.sampled_from(product_model.LENGTH_UNITS), unique=True).map(tuple),
    price_lines=st.lists(price_lines, max_size=3).map(tuple),
    tables=st.lists(tables, max_size=2).map(tuple),
    steps=st.lists(
        st.builds(
            product_model.Step,
            keys,
            texts,
            st.lists(st.builds(product_model.Group, keys, texts), max_size=2).map(tuple),
        ),
        max_size=2,
    ).map(tuple),
    presets=st.lists(
        st.builds(
            product_model.Preset,
            keys,
            texts,
            st.dictionaries(keys, words | numbers | st.booleans(), max_size=2),
        ),
        max_size=2,
    ).map(tuple),
    assets=st.dictionaries(words, words, max_size=2),
)


@settings(max_examples=150, deadline=None)
@given(models)
def test_any_product_written_and_read_again_is_the_same(model):
    file = ProductFile(model, (SHOP,))
    assert read_product_file(write_product_file(file)) == file


@settings(max_examples=50, deadline=None)
@given(models)
def test_any_written_product_is_the_same_as_json(model):
    file = ProductFile(model)
    assert read_product_file(json.dumps(document_of(file)), "x.json") == file


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60) | st.text("a:-[]{}&*!|>'\"#%@`?, \n\t~0", max_size=60))
def test_any_text_is_read_or_refused(text):
    try:
        read_product_file(text)
    except Malformed as refused:
        assert refused.sentence


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('product: desk\nname: "a\\0b"\n', "line 2, column 7"),
        ('product: desk\n"na\\0me": Desk\n', "line 2, column 1"),
        ('{"product": "desk", "name": {"default": "a\\u0000b"}}', "/name/default"),
    ],
)
def test_a_text_with_the_character_nul_is_refused_at_its_place(text, place):
    with pytest.raises(Malformed, match=f"{place}: a text cannot hold the character NUL"):
        read_values(text)
