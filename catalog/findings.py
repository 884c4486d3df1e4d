"""What a publish check remarks about a product model."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Literal

type Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark. An `error` stops publishing, a `warning` should be looked at, a `note` may be
    read.

    `code` names the kind of remark for machines (`unknown-option`), `path` the place in the product
    model (`options/drawers/when`, `options/top/values/glass`; empty for the whole), `sentence`
    tells a product manager what is wrong and what to do. `example` is a smallest set of choices
    that shows it, as plain JSON values. `also` holds further places of which the same is said.
    `about` names what the remark turns on beside its path (the rules that clash, the values meant):
    while that stays, it is the same remark, however it is worded.
    """

    severity: Severity
    code: str
    path: str
    sentence: str
    example: Mapping[str, Any] | None = None
    also: tuple[str, ...] = ()
    about: tuple[str, ...] = ()

    @property
    def identity(self) -> str:
        """Return what tells this remark from others, from one check of the same product to the
        next.
        """
        matter = [
            self.code,
            self.path,
            list(self.also),
            list(self.about) if self.about else self.sentence,
        ]
        return sha256(json.dumps(matter, ensure_ascii=False).encode()).hexdigest()[:20]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a check is: `done` of `total` in what `stage` names."""

    stage: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Accepted:
    """That a finding may stay as it is, and why; `identity` is the finding's. `at` is a time as ISO
    8601 writes it.
    """

    identity: str
    reason: str
    code: str = ""
    path: str = ""
    by: str = ""
    at: str = ""


def accepted_json(accepted: Accepted) -> dict[str, str]:
    """Return `accepted` as plain JSON values, without what is empty."""
    fields = {
        name: getattr(accepted, name) for name in ("identity", "code", "path", "reason", "by", "at")
    }
    return {name: text for name, text in fields.items() if text}


def from_json(document: Mapping[str, Any]) -> Finding:
    """Return the finding that `to_json` wrote."""
    return Finding(
        document["severity"],
        document["code"],
        document["path"],
        document["sentence"],
        document.get("example"),
        tuple(document.get("also", ())),
        tuple(document.get("about", ())),
    )


def to_json(finding: Finding) -> dict[str, Any]:
    """Return `finding` as plain JSON values, without an example and further places where there are
    none.
    """
    document: dict[str, Any] = {
        "severity": finding.severity,
        "code": finding.code,
        "path": finding.path,
        "sentence": finding.sentence,
        "identity": finding.identity,
    }
    if finding.also:
        document["also"] = list(finding.also)
    if finding.example is not None:
        document["example"] = dict(finding.example)
    return document
