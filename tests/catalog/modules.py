"""A wardrobe of modules and a rack of boards: the products that contain products in tests."""

from typing import Any

from catalog.product_model import ProductModel, read


def module() -> dict[str, Any]:
    """Return a module of a wardrobe: a width, a door, a lock for wooden doors, drawers."""
    return {
        "product": "module",
        "name": "Module",
        "options": [
            {
                "key": "width",
                "kind": "number",
                "label": {"default": "Width", "de": "Breite"},
                "number": {"first": 300, "last": 900, "step": 100, "unit": "mm"},
                "default": 600,
            },
            {
                "key": "door",
                "kind": "choice",
                "label": {"default": "Door", "de": "Tür"},
                "default": "wood",
                "values": [
                    {
                        "key": "glass",
                        "label": {"default": "Glass", "de": "Glas"},
                        "sku": "D-G",
                        "attributes": {"kg": 9},
                    },
                    {
                        "key": "wood",
                        "label": {"default": "Wood", "de": "Holz"},
                        "sku": "D-W",
                        "attributes": {"kg": 5},
                    },
                ],
            },
            {"key": "lock", "kind": "boolean", "label": "Lock", "when": "door is wood"},
        ],
        "derived": [
            {"key": "weight", "label": "Weight", "formula": "door.kg + 2 kg", "unit": "kg"}
        ],
        "rules": [
            {
                "key": "narrow_glass",
                "when": "door is glass",
                "then": "width <= 600",
                "message": "Glass is narrow.",
            }
        ],
        "price_lines": [
            {"key": "body", "label": "Body", "amount": "0.1 * (width / 1 mm)"},
            {
                "key": "door",
                "label": "Door",
                "option": "door",
                "amounts": {"glass": 90, "wood": 40},
            },
            {"key": "rush", "label": "Surcharge", "percent": 10},
        ],
        "bom_lines": [
            {"key": "door", "label": "Door", "option": "door", "measures": {"width": "width - 4"}}
        ],
        "lead_time_lines": [
            {"key": "glass", "label": "Glass", "days": 10, "when": "door is glass"}
        ],
    }


def wardrobe(**assembly: Any) -> ProductModel:
    """Return a wardrobe of one to three modules; `assembly` changes the sub-assembly."""
    return read(
        {
            "product": "wardrobe",
            "name": "Wardrobe",
            "options": [
                {
                    "key": "room",
                    "kind": "number",
                    "label": {"default": "Room", "de": "Raum"},
                    "number": {"first": 300, "last": 3000, "step": 100, "unit": "mm"},
                    "default": 3000,
                },
                {"key": "premium", "kind": "boolean", "label": "Premium"},
            ],
            "rules": [
                {
                    "key": "fits",
                    "then": "sum(modules, width) <= room",
                    "message": "It has to fit into the room.",
                }
            ],
            "price_lines": [
                {"key": "base", "label": "Plinth", "amount": 100},
                {"key": "discount", "label": "Discount", "percent": -5, "of": ["modules"]},
            ],
            "bom_lines": [{"key": "plinth", "label": "Plinth", "part": "P-1"}],
            "lead_time_lines": [{"key": "packing", "label": "Packing", "days": 2}],
            "assemblies": [
                {
                    "key": "modules",
                    "label": {"default": "Module", "de": "Modul"},
                    "definition": module(),
                    "at_least": 1,
                    "at_most": 3,
                    **assembly,
                }
            ],
        }
    )


def nested() -> ProductModel:
    """Return a street of up to two wardrobes."""
    from catalog.product_model import write

    definition = write(wardrobe())
    return read(
        {
            "product": "street",
            "name": "Street",
            "options": [],
            "rules": [{"key": "weight", "then": "sum(wardrobes, sum(modules, weight)) <= 40 kg"}],
            "assemblies": [
                {
                    "key": "wardrobes",
                    "label": "Wardrobe",
                    "definition": definition,
                    "at_least": 0,
                    "at_most": 2,
                }
            ],
        }
    )
