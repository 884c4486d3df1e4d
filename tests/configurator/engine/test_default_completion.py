"""The values of the desk before everything is chosen."""

from decimal import Decimal
from typing import Any

import pytest

from catalog.product_model import ProductModel, read
from configurator.engine.answers.deduce import deduce
from configurator.engine.answers.default_completion import default_completion
from configurator.engine.solver.compiled import Compiled, compile_model
from tests.configurator.engine.after import after, as_settled
from tests.examples.desk import DESK, desk


@pytest.fixture(scope="module")
def compiled() -> Compiled:
    return compile_model(desk())


def without_defaults(*keys: str) -> list[dict[str, Any]]:
    return [
        {
            name: part
            for name, part in option.items()
            if name != "default" or option["key"] not in keys
        }
        for option in DESK["options"]
    ]


def test_defaults_hold_before_anything_is_chosen(compiled):
    settled = default_completion(compiled, {})
    assert settled.values["top"] == "laminate"
    assert set(settled.sources.values()) == {"default"}


def test_a_default_gives_way_to_what_follows_from_choices():
    compiled = compile_model(
        desk(
            options=[
                {**option, **({"default": "oak"} if option["key"] == "frame" else {})}
                for option in DESK["options"]
            ]
        )
    )
    settled = default_completion(compiled, {"top": "glass"})
    assert settled.values["frame"] == "steel"
    assert settled.sources["frame"] == "inferred"


def test_a_default_that_is_the_only_value_left_is_inferred(compiled):
    assert default_completion(compiled, {"top": "glass"}).sources["frame"] == "inferred"


def test_an_option_that_is_not_asked_has_no_value(compiled):
    assert "drawers" not in default_completion(compiled, {"top": "glass"}).values


def test_a_boolean_without_default_is_no_where_it_is_asked(compiled):
    assert default_completion(compiled, {"top": "oak"}).values["engraved"] is False
    assert "engraved" not in default_completion(compiled, {"top": "glass"}).values


def test_a_default_is_not_taken_while_it_is_open_whether_the_option_is_asked():
    compiled = compile_model(desk(options=without_defaults("top", "frame")))
    values = default_completion(compiled, {}).values
    assert "top" not in values
    assert "drawers" not in values


def test_what_is_undecided_stays_without_value():
    compiled = compile_model(desk(options=without_defaults("width")))
    assert "width" not in default_completion(compiled, {}).values


def test_the_last_value_left_by_defaults_is_taken():
    rules = [*DESK["rules"], {"key": "slim", "then": "depth == 700 implies width == 1500"}]
    compiled = compile_model(desk(options=without_defaults("width"), rules=rules))
    settled = default_completion(compiled, {})
    assert settled.values["width"] == Decimal(1500)
    assert settled.sources["width"] == "inferred"


def test_values_of_a_multi_choice_are_left_out_where_possible(compiled):
    assert default_completion(compiled, {}).values["extras"] == ()


def test_a_forced_value_joins_the_chosen_ones():
    rules = [{"key": "tray", "then": "extras has lamp implies extras has tray"}]
    settled = default_completion(compile_model(desk(rules=rules)), {"extras": ("lamp",)})
    assert settled.values["extras"] == ("lamp", "tray")
    assert settled.sources["extras"] == "chosen"


def with_extras(*more: dict[str, Any], **changed: Any) -> Compiled:
    values = [{"key": key, "label": key} for key in ("lamp", "tray", "hook", "dock")]
    options = [
        {**option, "values": values, **changed} if option["key"] == "extras" else option
        for option in DESK["options"]
    ]
    return compile_model(desk(options=options, rules=[*DESK["rules"], *more]))


def test_a_multi_choice_that_needs_more_is_unsettled_and_has_what_was_chosen():
    compiled = with_extras(at_least=2)
    for choice in ((), ("lamp",), ("dock",)):
        settled = default_completion(compiled, {"extras": choice} if choice else {})
        assert settled.values["extras"] == choice
        assert settled.unsettled == {"extras"}
    assert not default_completion(compiled, {"extras": ("lamp", "dock")}).unsettled


def test_what_a_later_default_brings_along_can_be_enough():
    compiled = with_extras({"key": "hung", "then": "engraved or extras has hook"}, at_least=1)
    settled = default_completion(compiled, {"top": "oak"})
    assert settled.values["extras"] == ("hook",)
    assert not settled.unsettled


