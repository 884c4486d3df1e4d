"""The handed cases about the administration."""

import pytest

from catalog import operations
from pricing.operations import import_product
from pricing.product_file import read_product_file
from tests.cases.reading import CASES, needs_cases
from tests.factories import make_merchant

pytestmark = [needs_cases, pytest.mark.django_db, pytest.mark.database]


def test_a_product_in_one_language_is_noted_for_each_other_language_of_the_merchant() -> None:
    file = read_product_file((CASES / "132-a-product-in-one-language.yaml").read_text())
    product = import_product(make_merchant(locales=["de", "fr"]), file)
    notes = [each.sentence for each in operations.check(product) if each.code == "missing-translation"]
    assert [note.partition(":")[0] for note in notes] == [
        "No text has a translation to 'de'",
        "No text has a translation to 'fr'",
    ]
    assert all("options › shade › label" in note for note in notes)
