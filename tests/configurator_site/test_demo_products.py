"""The products of the demo hold what the demo promises."""

import hashlib
from dataclasses import replace
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from catalog import checks, glb_contents
from catalog.errors import NotFound
from catalog.glb_facts import facts_of
from catalog.glb_files import SUFFIX
from catalog.model_checks import pictures_of, texts_of
from catalog.pictures import verified
from catalog.product_model import Kind
from configurator.compiled_product import CompiledProduct, compile_product
from configurator.evaluation.evaluate import evaluate
from configurator.reasons import reason_text
from configurator_site.demo.drawing import sign
from pricing.breakdown import compile_prices
from pricing.checks import findings as price_findings
from pricing.product_file import ProductFile, read_product_file, write_product_file

FOLDER = Path(__file__).resolve().parents[2] / "configurator_site" / "demo"
FILES = sorted(FOLDER.glob("*.yaml"))
MODELS: dict[str, bytes] = {}


@lru_cache
def product_file(name: str) -> ProductFile:
    """Return a product file of the demo, with its pictures and 3D models as assets."""
    file = read_product_file((FOLDER / name).read_text(encoding="utf-8"), name)
    assets = {name: _digest(name) for _, name in pictures_of(file.model)}
    return replace(file, model=replace(file.model, assets=assets))


def _model(digest: str) -> bytes:
    if digest not in MODELS:
        raise NotFound("The demo has no such model.")
    return MODELS[digest]


def _digest(name: str) -> str:
    content = (FOLDER / name).read_bytes()
    if name.endswith(SUFFIX):
        assert facts_of(content).credit
        # Without a database models are found here.
        digest = hashlib.sha256(content).hexdigest()
        glb_contents.register(_model)
        MODELS[digest] = content
        return digest
    return verified(content).digest


@pytest.fixture(scope="module")
def cabinet() -> tuple[ProductFile, CompiledProduct]:
    file = product_file("base_cabinet.yaml")
    return file, compile_product(file.model)


