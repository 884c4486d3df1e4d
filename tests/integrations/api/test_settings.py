"""Settings and signing keys over the API."""

import pytest

from catalog.models import AuditEntry, Merchant
from configurator.models import QuoteTerms
from integrations.api.v1.examples import SETTINGS
from tests.api import Api, told
from tests.integrations.api.test_problems import problem_of

pytestmark = pytest.mark.database


def test_settings_are_set_as_a_whole_and_read_back(api, shop):
    answer = api.call("PUT", "settings", {**SETTINGS, "sites": ["HTTPS://Shop.example:443"] * 2})
    row = Merchant.objects.get(pk=shop.pk)

    assert told(answer) == told(api.get("settings")) == {"merchant": "joinery", **SETTINGS}
    assert (row.origins, row.locales, row.accent) == (["https://shop.example"], ["de"], "#0b6e4f")
    assert QuoteTerms.objects.get(merchant=shop).valid_days == 14
    assert told(api.call("PUT", "settings", {"name": "Joinery"}))["sites"] == []


def test_what_changed_is_written_down_and_nothing_where_nothing_did(api, shop):
    for _ in range(2):
        api.call("PUT", "settings", SETTINGS)
    (entry,) = AuditEntry.objects.for_merchant(shop).filter(action="merchant.changed")

    assert entry.after["valid_days"] == 14
    assert "name" not in entry.after


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"sites": ["https://a.example", "ftp://b.example"]}, "/sites/1"),
        ({"sites": ["https://shop.example/path"]}, "/sites/0"),
        ({"languages": ["german!"]}, "/languages/0"),
        ({"country": "de"}, "/country"),
        ({"colour": "red"}, "/colour"),
        ({"name": " "}, "/name"),
        ({"quote_terms": {"valid_days": 60, "most_days": 30}}, "/quote_terms/most_days"),
        ({"quote_terms": {"valid_days": 0}}, "/quote_terms/valid_days"),
    ],
)
def test_what_cannot_be_is_refused_by_its_place_and_changes_nothing(api, shop, change, pointer):
    before = told(api.get("settings"))
    problem = problem_of(
        api.call("PUT", "settings", {**SETTINGS, **change}), 400, "malformed-input"
    )

    assert [error["pointer"] for error in problem["errors"]] == [pointer]
    assert told(api.get("settings")) == before


def test_a_signing_key_is_rotated_once_and_withdrawn(api, shop):
    api.post("signing-keys/rotate", None)
    waiting = told(api.post("signing-keys/rotate", None))
    again = told(api.post("signing-keys/rotate", None))
    assert (waiting["state"], again["kid"]) == ("published", waiting["kid"])

    withdrawn = told(api.post(f"signing-keys/{waiting['kid']}/withdraw", None))
    states = [each["state"] for each in told(api.get("signing-keys"))["data"]]

    assert (withdrawn["state"], states) == ("withdrawn", ["withdrawn", "signs"])
    assert "sealed" not in api.get("signing-keys").content.decode()
    actions = AuditEntry.objects.for_merchant(shop).values_list("action", flat=True)
    assert [each for each in actions if each.startswith("signing")] == [
        "signing-key.withdrawn",
        "signing-key.made",
        "signing-key.made",
    ]


def test_who_reads_settings_does_not_set_them(shop):
    api = Api(shop, ["settings:read"])

    problem_of(api.call("PUT", "settings", SETTINGS), 403, "scope-missing")
    problem_of(api.post("signing-keys/rotate", None), 403, "scope-missing")
