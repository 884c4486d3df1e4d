"""The demo: what it loads, that it can be repeated, and the shop page."""

from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from catalog.models import Merchant, Product, Version
from catalog.operations import publish
from configurator_site.demo import loading
from integrations.access.models import ApiKey

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def demo(*arguments: str) -> str:
    out = StringIO()
    call_command("demo", "--no-serve", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def only_the_desk(monkeypatch):
    """Loading one product shows as much as loading three, and is faster."""
    monkeypatch.setattr(loading, "PRODUCTS", ("desk",))


@pytest.fixture
def loaded(db, only_the_desk):
    return demo()


def said(text: str, label: str) -> str:
    line = next(line for line in text.splitlines() if line.strip().startswith(label))
    return line.split()[-1]


def test_three_products_are_published():
    demo()
    assert set(Product.objects.values_list("key", flat=True)) == {"base-cabinet", "desk", "cnc-router"}
    assert Version.objects.count() == 3


def test_a_second_start_publishes_nothing(loaded):
    again = demo()
    assert Version.objects.count() == 1
    assert again.count("is there already") == 1


def test_a_version_published_since_and_its_draft_are_left_alone(loaded):
    desk = Product.objects.get(key="desk")
    desk.name = "Our desk"
    desk.save()
    publish(desk)
    demo()
    desk.refresh_from_db()
    assert (desk.name, desk.versions.count()) == ("Our desk", 2)


def test_the_printed_password_opens_the_admin(loaded, client):
    password = said(loaded, "Admin")
    assert client.login(username="demo", password=password)
    assert client.get("/admin/", headers={"host": "127.0.0.1"}).status_code == 200


def test_the_printed_key_opens_the_api(loaded, client):
    key = said(loaded, "API key")
    answer = client.get("/api/v1/products", headers={"authorization": f"Bearer {key}"})
    assert {each["key"] for each in answer.json()["data"]} == {"desk"}


def test_each_start_makes_the_password_and_the_key_anew(loaded, client):
    again = demo()
    assert not client.login(username="demo", password=said(loaded, "Admin"))
    assert client.login(username="demo", password=said(again, "Admin"))
    assert ApiKey.objects.filter(revoked_at=None).count() == 1
    old = {"authorization": f"Bearer {said(loaded, 'API key')}"}
    assert client.get("/api/v1/products", headers=old).status_code == 401


def test_the_sites_that_may_frame_the_widget_follow_the_port(only_the_desk):
    demo("--port", "8123")
    assert Merchant.objects.get().origins == ["http://localhost:8123"]


def test_a_database_with_other_data_is_left_alone(only_the_desk):
    Merchant.objects.create(slug="joinery", name="Joinery")
    with pytest.raises(CommandError, match="holds the merchant 'joinery'"):
        demo()
    assert not User.objects.exists()
    demo("--anyway")
    assert User.objects.get().username == loading.USER


def test_the_shop_frames_the_widget_of_another_site(loaded, client):
    page = client.get("/", headers={"host": "localhost:8000"})
    assert page.status_code == 200
    assert 'data-configurator="http://127.0.0.1:8000/embed/demo/desk/"' in page.content.decode()
    assert "frame-src http://127.0.0.1:8000" in page.headers["Content-Security-Policy"]
    assert "unsafe" not in page.headers["Content-Security-Policy"]


def test_under_the_widgets_host_name_the_shop_leads_to_its_own(loaded, client):
    answer = client.get("/?product=desk", headers={"host": "127.0.0.1:8000"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "http://localhost:8000/?product=desk")


def test_the_shop_shows_the_product_asked_for(loaded, client):
    page = client.get("/?product=desk", headers={"host": "localhost"}).content.decode()
    assert "/embed/demo/desk/" in page
    assert client.get("/?product=chair", headers={"host": "localhost"}).status_code == 404


def test_without_the_demo_there_is_no_shop(client):
    assert client.get("/", headers={"host": "localhost"}).status_code == 404
