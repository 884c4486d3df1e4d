"""What follows from choices on the desk."""

from decimal import Decimal

import pytest

from configurator.engine.answers.deduce import alternatives, deduce
from configurator.engine.solver.compiled import Compiled, compile_model
from tests.examples.desk import desk


@pytest.fixture(scope="module")
def compiled() -> Compiled:
    return compile_model(desk())


def test_glass_is_gone_once_the_frame_is_oak(compiled):
    assert deduce(compiled, {"frame": "oak"}).domains["top"].values == ("oak", "laminate")


def test_the_steel_frame_is_inferred_once_the_top_is_glass(compiled):
    assert deduce(compiled, {"top": "glass"}).inferred == {"frame": "steel"}


def test_a_number_keeps_the_runs_that_lead_to_a_configuration(compiled):
    assert deduce(compiled, {"frame": "oak"}).domains["width"].runs == (
        (Decimal(1000), Decimal(1800)),
    )


def test_an_option_that_is_switched_off_has_no_value(compiled):
    drawers = deduce(compiled, {"top": "glass"}).domains["drawers"]
    assert (drawers.values, drawers.none, drawers.given) == ((), True, False)


def test_a_value_is_gone_where_its_condition_does_not_hold(compiled):
    assert deduce(compiled, {"width": Decimal(1100), "top": "oak"}).domains["drawers"].values == (
        "none",
        "one",
    )


def test_choosing_a_value_decides_what_its_condition_reads(compiled):
    assert deduce(compiled, {"drawers": "two"}).domains["width"].runs == (
        (Decimal(1200), Decimal(2000)),
    )


def test_a_choice_on_a_switched_off_option_is_inconsistent(compiled):
    assert not deduce(compiled, {"top": "glass", "drawers": "none"}).consistent


def test_a_text_is_only_given_or_not(compiled):
    assert deduce(compiled, {"engraving": "Ada"}).inferred == {"top": "oak", "engraved": True}


def test_the_domain_of_a_chosen_option_is_the_choice(compiled):
    assert deduce(compiled, {"width": Decimal(1400)}).domains["width"].runs == (
        (Decimal(1400), Decimal(1400)),
    )


def test_alternatives_tell_what_a_chosen_option_could_be_instead(compiled):
    found = alternatives(compiled, {"frame": "oak", "top": "laminate"})
    assert found["frame"].values == ("steel", "oak")
    assert found["top"].values == ("oak", "laminate")


def test_a_multi_choice_keeps_its_other_values_free(compiled):
    extras = deduce(compiled, {"extras": ("lamp",)}).domains["extras"]
    assert (extras.values, extras.forced, extras.none) == (("lamp", "tray"), ("lamp",), False)


def test_contradicting_choices_have_no_domains(compiled):
    deduction = deduce(compiled, {"frame": "oak", "top": "glass"})
    assert (deduction.consistent, deduction.domains, deduction.inferred) == (False, {}, {})


@pytest.mark.parametrize(
    ("option", "choice", "allowed"),
    [
        ("width", Decimal(1800), True),
        ("width", Decimal(1810), False),
        ("width", Decimal("1400.5"), False),
        ("width", "1400", False),
        ("top", "oak", True),
        ("top", "glass", False),
        ("extras", ("lamp", "tray"), True),
        ("extras", ("sofa",), False),
        ("engraved", True, True),
        ("engraving", "Ada", True),
    ],
)
def test_a_domain_allows_what_it_holds(compiled, option, choice, allowed):
    assert deduce(compiled, {"frame": "oak"}).domains[option].allows(choice) is allowed
