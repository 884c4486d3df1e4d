"""A name plate, on which shoppers write."""

from typing import Any

PLATE: dict[str, Any] = {
    "product": "plate",
    "name": "Name plate",
    "options": [
        {"key": "name", "kind": "text", "label": "Name", "required": False},
        {
            "key": "width",
            "kind": "number",
            "label": "Width",
            "default": 200,
            "number": {"first": 100, "last": 300, "step": 10, "unit": "mm"},
        },
        {
            "key": "letters",
            "kind": "choice",
            "label": "Letters",
            "default": "serif",
            "values": [
                {"key": "serif", "label": "Serif", "attributes": {"typeface": "serif"}},
                {"key": "sans", "label": "Sans", "attributes": {"typeface": "sans"}},
            ],
        },
        {"key": "ink", "kind": "colour", "label": "Ink", "default": "#ff0000"},
    ],
    "price_lines": [{"key": "all", "label": "Plate", "amount": "20 + length(name)"}],
    "lead_time_lines": [{"key": "all", "label": "Making", "days": "3"}],
    "prints": [
        {
            "key": "front",
            "label": {"default": "Front", "de": "Vorne"},
            "text": "name",
            "width": "width - 20",
            "height": "30",
            "size": "20",
            "least": "6",
            "typeface_of": "letters",
            "colour_of": "ink",
        }
    ],
    "layers": [
        {"key": "board", "image": "board.png"},
        {"key": "front", "print": "front", "corners": [[10, 25], [90, 25], [90, 75], [10, 75]]},
    ],
}
