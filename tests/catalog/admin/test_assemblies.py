"""The admin of sub-assemblies: containing a published product, and taking its newer version."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from catalog import drafts, operations
from catalog.errors import NotFound
from catalog.models import Merchant, Product, SubAssembly
from catalog.product_model import read
from tests.catalog.modules import module, wardrobe
from tests.factories import make_merchant, make_product, make_user, make_version

pytestmark = pytest.mark.database


@pytest.fixture
def product(merchant: Merchant) -> Product:
    return make_product(merchant)


@pytest.fixture
def maria(client: Client, merchant: Merchant) -> Client:
    client.force_login(make_user("maria", merchant))
    return client


def fields(**changes: Any) -> dict[str, Any]:
    return {
        "label": "Module",
        "label_de": "Modul",
        "key": "modules",
        "position": 10,
        "at_least": 1,
        "at_most": 4,
        "default": "",
        "lead_time": "longest",
        **changes,
    }


def adding(product: Product) -> str:
    return f"{reverse('admin:catalog_subassembly_add')}?product={product.pk}"


def changing(row: SubAssembly) -> str:
    return reverse("admin:catalog_subassembly_change", args=[row.pk])


def contain(maria: Client, product: Product, contained: Product, **changes: Any) -> SubAssembly:
    answer = maria.post(adding(product), fields(contained=contained.pk, **changes))
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    return product.assemblies.get()


def test_a_product_contains_another_as_it_is_published(maria, merchant, product):
    version = make_version(merchant, read(module()))
    row = contain(maria, product, version.product)
    assembly = drafts.read(product).assemblies[0]
    assert assembly.definition == version.model
    assert (row.version, assembly.at_most, dict(assembly.label.translations)) == (
        1,
        4,
        {"de": "Modul"},
    )


def test_expressions_of_the_draft_may_read_the_instances(maria, merchant, product):
    contain(maria, product, make_version(merchant, read(module())).product)
    rule = {
        "key": "fits",
        "position": 90,
        "when": "",
        "then": "sum(modules, width) <= 2 m",
        "message": "",
    }
    answer = maria.post(f"{reverse('admin:catalog_rule_add')}?product={product.pk}", rule)
    assert answer.status_code == 302
    wrong = maria.post(
        f"{reverse('admin:catalog_rule_add')}?product={product.pk}",
        {**rule, "then": "sum(modules, widht) > 1"},
    )
    assert "id you mean &#x27;width&#x27;" in wrong.content.decode()


def test_only_published_products_of_the_merchant_can_be_contained(maria, merchant, product):
    unpublished = make_product(merchant, read(module()))
    foreign = make_version(
        make_merchant("carpentry"), read({**module(), "product": "foreign"})
    ).product
    for contained in (unpublished, foreign, product):
        answer = maria.post(adding(product), fields(contained=contained.pk))
        assert "Select a valid choice" in str(answer.context["adminform"].form.errors["contained"])


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"at_least": 5}, "at_most"), ({"at_most": 101}, "at_most"), ({"default": 9}, "default")],
)
def test_counts_that_cannot_be_are_refused(maria, merchant, product, changes, field):
    contained = make_version(merchant, read(module())).product
    answer = maria.post(adding(product), fields(contained=contained.pk, **changes))
    assert field in answer.context["adminform"].form.errors


def test_a_newer_version_is_taken_only_when_somebody_takes_it(maria, merchant, product):
    first = make_version(merchant, read(module()))
    row = contain(maria, product, first.product)
    page = maria.get(changing(row)).content.decode()
    assert "module, version 1" in page
    assert "take_newest" not in page
    second = make_version(merchant, read({**module(), "name": "Better module"}))
    assert maria.post(changing(row), fields()).status_code == 302
    row.refresh_from_db()
    assert row.version == 1
    assert "Take version 2" in maria.get(changing(row)).content.decode()
    assert maria.post(changing(row), fields(take_newest="on")).status_code == 302
    assert drafts.read(product).assemblies[0].definition == second.model


def test_a_check_tells_that_a_contained_product_was_published_again(merchant, product):
    make_version(merchant, read(module()))
    containing = make_product(merchant, wardrobe(version=1))
    assert "newer-version" not in {finding.code for finding in operations.check(containing)}
    make_version(merchant, read({**module(), "name": "Better module"}))
    (note,) = [
        finding for finding in operations.check(containing) if finding.code == "newer-version"
    ]
    assert note.path == "assemblies/modules/version"
    assert operations.take_newest(containing.assemblies.get()).number == 2
    assert "newer-version" not in {finding.code for finding in operations.check(containing)}


def test_a_contained_product_from_a_file_has_no_newer_version(merchant):
    containing = make_product(merchant, wardrobe())
    assert "newer-version" not in {finding.code for finding in operations.check(containing)}
    with pytest.raises(NotFound, match="no published product 'module'"):
        operations.take_newest(containing.assemblies.get())


def test_the_page_tells_a_contained_product_from_a_file(maria, merchant):
    row = make_product(merchant, wardrobe()).assemblies.get()
    page = maria.get(changing(row)).content.decode()
    assert "module, from a file. Import the file again to change it." in page
    assert maria.post(changing(row), fields(at_most=5)).status_code == 302
    assert drafts.read(row.product).assemblies[0].definition == read(module())


def test_a_version_keeps_the_product_it_contains(merchant):
    make_version(merchant, read(module()))
    version = make_version(merchant, wardrobe(version=1))
    make_version(merchant, read({**module(), "name": "Better module"}))
    assert version.model == wardrobe(version=1)


def test_the_page_of_the_product_lists_what_it_contains(maria, merchant):
    containing = make_product(merchant, wardrobe(version=1))
    page = maria.get(reverse("admin:catalog_product_change", args=[containing.pk])).content.decode()
    assert "module, version 1" in page
    assert "1 to 3" in page


def test_a_finding_in_a_contained_product_leads_to_the_sub_assembly(maria, merchant):
    rules = [{"key": "narrow", "then": "widht <= 600"}]
    containing = make_product(merchant, wardrobe(definition={**module(), "rules": rules}))
    page = maria.get(reverse("admin:catalog_product_check", args=[containing.pk])).content.decode()
    assert changing(containing.assemblies.get()) in page
