"""What differs between two answers to `evaluate`, for callers who have the first one."""

import hashlib
from collections.abc import Mapping
from typing import Any

import orjson

DELTA = "application/vnd.configurator.delta+json"
"""The media type of an answer that tells only what has changed."""
_ALWAYS = "retracted"
"""Speaks of the change and not of the state, so an answer is the same whatever it says there."""
_BY_OPTION = "options"


def answer_tag(document: Mapping[str, Any]) -> str:
    """Return the entity tag of an evaluation as it is answered: equal for equal states."""
    told = orjson.dumps({name: each for name, each in document.items() if name != _ALWAYS})
    return f'"{hashlib.sha256(told).hexdigest()[:32]}"'


def delta(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Return what makes the answer `after` of `before`, both evaluations of one version as they are
    answered.

    `members` are whole members that are others, `options` whole options that are.
    """
    members = {
        name: each
        for name, each in after.items()
        if name == _ALWAYS or (name != _BY_OPTION and before.get(name, ...) != each)
    }
    known = before[_BY_OPTION]
    options = {key: each for key, each in after[_BY_OPTION].items() if known.get(key) != each}
    return {
        "since": answer_tag(before),
        "changed": sorted(options),
        "members": members,
        "options": options,
    }


def applied(change: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answer that `change`, told since `before`, leads to: what a caller does with it."""
    options = {**before[_BY_OPTION], **change["options"]}
    return {**before, **change["members"], _BY_OPTION: options}
