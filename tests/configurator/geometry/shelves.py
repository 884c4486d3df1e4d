"""A small shelf with shapes, for tests of geometry."""

from catalog import product_model

SHELF = {
    "product": "shelf",
    "name": "Shelf",
    "options": [
        {
            "key": "width",
            "kind": "number",
            "label": "Width",
            "number": {"first": 300, "last": 1200, "step": 1, "unit": "mm"},
        },
        {"key": "boards", "kind": "number", "label": "Boards", "number": {"first": 0, "last": 9}},
        {
            "key": "wood",
            "kind": "choice",
            "label": "Wood",
            "values": [
                {
                    "key": "oak",
                    "label": "Oak",
                    "swatch": "#8b5a2b",
                    "attributes": {"density": 700, "board": 20},
                },
                {
                    "key": "ash",
                    "label": "Ash",
                    "swatch": "#e8dcc8",
                    "attributes": {"density": 680, "board": 20},
                },
                {"key": "raw", "label": "Raw", "attributes": {"density": 500, "board": 25}},
            ],
        },
    ],
    "materials": [
        {"key": "board", "label": "Board", "finishes": ["wood"], "density": "wood.density"}
    ],
    "shapes": [
        {
            "key": "side",
            "label": "Side",
            "orientation": "side",
            "length": "2 m",
            "width": "300 mm",
            "thickness": 20,
            "material": "board",
            "repeat": {"side": 2},
            "x": "(side - 1) * (width - 20 mm)",
            "grain": "length",
        },
        {
            "key": "shelf",
            "label": {"default": "Shelf", "de": "Boden"},
            "length": "width - 40",
            "width": 300,
            "thickness": 20,
            "repeat": {"i": "boards"},
            "each": {"gap": "(2000 mm - 20 mm) / (boards + 1)", "is_lowest": "i == 1"},
            "x": 20,
            "z": "i * gap",
            "material": "board",
            "edges": {"L1": True, "L2": "is_lowest"},
            "sku": "SH-1",
        },
    ],
}


def shelf(**changes):
    """The shelf with some of its fields in place of its own."""
    return product_model.read({**SHELF, **changes})
