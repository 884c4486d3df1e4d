"""A difference that is told is the difference that is paid; where nobody can know it, that is said."""

from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.product_model import Kind, read, write
from configurator.compiled_product import CompiledProduct, compile_product
from configurator.evaluation.evaluate import evaluate
from configurator.evaluation.evaluation import Evaluation
from configurator.evaluation_json import evaluation_json
from pricing.breakdown import Prices, compile_prices
from pricing.in_force import InForce
from pricing.price_list import read_price_list, write_price_list

RETAIL = {"key": "retail", "name": "Retail", "currency": "EUR", "tax_rate": 19}


def choice(key: str, *values: str, **more: Any) -> dict[str, Any]:
    listed = [{"key": value, "label": value.title()} for value in values]
    return {"key": key, "label": key.title(), "kind": "choice", "values": listed, **more}


def made(
    options: list[dict[str, Any]], lines: list[dict[str, Any]], **terms: Any
) -> tuple[CompiledProduct, Prices]:
    labelled = [{"label": each["key"].title(), **each} for each in lines]
    model = read({"product": "chair", "name": "Chair", "options": options, "price_lines": labelled})
    return compile_product(model), compile_prices(model, read_price_list({**RETAIL, **terms}))


def asked(
    product: tuple[CompiledProduct, Prices], choices: dict[str, Any], quantity: int = 1
) -> Evaluation:
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
    assert (state["fabric"].price_difference, state["fabric"].price_from) == (
        None,
        Decimal("12.00"),
    )
    assert state["fabric"].price_open == ("fabric",)
    assert (state["leather"].price_difference, state["leather"].price_open) == (
        Decimal("80.00"),
        (),
    )


def test_it_is_told_in_the_answer_of_every_face():
    document = evaluation_json(asked(made(*CHAIR), {"cover": "fabric"}))
    assert document["price"]["shown_text"] == "from €100.00"
    value = evaluation_json(asked(made(*CHAIR), {}))["options"]["cover"]["values"]["fabric"]
    assert (value["price_difference"], value["price_from"], value["price_open"]) == (
        None,
        "12.00",
        ["fabric"],
    )


def number(key: str, last: int, **more: Any) -> dict[str, Any]:
    return {
        "key": key,
        "label": key.title(),
        "kind": "number",
        "number": {"first": 10, "last": last},
        **more,
    }


def test_what_a_number_nobody_gave_decides_is_told_by_the_cheapest_where_it_is_one_of_few():
    lines = [
        {"key": "base", "amount": 100},
        {"key": "cut", "amount": "2 * width", "when": "cover is cut"},
    ]
    cover = choice("cover", "none", "cut", default="none")
    for last, least in ((20, Decimal("20.00")), (200, None)):
        options = [cover, number("width", last, when="cover is cut")]
        state = asked(made(options, lines), {}).options["cover"].values["cut"]
        assert (state.price_difference, state.price_from, state.price_open) == (
            None,
            least,
            ("width",),
        )


def test_of_several_open_questions_the_cheapest_answers_are_told():
    options = [
        choice("cover", "none", "fabric", default="none"),
        choice("fabric", "wool", "linen", when="cover is fabric"),
        choice("weave", "fine", "coarse", when="fabric is linen"),
        choice("trim", "piped", "plain", when="cover is fabric"),
    ]
    lines = [
        {"key": "base", "amount": 100},
        {"key": "fabric", "option": "fabric", "amounts": {"wool": 30, "linen": 12}},
        {"key": "weave", "option": "weave", "amounts": {"fine": 25, "coarse": 20}},
        {"key": "trim", "option": "trim", "amounts": {"piped": 4, "plain": -3}},
    ]
    state = asked(made(options, lines), {}).options["cover"].values["fabric"]
    assert (state.price_from, state.price_open) == (Decimal("27.00"), ("fabric", "trim"))


def test_what_is_open_now_and_falls_away_decides_the_difference():
    state = asked(made(*CHAIR), {"cover": "fabric"}).options["cover"].values["leather"]
    assert (state.price_difference, state.price_from, state.price_open) == (None, None, ("fabric",))


