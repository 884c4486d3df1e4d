"""Ask the API for the examples its document shows: `python -m tests.integrations.api.write_examples` writes them."""

import json
import re
from typing import Any

from integrations.api.v1.examples import CHANGE, CREATE, CREATE_LIST, EVALUATE, FILE, KEEP_AMOUNTS

ID = "Vb3kq0Zt9mRr2XyLw1sPdA"
SITE = "https://configurator.example"
MOMENT = "2026-11-02T09:30:00+00:00"


def examples() -> dict[str, Any]:
    """Return an answer of every operation, told with the desk; ids and times always the same."""
    from tests.api import Api, make_shop, told

    api = Api(make_shop())
    answers = {
        "listProducts": api.get("products"),
        "getProduct": api.get("products/desk"),
        "listVersions": api.get("products/desk/versions"),
        "evaluateProduct": api.post("products/desk/evaluate", EVALUATE),
        "createConfiguration": api.post("configurations", CREATE),
    }
    made = told(answers["createConfiguration"])["id"]
    answers["changeChoices"] = api.patch(f"configurations/{made}/choices", CHANGE)
    answers["completeConfiguration"] = api.post(f"configurations/{made}/complete", {})
    answers["getBom"] = api.get(f"configurations/{made}/bom")
    answers["getPrice"] = api.get(f"configurations/{made}/price")
    answers["createPriceList"] = api.post("price-lists", CREATE_LIST)
    answers["keepAmounts"] = api.post("price-lists/dealers/amounts", KEEP_AMOUNTS)
    answers["listAmounts"] = api.get("price-lists/dealers/amounts")
    answers["listPriceLists"] = api.get("price-lists")
    answers["getPriceList"] = api.get("price-lists/dealers")
    answers["replacePriceList"] = api.call(
        "PUT", "price-lists/dealers", {name: each for name, each in CREATE_LIST.items() if name != "key"}
    )
    answers["listConfigurations"] = api.get("configurations")
    refused = {name: answer.content for name, answer in answers.items() if answer.status_code >= 400}
    if refused:
        raise AssertionError(refused)
    text = json.dumps({name: told(answer) for name, answer in answers.items()})
    text = text.replace(made, ID).replace("http://testserver", SITE)
    text = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00", MOMENT, text)
    document: dict[str, Any] = json.loads(text)
    return document


def write() -> None:
    """Write the examples beside the code that shows them."""
    import django
    from django.test.runner import DiscoverRunner

    django.setup()
    runner = DiscoverRunner(verbosity=0)
    databases = runner.setup_databases()
    try:
        FILE.write_text(json.dumps(examples(), indent=1, ensure_ascii=False) + "\n")
    finally:
        runner.teardown_databases(databases)


if __name__ == "__main__":
    write()
