"""The admin as a product manager uses it: the home of a draft, its rows, checking and publishing."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from catalog import drafts
from catalog.checking import check_of
from catalog.models import CheckRun, Merchant, Option, PriceLine, Product, Rule, Step, TableRule
from catalog.operations import publish
from tests.examples.desk import desk
from tests.factories import make_merchant, make_product, make_user, picture
from tests.forms import Forms

pytestmark = pytest.mark.database


@pytest.fixture
def product(merchant: Merchant) -> Product:
    return make_product(merchant)


@pytest.fixture
def maria(client: Client, merchant: Merchant) -> Client:
    client.force_login(make_user("maria", merchant))
    return client


def row(table: str, pk: int) -> str:
    return reverse(f"admin:catalog_{table}_change", args=[pk])


def adding(table: str, product: Product) -> str:
    return f"{reverse(f'admin:catalog_{table}_add')}?product={product.pk}"


def option_fields(option: Option, **changes: Any) -> dict[str, Any]:
    """What the page of an option posts when nothing is changed, and then `changes`."""
    fields: dict[str, Any] = {
        "label": option.label,
        "label_de": option.translations.get("label", {}).get("de", ""),
        "key": option.key,
        "kind": option.kind,
        "group": option.group_id or "",
        "position": option.position,
        "required": "on" if option.required else "",
        "default": "",
        "number_first": option.number_first if option.number_first is not None else "",
        "number_last": option.number_last if option.number_last is not None else "",
        "number_step": option.number_step,
        "number_unit": option.number_unit,
        "date_step": option.date_step,
        "min_length": option.min_length,
        "max_length": option.max_length,
        "when": option.when or "",
        "importance": option.importance,
    }
    values = list(option.values.all()) if option.pk else []
    fields |= {"values-TOTAL_FORMS": len(values), "values-INITIAL_FORMS": len(values)}
    for number, value in enumerate(values):
        fields |= {
            f"values-{number}-id": value.pk,
            f"values-{number}-option": option.pk,
            f"values-{number}-label": value.label,
            f"values-{number}-label_de": value.translations.get("label", {}).get("de", ""),
            f"values-{number}-key": value.key,
            f"values-{number}-sku": value.sku,
            f"values-{number}-position": value.position,
            f"values-{number}-when": value.when or "",
            f"values-{number}-swatch": value.swatch or "",
            f"values-{number}-attributes": "\n".join(
                f"{name} = {number}" for name, number in value.attributes.items()
            ),
        }
    return {**fields, **changes}


def errors_of(answer: Any, field: str) -> str:
    return " ".join(str(error) for error in answer.context["adminform"].form.errors[field])


def test_a_new_product_begins_in_the_language_and_currency_of_the_last_one(
    maria: Client, product: Product
) -> None:
    Product.objects.filter(pk=product.pk).update(locale="de-CH", currency="CHF")
    make_product(make_merchant("elsewhere"), desk(currency="USD"))
    sent = Forms(maria.get(reverse("admin:catalog_product_add")).content.decode()).sent
    assert (sent["locale"], sent["currency"]) == (["de-CH"], ["CHF"])


def test_an_option_without_a_group_says_so(maria: Client, product: Product) -> None:
    assert "no group" in maria.get(adding("option", product)).content.decode()


def test_the_start_page_begins_with_the_catalog_and_ends_with_users_and_jobs(
    admin_client: Client,
) -> None:
    apps = [
        app["app_label"] for app in admin_client.get(reverse("admin:index")).context["app_list"]
    ]
    assert (apps[0], apps[-2:]) == ("catalog", ["auth", "jobs"])


def test_the_key_of_a_merchant_is_called_so(
    admin_client: Client, maria: Client, merchant: Merchant
) -> None:
    url = reverse("admin:catalog_merchant_change", args=[merchant.pk])
    for client in (admin_client, maria):
        page = client.get(url).content.decode()
        assert "Key:" in page
        assert "Slug:" not in page


def test_the_home_of_a_draft_shows_every_part_of_it(maria: Client, product: Product) -> None:
    page = maria.get(row("product", product.pk))
    rows = {section.name: len(section.rows) for section in page.context["sections"]}
    model = desk()
    assert rows == {
        "options": len(model.options),
        "assemblies": len(model.assemblies),
        "steps": len(model.steps),
        "derived": len(model.derived),
        "rules": len(model.rules),
        "tables": len(model.tables),
        "preferences": len(model.preferences),
        "price_lines": len(model.price_lines),
        "bom_lines": len(model.bom_lines),
        "lead_time_lines": len(model.lead_time_lines),
        "presets": len(model.presets),
        "layers": len(model.layers),
        "prints": len(model.prints),
        "shapes": len(model.shapes),
        "materials": len(model.materials),
        "fittings": len(model.fittings),
        "shape_checks": len(model.shape_checks),
    }


def test_the_pages_of_a_draft_obey_the_content_security_policy(
    maria: Client, product: Product
) -> None:
    option = product.options.get(key="top")
    for url in (row("product", product.pk), row("option", option.pk), adding("priceline", product)):
        page = maria.get(url).content.decode()
        assert " style=" not in page
        assert "<style" not in page
        assert page.count("<script") == page.count("<script src=") + page.count(
            '<script id="django-admin'
        )


def test_saving_a_product_as_it_is_changes_nothing(maria: Client, product: Product) -> None:
    answer = maria.post(
        row("product", product.pk),
        {
            "name": "Desk",
            "name_de": "Schreibtisch",
            "description": "A desk made to your measure.",
            "description_de": "Ein Schreibtisch nach Ihrem Maß.",
            "key": "desk",
            "locale": "en",
            "currency": "EUR",
            "tax_class": "standard",
        },
    )
    assert answer.status_code == 302, answer.context["errors"]
    assert drafts.read(product) == desk()


@pytest.mark.parametrize(
    ("typed", "units"), [("in\nmm\n", ("in", "mm")), ("", ()), ("miles", ()), ("mm, in", ())]
)
def test_units_of_lengths_are_given_in_order_one_a_line(
    maria: Client, product: Product, typed: str, units: tuple[str, ...]
) -> None:
    fields = {
        "name": "Desk",
        "key": "desk",
        "locale": "en",
        "currency": "EUR",
        "tax_class": "standard",
    }
    answer = maria.post(row("product", product.pk), {**fields, "units": typed})
    assert (answer.status_code == 302) == (bool(units) or not typed)
    product.refresh_from_db()
    assert drafts.read(product).units == units


def test_saving_every_option_as_it_is_changes_nothing(maria: Client, product: Product) -> None:
    for option in product.options.all():
        default = drafts.read(product).option_by_key[option.key].default
        fields = option_fields(option, default="" if default is None else str(default))
        fields |= {f"{name}_de": told.get("de", "") for name, told in option.translations.items()}
        fields |= {
            name: getattr(option, name)
            for name in ("reason", "pattern", "pattern_hint")
            if getattr(option, name)
        }
        answer = maria.post(row("option", option.pk), fields)
        assert answer.status_code == 302, (option.key, answer.context["errors"])
    assert drafts.read(product) == desk()


def test_a_new_product_belongs_to_ones_own_merchant(maria: Client, merchant: Merchant) -> None:
    maria.post(
        reverse("admin:catalog_product_add"),
        {"name": "Shelf", "key": "shelf", "locale": "en", "currency": "EUR"},
    )
    assert merchant.products.get(key="shelf").name == "Shelf"


def test_a_product_key_is_taken_only_once(maria: Client, product: Product) -> None:
    fields = {"name": "Desk", "key": "desk", "locale": "en", "currency": "EUR"}
    answer = maria.post(reverse("admin:catalog_product_add"), fields)
    assert answer.status_code == 200
    assert answer.context["errors"]


def test_a_published_product_keeps_its_key(maria: Client, product: Product) -> None:
    publish(product)
    fields = {
        "name": "Desk",
        "key": "table",
        "locale": "en",
        "currency": "EUR",
        "tax_class": "standard",
    }
    answer = maria.post(row("product", product.pk), fields)
    assert (answer.status_code, Product.objects.get().key) == (302, "desk")


def test_an_option_is_added_from_its_product_and_leads_back_there(
    maria: Client, product: Product
) -> None:
    fields = option_fields(Option(kind="boolean", key="castors", label="Castors", position=90))
    answer = maria.post(adding("option", product), fields)
    assert answer.headers["Location"] == f"{row('product', product.pk)}#options"
    assert product.options.get(key="castors").label == "Castors"


def test_without_a_product_nothing_can_be_added(maria: Client) -> None:
    answer = maria.get(reverse("admin:catalog_option_add"))
    assert answer.headers["Location"] == reverse("admin:catalog_product_changelist")


def test_a_key_is_taken_only_once_in_a_draft(maria: Client, product: Product) -> None:
    answer = maria.post(
        adding("option", product), option_fields(Option(kind="boolean", key="top", label="Top"))
    )
    assert errors_of(answer, "key") == "There is another option with this key."
    assert product.options.filter(key="top").count() == 1


def test_each_language_of_the_merchant_has_its_own_input(maria: Client, product: Product) -> None:
    option = product.options.get(key="top")
    maria.post(
        row("option", option.pk), option_fields(option, label="Table top", label_de="Tischplatte")
    )
    label = drafts.read(product).option_by_key["top"].label
    assert (label.default, label.in_locale("de")) == ("Table top", "Tischplatte")


def test_a_translation_alone_is_refused(maria: Client, product: Product) -> None:
    rule = product.rules.get(key="wide_oak_frame")
    fields = {
        "key": rule.key,
        "position": 20,
        "then": rule.then,
        "message": "",
        "message_de": "Zu breit",
    }
    assert "first" in errors_of(maria.post(row("rule", rule.pk), fields), "message")


def test_emptied_translations_are_forgotten(maria: Client, product: Product) -> None:
    rule = product.rules.get(key="wide_oak_frame")
    fields = {
        "key": rule.key,
        "position": 20,
        "then": rule.then,
        "message": "Too wide",
        "message_de": "",
    }
    maria.post(row("rule", rule.pk), fields)
    rule.refresh_from_db()
    assert (rule.message, rule.translations) == ("Too wide", {})


def test_translations_to_languages_no_longer_listed_are_kept(
    maria: Client, merchant: Merchant
) -> None:
    texts = {"default": "Too wide", "fr": "Trop large"}
    product = make_product(
        merchant, desk(rules=[{"key": "r", "then": "width < 1900", "message": texts}])
    )
    rule = product.rules.get()
    fields = {
        "key": "r",
        "position": 10,
        "then": rule.then,
        "message": "Far too wide",
        "message_de": "Viel zu breit",
    }
    maria.post(row("rule", rule.pk), fields)
    rule.refresh_from_db()
    assert rule.translations == {"message": {"fr": "Trop large", "de": "Viel zu breit"}}


def test_an_unknown_name_in_a_condition_is_marked_and_the_row_not_saved(
    maria: Client, product: Product
) -> None:
    rule = product.rules.get(key="glass_needs_steel")
    answer = maria.post(
        row("rule", rule.pk),
        {"key": rule.key, "position": 10, "when": "tpo == glass", "then": "true"},
    )
    told = errors_of(answer, "when")
    assert "<mark>tpo</mark> == glass" in told
    assert "id you mean" in told
    assert Rule.objects.get(pk=rule.pk).when == "top == glass"


def test_what_a_condition_says_is_escaped_where_it_is_told(maria: Client, product: Product) -> None:
    fields = {"key": "r", "position": 30, "then": "top == '<script>' and <b>"}
    assert "<b>" not in errors_of(maria.post(adding("rule", product), fields), "then")


def test_a_price_may_read_the_length_of_a_text_and_a_rule_may_not(
    maria: Client, product: Product
) -> None:
    price = {"key": "p", "label": "P", "position": 90, "amount": "length(engraving)"}
    rule = {"key": "r", "position": 90, "then": "length(engraving) > 3"}
    answers = (
        maria.post(adding("priceline", product), price),
        maria.post(adding("rule", product), rule),
    )
    assert [answer.status_code for answer in answers] == [302, 200]


def test_a_formula_that_reads_itself_is_refused(maria: Client, product: Product) -> None:
    derived = product.derived.get()
    fields = {"key": "area", "label": "Area", "position": 10, "formula": "area + 1"}
    assert "computed from itself" in errors_of(
        maria.post(row("derived", derived.pk), fields), "formula"
    )


def test_two_formulas_that_read_each_other_are_refused(maria: Client, product: Product) -> None:
    maria.post(
        adding("derived", product),
        {"key": "half", "label": "Half", "position": 20, "formula": "area / 2"},
    )
    fields = {"key": "area", "label": "Area", "position": 10, "formula": "half * 2"}
    answer = maria.post(row("derived", product.derived.get(key="area").pk), fields)
    assert "computed from itself" in errors_of(answer, "formula")


@pytest.mark.parametrize(
    ("key", "default", "read"),
    [
        ("top", "oak", "oak"),
        ("extras", "lamp, tray", ["lamp", "tray"]),
        ("width", "1500", 1500),
        ("engraved", "yes", True),
    ],
)
def test_a_default_is_written_as_the_kind_wants_it(
    maria: Client, product: Product, key: str, default: str, read: Any
) -> None:
    option = product.options.get(key=key)
    answer = maria.post(row("option", option.pk), option_fields(option, default=default))
    assert answer.status_code == 302, answer.context["errors"]
    option.refresh_from_db()
    assert option.default == read


@pytest.mark.parametrize(
    ("key", "default"),
    [("top", "marble"), ("extras", "lamp, tary"), ("width", "1505"), ("width", "x")],
)
def test_a_default_outside_the_domain_is_refused(
    maria: Client, product: Product, key: str, default: str
) -> None:
    option = product.options.get(key=key)
    answer = maria.post(row("option", option.pk), option_fields(option, default=default))
    assert errors_of(answer, "default")


def test_a_default_may_be_a_value_that_is_added_with_it(maria: Client, product: Product) -> None:
    option = product.options.get(key="top")
    new = {
        "values-3-option": option.pk,
        "values-3-label": "Marble",
        "values-3-key": "marble",
        "values-3-position": 40,
    }
    fields = option_fields(option, default="marble", **new) | {"values-TOTAL_FORMS": 4}
    answer = maria.post(row("option", option.pk), fields)
    assert answer.status_code == 302, answer.context["errors"]
    assert drafts.read(product).option_by_key["top"].default == "marble"


def test_values_are_sorted_by_their_number(maria: Client, product: Product) -> None:
    option = product.options.get(key="top")
    maria.post(row("option", option.pk), option_fields(option, **{"values-0-position": 25}))
    assert [value.key for value in option.values.order_by("position")] == [
        "oak",
        "glass",
        "laminate",
    ]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"number_last": 1995}, "number_last"),
        ({"number_step": 0}, "number_step"),
        ({"number_last": 900}, "number_last"),
    ],
)
def test_a_range_that_cannot_be_is_refused(
    maria: Client, product: Product, changes: dict[str, Any], field: str
) -> None:
    option = product.options.get(key="width")
    assert errors_of(maria.post(row("option", option.pk), option_fields(option, **changes)), field)


@pytest.mark.parametrize("field", ["when", "swatch", "attributes"])
def test_a_section_of_a_value_with_an_error_in_it_is_open(
    maria: Client, product: Product, field: str
) -> None:
    option = product.options.get(key="top")
    answer = maria.post(
        row("option", option.pk), option_fields(option, **{f"values-0-{field}": "white ("})
    )
    (values,) = answer.context["inline_admin_formsets"]
    closed = [fieldset.is_collapsible for form in values for fieldset in form if fieldset.name]
    assert closed[:3] == [False, True, True]


def test_a_colour_that_cannot_be_read_is_refused_where_it_is_written(
    maria: Client, product: Product
) -> None:
    option = product.options.get(key="top")
    answer = maria.post(
        row("option", option.pk), option_fields(option, **{"values-0-swatch": "white"})
    )
    assert "such as #c8a06a" in str(answer.context["errors"])


def test_more_at_least_than_at_most_is_refused(maria: Client, product: Product) -> None:
    option = product.options.get(key="extras")
    answer = maria.post(row("option", option.pk), option_fields(option, at_least=2, at_most=1))
    assert "at least 2 and at most 1" in errors_of(answer, "at_most")


def test_a_pattern_that_cannot_be_run_safely_is_refused(maria: Client, product: Product) -> None:
    option = product.options.get(key="engraving")
    answer = maria.post(row("option", option.pk), option_fields(option, pattern="(?=a)b"))
    assert errors_of(answer, "pattern")


def test_a_table_is_pasted_from_a_spreadsheet(maria: Client, product: Product) -> None:
    fields = {
        "key": "t",
        "position": 20,
        "allows": "False",
        "table": "top\twidth\tengraved\noak|glass\t1000..1200\tyes\n*\t1500\tno\n",
    }
    answer = maria.post(adding("tablerule", product), fields)
    assert answer.status_code == 302, answer.context["errors"]
    table = TableRule.objects.get(key="t")
    assert table.options == ["top", "width", "engraved"]
    assert table.rows == [[["oak", "glass"], "1000..1200", True], ["*", 1500, False]]


def test_wrong_cells_of_a_table_are_told_by_line(maria: Client, product: Product) -> None:
    fields = {
        "key": "t",
        "position": 20,
        "allows": "True",
        "table": "top;width\noak;1400\nglas;1405\n",
    }
    told = errors_of(maria.post(adding("tablerule", product), fields), "table")
    assert "Line 3: 'glas' is no value of 'top'; did you mean 'glass'?" in told.replace(
        "&#x27;", "'"
    )
    assert "Line 3: the number for 'width'" in told.replace("&#x27;", "'")


def test_a_price_line_takes_exactly_one_form(maria: Client, product: Product) -> None:
    fields = {"key": "p", "label": "P", "position": 90, "amount": "1", "percent": "2"}
    assert (
        maria.post(adding("priceline", product), fields)
        .context["adminform"]
        .form.non_field_errors()
    )


def table_fields(**changes: str) -> dict[str, Any]:
    """What is posted for a line whose amounts are pasted as a vendor sends them."""
    pasted = (
        "Trade prices;;\nDepth \\ Width;1000 mm;1.400 mm\n600;1.048,90 €;n/a\n800;52,30 €;59,80 €\n"
    )
    fields = {
        "key": "p",
        "label": "P",
        "position": 90,
        "table_columns": "width",
        "table_rows": "drawers.count * 200",
    }
    return {**fields, "table_amounts": pasted, **changes}


def test_a_table_of_amounts_is_pasted_and_shown_as_it_was_read(
    maria: Client, product: Product
) -> None:
    answer = maria.post(adding("priceline", product), table_fields(), follow=True)
    assert answer.redirect_chain, answer.context["errors"]
    told = [str(message) for message in answer.context["messages"]]
    assert "Sizes without a price: Line 3, 1.400 mm across and 600 down: n/a." in told
    table = drafts.read(product).price_lines[-1].table
    assert table is not None
    assert (table.column_sizes, table.row_sizes, table.exact) == ((1000, 1400), (600, 800), False)
    assert table.cells["1000x600"] == Decimal("1048.90")
    line = PriceLine.objects.get(key="p")
    form = maria.get(row("priceline", line.pk)).context["adminform"].form
    assert form.initial["table_amounts"].splitlines() == [
        "\t1000\t1400",
        "600\t1048.9\t",
        "800\t52.3\t59.8",
    ]
    answer = maria.post(row("priceline", line.pk), {**table_fields(), "table_exact": "on"})
    assert answer.status_code == 302, answer.context["errors"]
    table = drafts.read(product).price_lines[-1].table
    assert table is not None
    assert table.exact


@pytest.mark.parametrize(
    ("changes", "place", "told"),
    [
        ({"table_columns": ""}, "table_columns", "Say which number these sizes are for"),
        ({"table_rows": "drawer"}, "table_rows", "Did you mean"),
        ({"table_amounts": ";600\n1;10-20"}, "table_amounts", "is no amount"),
        ({"table_amounts": ""}, "table_amounts", "Paste the amounts"),
        ({"amount": "5"}, "__all__", "not several of them"),
    ],
)
def test_a_table_that_cannot_be_is_told_at_its_place(
    maria: Client, product: Product, changes: dict[str, str], place: str, told: str
) -> None:
    form = (
        maria.post(adding("priceline", product), table_fields(**changes)).context["adminform"].form
    )
    assert told in str(form.errors[place])


def test_amounts_are_written_a_line_each(maria: Client, product: Product) -> None:
    option = product.options.get(key="frame")
    fields = {
        "key": "p",
        "label": "P",
        "position": 90,
        "option": option.pk,
        "amounts": "steel = 0\noak = 0.1 * width",
    }
    answer = maria.post(adding("priceline", product), fields)
    assert answer.status_code == 302, answer.context["errors"]
    assert PriceLine.objects.get(key="p").amounts == {"steel": "0", "oak": "0.1 * width"}


def test_breaks_materials_and_costs_of_a_price_line_are_kept_and_shown_as_they_were_written(
    maria: Client, product: Product
) -> None:
    fields = {
        "key": "p",
        "label": "P",
        "position": 90,
        "amount": "24.5",
        "per": "m2",
        "quantity": "width / 1000",
        "waste": "12",
        "breaks": "50 = -20 %\n10 = width / 50",
        "subtotal": "material",
        "cost": "11",
    }
    answer = maria.post(adding("priceline", product), fields)
    assert answer.status_code == 302, answer.context["errors"]
    line = PriceLine.objects.get(key="p")
    assert [
        (each.pieces, each.amount, each.percent)
        for each in drafts.read(product).price_lines[-1].breaks
    ] == [
        (10, "width / 50", None),
        (50, None, "-20"),
    ]
    page = maria.get(row("priceline", line.pk)).content.decode()
    assert "10 = width / 50\n50 = -20 %" in page
    assert "24.5</code> per m²" in maria.get(row("product", product.pk)).content.decode()


def test_the_price_of_a_metre_of_the_longest_part_is_kept_and_shown(
    maria: Client, product: Product
) -> None:
    fields = {
        "key": "p",
        "label": "P",
        "position": 90,
        "amount": "12",
        "per": "m_of_longest",
        "parts": "top",
    }
    answer = maria.post(adding("priceline", product), fields)
    assert answer.status_code == 302, answer.context["errors"]
    line = drafts.read(product).price_lines[-1]
    assert (line.per, line.parts) == ("m_of_longest", ("top",))
    assert (
        "12</code> per m of the longest part"
        in maria.get(row("product", product.pk)).content.decode()
    )


@pytest.mark.parametrize(
    ("changes", "place", "told"),
    [
        ({"breaks": "1 = 5"}, "breaks", "Line 1"),
        ({"breaks": "10 = widht"}, "breaks", "Line 1"),
        ({"breaks": "10 = 5\n10 = 4"}, "breaks", "twice"),
        ({"per": "m2"}, "quantity", "either a quantity"),
        ({"waste": "5"}, "per", "price of"),
        ({"parts": "nothing"}, "parts", "no BOM line"),
    ],
)
def test_wrong_breaks_and_half_materials_are_told(
    maria: Client, product: Product, changes: dict[str, str], place: str, told: str
) -> None:
    fields = {"key": "p", "label": "P", "position": 90, "amount": "1", **changes}
    assert told in errors_of(maria.post(adding("priceline", product), fields), place)


@pytest.mark.parametrize(
    ("amounts", "told"),
    [
        ("stel = 0", ". Did you mean"),
        ("steel", "Line 1"),
        ("steel = top == oak", "Line 1"),
        ("oak = 1\noak = 2", "twice"),
    ],
)
def test_wrong_amounts_are_told(maria: Client, product: Product, amounts: str, told: str) -> None:
    option = product.options.get(key="frame")
    fields = {"key": "p", "label": "P", "position": 90, "option": option.pk, "amounts": amounts}
    assert told in errors_of(maria.post(adding("priceline", product), fields), "amounts")


def test_a_preset_is_written_a_choice_a_line(maria: Client, product: Product) -> None:
    fields = {
        "key": "p",
        "label": "P",
        "position": 20,
        "choices": "top = oak\nextras = lamp, tray\nengraved = yes\nwidth = 1500",
    }
    answer = maria.post(adding("preset", product), fields)
    assert answer.status_code == 302, answer.context["errors"]
    choices = {"top": "oak", "extras": ["lamp", "tray"], "engraved": True, "width": 1500}
    assert product.presets.get(key="p").choices == choices


def test_groups_are_edited_with_their_step(maria: Client, product: Product) -> None:
    fields = {
        "key": "extra",
        "label": "Extra",
        "position": 30,
        "groups-TOTAL_FORMS": 1,
        "groups-INITIAL_FORMS": 0,
        "groups-0-label": "Lights",
        "groups-0-key": "lights",
        "groups-0-position": 10,
    }
    answer = maria.post(adding("step", product), fields)
    assert answer.status_code == 302, answer.context["errors"]
    assert [group.key for group in Step.objects.get(key="extra").groups.all()] == ["lights"]


def test_a_picture_is_uploaded_under_its_own_name(maria: Client, merchant: Merchant) -> None:
    file = SimpleUploadedFile("Oak top.png", picture(), "image/png")
    answer = maria.post(reverse("admin:catalog_asset_add"), {"name": "", "file": file})
    assert answer.status_code == 302, answer.context["errors"]
    asset = merchant.assets.get()
    shown = maria.get(reverse("admin:catalog_asset_content", args=[asset.pk]))
    assert (asset.name, shown.content, shown["Content-Type"]) == (
        "Oak-top.png",
        picture(),
        "image/png",
    )


def test_an_upload_that_is_no_picture_is_refused(maria: Client) -> None:
    file = SimpleUploadedFile("oak.png", b"<svg/>", "image/png")
    assert errors_of(maria.post(reverse("admin:catalog_asset_add"), {"file": file}), "file")


def test_checking_shows_each_finding_with_a_way_to_its_place(
    maria: Client, merchant: Merchant
) -> None:
    product = make_product(
        merchant, desk(rules=[{"key": "r", "when": "tpo == glass", "then": "frame == steel"}])
    )
    page = maria.get(reverse("admin:catalog_product_check", args=[product.pk]))
    severity, later = page.context["severities"]
    (placed,) = severity.findings
    assert [each.finding.sentence for each in later.findings] == [
        "More is checked once the errors are right."
    ]
    assert (severity.title, placed.url) == (
        "Errors",
        f"{row('rule', product.rules.get().pk)}#id_when",
    )


def test_a_finding_is_accepted_with_a_reason_and_taken_back(
    maria: Client, product: Product
) -> None:
    rule = product.rules.get(key="wide_oak_frame")
    rule.pk, rule.key = None, "once_more"
    rule.save()
    check, accept = (
        reverse(f"admin:catalog_product_{name}", args=[product.pk]) for name in ("check", "accept")
    )
    shown = maria.get(check).context["severities"]
    (placed,) = (
        each
        for severity in shown
        for each in severity.findings
        if each.finding.code == "rule-redundant"
    )
    form = {"identity": placed.finding.identity, "page": "check"}
    assert maria.get(accept).status_code == 405
    maria.post(accept, {**form, "reason": "Its message is better."})
    page = maria.get(check).content.decode()
    assert "by maria" in page
    assert "Its message is better." in page
    maria.post(accept, {**form, "withdraw": "1"})
    assert "by maria" not in maria.get(check).content.decode()


def test_a_finding_without_a_reason_is_not_accepted(maria: Client, product: Product) -> None:
    url = reverse("admin:catalog_product_accept", args=[product.pk])
    page = maria.post(url, {"identity": "x", "reason": " "}, follow=True)
    assert "Say in 1 to" in page.content.decode()
    assert not product.accepted_findings.exists()


def test_while_a_large_draft_is_checked_the_page_tells_how_far_and_asks_again(
    maria: Client, product: Product
) -> None:
    url = reverse("admin:catalog_product_check", args=[product.pk])
    run = check_of(product)
    CheckRun.objects.filter(pk=run.pk).update(
        state="running", stage="Rules that never fire", done=200, total=900
    )
    page = maria.get(url)
    assert page.headers["Refresh"] == f"2; url={url}?run={run.public_id}"
    assert "Rules that never fire: 200 of 900" in page.content.decode()
    CheckRun.objects.filter(pk=run.pk).update(state="done")
    answer = maria.get(f"{url}?run={run.public_id}")
    assert (answer.status_code, answer.headers["Location"]) == (302, url)


def test_a_check_that_stopped_says_so_and_can_be_begun_again(
    maria: Client, product: Product
) -> None:
    url = reverse("admin:catalog_product_check", args=[product.pk])
    run = check_of(product)
    CheckRun.objects.filter(pk=run.pk).update(state="stopped")
    page = maria.get(f"{url}?run={run.public_id}")
    assert "Refresh" not in page.headers
    assert "Check again" in page.content.decode()


def confirm(client: Client, url: str, note: str = "", follow: bool = False) -> Any:
    """Look at the page that asks, and confirm what it shows."""
    seen = client.get(url).context["seen"]
    return client.post(url, {"note": note, "seen": seen}, follow=follow)


def test_an_edit_after_the_look_is_not_published_and_told(
    maria: Client, merchant: Merchant, product: Product
) -> None:
    url = reverse("admin:catalog_product_publish", args=[product.pk])
    seen = maria.get(url).context["seen"]
    make_product(merchant, desk(currency="CHF"))
    answer = maria.post(url, {"note": "For the fair", "seen": seen})
    assert (answer.status_code, product.versions.count()) == (409, 0)
    page = answer.content.decode()
    assert "The product: currency “EUR” → “CHF”" in page
    assert "For the fair" in page
    maria.post(url, {"note": "", "seen": answer.context["seen"]})
    assert product.versions.get().model.currency == "CHF"


def test_a_confirmation_that_says_nothing_of_what_was_seen_publishes_nothing(
    maria: Client, product: Product
) -> None:
    answer = maria.post(reverse("admin:catalog_product_publish", args=[product.pk]), {"note": ""})
    assert (answer.status_code, product.versions.count()) == (409, 0)


def test_publishing_asks_first_and_then_publishes_with_the_note(
    maria: Client, product: Product
) -> None:
    url = reverse("admin:catalog_product_publish", args=[product.pk])
    assert "Publish version 1" in maria.get(url).content.decode()
    assert not product.versions.exists()
    confirm(maria, url, note="For the spring fair")
    version = product.versions.get()
    assert (version.note, str(version.published_by)) == ("For the spring fair", "maria")


def test_publishing_a_draft_with_errors_shows_them(maria: Client, merchant: Merchant) -> None:
    product = make_product(merchant, desk(rules=[{"key": "r", "then": "tpo == glass"}]))
    answer = confirm(maria, reverse("admin:catalog_product_publish", args=[product.pk]))
    assert (answer.status_code, product.versions.count()) == (422, 0)
    assert "did you mean" in answer.content.decode()


def test_publishing_twice_says_that_nothing_changed(maria: Client, product: Product) -> None:
    url = reverse("admin:catalog_product_publish", args=[product.pk])
    confirm(maria, url)
    answer = confirm(maria, url, follow=True)
    assert "Nothing has changed since version 1" in answer.content.decode()


def test_a_version_shows_what_changed_since_the_one_before(
    maria: Client, merchant: Merchant, product: Product
) -> None:
    url = reverse("admin:catalog_product_publish", args=[product.pk])
    confirm(maria, url)
    make_product(merchant, desk(currency="CHF"))
    confirm(maria, url)
    page = maria.get(row("version", product.versions.get(number=2).pk))
    changed = [line.strip() for sign, line in page.context["changes"] if sign == "added"]
    assert changed == ['"currency": "CHF",']
    assert page.context["differences"] == ["The product: currency “EUR” → “CHF”"]


def test_duplicating_asks_for_a_key(maria: Client, merchant: Merchant, product: Product) -> None:
    url = reverse("admin:catalog_product_duplicate", args=[product.pk])
    taken = maria.post(url, {"key": "desk"})
    maria.post(url, {"key": "desk-2"})
    assert taken.status_code == 422
    assert drafts.read(merchant.products.get(key="desk-2")) == desk(product="desk-2")


def test_deleting_a_row_leads_back_to_the_product(maria: Client, product: Product) -> None:
    rule = product.rules.get(key="glass_needs_steel")
    answer = maria.post(reverse("admin:catalog_rule_delete", args=[rule.pk]), {"post": "yes"})
    assert answer.headers["Location"] == f"{row('product', product.pk)}#rules"


def warnings_of(answer: Any) -> list[str]:
    return [str(each) for each in answer.context["messages"] if each.level_tag == "warning"]


def test_places_that_still_name_a_deleted_value_are_told(maria: Client, product: Product) -> None:
    option = product.options.get(key="top")
    fields = option_fields(option, **{"values-0-DELETE": "on"})
    assert fields["values-0-key"] == "glass"
    (told,) = warnings_of(maria.post(row("option", option.pk), fields, follow=True))
    assert "places still name 'glass': " in told
    assert "rules › glass_needs_steel › when" in told


def test_places_that_still_name_a_deleted_option_are_told(maria: Client, product: Product) -> None:
    option = product.options.get(key="width")
    answer = maria.post(
        reverse("admin:catalog_option_delete", args=[option.pk]), {"post": "yes"}, follow=True
    )
    assert "still name 'width'" in warnings_of(answer)[0]


def test_places_that_still_name_options_deleted_from_their_list_are_told(
    maria: Client, product: Product
) -> None:
    fields = {
        "action": "delete_selected",
        "post": "yes",
        "_selected_action": [product.options.get(key="width").pk],
    }
    answer = maria.post(reverse("admin:catalog_option_changelist"), fields, follow=True)
    assert "still name 'width'" in warnings_of(answer)[0]


def test_what_nothing_names_goes_without_a_word(maria: Client, product: Product) -> None:
    rule = product.rules.get(key="glass_needs_steel")
    assert not warnings_of(
        maria.post(
            reverse("admin:catalog_rule_delete", args=[rule.pk]), {"post": "yes"}, follow=True
        )
    )


def test_an_option_that_a_price_line_is_about_is_not_deleted(
    maria: Client, product: Product
) -> None:
    option = product.options.get(key="frame")
    maria.post(reverse("admin:catalog_option_delete", args=[option.pk]), {"post": "yes"})
    assert product.options.filter(key="frame").exists()


def test_the_order_of_options_is_changed_in_their_list(maria: Client, product: Product) -> None:
    options = list(product.options.all())
    fields: dict[str, Any] = {
        "form-TOTAL_FORMS": len(options),
        "form-INITIAL_FORMS": len(options),
        "_save": "Save",
    }
    for number, option in enumerate(options):
        fields |= {
            f"form-{number}-id": option.pk,
            f"form-{number}-position": 1000 - option.position,
        }
    maria.post(
        f"{reverse('admin:catalog_option_changelist')}?product__id__exact={product.pk}", fields
    )
    keys = [option.key for option in drafts.read(product).options]
    assert keys == [option.key for option in reversed(options)]


def test_a_draft_that_cannot_be_read_still_opens(maria: Client, product: Product) -> None:
    product.rules.filter(key="wide_oak_frame").update(key="Not A Key")
    for url in (row("product", product.pk), row("option", product.options.get(key="top").pk)):
        assert maria.get(url).status_code == 200
    assert maria.get(reverse("admin:catalog_product_check", args=[product.pk])).context["errors"]