def test_a_multi_choice_that_needs_more_is_open():
    options = [
        choice("pack", "none", "some", default="none"),
        {
            **choice("extras", "lamp", "hook", "mat", when="pack is some"),
            "kind": "multi",
            "at_least": 1,
        },
    ]
    lines = [
        {"key": "base", "amount": 100},
        {"key": "extras", "option": "extras", "amounts": {"lamp": 9, "hook": 5, "mat": 7}},
    ]
    product = made(options, lines)
    state = asked(product, {}).options["pack"].values["some"]
    assert (state.price_difference, state.price_from, state.price_open) == (
        None,
        Decimal("5.00"),
        ("extras",),
    )
    opened = asked(product, {"pack": "some"})
    assert opened.breakdown is not None and opened.breakdown.open == ("extras",)
    assert opened.options["extras"].values["mat"].price_difference == 7


def test_values_of_a_multi_choice_that_exclude_each_other_are_no_answer_together():
    values = [
        {"key": "lamp", "label": "Lamp", "when": "frame is oak"},
        {"key": "tray", "label": "Tray"},
        {"key": "hook", "label": "Hook", "when": "frame is steel"},
    ]
    extras = {
        "key": "extras",
        "label": "Extras",
        "kind": "multi",
        "at_least": 1,
        "at_most": 2,
        "required": True,
    }
    options = [choice("frame", "oak", "steel", default="oak"), {**extras, "values": values}]
    lines = [
        {"key": "frame", "option": "frame", "amounts": {"oak": 100, "steel": 90}},
        {"key": "extras", "option": "extras", "amounts": {"lamp": 4, "tray": 2, "hook": 1}},
    ]
    state = asked(made(options, lines), {"extras": ("lamp",)}).options["extras"].values
    assert (state["lamp"].price_difference, state["lamp"].price_from) == (
        None,
        Decimal("-13.00"),
    )  # steel and a hook


def test_a_percentage_of_what_is_open_is_no_number():
    options = [choice("club", "no", "yes", default="no"), choice("fabric", "wool", "linen")]
    lines = [
        {"key": "base", "amount": 100},
        {"key": "fabric", "option": "fabric", "amounts": {"wool": 30, "linen": 12}},
        {"key": "club", "percent": -10, "when": "club is yes"},
    ]
    state = asked(made(options, lines), {}).options["club"].values["yes"]
    assert (state.price_difference, state.price_open) == (None, ("fabric",))


def test_what_a_rule_asks_for_is_open():
    options = [
        choice("plug", "none", "eu", default="none"),
        choice("cable", "short", "long", required=False),
    ]
    lines = [
        {"key": "base", "amount": 100},
        {"key": "cable", "option": "cable", "amounts": {"short": 4, "long": 6}},
    ]
    labelled = [{"label": each["key"].title(), **each} for each in lines]
    model = read(
        {
            "product": "lamp",
            "name": "Lamp",
            "options": options,
            "price_lines": labelled,
            "rules": [{"key": "cabled", "when": "plug is eu", "then": "given(cable)"}],
        }
    )
    product = compile_product(model), compile_prices(model, read_price_list(RETAIL))
    state = asked(product, {}).options["plug"].values["eu"]
    assert (state.price_difference, state.price_from, state.price_open) == (
        None,
        Decimal("4.00"),
        ("cable",),
    )


def test_the_whole_price_is_never_told_as_a_saving():
    options = [
        choice("kind", "plain", "made", default="plain"),
        choice("wood", "oak", "ash", when="kind is made"),
    ]
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
    assert (
        asked(made(options, lines), {"wood": "oak"})
        .options["foot"]
        .values["square"]
        .price_difference
        == 40
    )


def test_a_least_price_that_nothing_can_fall_below_leaves_numbers_known():
    options = [
        choice("foot", "round", "square", default="round"),
        choice("wood", "oak", "ash"),
        number("width", 200),
    ]
    wood = {"key": "wood", "option": "wood", "amounts": {"oak": 200, "ash": 0}}
    lines = [
        {"key": "base", "amount": 120},
        {"key": "foot", "option": "foot", "amounts": {"round": 0, "square": -15}},
        wood,
        {"key": "least", "minimum": 100},
    ]
    state = asked(made(options, lines), {}).options["foot"].values["square"]
    assert (state.price_difference, state.price_open) == (Decimal("-15.00"), ())
    # Five less, and the cheaper wood alone would be below it.
    below = (
        asked(made(options, [{"key": "base", "amount": 110}, *lines[1:]]), {})
        .options["foot"]
        .values["square"]
    )
    assert (below.price_difference, below.price_open) == (None, ("wood",))
    for other in (
        {**wood, "amounts": {"oak": 200, "ash": -6}},
        {"key": "cut", "amount": "120 - width"},
        {"key": "less", "percent": -20, "of": ["wood"]},
    ):
        mixed = (
            [*lines[:2], wood, other, lines[-1]]
            if other["key"] != "wood"
            else [*lines[:2], other, lines[-1]]
        )
        assert (
            asked(made(options, mixed), {}).options["foot"].values["square"].price_difference
            is None
        )
    # What the least price is not of, it does not touch.
    apart = [
        {**lines[0], "amount": 1},
        lines[1],
        {"key": "least", "minimum": 100, "of": ["base", "foot"]},
        wood,
    ]
    assert asked(made(options, apart), {}).options["foot"].values["square"].price_difference == 0


