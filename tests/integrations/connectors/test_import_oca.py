"""The command that brings a folder of data in, on small data and on the two real catalogs."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from catalog import checks, drafts
from catalog.models import Merchant, Product
from catalog.operations import publish
from catalog.uvl.of_product import feature_model_of
from catalog.uvl.writer import write_uvl
from integrations.connectors.oca.mapping import read_products
from tests.catalog.uvl.test_other_readers import read_by_others
from tests.integrations.connectors.oca.folder import ATTRIBUTES, CATALOGS, TEMPLATE, data
from tests.integrations.connectors.oca.test_pictures import of_record, picture
from tests.integrations.connectors.oca.test_records import module

pytestmark = [pytest.mark.django_db, pytest.mark.database]
CHANNELS = [
    *(
        "retail",
        "dealer",
        "tradesperson",
        "tradesperson_tier_1",
        "tradesperson_tier_2",
        "tradesperson_tier_3",
    ),
    *("kd", "bigbox", "refacing"),
]
needs_catalogs = pytest.mark.skipif(
    not CATALOGS.is_dir(), reason=f"reads the catalogs of others in {CATALOGS}"
)


@pytest.fixture
def merchant():
    return Merchant.objects.create(slug="southbrook", name="Southbrook")


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "products.xml").write_bytes(data(ATTRIBUTES, TEMPLATE))
    return tmp_path


def told(*arguments):
    out = StringIO()
    call_command("import_oca", *map(str, arguments), stdout=out)
    return out.getvalue()


def test_a_draft_is_written_and_can_be_published(merchant, folder):
    assert "southbrook: 1 draft written, 0 unchanged" in told(folder)
    version = publish(Product.objects.get(merchant=merchant, key="desk"))
    assert version.number == 1


def test_doing_it_again_changes_nothing(merchant, folder):
    told(folder)
    before = drafts.read(Product.objects.get(key="desk"))
    assert "0 drafts written, 1 unchanged" in told(folder)
    assert drafts.read(Product.objects.get(key="desk")) == before


def test_a_dry_run_keeps_nothing(folder):
    assert "nothing was kept" in told(folder, "--dry-run")
    assert not Product.objects.exists()


def test_json_tells_the_same(merchant, folder):
    document = json.loads(told(folder, "--json"))
    assert [(each["key"], each["changed"]) for each in document["products"]] == [("desk", True)]


def test_a_folder_that_cannot_be_read_is_refused_in_plain_words(merchant, tmp_path):
    with pytest.raises(CommandError, match=r"no \.xml files"):
        told(tmp_path)


def test_a_template_without_options_is_no_success(merchant, folder):
    lonely = '<record id="shelf" model="product.template"><field name="name">Shelf</field>'
    lonely += '<field name="config_ok" eval="True"/></record>'
    (folder / "shelf.xml").write_bytes(data(lonely))
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("import_oca", str(folder), stdout=out)
    assert (
        "Shelf (shelf) is not imported: it has no option with values in the data." in out.getvalue()
    )
    assert [product.key for product in Product.objects.all()] == ["desk"]
    (folder / "products.xml").unlink()
    with pytest.raises(CommandError, match=r"Shelf .* is not imported"):
        told(folder)


@pytest.mark.parametrize(
    "record",
    [
        '<record id="w" model="product.template.attribute.exclusion"><field name="x">1</field></record>',
        '<record id="w" model="mrp.bom"><field name="product_tmpl_id" ref="desk"/></record>',
    ],
)
def test_a_kind_of_record_that_carries_the_product_is_an_error(merchant, folder, record):
    (folder / "more.xml").write_bytes(data(record))
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("import_oca", str(folder), "--json", stdout=out)
    (desk,) = json.loads(out.getvalue())["products"]
    assert ("error", "kind-not-carried-over") in [
        (each["severity"], each["code"]) for each in desk["findings"]
    ]


def test_pictures_come_in_with_the_draft(merchant, tmp_path):
    whole = module(
        tmp_path,
        "desks",
        ATTRIBUTES,
        TEMPLATE,
        of_record("desk", "product.template", "desks/desk.png"),
    )
    (whole / "desk.png").write_bytes(picture())
    assert "1 draft written" in told(tmp_path)
    assert [asset.name for asset in merchant.assets.all()] == ["desk/desk.png"]
    assert publish(Product.objects.get(key="desk")).number == 1
    assert "0 drafts written, 1 unchanged" in told(tmp_path)


@needs_catalogs
@pytest.mark.parametrize(("name", "products"), [("southbrook", 12), ("bmw", 1)])
def test_a_real_catalog_comes_in_twice_and_the_same(merchant, name, products):
    written = f"{products} draft{'s' if products > 1 else ''} written"
    assert f"{written}, 0 unchanged" in told(CATALOGS / name, "--no-check")
    assert f"0 drafts written, {products} unchanged" in told(CATALOGS / name, "--no-check")


@needs_catalogs
def test_the_price_of_a_cabinet_is_the_one_a_later_record_gives():
    products = {
        each.file.model.product: each.file
        for each in read_products(CATALOGS / "southbrook").products
    }
    assert {key: products[key].model.price_lines[0].amount for key in ("base_1dr", "base_2dr")} == {
        "base_1dr": "295",
        "base_2dr": "395",
    }
    assert [each.key for each in products["base_1dr"].price_lists] == CHANNELS


@needs_catalogs
def test_the_faults_of_the_cabinets_are_found():
    products = {
        each.file.model.product: each for each in read_products(CATALOGS / "southbrook").products
    }
    found = {
        (finding.code, finding.path)
        for key in ("base_2dr", "vanity", "corner")
        for finding in (*products[key].findings, *checks.findings(products[key].file.model))
    }
    assert {
        ("value-dead", "options/door_count/values/door_count_1"),
        ("option-left-without-value", "options/box_material"),
        ("option-without-values", "options/box_material"),
        ("restriction-does-not-narrow", "options/accessories"),
    } <= found


@needs_catalogs
def test_the_engine_with_another_engines_part_is_found():
    (car,) = read_products(CATALOGS / "bmw").products
    found = {(each.code, each.path) for each in (*car.findings, *checks.findings(car.file.model))}
    assert {
        ("part-of-another-value", "options/engine/values/v_220d/sku"),
        ("duplicate-sku", "options/engine/values/v_220d/sku"),
        ("option-left-without-value", "options/model_line"),
    } <= found


@needs_catalogs
@pytest.mark.parametrize("name", ["southbrook", "bmw"])
def test_what_comes_in_goes_out_as_a_feature_model_that_others_read(name):
    for each in read_products(CATALOGS / name).products:
        options = each.file.model.options
        found = read_by_others(write_uvl(feature_model_of(each.file.model)))
        assert len(found.features) > sum(len(option.values) for option in options), (
            each.file.model.product
        )
