"""The small grammar of eval attributes."""

from decimal import Decimal

import pytest

from catalog.errors import Malformed
from integrations.connectors.oca.literals import Ref, read_literal


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ("True", True),
        ("False", False),
        ("None", None),
        ("25000", Decimal(25000)),
        ("-1.50", Decimal("-1.50")),
        ("'oak'", "oak"),
        ("ref('value_oak')", Ref("value_oak")),
        ("(ref('a'))", Ref("a")),
        ("[]", ()),
        ("[(6, 0, [ref('a'), ref('m.b')])]", ((Decimal(6), Decimal(0), (Ref("a"), Ref("m.b"))),)),
        ("[(6,0,[\n  ref('a'),\n  ]\n)]", ((Decimal(6), Decimal(0), (Ref("a"),)),)),
        ("[(4, ref('a'))]", ((Decimal(4), Ref("a")),)),
    ],
)
def test_plain_values_references_and_lists_are_read(text, literal):
    assert read_literal(text) == literal


@pytest.mark.parametrize(
    "text",
    [
        "",
        "print(1)",
        "ref(value_oak)",
        "ref('a').name",
        "obj().env.cr",
        "[x for x in (1, 2)]",
        "1 + 1",
        "lambda: 0",
        "'a\\'b'",
        "[1 2]",
        "(1, 2",
        "time.strftime('%Y')",
        "{'a': 1}",
        "[" * 30 + "]" * 30,
        "9" * 40,
    ],
)
def test_everything_else_is_refused(text):
    with pytest.raises(Malformed):
        read_literal(text)


def test_a_very_long_text_is_refused_before_it_is_read():
    with pytest.raises(Malformed, match="characters"):
        read_literal("[" + "1," * 200_000 + "]")
