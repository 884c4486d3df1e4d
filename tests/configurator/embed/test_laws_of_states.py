"""Laws: a state written is the state read, in the address, the form, JSON and inputs, for every
kind and any key.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import orjson
import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from catalog.assemblies import expanded
from catalog.product_model import Choice, Kind, Option, ProductModel, read
from catalog.values import is_nothing, read_value
from configurator.choices import plain_choices, read_json_choices
from configurator.embed.forms import shown_text
from configurator.embed.states import State, address_query, state_in, state_of_address, state_text

KINDS: list[dict[str, Any]] = [
    {"kind": "choice", "values": [{"key": "a", "label": "A"}, {"key": "b", "label": "B"}]},
    {"kind": "multi", "values": [{"key": "a", "label": "A"}, {"key": "b", "label": "B"}]},
    {"kind": "boolean"},
    {"kind": "number", "number": {"first": -5, "last": 2000, "step": 0.125, "unit": "mm"}},
    {"kind": "text", "text": {"max_length": 60}},
    {"kind": "colour"},
]
DEFAULTS: Mapping[str, Any] = {
    "choice": "a",
    "multi": ["a"],
    "boolean": True,
    "number": 1,
    "text": "x",
}
HOSTILE = (
    *(
        "ref",
        "cfg",
        "utm_source",
        "fbclid",
        "gclid",
        "lang",
        "step",
        "quantity",
        "country",
        "region",
    ),
    *("o", "token", "state", "set", "past", "at", "o_1"),
)


def a_product() -> ProductModel:
    """Return a product with an option of every kind under every hostile key, and a sub-assembly
    called `o` of such.
    """
    options = []
    for place, key in enumerate(HOSTILE):
        kind = KINDS[place % len(KINDS)]
        options.append({"key": key, "label": key, "required": False, **kind})
    for kind in KINDS:
        plain = {"key": f"with_{kind['kind']}", "label": "Default", "required": False, **kind}
        if kind["kind"] in DEFAULTS:
            plain["default"] = DEFAULTS[kind["kind"]]
        options.append(plain)
    inside = [option for option in options if option["key"] != "o"]
    options = [option for option in options if option["key"] != "o"]
    part = {"product": "part", "name": "Part", "options": inside}
    assembly = {"key": "o", "label": "Part", "at_least": 1, "at_most": 2, "definition": part}
    return expanded(
        read({"product": "p", "name": "P", "options": options, "assemblies": [assembly]})
    )


MODEL = a_product()
SPEAKING = MODEL.options_with_a_say


def choices_of(option: Option) -> st.SearchStrategy[Choice]:
    """Return a strategy of the choices on `option`: values, and nothing where that is a choice."""
    found: st.SearchStrategy[Any]
    if option.kind is Kind.CHOICE:
        found = st.sampled_from([value.key for value in option.values])
    elif option.kind is Kind.MULTI:
        found = st.sampled_from([("a",), ("b",), ("a", "b")])
    elif option.kind is Kind.BOOLEAN:
        return st.booleans()
    elif option.number is not None:
        domain = option.number
        found = st.integers(0, len(domain) - 1).map(domain.at)
    elif option.kind is Kind.TEXT:
        texts = st.text(
            st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=20
        )
        found = texts.map(lambda text: read_value(option, text)).filter(lambda text: text != "")
    else:
        found = st.integers(0, 0xFFFFFF).map(lambda colour: f"#{colour:06x}")
    nothing: Choice = () if option.kind is Kind.MULTI else ""
    return (
        st.one_of(found, st.just(nothing))
        if option.key in SPEAKING and not option.required
        else found
    )


STATES = st.builds(
    State,
    st.lists(
        st.sampled_from(MODEL.options), max_size=8, unique_by=lambda option: option.key
    ).flatmap(
        lambda some: st.fixed_dictionaries({option.key: choices_of(option) for option in some})
    ),
    st.integers(1, 100_000),
)


@given(STATES)
def test_the_form_carries_a_state_whole(state: State) -> None:
    found = state_in(MODEL, state_text(MODEL, state))
    assert (found, found.dropped) == (state, ())


@given(STATES)
def test_an_address_carries_a_state_whole_beside_what_else_it_says(state: State) -> None:
    more = {
        "lang": "de",
        "step": "first",
        "country": "AT",
        "region": "9 & Wien",
        "prices-of": "abc",
        "shown-in": "in",
    }
    more["color-scheme"] = "dark"
    query, left_out = address_query(MODEL, state, more)
    parameters = QueryDict(f"{query}&utm_campaign=x&utm_source=y&gclid=7&fbclid=8")
    found = state_of_address(MODEL, parameters)
    assert (found, found.dropped, left_out) == (state, (), ())
    assert {name: parameters[name] for name in more} == more


@given(STATES)
def test_json_carries_the_same_choices(state: State) -> None:
    sent = orjson.loads(orjson.dumps(plain_choices(state.choices)))
    assert read_json_choices(MODEL, sent) == state.choices


@given(STATES, st.sampled_from(["en", "de", "fr", "de-CH", "xx"]))
def test_an_input_is_read_as_it_is_shown(state: State, locale: str) -> None:
    for key, choice in state.choices.items():
        option = MODEL.option_by_key[key]
        if option.kind in (Kind.MULTI, Kind.BOOLEAN) or is_nothing(choice):
            continue
        shown = shown_text(option, choice, locale)
        # Ambiguous at most where the language does not tell what a point is.
        if option.kind is not Kind.NUMBER or locale != "xx":
            assert read_value(option, shown, locale, typed=True) == choice


@pytest.mark.parametrize("key", [each for each in HOSTILE if each != "o"])
def test_an_option_may_be_called_anything(key: str) -> None:
    option = MODEL.option_by_key[key]
    value: Choice = {
        Kind.CHOICE: "b",
        Kind.MULTI: ("a", "b"),
        Kind.BOOLEAN: True,
        Kind.NUMBER: Decimal("1.125"),
        Kind.TEXT: "a&b=c;d,e+f %26 ü#",
        Kind.COLOUR: "#0b6e4f",
    }[option.kind]
    for place in (key, f"o.2.{key}"):
        state = State({place: value}, 3)
        query, _left_out = address_query(MODEL, state, {})
        assert state_of_address(MODEL, QueryDict(query)) == state
        assert state_in(MODEL, state_text(MODEL, state)) == state


def test_what_an_advertiser_appends_is_no_choice_and_no_fault() -> None:
    found = state_of_address(MODEL, QueryDict("ref=newsletter&utm_source=news&gclid=7"))
    assert (found.choices, found.dropped) == ({}, ())


def test_an_option_called_as_an_advertisers_parameter_is_what_a_shop_means_in_its_own_link() -> (
    None
):
    assert state_of_address(MODEL, QueryDict("ref=a")).choices == {"ref": "a"}
    assert state_of_address(MODEL, QueryDict("ref=a&o.ref=b")).choices == {"ref": "b"}
    assert state_of_address(MODEL, QueryDict("o.ref=b&ref=a")).choices == {"ref": "b"}
