"""The desk: the product all rooms tell their examples with."""

from typing import Any

from catalog.product_model import ProductModel, read

DESK: dict[str, Any] = {
    "product": "desk",
    "name": {"default": "Desk", "de": "Schreibtisch"},
    "description": {
        "default": "A desk made to your measure.",
        "de": "Ein Schreibtisch nach Ihrem Maß.",
    },
    "locale": "en",
    "currency": "EUR",
    "steps": [
        {
            "key": "look",
            "label": {"default": "Look", "de": "Aussehen"},
            "groups": [{"key": "materials", "label": {"default": "Materials", "de": "Material"}}],
        },
        {
            "key": "size",
            "label": {"default": "Size and storage", "de": "Größe und Stauraum"},
            "groups": [
                {"key": "measures", "label": {"default": "Measures", "de": "Maße"}},
                {"key": "storage", "label": {"default": "Storage", "de": "Stauraum"}},
            ],
        },
    ],
    "options": [
        {
            "key": "frame",
            "kind": "choice",
            "label": {"default": "Frame", "de": "Gestell"},
            "group": "materials",
            "default": "steel",
            "values": [
                {
                    "key": "steel",
                    "label": {"default": "Steel", "de": "Stahl"},
                    "sku": "FR-S",
                    "swatch": "#5d666f",
                    "attributes": {"load": 120},
                },
                {
                    "key": "oak",
                    "label": {"default": "Oak", "de": "Eiche"},
                    "sku": "FR-O",
                    "swatch": "#c8a06a",
                    "attributes": {"load": 80},
                },
            ],
        },
        {
            "key": "top",
            "kind": "choice",
            "label": {"default": "Top", "de": "Platte"},
            "group": "materials",
            "default": "laminate",
            "values": [
                {
                    "key": "glass",
                    "label": {"default": "Glass", "de": "Glas"},
                    "sku": "TP-G",
                    "swatch": "#cfe3e6",
                },
                {
                    "key": "oak",
                    "label": {"default": "Oak", "de": "Eiche"},
                    "sku": "TP-O",
                    "swatch": "#c8a06a",
                },
                {
                    "key": "laminate",
                    "label": {"default": "Laminate", "de": "Laminat"},
                    "sku": "TP-L",
                    "swatch": "#efece4",
                },
            ],
        },
        {
            "key": "width",
            "kind": "number",
            "label": {"default": "Width", "de": "Breite"},
            "group": "measures",
            "default": 1400,
            "number": {"first": 1000, "last": 2000, "step": 10, "unit": "mm"},
        },
        {
            "key": "depth",
            "kind": "number",
            "label": {"default": "Depth", "de": "Tiefe"},
            "group": "measures",
            "default": 700,
            "number": {"first": 600, "last": 900, "step": 50, "unit": "mm"},
        },
        {
            "key": "drawers",
            "kind": "choice",
            "label": {"default": "Drawers", "de": "Schubladen"},
            "group": "storage",
            "default": "none",
            "when": "top != glass",
            "reason": {
                "default": "Nothing can hang from a glass top.",
                "de": "An Glas lässt sich nichts befestigen.",
            },
            "values": [
                {
                    "key": "none",
                    "label": {"default": "None", "de": "Keine"},
                    "attributes": {"count": 0},
                },
                {
                    "key": "one",
                    "label": {"default": "One", "de": "Eine"},
                    "attributes": {"count": 1},
                },
                {
                    "key": "two",
                    "label": {"default": "Two", "de": "Zwei"},
                    "attributes": {"count": 2},
                    "when": "width >= 1200",
                },
            ],
        },
        {
            "key": "extras",
            "kind": "multi",
            "label": {"default": "Extras", "de": "Extras"},
            "group": "storage",
            "required": False,
            "values": [
                {"key": "lamp", "label": {"default": "Lamp", "de": "Leuchte"}, "sku": "EX-L"},
                {
                    "key": "tray",
                    "label": {"default": "Cable tray", "de": "Kabelwanne"},
                    "sku": "EX-T",
                },
            ],
        },
        {
            "key": "engraved",
            "kind": "boolean",
            "label": {"default": "Engraved", "de": "Mit Gravur"},
            "group": "storage",
            "when": "top == oak",
        },
        {
            "key": "engraving",
            "kind": "text",
            "label": {"default": "Engraving", "de": "Gravur"},
            "group": "storage",
            "when": "engraved",
            "text": {
                "max_length": 20,
                "pattern": "[A-Za-z0-9 ]+",
                "pattern_hint": {
                    "default": "Letters, digits and blanks.",
                    "de": "Buchstaben, Ziffern und Leerzeichen.",
                },
            },
        },
    ],
    "derived": [
        {
            "key": "area",
            "label": {"default": "Area", "de": "Fläche"},
            "formula": "width * depth / 1000000",
            "shown": True,
        },
    ],
    "rules": [
        {
            "key": "glass_needs_steel",
            "when": "top == glass",
            "then": "frame == steel",
            "message": {
                "default": "A glass top needs the steel frame.",
                "de": "Eine Glasplatte braucht das Stahlgestell.",
            },
        },
        {
            "key": "wide_oak_frame",
            "when": "frame == oak",
            "then": "width <= 1800",
            "message": {
                "default": "An oak frame carries up to 1800 mm.",
                "de": "Ein Eichengestell trägt bis 1800 mm.",
            },
        },
    ],
    "tables": [
        {
            "key": "depths",
            "options": ["top", "depth"],
            "rows": [["glass", "600..700"], [["oak", "laminate"], "*"]],
            "message": {
                "default": "Glass is cut up to 700 mm deep.",
                "de": "Glas gibt es bis 700 mm Tiefe.",
            },
        },
    ],
    "presets": [
        {
            "key": "studio",
            "label": {"default": "Studio", "de": "Atelier"},
            "choices": {"frame": "steel", "top": "glass", "width": 1600, "extras": ["lamp"]},
        },
    ],
    "price_lines": [
        {"key": "base", "label": {"default": "Desk", "de": "Schreibtisch"}, "amount": 290},
        {
            "key": "frame",
            "label": {"default": "Frame", "de": "Gestell"},
            "option": "frame",
            "amounts": {"steel": 0, "oak": 120},
        },
        {
            "key": "top",
            "label": {"default": "Top", "de": "Platte"},
            "option": "top",
            "amounts": {"glass": "180 * area", "oak": "140 * area", "laminate": "60 * area"},
        },
        {
            "key": "drawers",
            "label": {"default": "Drawers", "de": "Schubladen"},
            "amount": "85 * drawers.count",
            "when": "given(drawers)",
        },
        {
            "key": "extras",
            "label": {"default": "Extras", "de": "Extras"},
            "option": "extras",
            "amounts": {"lamp": 49, "tray": 29.5},
        },
        {
            "key": "engraving",
            "label": {"default": "Engraving", "de": "Gravur"},
            "amount": "10 + 1.5 * length(engraving)",
            "when": "engraved",
        },
        {
            "key": "wide",
            "label": {"default": "Extra wide", "de": "Überbreite"},
            "percent": 10,
            "of": ["frame", "top"],
            "when": "width > 1600",
        },
    ],
    "lead_time_lines": [
        {"key": "making", "label": {"default": "Making", "de": "Fertigung"}, "days": 10},
        {
            "key": "glass",
            "label": {"default": "Glass cut", "de": "Glaszuschnitt"},
            "days": 7,
            "when": "top == glass",
        },
    ],
    "bom_lines": [
        {"key": "frame", "label": {"default": "Frame", "de": "Gestell"}, "option": "frame"},
        {
            "key": "top",
            "label": {"default": "Top", "de": "Platte"},
            "option": "top",
            "measures": {"length": "width", "width": "depth"},
        },
        {
            "key": "drawer",
            "label": {"default": "Drawer", "de": "Schublade"},
            "quantity": "drawers.count",
            "part": "DR-1",
            "when": "given(drawers) and drawers != none",
        },
        {
            "key": "screws",
            "label": {"default": "Screws", "de": "Schrauben"},
            "quantity": "8 + 4 * count(extras)",
            "part": "SC-5",
        },
    ],
}


def desk(**changes: Any) -> ProductModel:
    """Return the desk, with whole fields of it changed."""
    return read({**DESK, **changes})