def shown(product: tuple[CompiledProduct, Prices], **choices: Any) -> str:
    return str(evaluation_json(asked(product, choices))["price"]["shown_text"])


def test_a_price_that_an_open_answer_may_lower_is_no_least():
    base = {"key": "base", "amount": 100}
    fabric = {"key": "fabric", "option": "fabric", "amounts": {"wool": 30, "linen": -12}}
    assert shown(made([choice("fabric", "wool", "linen")], [base, fabric])) == "€100.00 so far"
    width, length = number("width", 200), {"key": "cut", "amount": "0.5 * width"}
    assert shown(made([width], [base, length])) == "from €100.00"
    assert shown(made([width], [base, {"key": "cut", "amount": "90 - width"}])) == "€100.00 so far"
    text = {"key": "words", "label": "Words", "kind": "text"}
    assert (
        shown(made([text], [base, {"key": "words", "amount": "0.5 * length(words)"}]))
        == "from €100.00"
    )
    assert (
        shown(made([text], [base, {"key": "words", "amount": "-5", "when": "given(words)"}]))
        == "€100.00 so far"
    )


def test_what_is_settled_and_stays_whatever_is_answered_counts():
    options = [
        choice("cover", "fabric", "leather", default="fabric"),
        choice("fabric", "wool", "linen", when="cover is fabric"),
    ]
    lines = [
        {"key": "base", "amount": 100},
        {"key": "cover", "option": "cover", "amounts": {"fabric": 20, "leather": 5}},
        {"key": "fabric", "option": "fabric", "amounts": {"wool": 30, "linen": 12}},
        {"key": "less", "percent": -10},
    ]
    assert shown(made(options, lines)) == "from €108.00"


# ---- the law: a number is what is paid, "from" the least that is paid ----------------------------

amounts = st.integers(-9, 90).map(lambda number: f"{number}.{abs(number) % 10}5")
truths = st.booleans()


@st.composite
def options_of(draw: Any, key: str, above: list[dict[str, Any]]) -> dict[str, Any]:
    """Return an option of any kind that prices may read, asked for where one above it says so."""
    kind = draw(st.sampled_from(["choice", "choice", "multi", "number", "boolean"]))
    option: dict[str, Any] = {"key": key, "label": key.title(), "kind": kind}
    if kind in ("choice", "multi"):
        option["values"] = [{"key": value, "label": value} for value in "abc"]
    if kind == "number":
        option["number"] = {"first": 1, "last": draw(st.sampled_from([3, 40])), "unit": "m"}
    if kind == "multi" and draw(truths):
        option["at_least"] = draw(st.integers(1, 2))
    if kind in ("choice", "number"):
        option["required"] = draw(truths)
        if draw(truths):
            option["default"] = draw(st.sampled_from("ab")) if kind == "choice" else 2
    choices = [each["key"] for each in above if each["kind"] == "choice"]
    if choices and draw(truths):
        option["when"] = f"{draw(st.sampled_from(choices))} is {draw(st.sampled_from('ab'))}"
    return option


@st.composite
def line_of(
    draw: Any, key: str, option: dict[str, Any], above: dict[str, Any]
) -> dict[str, Any] | None:
    line: dict[str, Any] = {"key": key, "label": key, "once": draw(truths)}
    read_at = {"choice": "is b", "multi": "has b", "number": ">= 2", "boolean": ""}[option["kind"]]
    form = draw(st.sampled_from(["value", "value", "flat", "material", "none"]))
    if form == "flat":
        return {**line, "amount": draw(amounts), "when": f"{option['key']} {read_at}"}
    if form == "value" and option["kind"] == "number":
        return {**line, "amount": f"{draw(amounts)} * {option['key']} / 1 m"}
    if form == "value":
        keys = ("true", "false") if option["kind"] == "boolean" else "abc"
        return {
            **line,
            "option": option["key"],
            "amounts": {value: draw(amounts) for value in keys},
        }
    if form == "material" and option["kind"] == "number":
        line |= {
            "amount": draw(amounts),
            "per": "m",
            "quantity": option["key"],
            "waste": draw(st.sampled_from([0, 7])),
        }
        return line | ({"when": f"{above['key']} is b"} if above["kind"] == "choice" else {})
    return None


