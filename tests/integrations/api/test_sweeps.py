"""Sweeps of shapes over the API."""

import pytest

from catalog import drafts
from catalog.jobs.worker import work_off
from catalog.models import Merchant
from tests.api import Api, told
from tests.configurator.geometry.shelves import shelf

pytestmark = pytest.mark.database

SWEEPS = "products/shelf/shape-sweeps"


def test_a_sweep_is_begun_followed_and_not_done_twice(api: Api, shop: Merchant) -> None:
    drafts.write(shop, shelf())
    first = api.post(SWEEPS, {"count": 4, "seed": 7})
    assert (first.status_code, told(first)["state"], told(first)["built"]) == (202, "running", None)
    work_off()
    place = first.headers["Location"].partition("/api/v1/")[2]
    report = told(api.get(place))
    assert (report["state"], report["built"], report["failures"]) == ("done", 4, [])
    again = api.post(SWEEPS, {"count": 4, "seed": 7})
    assert (again.status_code, told(again)) == (200, report)
    widest = next(each for each in report["extremes"] if each["measure"] == "width")
    assert widest["most"] == widest["most_of"]["choices"]["width"]


def test_what_cannot_be_swept_is_refused(api: Api, shop: Merchant) -> None:
    assert told(api.post("products/desk/shape-sweeps", {}))["code"] == "not-found"
    drafts.write(shop, shelf())
    too_many = api.post(SWEEPS, {"count": 501})
    assert (too_many.status_code, told(too_many)["errors"][0]["pointer"]) == (400, "/count")
    assert api.get(f"{SWEEPS}/none").status_code == 404
