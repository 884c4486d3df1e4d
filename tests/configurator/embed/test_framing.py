import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from catalog.memory import forget_all
from catalog.models import Merchant
from configurator.embed import states, views
from configurator.embed.framing import frame_of
from tests.embed import Shopper, post_form

pytestmark = pytest.mark.database
DESK = "/embed/joinery/desk/"


def test_only_the_merchants_sites_may_frame_the_widget(shopper: Shopper) -> None:
    response = shopper.opens().response
    assert "frame-ancestors https://joinery.example;" in response["Content-Security-Policy"]
    assert "X-Frame-Options" not in response


def test_a_merchant_without_sites_is_framed_by_nobody(shop: Merchant, client: Client) -> None:
    Merchant.objects.update(origins=[])
    assert "frame-ancestors 'none'" in client.get(DESK)["Content-Security-Policy"]


def test_what_is_no_origin_never_reaches_the_policy() -> None:
    listed = [
        "https://shop.example/",
        "https://*.shop.example",
        "https://a.example; script-src *",
        "javascript:1",
        5,
    ]
    assert frame_of("joinery", "Joinery", listed).origins == (
        "https://shop.example",
        "https://*.shop.example",
    )


@pytest.mark.parametrize(
    "path", ["nothing/", "desk/c/unknown/", "desk/pictures/1/ff.webp", "desk/typo", "nothing"]
)
def test_a_page_that_does_not_exist_shows_inside_the_frame_too(
    shop: Merchant, client: Client, path: str
) -> None:
    response = client.get(f"/embed/joinery/{path}")
    assert response.status_code == 404
    assert "frame-ancestors https://joinery.example;" in response["Content-Security-Policy"]


def test_a_failure_shows_inside_the_frame_and_tells_nothing(
    shop: Merchant, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*arguments: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(views, "_opened", fails)
    client.raise_request_exception = False
    response = client.get(DESK)
    assert response.status_code == 500
    assert "frame-ancestors https://joinery.example;" in response["Content-Security-Policy"]
    assert b"secret" not in response.content


def test_an_unknown_merchant_is_not_found_and_framed_by_nobody(client: Client, db: None) -> None:
    response = client.get("/embed/nobody/desk/")
    assert response.status_code == 404
    assert "frame-ancestors 'none'" in response["Content-Security-Policy"]


def test_new_sites_of_a_merchant_hold_soon(shop: Merchant, client: Client) -> None:
    client.get(DESK)
    Merchant.objects.update(origins=["https://new.example"])
    forget_all()
    assert "frame-ancestors https://new.example;" in client.get(DESK)["Content-Security-Policy"]


def test_new_sites_and_a_new_name_are_printed_into_pages_seen_before(
    shop: Merchant, client: Client
) -> None:
    client.get(DESK)
    Merchant.objects.update(origins=["https://new.example"], name="New Joinery")
    forget_all()
    text = client.get(DESK).content.decode()
    assert 'data-origins="https://new.example"' in text
    assert "New Joinery</title>" in text


def test_pages_are_not_stored_and_vary_with_the_asker(shopper: Shopper) -> None:
    response = shopper.opens().response
    assert response["Cache-Control"] == "private, no-store"
    assert {"HX-Request", "Origin"} <= set(response["Vary"].split(", "))
    assert response["Referrer-Policy"] == "same-origin"


def test_no_page_holds_a_script_or_style_of_its_own(shopper: Shopper) -> None:
    for query in ("", "?frame=oak", "?step=-summary", "?top=oak&step=size"):
        text = shopper.opens(query).text
        assert "<style" not in text
        assert " style=" not in text
        assert "<script>" not in text


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://testserver"}, 200),
        ({"Origin": "http://testserver"}, 200),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "null"}, 200),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}, 403),
        ({"Sec-Fetch-Site": "same-site", "Origin": "https://other.testserver"}, 403),
        ({"Origin": "https://evil.example"}, 403),
    ],
)
def test_forms_of_other_sites_are_refused(
    shop: Merchant, client: Client, headers: dict[str, str], status: int
) -> None:
    assert post_form(client, DESK, {"state": ""}, headers=headers).status_code == status


