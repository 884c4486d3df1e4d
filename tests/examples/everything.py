"""A product model that uses every field there is, so that nothing is lost on the way to rows and files and back."""

from typing import Any

from catalog.product_model import ProductModel, read

EVERYTHING: dict[str, Any] = {
    "product": "every-thing_1",
    "name": {"default": "Everything", "de": "Alles", "fr-CA": "Tout"},
    "description": {"default": "", "de": "Mehr\nZeilen"},
    "image": "whole.png",
    "locale": "de-CH",
    "currency": "CHF",
    "tax_class": "reduced",
    "units": ["in", "mm"],
    "steps": [
        {
            "key": "second",
            "label": "Second, named first",
            "groups": [
                {"key": "b", "label": "B", "help": {"default": "Help", "de": "Hilfe"}},
                {"key": "a", "label": "A"},
            ],
        },
        {"key": "first", "label": {"default": "First", "de": "Erster"}, "groups": [{"key": "c", "label": ""}]},
        {"key": "empty", "label": "No groups"},
    ],
    "options": [
        {
            "key": "wood",
            "kind": "choice",
            "label": {"default": "Wood", "de": "Holz"},
            "group": "a",
            "help": "",
            "default": "oak",
            "required": True,
            "values": [
                {
                    "key": "oak",
                    "label": {"default": "Oak", "de": "Eiche"},
                    "sku": "W-1",
                    "description": {"default": "Solid", "de": "Massiv"},
                    "image": "woods/oak.png",
                    "swatch": "#c8a06a",
                    "attributes": {"weight": 0.72, "origin": "Jura", "age": -1.5, "big": 123456789012},
                    "when": "size > 100",
                    "reason": {"default": "Too small", "de": "Zu klein"},
                },
                {"key": "ash", "label": "Ash", "attributes": {"weight": 1e-12, "origin": ""}},
                {"key": "elm", "label": "Elm", "description": ""},
            ],
            "when": "true",
            "reason": {"default": "Why not", "de": "Darum"},
        },
        {
            "key": "extras",
            "kind": "multi",
            "label": "Extras",
            "group": "c",
            "required": False,
            "default": ["lock", "lid"],
            "values": [
                {"key": "lid", "label": "Lid"},
                {"key": "lock", "label": "Lock"},
                {"key": "lamp", "label": "Lamp"},
            ],
            "at_least": 1,
            "at_most": 2,
        },
        {
            "key": "lined",
            "kind": "boolean",
            "label": "Lined",
            "default": False,
            "required": False,
            "importance": 2,
        },
        {
            "key": "size",
            "kind": "number",
            "label": "Size",
            "group": "b",
            "default": 101.25,
            "number": {"first": -0.25, "last": 500, "step": 0.125, "unit": "mm"},
        },
        {
            "key": "count",
            "kind": "number",
            "label": "Count",
            "default": 0,
            "internal": True,
            "number": {"first": 0, "last": 12},
        },
        {
            "key": "name",
            "kind": "text",
            "label": "Name",
            "default": "Anna",
            "text": {
                "min_length": 2,
                "max_length": 12,
                "pattern": "[A-Za-zÄÖÜäöü ]+",
                "pattern_hint": {"default": "Letters only", "de": "Nur Buchstaben"},
            },
        },
        {"key": "motto", "kind": "text", "label": "Motto", "text": {}},
        {"key": "note", "kind": "text", "label": "Note", "required": False},
        {"key": "paint", "kind": "colour", "label": "Paint", "default": "#9fb49c"},
        {
            "key": "delivery",
            "kind": "date",
            "label": "Delivery",
            "default": "2026-12-24",
            "date": {
                "first": "2026-12-02",
                "last": "2026-12-30",
                "step": 2,
                "working_days": True,
                "closed": ["2026-12-26"],
            },
        },
    ],
    "derived": [
        {
            "key": "half",
            "label": {"default": "Half", "de": "Hälfte"},
            "formula": "size / 2",
            "unit": "mm",
            "shown": True,
        },
        {"key": "fixed", "label": "Fixed", "formula": 12.5},
    ],
    "rules": [
        {"key": "z", "then": "size <= 400", "message": {"default": "At most 400", "de": "Höchstens 400"}},
        {"key": "y", "when": "wood == oak", "then": "size > 100"},
    ],
    "tables": [
        {
            "key": "allowed",
            "options": ["wood", "size", "lined"],
            "rows": [
                ["oak", "100..500", True],
                [["ash", "elm"], "*", False],
                ["*", [101.25, 200, "300..400"], "*"],
            ],
            "message": {"default": "Not made", "de": "Gibt es nicht"},
        },
        {"key": "forbidden", "options": ["count"], "rows": [[7]], "allows": False},
        {"key": "empty", "options": ["lined"], "rows": [], "allows": False},
    ],
    "preferences": [
        {"key": "ashen", "then": "wood == ash", "message": {"default": "Ash is in stock", "de": "Esche ist am Lager"}},
        {"key": "lit", "when": "wood == elm", "then": "extras has lamp"},
    ],
    "presets": [
        {
            "key": "small",
            "label": {"default": "Small", "de": "Klein"},
            "description": {"default": "To start", "de": "Für den Anfang"},
            "image": "whole.png",
            "choices": {
                "wood": "ash",
                "size": 50.5,
                "extras": ["lid"],
                "lined": False,
                "paint": "#000000",
                "name": "Eva",
            },
        },
        {"key": "blank", "label": "Blank"},
    ],
    "price_lines": [
        {
            "key": "base",
            "label": {"default": "Base", "de": "Grundpreis"},
            "amount": 100.5,
            "cost": "40 + size / 10",
        },
        {
            "key": "woods",
            "label": "Woods",
            "option": "wood",
            "amounts": {"oak": "size * 0.1", "ash": 12, "elm": "0.1 * half"},
            "when": "size > 50",
            "costs": {"oak": "size * 0.05", "ash": 6, "elm": 5},
            "subtotal": "material",
        },
        {
            "key": "packing",
            "label": "Packing",
            "amount": 100,
            "breaks": [{"pieces": 10, "amount": 90}, {"pieces": 50, "percent": -20}],
            "tiered": True,
        },
        {
            "key": "boards",
            "label": "Boards",
            "amount": 24.5,
            "per": "m2",
            "parts": ["board"],
            "waste": 12,
            "at_least": 0.5,
        },
        {"key": "setup", "label": "Setting up", "amount": 35, "per": "piece", "quantity": "count", "once": True},
        {"key": "packs", "label": "Packs", "amount": 2, "per": "piece", "quantity": "count / 10", "whole": True},
        {"key": "pallet", "label": "Deposit for the pallet", "amount": 12, "once": True, "tax_class": "none"},
        {
            "key": "large",
            "label": "Large",
            "when": "size == 500",
            "table": {
                "columns": "size",
                "rows": "count",
                "column_sizes": [500],
                "row_sizes": list(range(13)),
                "amounts": [[1]] * 13,
                "exact": True,
            },
        },
        {"key": "least", "label": "At least", "minimum": 150, "of": ["material"]},
        {"key": "most", "label": "At most", "maximum": 9000},
        {"key": "trade", "label": "Trade", "percent": -10, "of": ["woods", "base"], "price_list": "trade-2026"},
        {"key": "tax", "label": "All", "percent": "2 + 3"},
    ],
    "bom_lines": [
        {"key": "packs", "label": "Packs", "part": "P-10", "quantity": "count / 10", "whole": True},
        {
            "key": "board",
            "label": {"default": "Board", "de": "Brett"},
            "option": "wood",
            "quantity": "2 * count",
            "unit": "m",
            "when": "count > 0",
            "measures": {"length": "size", "width": "half"},
        },
        {"key": "screw", "label": "Screw", "part": "S-5"},
        {"key": "glue", "label": "Glue", "part": "G", "quantity": 0.25},
    ],
    "lead_time_lines": [
        {"key": "make", "label": {"default": "Making", "de": "Fertigung"}, "days": 10},
        {"key": "dry", "label": "Drying", "days": "count", "stage": "finish", "when": "lined"},
    ],
    "layers": [
        {"key": "back", "image": "layers/back.png"},
        {"key": "front", "image": "layers/front.png", "when": "wood == oak", "colour": "paint"},
    ],
    "assemblies": [
        {
            "key": "feet",
            "label": {"default": "Foot", "de": "Fuß"},
            "count_label": {"default": "Number of feet", "de": "Anzahl der Füße"},
            "definition": {
                "product": "foot",
                "currency": "CHF",
                "name": {"default": "Foot", "de": "Fuß"},
                "options": [
                    {
                        "key": "height",
                        "kind": "number",
                        "label": {"default": "Height", "de": "Höhe"},
                        "number": {"first": 50, "last": 150, "step": 50, "unit": "mm"},
                    }
                ],
                "price_lines": [{"key": "foot", "label": "Foot", "amount": "0.1 * (height / 1 mm)"}],
            },
            "version": 3,
            "at_least": 3,
            "at_most": 4,
            "default": 4,
            "group": "a",
            "help": {"default": "It wobbles on two", "de": "Auf zweien wackelt es"},
            "when": "lined",
            "reason": "Only what is lined stands on feet",
            "lead_time": "added",
        }
    ],
}
PICTURES = ("whole.png", "woods/oak.png", "layers/back.png", "layers/front.png")


def everything(**changes: Any) -> ProductModel:
    """Return the model, with whole fields of it changed."""
    return read({**EVERYTHING, **changes})
