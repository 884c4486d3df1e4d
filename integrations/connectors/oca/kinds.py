"""Which kinds of records are read, and which of their fields, by the names of the newest release."""

from collections.abc import Mapping

LINE = "product.template.attribute.line"
VALUE = "product.attribute.value"
EXTRA = "product.template.attribute.value"
CONDITION = "product.config.line"
STEP_LINE, IMAGE = "product.config.step.line", "product.config.image"
PRICELIST, ITEM = "product.pricelist", "product.pricelist.item"

# What releases up to 2018 called some kinds and fields.
ALIASES: Mapping[str, str] = {"product.attribute.line": LINE, "product.attribute.price": EXTRA}
RENAMED: Mapping[tuple[str, str], str] = {
    ("product.attribute.price", "value_id"): "product_attribute_value_id"
}
PICTURES = ("image_1920", "image", "image_big", "image_medium")

# The fields that are carried over, or tell the source system only how to store and list things.
READ: Mapping[str, frozenset[str]] = {
    model: frozenset(fields.split())
    for model, fields in {
        "product.attribute": "name sequence display_type create_variant active",
        VALUE: "name attribute_id sequence product_id html_color lead_time_extra default_extra_price active",
        "product.template": "name config_ok list_price standard_price type sequence categ_id active sale_ok "
        "purchase_ok",
        "product.product": "name default_code lst_price list_price standard_price type categ_id active sale_ok "
        "purchase_ok",
        LINE: "product_tmpl_id attribute_id value_ids required multi sequence default_val active",
        EXTRA: "product_tmpl_id product_attribute_value_id attribute_line_id price_extra",
        "product.config.domain": "name implied_ids",
        "product.config.domain.line": "domain_id attribute_id condition operator value_ids sequence",
        CONDITION: "product_tmpl_id attribute_line_id value_ids domain_id sequence",
        "product.config.step": "name",
        STEP_LINE: "product_tmpl_id config_step_id attribute_line_ids sequence",
        IMAGE: "name product_tmpl_id value_ids sequence",
        PRICELIST: "name currency_id sequence active",
        ITEM: "pricelist_id applied_on product_tmpl_id categ_id compute_price base base_pricelist_id price_discount "
        "price_markup price_surcharge price_round percent_price fixed_price min_quantity date_start date_end "
        "price_min_margin price_max_margin name",
    }.items()
}

# Kinds that begin so say what a product is, and a draft without them is not that product.
_OF_PRODUCTS = ("product.attribute", "product.template", "product.config.")
_OF_VISITS = ("product.config.session",)


def is_picture(name: str) -> bool:
    """Tell whether a field of this name holds a picture."""
    return name in PICTURES


def carries_products(model: str) -> bool:
    """Tell whether records of a kind say what a product is, by its name."""
    return model.startswith(_OF_PRODUCTS) and not model.startswith(_OF_VISITS)
