"""Restrictions mean here what they mean in the source system."""

import random
from itertools import product as combinations

import pytest

from catalog.expressions.evaluate import evaluate
from catalog.expressions.types import Scope, bind
from integrations.connectors.oca.mapping import products_of
from tests.integrations.connectors.oca.folder import (
    ATTRIBUTES,
    TEMPLATE,
    desk,
    domain,
    records,
    restriction,
)


def condition_of(imported, value="glass"):
    return imported.file.model.option_by_key["top"].value_by_key[value].when


def test_a_value_that_no_line_names_is_always_offered():
    imported = desk(
        domain("steel", ("in", "value_steel", "and")), restriction("value_glass", "steel")
    )
    assert condition_of(imported, "glass") == "frame == steel"
    assert condition_of(imported, "board") is None


def test_a_value_is_offered_only_where_every_line_that_names_it_is_true():
    imported = desk(
        domain("steel", ("in", "value_steel", "and")),
        domain("oak", ("in", "value_oak", "and")),
        restriction("value_glass value_board", "steel", "one"),
        restriction("value_glass", "oak", "two"),
    )
    assert condition_of(imported, "glass") == "frame == steel and frame == oak"
    assert condition_of(imported, "board") == "frame == steel"


def test_or_joins_a_condition_with_the_one_that_follows():
    imported = desk(
        domain(
            "mixed",
            ("in", "value_steel", "or"),
            ("in", "value_oak", "and"),
            ("not in", "value_oak", "or"),
        ),
        restriction("value_glass", "mixed"),
    )
    assert condition_of(imported) == "(frame == steel or frame == oak) and not (frame == oak)"


def test_not_in_is_true_without_a_value():
    imported = desk(
        domain("no_oak", ("not in", "value_oak", "and")), restriction("value_glass", "no_oak")
    )
    node = bind(condition_of(imported), Scope.of(imported.file.model))
    assert evaluate(node, {}) is True


def test_a_domain_without_lines_is_always_true():
    assert condition_of(desk(domain("empty"), restriction("value_glass", "empty"))) is None


def test_a_domain_takes_over_the_lines_of_those_it_inherits():
    heir = """<record id="heir" model="product.config.domain"><field name="name">Heir</field>
      <field name="implied_ids" eval="[(4, ref('steel'))]"/></record>"""
    imported = desk(
        domain("steel", ("in", "value_steel", "and")), heir, restriction("value_glass", "heir")
    )
    assert condition_of(imported) == "frame == steel"


def test_values_that_the_template_does_not_offer_are_never_chosen():
    absent = '<record id="value_tin" model="product.attribute.value"><field name="name">Tin</field></record>'
    imported = desk(
        absent, domain("tin", ("in", "value_tin", "and")), restriction("value_glass", "tin")
    )
    assert condition_of(imported) == "false"
    assert "restriction-never-true" in {finding.code for finding in imported.findings}


def test_a_line_for_another_attribute_line_is_passed_over_and_told():
    imported = desk(
        domain("steel", ("in", "value_steel", "and")),
        restriction("value_glass", "steel", line="line_elsewhere"),
    )
    assert condition_of(imported) is None
    assert [finding.code for finding in imported.findings] == ["restriction-misplaced"]


def test_values_left_out_of_all_restrictions_are_pointed_out_with_an_example():
    imported = desk(
        domain("steel", ("in", "value_steel", "and")), restriction("value_glass", "steel")
    )
    (finding,) = imported.findings
    assert (finding.code, finding.example) == (
        "restriction-does-not-narrow",
        {"frame": "steel", "top": "board"},
    )


def test_a_required_option_is_asked_only_while_a_value_is_offered():
    required = TEMPLATE.replace(
        """[ref('value_glass'), ref('value_board')])]"/>""",
        """[ref('value_glass'), ref('value_board')])]"/><field name="required" eval="True"/>""",
    )
    found = records(
        ATTRIBUTES,
        required,
        domain("steel", ("in", "value_steel", "and")),
        restriction("value_glass value_board", "steel"),
    )
    top = products_of(found).products[0].file.model.option_by_key["top"]
    assert (top.required, top.when) == (True, "frame == steel")


