"""The picture of a configuration that mails and files take along, where a product has shapes."""

from decimal import Decimal
from io import BytesIO

import pytest
from django.utils import timezone
from PIL import Image

from configurator import scene_pictures
from configurator.answering import follow
from configurator.models import Configuration
from configurator.offers import published
from configurator.pictures import PicturesBusy
from configurator.scene_pictures import PictureFailed
from integrations.automations import design_mail
from tests.api import Api, make_shop, told
from tests.configurator.geometry.shelves import shelf
from tests.drawing import needs_drawing

pytestmark = [pytest.mark.database, pytest.mark.django_db, needs_drawing]


@pytest.fixture(autouse=True)
def folder(settings, tmp_path, monkeypatch):
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(design_mail, "MOST_SECONDS_TO_DRAW", 30.0)


@pytest.fixture
def picture_of(db):
    offer = published(make_shop(model=shelf()).slug, "shelf")
    return lambda **choices: design_mail.picture_of(
        offer.product.model, follow(offer, choices), offer.merchant
    )


def test_a_product_with_shapes_and_no_picture_is_drawn(picture_of):
    picture = picture_of(width=Decimal(800), boards=Decimal(2), wood="oak")
    with Image.open(BytesIO(picture.content)) as image:
        assert (image.format, image.size) == ("JPEG", (1120, 840))
        assert image.getpixel((3, 3)) == (255, 255, 255)


def test_what_cannot_be_built_has_no_picture(picture_of):
    assert picture_of(wood="oak") is None


def test_a_mail_goes_without_a_picture_that_cannot_be_drawn(db, monkeypatch):
    def failed(*_):
        raise PictureFailed("The picture could not be drawn just now; ask for it again later.")

    monkeypatch.setattr(design_mail, "scene_picture", failed)
    api = Api(make_shop(model=shelf()))
    choices = {"width": 800, "boards": 2, "wood": "oak"}
    made = told(api.post("configurations", {"product": "shelf", "choices": choices}))["id"]
    row = Configuration.objects.get(public_id=made)
    assert design_mail.design_of(row, "en", 30, timezone.now()).picture is None


def test_a_picture_that_is_not_there_yet_lets_the_step_be_tried_again(picture_of, monkeypatch):
    monkeypatch.setattr(design_mail, "MOST_SECONDS_TO_DRAW", 0.0)
    with pytest.raises(PicturesBusy):
        picture_of(width=Decimal(700), boards=Decimal(2), wood="ash")
    monkeypatch.setattr(design_mail, "MOST_SECONDS_TO_DRAW", 30.0)
    assert picture_of(width=Decimal(700), boards=Decimal(2), wood="ash") is not None
    assert not scene_pictures._asked
