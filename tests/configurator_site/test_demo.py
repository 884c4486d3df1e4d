"""The demo: what it loads, that it can be repeated, and the shop page."""

import multiprocessing
import os
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from catalog.models import Merchant, Product, Version
from catalog.operations import publish
from configurator_site.demo import loading
from configurator_site.management.commands.demo import _serve
from integrations.access.models import ApiKey
from integrations.access.operations import create_api_key

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


def test_seven_products_are_published():
    demo()
    assert set(Product.objects.values_list("key", flat=True)) == {
        "base-cabinet",
        "desk",
        "cnc-router",
        "shelving-wall",
        "wardrobe",
        "lounge",
        "door_sign",
    }
    assert Version.objects.count() == 7


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


def test_each_start_makes_the_password_anew(loaded, client):
    again = demo()
    assert not client.login(username="demo", password=said(loaded, "Admin"))
    assert client.login(username="demo", password=said(again, "Admin"))


def test_the_key_of_an_earlier_start_goes_on_working(loaded, client):
    demo()
    earlier = {"authorization": f"Bearer {said(loaded, 'API key')}"}
    assert client.get("/api/v1/products", headers=earlier).status_code == 200


def test_only_the_last_keys_of_the_demo_stay(loaded, client):
    mine, _ = create_api_key(Merchant.objects.get(), "Demolition", ["catalog:read"])
    for _ in range(loading.KEYS_KEPT):
        demo()
    first = {"authorization": f"Bearer {said(loaded, 'API key')}"}
    assert client.get("/api/v1/products", headers=first).status_code == 401
    assert ApiKey.objects.exclude(pk=mine.pk).count() == loading.KEYS_KEPT
    assert ApiKey.objects.filter(pk=mine.pk, revoked_at=None).exists()


def test_the_site_of_each_port_may_frame_the_widget(only_the_desk):
    demo("--port", "8123")
    assert Merchant.objects.get().origins == ["http://localhost:8123"]


def test_a_start_leaves_the_settings_of_the_merchant_as_they_are(loaded):
    Merchant.objects.update(name="Ours", origins=["https://shop.example"], locales=["it"])
    demo("--port", "8123")
    merchant = Merchant.objects.get()
    assert (merchant.name, merchant.locales) == ("Ours", ["it"])
    assert merchant.origins == ["https://shop.example", "http://localhost:8123"]


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
    assert (answer.status_code, answer.headers["Location"]) == (
        302,
        "http://localhost:8000/?product=desk",
    )


def test_the_shop_shows_the_product_asked_for(loaded, client):
    page = client.get("/?product=desk", headers={"host": "localhost"}).content.decode()
    assert "/embed/demo/desk/" in page
    assert client.get("/?product=chair", headers={"host": "localhost"}).status_code == 404


def test_without_the_demo_there_is_no_shop(client):
    assert client.get("/", headers={"host": "localhost"}).status_code == 404


def test_the_demo_serves_in_processes_that_read_the_settings_anew_with_a_secret_of_its_own(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    served: list[tuple[str, str]] = []

    class Server:
        def __init__(self, *_: object, **__: object) -> None: ...

        def serve(self) -> None:
            served.append((multiprocessing.get_start_method() or "", os.environ["SECRET_KEY"]))

    settings.DATA_DIR = tmp_path
    monkeypatch.setattr("granian.server.Server", Server)
    # What it sets for the processes it starts is nothing for other tests.
    own = {name: each for name, each in os.environ.items() if name != "SECRET_KEY"}
    monkeypatch.setattr(os, "environ", own)
    before = multiprocessing.get_start_method()
    try:
        _serve(8000)
    finally:
        multiprocessing.set_start_method(before, force=True)
    assert served == [("spawn", (tmp_path / "demo-secret").read_text())]
    assert len(served[0][1]) > 40
