"""What schemathesis is told of the API beside its document; read by it where it is installed, see
`try_schemathesis`.

Its own check `positive_data_acceptance` knows statuses alone, and takes every 400 of a body that
follows the schema for a fault. Here the problem's `code` tells: what only the merchant's data can
refuse has a code of its own, and what a schema cannot say about a body is named below, sentence by
sentence. Everything else has to be taken.
"""

import json
import os
import re
import zlib
from typing import Any

import schemathesis

# What is there, by the beginning of an address: names of path parameters to values.
KNOWN: dict[str, dict[str, list[str]]] = json.loads(os.environ["KNOWN_TO_SCHEMATHESIS"])

# The product, its versions, what is kept, and the caller's other requests decide; no schema knows
# them.
BY_DATA = {
    "choices-malformed": "options and values are those of the product",
    "quantity-refused": "the product says how many may be ordered",
    "expiry-refused": "the merchant says how long a quote may hold",
    "override-refused": "the merchant's limits and the present price say how much may be given",
    "assemblies-refused": "sub-assemblies of the draft",
    "expression-refused": "expressions of the draft",
    "step-refused": "settings that the kind of a step needs, as `/automation-actions` tells",
    "condition-refused": "expressions over the event and the options of products",
    "engine-refused": "rules of the draft",
    "url-refused": "what the name of a host leads to, and which networks the operator opens",
    "malformed": "the draft, or a key that its places do not take",
    "idempotency-key-reused": "the key came with another request",
    "changed-meanwhile": "the entity tag is not that of what is there",
    "precondition-required": "the entity tag of what is there has to be read first",
    "configuration-changed": "the entity tag is not that of what is there",
    "scope-missing": "the credential",
    "not-found": "what there is",
    "product-retired": "which products are on sale",
    "quote-refused": "the token",
    "unknown-address": "a path parameter that is empty",
}

IF_MATCH = r'(\*|(W/)?"[!#-~]*"( *, *(W/)?"[!#-~]*")*)'

# `malformed-input` for what one value means beside another, or beside what is kept: parts of
# `detail`.
OF_A_LIST = (
    "a list cannot be made from itself",
    "must begin before it ends",
    "a region is in a country",
    "are parts of one rate: give their sum",
    "can be rounded to",
    "can end in what is above 0 and below that",
    "the amounts of this list are in",
    "is for some buyers only",
    "is for the same buyers",
    "would have no price in this list",
)
OF_A_THRESHOLD = ("there is no price list", "there is no product", "would never be compared")
# The settings of a step are what its kind says, which `/automation-actions` tells, so the schema
# leaves them open.
OF_SETTINGS = ("a text cannot hold the character NUL",)
BY_MEANING = {
    "createAutomation": OF_SETTINGS,
    "replaceAutomation": OF_SETTINGS,
    "createPriceList": OF_A_LIST,
    "replacePriceList": OF_A_LIST,
    "makeDefaultPriceList": OF_A_LIST,
    "createPriceThreshold": OF_A_THRESHOLD,
    "replacePriceThreshold": OF_A_THRESHOLD,
    "replaceCalendar": ("Use a time zone such as", "The last day is before the first"),
    # Of an amount that is written as a text.
    "overridePrice": ("an amount is above 0",),
}
# A schema says of a number how large it may be, and not with how many digits it may be written.
OF_EVERY_NUMBER = "a number of at most 15 digits"


def _is_known_by(path: str) -> dict[str, list[str]]:
    return next((values for start, values in KNOWN.items() if path.startswith(start)), {})


@schemathesis.hook
def map_path_parameters(context: Any, path_parameters: Any) -> Any:
    """Put what is there in place of three of four names that could be there; else nothing but 404
    would be seen.
    """
    if not path_parameters:
        return path_parameters
    known = _is_known_by(context.operation.path)
    put = dict(path_parameters)
    for name, values in known.items():
        text = put.get(name)
        if isinstance(text, str) and re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}", text):
            number = zlib.crc32(text.encode())
            if number % 4:
                put[name] = values[number // 4 % len(values)]
    return put


@schemathesis.check
def valid_data_acceptance(context: Any, response: Any, case: Any) -> None:
    """What follows the schema is taken, or refused for what the problem says and data alone decide."""
    if (
        not case.meta
        or not case.meta.generation.mode.is_positive
        or not 400 <= response.status_code < 500
    ):
        return
    if response.status_code in {401, 405, 409}:
        return
    problem = response.json()
    if problem["code"] in BY_DATA:
        return
    told = (OF_EVERY_NUMBER, *BY_MEANING.get(case.operation.definition.raw["operationId"], ()))
    details = [problem["detail"], *(each["detail"] for each in problem.get("errors", ()))]
    if problem["code"] == "malformed-input" and any(
        each in detail for each in told for detail in details
    ):
        return
    # What the coverage phase sends as a text of this pattern may be none.
    if_match = (case.headers or {}).get("If-Match")
    if if_match is not None and not re.fullmatch(IF_MATCH, if_match):
        return
    raise AssertionError(f"{problem['code']}: {problem['detail']}")
