"""Every error of a body points at a place of that body."""

import copy
import os
import random
from collections.abc import Iterator
from typing import Any

import orjson
import pytest

from integrations.api.openapi import document
from tests.api import told
from tests.integrations.api.test_isolation import WITH_BODY, named
from tests.integrations.api.test_stale import body_of, filled, made  # noqa: F401 (a fixture)

pytestmark = pytest.mark.database

WRONG = (None, True, -7, 1.5, "", "!", "a" * 70_000, [], [None], {}, {"x": {"y": 1}}, 10**18)


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield at
    if isinstance(value, dict):
        for key, each in value.items():
            yield from places(each, (*at, key))
    elif isinstance(value, list):
        for place, each in enumerate(value[:2]):
            yield from places(each, (*at, place))


def with_wrong(body: Any, at: tuple[Any, ...], wrong: Any) -> Any:
    if not at:
        return wrong
    changed = copy.deepcopy(body)
    holder = changed
    for part in at[:-1]:
        holder = holder[part]
    holder[at[-1]] = wrong
    return changed


def fields_of(operation: Any) -> list[str]:
    name = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition(
        "/"
    )[2]
    return list(document()["components"]["schemas"][name].get("properties", {}))


def found_at(pointer: str, body: Any) -> bool:
    """Whether a pointer leads to a place of a body, or to a field that an object of it lacks."""
    here = body
    parts = [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]
    for number, part in enumerate(parts, 1):
        if isinstance(here, dict):
            if part not in here:
                return number == len(parts)
            here = here[part]
        elif isinstance(here, list) and part.isdigit() and int(part) < len(here):
            here = here[int(part)]
        else:
            return False
    return pointer == "" or pointer.startswith("/")


@pytest.mark.parametrize("case", WITH_BODY, ids=named)
def test_every_pointer_leads_to_a_place_of_the_body(api, made, case):  # noqa: F811
    method, path, operation = case
    body = body_of(operation)
    # Half of them at each place: another day tries others.
    chance = random.Random(f"{os.environ['ENGINE_SEED']}/{operation['operationId']}")
    half = len(WRONG) // 2
    bodies = [
        with_wrong(body, at, wrong) for at in places(body) for wrong in chance.sample(WRONG, half)
    ]
    bodies += [
        with_wrong(body, (name,), wrong)
        for name in fields_of(operation)
        if name not in body
        for wrong in chance.sample(WRONG, half)
    ]
    bodies += [{key: each for key, each in body.items() if key != left_out} for left_out in body]
    refused = 0
    for sent in bodies:
        answer = api.call(method, filled(path, made), orjson.dumps(sent))
        assert answer.status_code < 500, sent
        problem = told(answer)
        for error in problem.get("errors") or () if answer.status_code >= 400 else ():
            assert found_at(error["pointer"], sent), (error, sent)
            assert error["detail"]
            refused += 1
        if answer.status_code == 400 and problem["code"] != "idempotency-key-missing":
            assert problem["errors"], (problem, sent)
            said = [(each["pointer"], each["detail"]) for each in problem["errors"]]
            assert len(said) == len(set(said)), problem
    assert refused
