"""What a publish check remarks about a product model."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

type Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark. An `error` stops publishing, a `warning` should be looked at, a `note` may be read.

    `code` names the kind of remark for machines (`unknown-option`), `path` the place in the product model
    (`options/drawers/when`, `options/top/values/glass`; empty for the whole), `sentence` tells a product manager what
    is wrong and what to do. `example` is a smallest set of choices that shows it, as plain JSON values.
    """

    severity: Severity
    code: str
    path: str
    sentence: str
    example: Mapping[str, Any] | None = None


def to_json(finding: Finding) -> dict[str, Any]:
    """Return `finding` as plain JSON values, without the example where there is none."""
    document: dict[str, Any] = {
        "severity": finding.severity,
        "code": finding.code,
        "path": finding.path,
        "sentence": finding.sentence,
    }
    return document if finding.example is None else {**document, "example": dict(finding.example)}