class Sold(tuple[CompiledProduct, Prices]):
    """A product with its prices, told in few words where an example is shown."""

    def __repr__(self) -> str:
        terms = self[1].terms
        kept = (
            f", kept {terms.amounts}, of {write_price_list(terms.base.price_list)}"
            if terms.base
            else ""
        )
        return f"{write(self[0].model)} in {write_price_list(terms.price_list)}{kept}"


@st.composite
def products(draw: Any) -> Sold:
    """Return a product whose options open one another, with prices of most forms, in a list of any
    kind.
    """
    options = [choice("first", "a", "b", "c", **({"default": "a"} if draw(truths) else {}))]
    for number_of in range(draw(st.integers(1, 4))):
        options.append(draw(options_of(f"o{number_of}", options)))
    lines: list[dict[str, Any]] = [{"key": "base", "label": "Base", "amount": 400}]
    for place, option in enumerate(options):
        line = draw(line_of(f"line_{place}", option, options[place - 1]))
        if line is not None:
            lines.append(line)
    bound = draw(st.sampled_from([None, None, "percent", "minimum", "maximum"]))
    if bound:
        amount = (
            draw(st.sampled_from(["-7.5", "12.5"]))
            if bound == "percent"
            else draw(st.sampled_from([390, 450]))
        )
        lines.append({"key": "bound", "label": "Bound", bound: amount, "once": True})
        if bound == "percent" and draw(truths):
            lines[-1]["when"] = "first is b"
    document: dict[str, Any] = {
        "product": "chair",
        "name": "Chair",
        "options": options,
        "price_lines": lines,
    }
    if draw(truths):
        part = {
            "product": "leg",
            "name": "Leg",
            "options": [choice("foot", "a", "b", **({"default": "a"} if draw(truths) else {}))],
            "price_lines": [
                {
                    "key": "foot",
                    "label": "F",
                    "option": "foot",
                    "amounts": {"a": 3, "b": draw(amounts)},
                }
            ],
        }
        document["assemblies"] = [
            {
                "key": "legs",
                "label": "Legs",
                "at_least": 0,
                "at_most": 2,
                "default": 0,
                "definition": part,
            }
        ]
    own = {
        **RETAIL,
        "rounding_of": draw(st.sampled_from(["line", "total"])),
        "rounding_increment": draw(st.sampled_from([None, None, Decimal("0.05"), 1])),
        "amounts_are": draw(st.sampled_from(["net", "gross"])),
        "shows": draw(st.sampled_from(["net", "gross"])),
    }
    terms = InForce(read_price_list(own))
    if draw(truths):
        derived = read_price_list(
            {**own, "key": "dealer", "derived": {"of": "retail", "percent": -20}}
        )
        kept = [
            (each["key"], "", "2.05")
            for each in lines[1:2]
            if "option" not in each and each["key"] != "bound"
        ]
        terms = InForce(derived, base=terms, amounts=tuple(kept))
    model = read(document)
    return Sold((compile_product(model), compile_prices(model, terms)))


def answers_to(option: Any, domain: Any, chosen: Any) -> list[Any]:
    """Return every answer to an open question, told without the product's own code."""
    if option.kind is Kind.MULTI:
        held = set(domain.forced) | set(chosen or ())
        sets = [
            tuple(value.key for place, value in enumerate(option.values) if mask >> place & 1)
            for mask in range(1 << len(option.values))
        ]
        return [
            each
            for each in sets
            if held <= set(each) <= {*held, *domain.values} and len(each) >= option.at_least
        ]
    if option.kind is Kind.NUMBER:
        return [
            Decimal(each)
            for first, last in domain.runs
            for each in range(int(first), int(last) + 1)
        ]
    return list(domain.values)


