"""The chair of the demo: a file of its maker with three covers, beside a table that is built here."""

import pytest
from django.test import Client

from catalog.glb_files import VARIANTS, opened
from catalog.models import Merchant
from configurator.geometry.glb import glb
from configurator.geometry.inspection import inspection
from configurator.geometry.scene import compile_shapes, resolve
from configurator.geometry.viewing import viewing
from configurator_site.demo import loading
from configurator_site.demo.drawing import lounge
from tests.configurator_site.test_demo_products import FOLDER, product_file
from tests.configurator_site.test_demo_shapes import random_configurations, scenes

NAME = "lounge.yaml"
CHAIR = {"cover": "moss", "wood": "walnut", "table": False}


def chair(**values):
    return resolve(compile_shapes(product_file(NAME).model), {**CHAIR, **values})


def test_the_file_is_small_and_what_its_script_writes():
    content = (FOLDER / lounge.NAME).read_bytes()
    assert len(content) < 60_000
    whole, drawn = opened(content), opened(lounge.glb())
    assert drawn.document["nodes"] == whole.document["nodes"]
    # Compressed pictures may differ between builds of their library.
    begin = whole.document["bufferViews"][-1]["byteOffset"]
    assert drawn.binary[:begin] == whole.binary[:begin]


def test_the_chair_alone_is_its_makers_file_in_the_cover_that_was_chosen():
    whole, left = opened((FOLDER / lounge.NAME).read_bytes()), opened(glb(chair()))
    assert left.binary == whole.binary
    seat = left.document["meshes"][0]["primitives"][0]
    assert left.document["materials"][seat["material"]]["name"] == "Cover Moss"
    names = [each["name"] for each in left.document["extensions"][VARIANTS]["variants"]]
    assert names[:3] == ["Sand", "Moss", "Midnight"]
    assert names[3:] == [
        *(f"wood={each}" for each in ("oak", "walnut", "black")),
        *(f"cover={each}" for each in ("sand", "moss", "midnight")),
    ]


def test_covers_and_woods_are_switched_without_another_file():
    forms = set()
    for cover in ("sand", "moss", "midnight"):
        for wood in ("oak", "black"):
            values = {**CHAIR, "cover": cover, "wood": wood}
            seen = viewing(chair(**values), values)
            assert seen.looks == (f"wood={wood}", f"cover={cover}")
            forms.add(seen.form)
    assert len(forms) == 1


def test_sizes_agree_in_scene_and_file_for_every_configuration():
    assert {len(scene.parts) for scene in scenes(NAME)} == {1, 3}
    for scene in {scene.digest: scene for scene in scenes(NAME)}.values():
        seen = inspection(glb(scene), "glb")
        lower = (0, 0, 0) if len(scene.parts) > 1 else scene.bounds[0]
        assert seen.lower == pytest.approx(lower, abs=0.1)
        assert seen.upper == pytest.approx(scene.bounds[1], abs=0.1)
    assert len(random_configurations(NAME)) == 120


@pytest.mark.database
def test_its_page_says_whose_work_it_is(db: None, client: Client, monkeypatch) -> None:
    monkeypatch.setattr(loading, "PRODUCTS", ("lounge",))
    merchant = loading.demo_merchant("http://localhost")
    assert [each.is_new for each in loading.load_products(merchant)] == [True]
    assert [each.is_new for each in loading.load_products(merchant)] == [False]
    assert Merchant.objects.get().assets.get(name=lounge.NAME).credit == lounge.CREDIT
    page = client.get(f"/embed/{merchant.slug}/lounge/").content.decode()
    assert f'<p class="credits">{lounge.CREDIT.replace("&", "&amp;")}</p>' in page
