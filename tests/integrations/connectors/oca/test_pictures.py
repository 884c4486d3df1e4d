"""The pictures of a folder that are there."""

from base64 import b64encode
from io import BytesIO

import pytest
from PIL import Image

from catalog.pictures import verified
from integrations.connectors.oca.mapping import products_of, read_products
from integrations.connectors.oca.pictures import fitted
from integrations.connectors.oca.records import read_folder
from tests.integrations.connectors.oca.folder import ATTRIBUTES, TEMPLATE, data, records
from tests.integrations.connectors.oca.test_records import module


def picture(color="red", size=(8, 6), kind="PNG"):
    out = BytesIO()
    Image.new("RGB", size, color).save(out, kind)
    return out.getvalue()


def of_record(record, model, file):
    return f'<record id="{record}" model="{model}"><field name="image_1920" type="base64" file="{file}"/></record>'


def combination(name, file, values, sequence=10):
    refs = ", ".join(f"ref('{value}')" for value in values)
    return f"""<record id="{name}" model="product.config.image"><field name="name">{name}</field>
      <field name="product_tmpl_id" ref="desk"/><field name="sequence">{sequence}</field>
      <field name="image" type="base64" file="{file}"/><field name="value_ids" eval="[(6, 0, [{refs}])]"/></record>"""


@pytest.fixture
def shop(tmp_path):
    """A module with pictures below it, and a function that imports it with further records."""
    whole = module(tmp_path, "desks")
    (whole / "static").mkdir()

    def imported(*further, **pictures):
        for name, content in pictures.items():
            (whole / "static" / f"{name}.png").write_bytes(content)
        (whole / "data" / "products.xml").write_bytes(data(ATTRIBUTES, TEMPLATE, *further))
        return read_products(tmp_path).products[0]

    return imported


def test_pictures_of_products_and_values_are_taken_with_their_content(shop):
    red, blue = picture("red"), picture("blue")
    desk = shop(
        of_record("desk", "product.template", "desks/static/desk.png"),
        of_record("value_oak", "product.attribute.value", "desks/static/oak.png"),
        desk=red,
        oak=blue,
    )
    assert desk.file.model.image == "desk/desk.png"
    assert desk.file.model.option_by_key["frame"].value_by_key["oak"].image == "desk/oak.png"
    assert desk.pictures == {"desk/desk.png": red, "desk/oak.png": blue}
    assert not any("picture" in note for note in desk.notes)


def test_a_picture_written_into_the_data_is_taken():
    text = b64encode(picture()).decode()
    further = (
        f'<record id="desk" model="product.template"><field name="image">{text}</field></record>'
    )
    desk = products_of(records(ATTRIBUTES, TEMPLATE, further)).products[0]
    assert list(desk.pictures) == [desk.file.model.image] == ["desk/desk.png"]


def test_pictures_of_combinations_lie_on_those_of_fewer_values_and_are_of_one_size(shop):
    desk = shop(
        combination("both", "desks/static/both.png", ["value_steel", "value_glass"]),
        combination("later", "desks/static/later.png", ["value_steel"], sequence=20),
        combination("first", "desks/static/first.png", ["value_steel"], sequence=5),
        combination("never", "desks/static/both.png", ["value_lost", "value_steel"]),
        both=picture("red"),
        later=picture("green"),
        first=picture("blue", (16, 9)),
    )
    layers = desk.file.model.layers
    assert [(layer.image, layer.when) for layer in layers[:3]] == [
        ("desk/later-16x9.png", "frame == steel"),
        ("desk/both-16x9.png", "frame == steel"),
        ("desk/first.png", "frame == steel"),
    ]
    assert (layers[3].image, layers[3].when) == (
        "desk/both-16x9.png",
        "frame == steel and top == glass",
    )
    sizes = {(each.width, each.height) for each in map(verified, desk.pictures.values())}
    assert sizes == {(16, 9)}


def test_what_is_not_there_or_no_picture_is_told(shop):
    desk = shop(
        of_record("desk", "product.template", "desks/static/none.png"),
        of_record("value_oak", "product.attribute.value", "desks/static/oak.png"),
        oak=b"no picture",
    )
    notes = " ".join(desk.notes)
    assert "1 picture is named, and not in the folder: Desk." in notes
    assert "The picture of Oak is left out: The file is not a PNG" in notes
    assert not desk.pictures


@pytest.mark.parametrize(
    "path", ["desks/../secret.png", "../secret.png", "/desks/static/x.png", "other/static/x.png"]
)
def test_no_file_outside_the_modules_is_read(tmp_path, path):
    whole = module(
        tmp_path / "addons",
        "desks",
        ATTRIBUTES,
        TEMPLATE,
        of_record("desk", "product.template", path),
    )
    (tmp_path / "secret.png").write_bytes(picture())
    (tmp_path / "addons" / "secret.png").unlink(missing_ok=True)
    found = read_folder(whole)
    assert found.content(found.by_id["desks.desk"].fields["image_1920"]) is None


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_fitted_picture_keeps_its_kind_and_its_shape(kind):
    content = fitted(picture("red", (10, 10), kind), (40, 20))
    found = verified(content)
    assert (found.width, found.height, found.media_type) == (40, 20, f"image/{kind.lower()}")
    with Image.open(BytesIO(content)) as image:
        red, green, *_ = image.convert("RGB").getpixel((20, 10))
        assert red > 200 > 60 > green
        assert fitted(picture("red", (10, 10), kind), (40, 20)) == content