def answer(cabinet, choices, changes=None, price_list=0):
    file, product = cabinet
    return evaluate(
        product, compile_prices(file.model, file.price_lists[price_list]), choices, changes
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_publishing_finds_nothing_that_should_be_looked_at(path):
    file = product_file(path.name)
    found = [
        *checks.findings(file.model, file.price_lists),
        *price_findings(file.model, file.price_lists),
    ]
    assert [finding for finding in found if finding.severity != "note"] == []
    assert "not-examined" not in {finding.code for finding in found}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_starts_complete_with_a_price_and_parts(path):
    file = product_file(path.name)
    product = compile_product(file.model)
    for price_list in file.price_lists:
        assert evaluate(product, compile_prices(file.model, price_list), {}).ready


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_preset_leads_to_a_complete_configuration(path):
    file = product_file(path.name)
    product, prices = compile_product(file.model), compile_prices(file.model, file.price_lists[0])
    for preset in file.model.presets:
        assert evaluate(product, prices, preset.choices).ready


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_writing_and_reading_a_file_changes_nothing(path):
    file = product_file(path.name)
    assert read_product_file(write_product_file(file), "again.yaml") == file


@pytest.mark.parametrize(
    ("name", "locales"),
    [
        ("base_cabinet.yaml", {"de", "fr"}),
        ("desk.yaml", {"de"}),
        ("lounge.yaml", {"de"}),
        ("shelving_wall.yaml", {"de", "fr"}),
        ("sign.yaml", {"de"}),
        ("wardrobe.yaml", {"de"}),
    ],
)
def test_every_text_is_translated(name, locales):
    untold = [
        path
        for path, text in texts_of(product_file(name).model)
        if {key for key, _ in text.translations} != locales
    ]
    assert untold == []


def test_one_of_them_asks_at_least_25_questions():
    assert max(len(product_file(path.name).model.options) for path in FILES) >= 25


def test_layers_of_a_product_have_one_size_and_all_pictures_together_are_small():
    for path in FILES:
        pictures = [
            verified((FOLDER / layer.image).read_bytes())
            for layer in product_file(path.name).model.layers
            if layer.image is not None
        ]
        assert len({(picture.width, picture.height) for picture in pictures}) <= 1
    assert sum(path.stat().st_size for path in FOLDER.rglob("*.webp")) < 2.5 * 1024 * 1024


def test_letters_lie_on_the_plate_of_the_sign_where_its_picture_has_it():
    """The areas in millimetres are those that the plate is drawn with, four units each."""
    model = product_file("sign.yaml").model
    areas = {
        "name": (-360, -10, 720, 130),
        "line": (-360, -130, 720, 80),
        "emblem": (-360, -170, 80, 84),
    }
    cameras = {"corner": sign.CAMERA, "front": sign.AHEAD}
    shown = [layer for layer in model.layers if layer.print]
    assert {layer.view for layer in shown} == cameras.keys()
    for layer in shown:
        drawn = sign.corners(*areas[layer.print], cameras[layer.view])
        assert layer.corners == tuple(map(tuple, drawn)), layer.key
    assert {each.key: (each.width, each.height) for each in model.prints} == {
        key: (f"{width / 4:g} mm", f"{height / 4:g} mm")
        for key, (_, _, width, height) in areas.items()
    }


def test_the_contractor_series_blocks_the_maple_box_with_a_reason(cabinet):
    chosen = answer(cabinet, {}, {"series": "contractor"})
    assert not chosen.options["box"].values["maple"].free
    conflict = answer(cabinet, {"series": "contractor"}, {"box": "maple"}).conflict
    assert [reason_text(cabinet[0].model, reason, "en") for reason in conflict.rules] == [
        "The Contractor series comes with a melamine box only."
    ]


def test_a_repair_gives_the_maple_box_14_days_later(cabinet):
    (repair, *_) = answer(cabinet, {"series": "contractor"}, {"box": "maple"}).conflict.repairs
    repaired = answer(cabinet, {"series": "contractor"}, repair.changes)
    assert (repaired.conflict, repaired.values["box"], repaired.lead_time.days) == (
        None,
        "maple",
        35,
    )


def test_one_door_below_610_mm_and_two_from_there_on(cabinet):
    parts = {
        width: {item.key: item for item in answer(cabinet, {"width": Decimal(width)}).bom}
        for width in (609, 610)
    }
    assert {width: parts[width]["door"].quantity for width in parts} == {609: 1, 610: 2}
    assert parts[609]["door"].measures["width"] == 603
    assert parts[610]["door"].measures["width"] == Decimal("300.5")


def test_the_parts_of_a_cabinet_have_the_makers_sizes(cabinet):
    choices = {
        "width": Decimal(838),
        "height": Decimal(762),
        "depth": Decimal(610),
        "finished_sides": "both",
    }
    parts = {item.key: item for item in answer(cabinet, choices).bom}
    assert dict(parts["top"].measures) == {
        "length": Decimal("806.25"),
        "width": 610,
        "thickness": Decimal("15.875"),
    }
    assert dict(parts["back"].measures) == {
        "length": Decimal("818.95"),
        "width": Decimal("742.95"),
        "thickness": Decimal("6.35"),
    }
    assert dict(parts["shelf"].measures) == {
        "length": Decimal("804.75"),
        "width": Decimal("584.6"),
        "thickness": Decimal("15.875"),
    }
    assert parts["shelf"].quantity == 2
    assert parts["edge_banding"].quantity == Decimal("7.1005")


def test_a_dealer_pays_half_of_the_list_price(cabinet):
    list_price = answer(cabinet, {}).breakdown.unit_total
    assert answer(cabinet, {}, price_list=2).breakdown.unit_total == list_price / 2


def test_a_glass_top_needs_the_steel_frame():
    file = product_file("desk.yaml")
    product, prices = compile_product(file.model), compile_prices(file.model, file.price_lists[0])
    conflict = evaluate(product, prices, {"frame": "oak"}, {"top": "glass"}).conflict
    assert [reason_text(file.model, reason, "de") for reason in conflict.rules] == [
        "Eine Glasplatte braucht das Stahlgestell."
    ]


# ---- the shelving wall ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def wall():
    file = product_file("shelving_wall.yaml")
    return file, compile_product(file.model)


def test_modules_together_are_no_wider_than_the_wall(wall):
    chosen = {"wall_width": Decimal(2000), "modules": Decimal(3), "modules.1.width": Decimal(800)}
    after = answer(wall, chosen, {"modules.2.width": Decimal(700)})
    assert after.options["modules.3.width"].domain.runs == ((Decimal(400), Decimal(500)),)
    assert after.derived["total"] <= 2000


def test_a_wall_of_three_modules_keeps_one_open(wall):
    chosen = {"modules": Decimal(3), "modules.1.front": "doors", "modules.2.front": "drawers"}
    assert answer(wall, {}, chosen).options["modules.3.front"].domain.values == ("open",)


def test_light_in_several_modules_shares_power_supplies(wall):
    lit = {"wall_width": Decimal(5000), **{f"modules.{number}.light": True for number in (1, 2, 3)}}
    parts = {item.key: item.quantity for item in answer(wall, {}, lit).bom}
    assert parts["transformer"] == 2
    assert parts["side"] == 4


# ---- pictures ------------------------------------------------------------------------------------

WIDE = {"wall_width": Decimal(5000)}
# What a shopper sees of a product from outside, and choices under which one sees it. Where an
# option stands more than once, some of its values are possible under one of the choices only.
SIGNATURE = {"series": "signature", "door_style": "custom"}
LOOKS = {
    "base_cabinet.yaml": [
        ("box", {"series": "contemporary"}),
        ("door_style", {"series": "signature", "finish": "maple"}),
        ("door_style", {"series": "signature", "finish": "white"}),
        *(("finish", {**SIGNATURE, "width": Decimal(width)}) for width in (600, 838)),
        *(("finish", {"door_style": style}) for style in ("slab", "five_piece")),
        *(
            ("finish", {**SIGNATURE, "finished_sides": "right", "width": Decimal(width)})
            for width in (600, 838)
        ),
        *(
            ("own_colour", {**SIGNATURE, "finish": "own", "width": Decimal(width)})
            for width in (600, 838)
        ),
        *(("handle", {"door_style": "slab", "width": Decimal(width)}) for width in (600, 838)),
        *(
            ("hinge_side", {"width": Decimal(600), "handle": handle})
            for handle in ("bar_pull", "knob", "cup_pull")
        ),
        *(("gables", {"finished_sides": "right", "width": Decimal(width)}) for width in (600, 838)),
        *(("finished_sides", {"width": Decimal(width)}) for width in (600, 838)),
    ],
    "desk.yaml": [
        ("frame", {}),
        *(("frame_colour", {"height_adjustable": lifts}) for lifts in (False, True)),
        *(
            ("own_colour", {"frame_colour": "own", "height_adjustable": lifts})
            for lifts in (False, True)
        ),
        *(
            ("height_adjustable", {"frame_colour": colour})
            for colour in ("black", "white", "sand", "sage", "own")
        ),
        *(("top", {"frame": "steel", "corners": corners}) for corners in ("eased", "round")),
        *(("corners", {"top": top}) for top in ("glass", "oak", "laminate")),
        *(("drawers", {"top": top}) for top in ("oak", "laminate")),
        *(("cable_tray", {"top": top}) for top in ("glass", "oak", "laminate")),
        ("accessories", {}),
        ("engraving", {"top": "oak"}),
    ],
    "shelving_wall.yaml": [
        ("finish", {}),
        ("height", {}),
        ("plinth", {}),
        ("modules", WIDE),
        *((f"modules.{bay}.front", {**WIDE, "modules": Decimal(5)}) for bay in range(1, 6)),
        *((f"modules.{bay}.shelves", {**WIDE, "modules": Decimal(5)}) for bay in range(1, 6)),
        ("modules.4.shelves", {**WIDE, "modules": Decimal(4), "modules.4.front": "drawers"}),
        (
            "modules.4.shelves",
            {**WIDE, "modules": Decimal(4), "modules.4.front": "glass", "height": "middle"},
        ),
        *((f"modules.{bay}.light", {**WIDE, "modules": Decimal(5)}) for bay in range(1, 6)),
    ],
    "cnc_router.yaml": [
        *(
            (key, {})
            for key in (
                "travel_z",
                "frame",
                "cooling",
                "extraction",
                "guard",
                "lights",
                "handwheel",
            )
        ),
        *((key, {}) for key in ("table", "colour", "controller")),
        ("gantry", {}),
        ("gantry", {"colour": "house"}),
        ("house_colour", {"colour": "house"}),
        ("spindle", {"supply": "v208"}),
        ("spindle", {"supply": "v208", "gantry": "high"}),
        ("spindle", {"supply": "v240"}),
        (
            "changer",
            {"gantry": "reinforced", "spindle": "s55", "collet": "iso30", "supply": "v208"},
        ),
        ("pump", {"table": "vacuum", "supply": "v208"}),
        ("stops", {"table": "both"}),
        ("rotary", {"controller": "pc"}),
    ],
}


# The camera sees the right side of the cabinet; the help of the option says so.
TURNED_AWAY = {"finished_sides": {"left", "both"}}


@cache
def small_layer(image: str) -> Image.Image:
    with Image.open(FOLDER / image) as opened:
        return opened.convert("RGBA").resize((400, 300))


def picture_of(file: ProductFile, answered) -> tuple[np.ndarray, tuple]:
    """Return the layers laid over each other (300 × 400 × RGBA), and the colours that those in
    greys take.
    """
    layers = [layer for layer in file.model.layers if layer.key in answered.layers]
    whole = Image.new("RGBA", (400, 300), (255, 255, 255, 255))
    for layer in layers:
        whole.alpha_composite(small_layer(layer.image))
    return np.asarray(whole).astype(int), tuple(
        answered.values[each.colour] for each in layers if each.colour
    )


def is_alike(one: tuple[np.ndarray, tuple], other: tuple[np.ndarray, tuple]) -> bool:
    """Return whether one would not see the difference: less than ten pixels, each by less than 12
    of 255.
    """
    return one[1] == other[1] and int((np.abs(one[0] - other[0]).max(axis=2) >= 12).sum()) < 10


def values_to_try(option) -> list:
    if option.number is not None:
        first, last, step = option.number.first, option.number.last, option.number.step
        return [first + step * place for place in range(int((last - first) / step) + 1)]
    if option.kind is Kind.BOOLEAN:
        return [False, True]
    if option.kind is Kind.COLOUR:
        return ["#c26a3d", "#3d6ac2"]
    if option.kind is Kind.TEXT:
        return ["", "For Ada"]
    if option.kind is Kind.MULTI:
        return [(), *((value.key,) for value in option.values)]
    return [value.key for value in option.values]


@pytest.mark.parametrize("name", LOOKS)
def test_the_picture_follows_every_choice_that_one_sees(name):
    file = product_file(name)
    product, prices = compile_product(file.model), compile_prices(file.model, file.price_lists[0])
    options = {option.key: option for option in product.model.options}
    untried: dict[str, set] = {}
    for key, choices in LOOKS[name]:
        values = values_to_try(options[key])
        seen: dict[object, tuple[np.ndarray, tuple]] = {}
        for value in values:
            answered = evaluate(product, prices, choices, {key: value} if value != "" else {})
            if answered.conflict is None and value not in TURNED_AWAY.get(key, ()):
                looks = picture_of(file, answered)
                assert answered.layers
                assert [other for other in seen if is_alike(looks, seen[other])] == [], (
                    f"{key} {value} {choices}"
                )
                seen[value] = looks
        assert len(seen) > 1
        untried[key] = untried.get(key, set(values) - TURNED_AWAY.get(key, set())) - set(seen)
    assert {key: left for key, left in untried.items() if left} == {}


def test_every_product_of_the_demo_is_drawn_or_has_shapes():
    for path in FILES:
        model = product_file(path.name).model
        assert model.image
        assert model.layers if path.name in LOOKS or model.prints else model.shapes
