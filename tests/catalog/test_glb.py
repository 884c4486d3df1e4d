import random
import struct
import subprocess
import sys

import pytest

from catalog import glb_uploads
from catalog.glb_facts import credited, facts_of, variant_called
from catalog.glb_files import MAX_BYTES, GlbRefused, opened, written
from tests.glb_files import (
    CREDIT,
    described,
    needs_shared,
    picture,
    shared,
    spoilt,
    stool,
    stool_binary,
    stool_glb,
)


def test_a_model_tells_its_size_names_and_whose_work_it_is():
    facts = facts_of(stool_glb())
    assert facts.lower == pytest.approx((0, 0, 0), abs=1e-4)
    assert facts.upper == pytest.approx((400, 300, 500), abs=1e-4)
    assert (facts.triangles, facts.meshes) == (4, 2)
    assert facts.nodes == ("stool", "seat", "leg")
    assert facts.materials == ("ruby", "moss", "steel")
    assert facts.variants == ("Ruby Red", "moss")
    assert [(each.media_type, each.width) for each in facts.images] == [("image/png", 4)]
    assert (facts.credit, facts.licence, facts.warnings) == (CREDIT, "CC BY 4.0", ())


def test_a_model_is_measured_where_its_nodes_put_it():
    half = 0.5**0.5
    places = [
        {"children": [1, 2], "translation": [1, 0, 0], "scale": [2, 2, 2]},
        # A quarter to the left: what pointed to the right points to the back.
        {"mesh": 0, "rotation": [0, half, 0, half]},
        {"mesh": 1, "matrix": [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 1, 0, 1]},
    ]
    facts = facts_of(stool_glb(nodes=places))
    assert facts.lower == pytest.approx((1000, 0, 0), abs=1e-3)
    assert facts.upper == pytest.approx((1000, 800, 3000), abs=1e-3)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda it: it["nodes"][1].update(children=[0]), "stands in itself"),
        (lambda it: it["nodes"][1].update(children=[2]), "stands in two others"),
        (lambda it: it["buffers"][0].update(uri="other.bin"), "needs other files"),
        (lambda it: it["images"].append({"uri": "https://example.org/a.png"}), "other files"),
        (lambda it: it["accessors"][0].update(count=1_500_000_000), "600,000 points"),
        (lambda it: it["accessors"][0].update(max=[9, 9, 9]), "other bounds than it has"),
        (lambda it: it["accessors"][4].update(bufferView=3), "has no point"),
        (lambda it: it["bufferViews"][0].update(byteLength=10**9), "behind its end"),
        (lambda it: it["meshes"][0]["primitives"][0].update(indices=99), "there is not"),
        (lambda it: it["meshes"][0]["primitives"][0].update(indices=True), "there is not"),
        (lambda it: it.update(extensionsRequired=["KHR_draco_mesh_compression"]), "Draco"),
        (
            lambda it: it.update(extensionsRequired=["ACME_magic"]),
            "'ACME_magic', which is not read",
        ),
        (lambda it: it["asset"].update(version="1.0"), "glTF 2.0"),
        (lambda it: it.update(skins=[{"joints": [0]}]), "without bones"),
        (lambda it: it.update(materials=[{}] * 501), "501 materials"),
        (lambda it: it.update(meshes=7), "its meshes are no list"),
        (
            lambda it: it["meshes"][1].update(primitives=it["meshes"][1]["primitives"] * 2_000),
            "2,001 surfaces",
        ),
        (lambda it: it["images"][0].update(mimeType="image/jpeg"), "another kind"),
        (lambda it: it["images"][0].update(bufferView=0), "no whole PNG"),
        (lambda it: it.update(scenes=[{"nodes": []}]), "no surface"),
        (lambda it: it["nodes"][0].update(scale=[1000, 1, 1]), "larger than 100 m"),
        (lambda it: it["nodes"][0].update(translation=["far", 0, 0]), "not built as glTF"),
        (
            lambda it: it["meshes"][0]["primitives"][0]["extensions"]["KHR_materials_variants"][
                "mappings"
            ][1].update(variants=[0]),
            "two looks in one variant",
        ),
        (
            lambda it: it.update(
                nodes=[
                    *({"children": [place + 1], "scale": [1e300, 0, 1e300]} for place in range(3)),
                    {"mesh": 0},
                ]
            ),
            "larger than 100 m",
        ),
        (lambda it: it["materials"][0].update(name=["ruby"]), "materials has a name"),
        (lambda it: it["materials"][0].update(pbrMetallicRoughness=[]), "surface of its .*ruby"),
        (
            lambda it: it["materials"][1]["pbrMetallicRoughness"].update(baseColorFactor=[1]),
            "colour of its material 'moss'",
        ),
        (
            lambda it: it["materials"][1]["pbrMetallicRoughness"].update(roughnessFactor="much"),
            "roughnessFactor of its material 'moss'",
        ),
        (
            lambda it: it["materials"][0]["pbrMetallicRoughness"]["baseColorTexture"].update(
                extensions={"KHR_texture_transform": {"scale": [1]}}
            ),
            "baseColorTexture of its material 'ruby'",
        ),
        (lambda it: it["textures"][0].pop("source"), "has no picture"),
        (lambda it: it["accessors"][3].update(type="SCALAR"), "TEXCOORD_0 has another type"),
        (lambda it: it["meshes"][1]["primitives"][0].update(mode=9), "neither points"),
        (lambda it: it["accessors"][4].update(componentType=5122), "no whole numbers"),
    ],
)
def test_a_model_that_nobody_could_show_is_refused_with_a_sentence(change, told):
    with pytest.raises(GlbRefused, match=told):
        facts_of(spoilt(change))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "not binary glTF"),
        (b"glTF", "first bytes"),
        (stool_glb()[:-40], "cut off"),
        (stool_glb() + b"more", "behind its end"),
        (b"glTF" + struct.pack("<II", 1, 20) + bytes(8), "is glTF 1"),
        (b"<svg onload='alert(1)'/>", "not binary glTF"),
        (bytes(MAX_BYTES + 1), "at most 12 MB"),
    ],
)
def test_a_file_that_is_no_whole_glb_is_refused(content, told):
    with pytest.raises(GlbRefused, match=told):
        facts_of(content)


