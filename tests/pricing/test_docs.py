"""The pages about prices and product files say what the code does."""

import re
from dataclasses import fields
from pathlib import Path

from catalog import checks
from catalog.product_model import PriceLine, ProductModel, QuantityBreak
from pricing.in_force import ExchangeRate, ListAmount, TaxRate
from pricing.price_list import PriceList
from pricing.product_file import read_product_file, read_values

DOCS = Path(__file__).parents[2] / "docs" / "modelling"
PRICES = (DOCS / "prices.md").read_text()
PRODUCT_FILE = (DOCS / "product-file.md").read_text()


def blocks(page: str) -> list[str]:
    return re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)


def test_the_example_product_is_sound():
    (example,) = blocks(PRODUCT_FILE)
    file = read_product_file(example)
    assert [finding for finding in checks.findings(file.model) if finding.severity == "error"] == []


def test_every_example_of_prices_can_be_read():
    shelf = {"product": "shelf", "name": "Shelf", "options": [], "currency": "CAD"}
    head = "".join(f"{key}: {value}\n" for key, value in shelf.items())
    assert len([read_product_file(head + block, "x.yaml") for block in blocks(PRICES)]) == 7


def test_the_page_of_prices_tells_every_field_of_a_price_list():
    assert [field.name for field in fields(PriceList) if f"`{field.name}`" not in PRICES] == []


def test_the_page_of_prices_tells_every_field_of_a_price_line():
    named = set(re.findall(r"([a-z_]+)", PRICES))
    assert {field.name for kind in (PriceLine, QuantityBreak) for field in fields(kind)} <= named


def test_the_page_of_prices_tells_every_field_of_what_lists_and_rates_hold():
    named = set(re.findall(r"([a-z_]+)", PRICES))
    assert {
        field.name for kind in (ExchangeRate, ListAmount, TaxRate) for field in fields(kind)
    } <= named


def test_the_page_of_prices_tells_every_finding():
    room = Path(__file__).parents[2]
    source = (room / "pricing/checks.py").read_text() + (
        room / "configurator/production/checks.py"
    ).read_text()
    codes = set(re.findall(r'_error\(\s*"([a-z-]+)"', source)) | set(
        re.findall(r'Finding\(\s*[^,]+, "([a-z-]+)"', source)
    )
    assert len(codes) > 15
    assert {code for code in codes if f"`{code}`" not in PRICES} == set()


def test_the_page_of_product_files_tells_every_field():
    (example,) = blocks(PRODUCT_FILE)
    known = set(read_values(example)) | set(re.findall(r"`([a-z_]+)`", PRODUCT_FILE))
    assert {field.name for field in fields(ProductModel)} <= known