def completions(
    product: tuple[CompiledProduct, Prices],
    state: Evaluation,
    settled: frozenset[str],
    quantity: int,
) -> list[Evaluation] | None:
    """Return all ways to answer what prices wait for in `state`, but for what is `settled`; None
    for too many.
    """
    assert state.breakdown is not None
    waits = [key for key in state.breakdown.open if key not in settled]
    if not waits:
        return [state]
    found: list[Evaluation] = []
    option = state.model.option_by_key[waits[0]]
    for answer in answers_to(
        option, state.options[option.key].domain, state.choices.get(option.key)
    ):
        after = asked(product, {**state.choices, option.key: answer}, quantity)
        if after.conflict is not None or after.breakdown is None:
            continue
        below = completions(product, after, settled, quantity)
        if below is None or len(found) + len(below) > 60:
            return None
        found += below
    return found


@settings(max_examples=60, deadline=None)
@given(
    products(),
    st.dictionaries(st.sampled_from(["first", "o0", "o1"]), st.sampled_from("abc")),
    st.integers(1, 3),
)
def test_a_difference_told_is_the_difference_paid(product, chosen, quantity):
    options = product[0].model.option_by_key
    known = {
        key: value
        for key, value in chosen.items()
        if key in options and options[key].kind is Kind.CHOICE
    }
    before = asked(product, known, quantity)
    if before.conflict is not None or before.breakdown is None:
        return
    was_open = frozenset(before.breakdown.open)
    for key, option in before.options.items():
        for value, state in option.values.items():
            if not state.free or value == option.value:
                continue
            after = asked(
                product, {**before.choices, key: taken(options[key], option.value, value)}, quantity
            )
            if after.breakdown is None:
                assert state.price_difference is None
                continue
            is_open = frozenset(after.breakdown.open)
            if state.price_difference is not None:
                assert state.price_difference == after.breakdown.shown - before.breakdown.shown
                assert is_open <= was_open, "a value that opens a priced question has a number"
                assert was_open - is_open <= answered(before, after), (
                    "what falls away was never priced"
                )
            else:
                assert state.price_open
                assert frozenset(state.price_open) <= is_open | was_open
            if state.price_from is not None:
                found = completions(product, after, was_open, quantity)
                if found:
                    paid = [
                        each.breakdown.shown - before.breakdown.shown
                        for each in found
                        if each.breakdown
                    ]
                    assert min(paid) == state.price_from


@settings(max_examples=60, deadline=None)
@given(products(), st.integers(1, 3))
def test_no_completion_costs_less_than_a_price_from(product, quantity):
    before = asked(product, {}, quantity)
    if before.conflict is not None or before.breakdown is None or not before.breakdown.open:
        return
    if not before.breakdown.may_fall:
        for end in completions(product, before, frozenset(), quantity) or ():
            assert end.breakdown is not None
            assert end.breakdown.shown >= before.breakdown.shown, end.choices


def answered(before: Evaluation, after: Evaluation) -> frozenset[str]:
    return frozenset(key for key, value in after.values.items() if before.values.get(key) != value)


def taken(option: Any, now: Any, value: str) -> Any:
    """Return what choosing a value means: of a multi-choice that it is in, or no longer."""
    if option.kind is Kind.MULTI:
        members = set(now or ()) ^ {value}
        return tuple(each.key for each in option.values if each.key in members)
    return value == "true" if option.kind is Kind.BOOLEAN else value


@settings(max_examples=60, deadline=None)
@given(products(), st.integers(1, 3))
def test_a_number_holds_whatever_is_answered_to_what_is_open(product, quantity):
    """What is open before and after is answered alike; then the difference paid is the one that was
    told.
    """
    before = asked(product, {}, quantity)
    if before.conflict is not None or before.breakdown is None or not before.breakdown.open:
        return
    options = product[0].model.option_by_key
    ends = completions(product, before, frozenset(), quantity)
    for key, option in before.options.items():
        for value, state in option.values.items():
            if not state.free or state.price_difference is None or key in before.breakdown.open:
                continue
            change = {key: taken(options[key], option.value, value)}
            if answered(before, asked(product, {**before.choices, **change}, quantity)) & {
                *before.breakdown.open
            }:
                # To answer what is open is told by what it moves in the price so far.
                continue
            for end in ends or ():
                after = asked(product, {**end.choices, **change}, quantity)
                assert end.breakdown is not None
                if after.conflict is not None or after.breakdown is None or after.breakdown.open:
                    continue
                if answered(before, end) & answered(end, after) - {key} or set(before.values) - set(
                    end.values
                ):
                    continue
                paid = after.breakdown.shown - end.breakdown.shown
                # A percentage, or tax, of something open rounds with it.
                assert abs(paid - state.price_difference) <= Decimal("0.02") * quantity, (
                    key,
                    value,
                    end.choices,
                )