def test_a_frame_without_an_origin_may_read_answers_but_sends_no_credentials(
    shop: Merchant, client: Client
) -> None:
    response = client.options(DESK, headers={"Origin": "null"})
    assert response["Access-Control-Allow-Origin"] == "null"
    assert "HX-Request" in response["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in response


def test_no_other_origin_may_read_answers(shop: Merchant, client: Client) -> None:
    response = client.get(DESK, headers={"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in response


def test_a_form_with_too_many_fields_is_refused(shop: Merchant, client: Client) -> None:
    fields = "&".join(f"o.x{index}=1" for index in range(6_000))
    response = client.post(DESK, fields, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 400


def test_a_file_that_no_option_asks_for_is_passed_over(client: Client, shop: Merchant) -> None:
    response = client.post(DESK, {"state": "", "file": SimpleUploadedFile("a.bin", b"x" * 1000)})
    assert response.status_code == 200
    assert b"a.bin" not in response.content


def test_a_multipart_form_that_cannot_be_read_is_refused_like_any_other(
    client: Client, shop: Merchant
) -> None:
    assert client.post(DESK, b"--x", content_type="multipart/form-data").status_code == 415


def test_long_texts_are_not_remembered(client: Client, shop: Merchant) -> None:
    before = len(states._states)
    post_form(client, DESK, {"state": "x" * (states.MOST_REMEMBERED + 1)})
    assert len(states._states) == before


def test_an_address_without_its_last_slash_leads_to_the_page(
    client: Client, shop: Merchant
) -> None:
    response = client.get(f"{DESK.removesuffix('/')}?frame=oak")
    assert (response.status_code, response["Location"]) == (301, f"{DESK}?frame=oak")


# ---- a site that is not listed -------------------------------------------------------------------


def framed_by(client: Client, site: str, address: str = DESK, **headers: str) -> HttpResponse:
    """Ask as a browser does for a frame in a page of `site`."""
    return client.get(
        address, headers={"Sec-Fetch-Dest": "iframe", "Referer": f"{site}/", **headers}
    )


@pytest.mark.parametrize(
    "address", [DESK, "/embed/joinery/nothing/", "/embed/nobody/desk/", f"{DESK}c/unknown/"]
)
def test_a_site_that_is_not_listed_sees_which_line_to_add_and_nothing_else(
    shop: Merchant, client: Client, address: str
) -> None:
    response = framed_by(client, "https://other.example:8443", address)
    page = response.content.decode()
    assert response.status_code == 403
    assert "frame-ancestors *;" in response["Content-Security-Policy"]
    assert ">https://other.example:8443</pre>" in page
    assert not any(name in page for name in ("Joinery", "joinery", "Desk", "nobody"))


def test_the_page_for_an_unlisted_site_is_in_the_readers_language(
    shop: Merchant, client: Client
) -> None:
    response = framed_by(client, "https://other.example", **{"Accept-Language": "de"})
    assert "darf den Konfigurator noch nicht zeigen" in response.content.decode()


@pytest.mark.parametrize(
    ("site", "listed"),
    [
        ("https://joinery.example", True),
        ("https://joinery.example:443", True),
        ("https://a.joinery.example", False),
        ("https://www.shop.example", True),
        ("https://shop.example", False),
        ("https://evilshop.example", False),
        ("http://joinery.example", False),
        ("https://plain.example", True),
        ("http://testserver", True),
    ],
)
def test_sites_are_matched_as_browsers_match_them(
    shop: Merchant, client: Client, site: str, listed: bool
) -> None:
    Merchant.objects.update(
        origins=["https://joinery.example", "https://*.shop.example", "http://plain.example"]
    )
    forget_all()
    assert framed_by(client, site).status_code == (200 if listed else 403)


def test_whoever_does_not_say_whose_page_asks_gets_a_page_for_listed_sites(
    shop: Merchant, client: Client
) -> None:
    for headers in (
        {"Sec-Fetch-Dest": "iframe"},
        {"Sec-Fetch-Dest": "document", "Referer": "https://other.example/"},
    ):
        response = client.get(DESK, headers=headers)
        assert response.status_code == 200
        assert "frame-ancestors https://joinery.example;" in response["Content-Security-Policy"]


def test_pictures_are_shown_in_any_page(shop: Merchant, client: Client) -> None:
    headers = {"Sec-Fetch-Dest": "image", "Referer": "https://other.example/"}
    assert client.get(f"{DESK}pictures/1/ff.webp", headers=headers).status_code == 404