# -- against the procedure of the source system, on random restrictions

ATTRIBUTE_COUNT = 3
VALUES = [f"value_{attribute}_{number}" for attribute in "abc" for number in (1, 2, 3)]


def _system(rng):
    """Return records of a template with random domains and restrictions, and the same as plain
    lists.
    """
    texts, domains, lines = [], {}, []
    for attribute in "abc":
        texts.append(
            f'<record id="attr_{attribute}" model="product.attribute"><field name="name">{attribute}</field></record>'
        )
        refs = ", ".join(f"ref('{value}')" for value in VALUES if value[6] == attribute)
        texts += [
            f"""<record id="{value}" model="product.attribute.value"><field name="name">{value}</field>
            <field name="attribute_id" ref="attr_{attribute}"/></record>"""
            for value in VALUES
            if value[6] == attribute
        ]
        multi = '<field name="multi" eval="True"/>' if attribute == "c" else ""
        texts.append(f"""<record id="line_{attribute}" model="product.template.attribute.line">
          <field name="product_tmpl_id" ref="desk"/><field name="attribute_id" ref="attr_{attribute}"/>
          <field name="value_ids" eval="[(6, 0, [{refs}])]"/>{multi}</record>""")
    texts.append("""<record id="desk" model="product.template"><field name="name">Desk</field>
      <field name="config_ok" eval="True"/></record>""")
    for number in range(rng.randint(1, 3)):
        told = [
            (
                rng.choice(["in", "not in"]),
                rng.sample(VALUES, rng.randint(1, 3)),
                rng.choice(["and", "or"]),
            )
            for _ in range(rng.randint(0, 4))
        ]
        domains[f"d{number}"] = told
        texts.append(
            domain(
                f"d{number}", *((how, " ".join(values), operator) for how, values, operator in told)
            )
        )
    for number in range(rng.randint(1, 4)):
        attribute, name = rng.choice("abc"), rng.choice(list(domains))
        named = rng.sample([value for value in VALUES if value[6] == attribute], rng.randint(1, 3))
        lines.append((named, name))
        texts.append(restriction(" ".join(named), name, f"r{number}", f"line_{attribute}"))
    return records(*texts), domains, lines


def _available(value, chosen, domains, lines):
    """The source system's own procedure: domains in prefix notation, worked off from the right with
    a stack.
    """
    written = []
    for name in dict.fromkeys(name for named, name in lines if value in named):
        told = domains[name]
        for place, (how, values, operator) in enumerate(told):
            if operator == "or" and place < len(told) - 1:
                written.append("|")
            written.append((how, values))
    stack = []
    for token in reversed(written):
        if token == "|":
            stack.append(stack.pop() | stack.pop())
        else:
            stack.append(bool(set(token[1]) & chosen) == (token[0] == "in"))
    return all(stack)


@pytest.mark.parametrize("seed", range(60))
def test_every_value_is_offered_exactly_where_the_source_system_offers_it(seed):
    found, domains, lines = _system(random.Random(seed))
    model = products_of(found).products[0].file.model
    scope = Scope.of(model)
    conditions = {
        f"value_{value.key}": bind(value.when or "true", scope)
        for option in model.options
        for value in option.values
    }
    single = [[None, *(value for value in VALUES if value[6] == attribute)] for attribute in "ab"]
    several = [[], *([value] for value in VALUES[6:]), VALUES[6:8], VALUES[6:]]
    for a, b, c in combinations(*single, several):
        chosen = {value for value in (a, b, *c) if value}
        values = {key: value[6:] for key, value in (("a", a), ("b", b)) if value}
        if c:
            values["c"] = tuple(value[6:] for value in c)
        for value, condition in conditions.items():
            assert evaluate(condition, values) == _available(value, chosen, domains, lines)