def test_a_forced_value_alone_is_inferred_and_what_is_left_stays_open():
    settled = default_completion(
        with_extras({"key": "hung", "then": "extras has hook"}, at_least=2), {}
    )
    assert (settled.values["extras"], settled.sources["extras"]) == (("hook",), "inferred")
    assert settled.unsettled == {"extras"}


@pytest.mark.parametrize("choice", [("lamp",), ("lamp", "tray"), ("lamp", "tray", "hook")])
def test_one_more_choice_settles_a_multi_choice_as_settling_anew_does(choice):
    compiled = with_extras(at_least=2)
    settled = default_completion(compiled, {})
    anew = default_completion(with_extras(at_least=2), {"extras": choice})
    assert after(compiled, {}, settled, "extras", choice) == as_settled(anew)
    oak = default_completion(with_extras(at_least=2), {"frame": "oak"})
    assert after(compiled, {}, settled, "frame", "oak") == as_settled(oak)


def test_a_condition_that_reads_a_later_option_is_decided_once_that_is():
    light = {
        "key": "light",
        "kind": "boolean",
        "label": "Light",
        "default": True,
        "when": "top is laminate",
    }
    compiled = compile_model(desk(options=[light, *DESK["options"]]))
    assert default_completion(compiled, {}).values["light"] is True


def test_contradicting_choices_cannot_be_settled(compiled):
    with pytest.raises(ValueError, match="contradict"):
        default_completion(compiled, {"frame": "oak", "top": "glass"})


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("frame", "oak"),
        ("top", "glass"),
        ("top", "oak"),
        ("width", Decimal(1900)),
        ("width", Decimal(1100)),
        ("extras", ("tray", "lamp")),
        ("drawers", "two"),
        ("engraving", "Ada"),
    ],
)
def test_one_more_choice_gives_what_settling_anew_gives(compiled, option, value):
    settled = default_completion(compiled, {})
    anew = default_completion(compile_model(desk()), {option: value})
    assert after(compiled, {}, settled, option, value) == as_settled(anew)


def test_a_swap_that_keeps_everything_else_asks_no_solver(compiled, monkeypatch):
    settled = default_completion(compiled, {})
    monkeypatch.setattr("configurator.engine.solver.search.Search.solvable", None)
    values, _ = after(compiled, {}, settled, "width", Decimal(1900))
    assert values == {**settled.values, "width": Decimal(1900)}


@pytest.mark.parametrize("least_slots", [1, 50])
def test_what_waits_to_the_end_waits_for_the_whole_product_whatever_is_connected(
    least_slots, monkeypatch
):
    monkeypatch.setattr("configurator.engine.solver.components.LEAST_SLOTS", least_slots)
    compiled = compile_model(signs())
    settled = default_completion(compiled, {})
    assert settled.values == {"lit": False}
    assert after(compiled, {}, settled, "post", "oak")[0] == {
        "post": "oak",
        "lit": False,
        "border": "none",
    }
    chosen = default_completion(compiled, {"post": "oak"})
    assert chosen.values == {"post": "oak", "lit": False, "border": "none"}
    assert after(compiled, {"post": "oak"}, chosen, "lit", True)[0] == {"post": "oak", "lit": True}
    assert default_completion(compiled, {"post": "oak", "lit": True}).values == {
        "post": "oak",
        "lit": True,
    }
    last = default_completion(compiled, {"lit": True, "post": "oak"})
    answered = after(compiled, {"lit": True, "post": "oak"}, last, "lamp", "warm")[0]
    assert answered == {"post": "oak", "lit": True, "lamp": "warm", "border": "none"}


def signs() -> ProductModel:
    """A sign whose border depends on words that nobody has to give, on a post and with a lamp of
    their own.
    """

    def choice(key: str, *values: str, **more: object) -> dict[str, object]:
        listed = [{"key": value, "label": value} for value in values]
        return {"key": key, "kind": "choice", "label": key, "values": listed, **more}

    return read(
        {
            "product": "sign",
            "name": "Sign",
            "options": [
                {"key": "words", "kind": "text", "label": "Words", "required": False},
                choice("border", "none", "gold", when="not given(words)", default="none"),
                choice("post", "steel", "oak"),
                {"key": "lit", "kind": "boolean", "label": "Lit", "required": False},
                choice("lamp", "warm", "cold", when="lit"),
            ],
        }
    )


# -- preferences


OAK_TOP = {"key": "oak_top", "when": "frame == oak", "then": "top == oak"}


def preferring(*preferences: dict[str, object]) -> Compiled:
    return compile_model(desk(preferences=preferences))


