"""The handed cases about drafts and what is sold meanwhile."""

import re
from datetime import timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from catalog.operations import publish
from configurator.completing import complete
from configurator.keeping import save
from configurator.offers import published
from configurator.quoting.quotes import quote, quote_configuration, verify
from pricing import models
from pricing.in_force import Buyer
from tests.cases.reading import CASES, needs_cases
from tests.clock import Clock
from tests.examples.desk import desk
from tests.factories import make_merchant, make_product

pytestmark = [needs_cases, pytest.mark.django_db]


@pytest.mark.database
def test_a_list_for_one_product_blocks_publishing_no_other(tmp_path: Path):
    text = (CASES / "80-a-list-for-one-product-blocks-the-next.sh").read_text()
    make_merchant()
    out = StringIO()
    for name, content in re.findall(r"cat > (\S+) <<'Y'\n(.*?)^Y$", text, re.MULTILINE | re.DOTALL):
        (tmp_path / name).write_text(content)
        call_command("import_product", str(tmp_path / name), "--publish", stdout=out)

    assert out.getvalue().count("published as version 1") == 2
    assert published("joinery", "b").price_list.key == "eur"
    assert published("joinery", "a", buyer=Buyer(channel="pro")).price_list.key == "own"


@pytest.fixture
def german(monkeypatch: pytest.MonkeyPatch):
    """A merchant at a net list of 100, with 19 % that fall to 16 % in some days; and the clock."""
    merchant = make_merchant()
    lists = {
        "merchant": merchant,
        "key": "net",
        "name": "Net",
        "currency": "EUR",
        "amounts_are": "net",
    }
    models.PriceList.objects.create(**lists, tax_rate=Decimal(19), is_default=True)
    falls = timezone.now() + timedelta(days=10)
    facts = {"merchant": merchant, "country": "DE"}
    models.TaxRate.objects.create(**facts, rate=Decimal(19))
    models.TaxRate.objects.create(**facts, rate=Decimal(16), valid_from=falls)
    publish(
        make_product(merchant, desk(price_lines=[{"key": "base", "label": "Desk", "amount": 100}]))
    )
    return merchant, Clock(monkeypatch)


@pytest.mark.database
def test_a_quote_of_an_open_configuration_is_verified_as_it_was_asked(german):
    assert (CASES / "85-requoted-and-changed-at-once.md").is_file()
    merchant, clock = german
    buyer = Buyer(country="DE")
    row = save(published("joinery", "desk", buyer=buyer), {})
    clock.goes_on(days=15)

    found = quote_configuration(row)
    assert (Decimal(found.signed.claims["gross"]), found.against) == (Decimal("119.00"), "kept")
    told = verify(merchant, found.signed.token)
    assert (told.valid, told.changed) == (True, ())
    anew = quote(published("joinery", "desk", buyer=buyer), {})
    assert (Decimal(anew.signed.claims["gross"]), anew.against) == (Decimal("116.00"), "now")

    clock.goes_on(days=16)
    told = verify(merchant, found.signed.token)
    assert (told.changed, told.now.difference) == (("price",), Decimal("-3.00"))
    complete(row)
    assert row.stored["price"]["tax"] == "16.00"