def test_a_description_nested_too_deep_is_refused():
    nested = b'{"a":' * 400_000 + b"1" + b"}" * 400_000
    nested += b" " * (-len(nested) % 4)
    head = struct.pack("<IIIII", 0x46546C67, 2, 20 + len(nested), len(nested), 0x4E4F534A)
    with pytest.raises(GlbRefused, match="description"):
        facts_of(head + nested)


def test_a_picture_of_too_many_pixels_is_refused_by_its_head():
    document, content = stool(), bytearray(picture(side=8))
    content[16:24] = struct.pack(">II", 16_000, 16_000)
    begin = len(stool_binary())
    document["bufferViews"].append({"buffer": 0, "byteOffset": begin, "byteLength": len(content)})
    document["images"][0]["bufferView"] = len(document["bufferViews"]) - 1
    binary = stool_binary() + content + bytes(-len(content) % 4)
    document["buffers"][0]["byteLength"] = len(binary)
    with pytest.raises(GlbRefused, match=r"pixels|PNG"):
        facts_of(written(document, binary))


def test_whatever_a_byte_is_changed_to_a_model_is_read_or_refused():
    whole, chance = stool_glb(), random.Random(20)
    refused = 0
    for _ in range(400):
        content = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            content[chance.randrange(len(content))] = chance.choice(b'0129"{}[]-e,:\x00\xff')
        try:
            assert facts_of(bytes(content)).triangles
        except GlbRefused:
            refused += 1
    assert 100 < refused < 400


def test_credit_and_licence_are_told_in_the_file_and_nothing_else_is_touched():
    bare = spoilt(lambda it: it["asset"].pop("copyright"))
    kept = credited(bare, "Jo Example", "CC0 1.0")
    assert (facts_of(kept).credit, facts_of(kept).licence) == ("Jo Example", "CC0 1.0")
    assert opened(kept).binary == opened(bare).binary
    assert {**described(kept), "asset": None} == {**described(bare), "asset": None}
    assert credited(kept, "Jo Example", "CC0 1.0") == kept
    assert credited(stool_glb(), CREDIT, "CC BY 4.0") == stool_glb()


def test_a_variant_is_called_by_its_name_or_by_its_key():
    assert variant_called(("Ruby Red", "moss"), "ruby_red") == "Ruby Red"
    assert variant_called(("Ruby Red", "ruby_red"), "ruby_red") == "ruby_red"
    assert variant_called(("Ruby Red",), "amber") is None


def test_an_upload_is_checked_in_a_process_that_decodes_its_pictures():
    assert glb_uploads.checked(stool_glb()) == facts_of(stool_glb())
    broken = stool_glb().replace(b"IDATx\x9c", b"IDATx\x00")
    assert facts_of(broken)
    with pytest.raises(GlbRefused, match="Picture 1 of the model"):
        glb_uploads.checked(broken)


def test_an_upload_that_takes_too_long_is_ended(monkeypatch):
    monkeypatch.setattr(glb_uploads, "MOST_SECONDS", 0.01)
    with pytest.raises(GlbRefused, match="too long"):
        glb_uploads.checked(stool_glb())


def test_an_upload_that_takes_too_much_memory_is_ended():
    hungry = "import catalog.glb_uploads as it; it.facts_of = lambda _: bytearray(2 * 1024**3); it.main()"
    done = subprocess.run([sys.executable, "-c", hungry], input=b"", capture_output=True)
    assert done.returncode == 1
    assert b"MemoryError" in done.stderr


@needs_shared
def test_real_models_are_read():
    shoe = facts_of(shared("MaterialsVariantsShoe-small.glb"))
    assert shoe.variants == ("midnight", "beach", "street")
    assert (shoe.triangles, len(shoe.images)) == (22_700, 5)
    chair = facts_of(shared("WickerChair.glb"))
    assert (chair.licence, chair.triangles) == ("CC BY 4.0", 18_320)
    assert chair.credit.startswith("Copyright 2021 Wayfair LLC")
    assert chair.size == pytest.approx((1346.4, 1028.1, 1888.5), abs=0.1)


@needs_shared
def test_a_real_download_that_broke_off_is_refused_with_a_sentence():
    with pytest.raises(GlbRefused, match=r"cut off: it has 65,536 of 4,125,648 bytes; upload it"):
        facts_of(shared("truncated-SheenChair.glb"))