def test_a_preference_outweighs_a_default():
    settled = default_completion(preferring({"key": "wooden", "then": "frame == oak"}, OAK_TOP), {})
    assert (settled.values["frame"], settled.values["top"]) == ("oak", "oak")
    assert settled.preferred == ("wooden", "oak_top")
    assert settled.sources["top"] == "inferred"


def test_a_preference_gives_way_to_a_choice():
    settled = default_completion(preferring(OAK_TOP), {"frame": "oak", "top": "laminate"})
    assert (settled.values["top"], settled.preferred) == ("laminate", ())


def test_a_preference_gives_way_to_a_rule():
    settled = default_completion(
        preferring({"key": "glass", "then": "top == glass"}), {"frame": "oak"}
    )
    assert (settled.values["top"], settled.preferred) == ("laminate", ())


def test_an_earlier_preference_outweighs_a_later_one():
    glass, wood = {"key": "glass", "then": "top == glass"}, {"key": "wood", "then": "frame == oak"}
    for preferences, held in (((glass, wood), "glass"), ((wood, glass), "wood")):
        assert default_completion(preferring(*preferences), {}).preferred == (held,)


def test_a_preferred_value_can_still_be_changed():
    compiled = preferring({"key": "wooden", "then": "frame == oak"})
    assert deduce(compiled, {}).domains["frame"].values == ("steel", "oak")
    settled = default_completion(compiled, {})
    steel = default_completion(
        preferring({"key": "wooden", "then": "frame == oak"}), {"frame": "steel"}
    )
    assert after(compiled, {}, settled, "frame", "steel") == as_settled(steel)
    assert steel.preferred == ()


def shelf(rule: dict[str, Any], **option: Any) -> Compiled:
    """Return a product whose tone has a default that `rule` takes away once the finish is raw."""
    tones = [{"key": key, "label": key} for key in ("white", "grey", "black", "oak")]
    document = {
        "product": "shelf",
        "name": "Shelf",
        "options": [
            {
                "key": "finish",
                "label": "Finish",
                "kind": "choice",
                "values": [{"key": "raw", "label": "Raw"}, {"key": "painted", "label": "Painted"}],
            },
            {
                "key": "tone",
                "label": "Tone",
                "kind": "choice",
                "default": "grey",
                "values": tones,
                **option,
            },
            {
                "key": "width",
                "label": "Width",
                "kind": "number",
                "default": 190,
                "number": {"first": 50, "last": 300, "step": 10},
            },
        ],
        "rules": [{"key": "raw", "when": "finish is raw", **rule}],
        "price_lines": [
            {
                "key": "tone",
                "label": "Tone",
                "option": "tone",
                "amounts": {"white": 10, "grey": 20, "black": 25, "oak": 20},
            }
        ],
    }
    return compile_model(read(document))


def set_for(compiled: Compiled, key: str) -> tuple[Any, str | None]:
    settled = default_completion(compiled, {"finish": "raw"})
    return settled.values.get(key), settled.sources.get(key)


def test_a_number_gives_way_to_the_nearest_one_and_to_the_lesser_of_two():
    assert set_for(shelf({"then": "width <= 160"}), "width") == (Decimal(160), "adjusted")
    assert set_for(shelf({"then": "width >= 240"}), "width") == (Decimal(240), "adjusted")
    assert set_for(shelf({"then": "width <= 180 or width >= 200"}), "width") == (
        Decimal(180),
        "adjusted",
    )


def test_a_choice_gives_way_to_the_next_of_the_same_price_and_else_to_the_cheapest():
    assert set_for(shelf({"then": "tone is not grey"}), "tone") == ("oak", "adjusted")
    assert set_for(shelf({"then": "tone is not grey and tone is not oak"}), "tone") == (
        "white",
        "adjusted",
    )


def test_what_need_not_be_answered_is_left_empty_where_its_default_does_not_fit():
    assert set_for(shelf({"then": "tone is not grey"}, required=False), "tone") == (None, None)


def test_what_stands_in_goes_when_the_default_fits_again():
    compiled = shelf({"then": "width <= 160"})
    default_completion(compiled, {"finish": "raw"})
    settled = default_completion(compiled, {"finish": "painted"})
    assert (settled.values["width"], settled.sources["width"]) == (Decimal(190), "default")
    assert (
        default_completion(compiled, {"finish": "raw", "width": Decimal(150)}).sources["width"]
        == "chosen"
    )
