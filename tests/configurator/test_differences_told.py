"""A difference that is told is the difference that is paid; where nobody can know it, that is said."""

from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.product_model import read
from configurator.evaluation import CompiledProduct, Evaluation, compile_product, evaluate
from configurator.evaluation_json import evaluation_json
from pricing.breakdown import Prices, compile_prices
from pricing.price_list import read_price_list

RETAIL = {"key": "retail", "name": "Retail", "currency": "EUR", "tax_rate": 19}


def choice(key: str, *values: str, **more: Any) -> dict[str, Any]:
    listed = [{"key": value, "label": value.title()} for value in values]
    return {"key": key, "label": key.title(), "kind": "choice", "values": listed, **more}


def made(options: list[dict[str, Any]], lines: list[dict[str, Any]], **terms: Any) -> tuple[CompiledProduct, Prices]:
    labelled = [{"label": each["key"].title(), **each} for each in lines]
    model = read({"product": "chair", "name": "Chair", "options": options, "price_lines": labelled})
    return compile_product(model), compile_prices(model, read_price_list({**RETAIL, **terms}))


def asked(product: tuple[CompiledProduct, Prices], choices: dict[str, Any], quantity: int = 1) -> Evaluation:
    return evaluate(*product, choices, quantity=quantity)


# A cover that is fabric asks which, and fabrics cost something; leather costs more at once.
CHAIR = (
    [
        choice("cover", "none", "fabric", "leather", default="none"),
        choice("fabric", "wool", "linen", when="cover is fabric"),
    ],
    [
        {"key": "base", "amount": 100},
        {"key": "leather", "amount": 80, "when": "cover is leather"},
        {"key": "fabric", "option": "fabric", "amounts": {"wool": 30, "linen": 12}},
    ],
)


def test_a_value_that_opens_a_priced_question_says_from_what_it_will_be():
    state = asked(made(*CHAIR), {}).options["cover"].values
    assert (state["fabric"].price_difference, state["fabric"].price_from) == (None, Decimal("12.00"))
    assert state["fabric"].price_open == ("fabric",)
    assert (state["leather"].price_difference, state["leather"].price_open) == (Decimal("80.00"), ())


def test_it_is_told_in_the_answer_of_every_face():
    document = evaluation_json(asked(made(*CHAIR), {"cover": "fabric"}))
    assert document["price"]["shown_text"] == "from €100.00"
    value = evaluation_json(asked(made(*CHAIR), {}))["options"]["cover"]["values"]["fabric"]
    assert (value["price_difference"], value["price_from"], value["price_open"]) == (None, "12.00", ["fabric"])


def test_what_a_number_nobody_gave_decides_depends_on_it():
    options = [
        choice("cover", "none", "cut", default="none"),
        {
            "key": "width",
            "label": "Width",
            "kind": "number",
            "when": "cover is cut",
            "number": {"first": 10, "last": 20, "step": 1},
        },
    ]
    lines = [{"key": "base", "amount": 100}, {"key": "cut", "amount": "2 * width", "when": "cover is cut"}]
    state = asked(made(options, lines), {}).options["cover"].values["cut"]
    assert (state.price_difference, state.price_from, state.price_open) == (None, None, ("width",))


def test_the_whole_price_is_never_told_as_a_saving():
    options = [choice("kind", "plain", "made", default="plain"), choice("wood", "oak", "ash", when="kind is made")]
    lines = [
        {"key": "plain", "amount": 900, "when": "kind is plain"},
        {"key": "made", "option": "wood", "amounts": {"oak": 1200, "ash": 1000}},
    ]
    state = asked(made(options, lines), {}).options["kind"].values["made"]
    assert (state.price_difference, state.price_from) == (None, Decimal("100.00"))


def test_under_a_least_price_nothing_is_told_as_included_while_something_is_open():
    options = [choice("foot", "round", "square", default="round"), choice("wood", "oak", "ash")]
    lines = [
        {"key": "foot", "option": "foot", "amounts": {"round": 0, "square": 40}},
        {"key": "wood", "option": "wood", "amounts": {"oak": 200, "ash": 150}},
        {"key": "least", "minimum": 100},
    ]
    state = asked(made(options, lines), {}).options["foot"].values["square"]
    assert (state.price_difference, state.price_open) == (None, ("wood",))
    assert asked(made(options, lines), {"wood": "oak"}).options["foot"].values["square"].price_difference == 40


amounts = st.integers(0, 90).map(lambda number: f"{number}.{number % 10}5")


@st.composite
def products(draw: Any) -> tuple[CompiledProduct, Prices]:
    """Return a product whose options open one another, with prices of most forms."""
    options = [choice("first", "a", "b", "c", **({"default": "a"} if draw(st.booleans()) else {}))]
    lines: list[dict[str, Any]] = [{"key": "base", "amount": draw(amounts)}]
    for number in range(draw(st.integers(1, 3))):
        key, above = f"o{number}", draw(st.sampled_from([each["key"] for each in options]))
        wanted = draw(st.sampled_from(["a", "b"]))
        option = choice(key, "a", "b", "c", required=draw(st.booleans()))
        if draw(st.booleans()):
            option["when"] = f"{above} is {wanted}"
        if draw(st.booleans()):
            option["default"] = draw(st.sampled_from(["a", "b"]))
        options.append(option)
    for place, option in enumerate(options):
        form = draw(st.sampled_from(["value", "value", "flat", "none"]))
        line: dict[str, Any] = {"key": f"line_{place}", "once": draw(st.booleans())}
        if form == "value":
            lines.append({**line, "option": option["key"], "amounts": {key: draw(amounts) for key in "abc"}})
        elif form == "flat":
            lines.append({**line, "amount": draw(amounts), "when": f"{option['key']} is b"})
    bound = draw(st.sampled_from([None, "percent", "minimum", "maximum"]))
    if bound:
        lines.append({"key": "bound", "label": "Bound", bound: draw(amounts), "once": True})
    terms = {
        "rounding_of": draw(st.sampled_from(["line", "total"])),
        "rounding_increment": draw(st.sampled_from([None, Decimal("0.05"), 1])),
    }
    return made(options, lines, **terms)


@settings(max_examples=60, deadline=None)
@given(products(), st.dictionaries(st.sampled_from(["first", "o0", "o1"]), st.sampled_from("abc")), st.integers(1, 3))
def test_a_difference_told_is_the_difference_paid(product, chosen, quantity):
    known = {key: value for key, value in chosen.items() if key in product[0].model.option_by_key}
    before = asked(product, known, quantity)
    if before.conflict is not None or before.breakdown is None:
        return
    for key, option in before.options.items():
        for value, state in option.values.items():
            if not state.free or value == option.value:
                continue
            after = asked(product, {**before.choices, key: value}, quantity)
            assert after.breakdown is not None
            shown = after.breakdown.shown - before.breakdown.shown
            if state.price_difference is not None:
                assert shown == state.price_difference
                newly = set(after.breakdown.open) - set(before.breakdown.open)
                assert not newly, "a value that opens a priced question has a number"
            else:
                assert set(state.price_open) <= set(after.breakdown.open)
            if state.price_from is not None:
                (asks,) = state.price_open
                paid = [
                    found.breakdown.shown - before.breakdown.shown
                    for each in after.options[asks].domain.values
                    if (found := asked(product, {**after.choices, asks: each}, quantity)).breakdown is not None
                ]
                assert min(paid) == state.price_from
