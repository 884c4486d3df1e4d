"""Write the OpenAPI document down as that of the newest version, without texts, examples and problems.

    python -m tests.integrations.api.write_snapshot

Refuses where that would hide a change that breaks callers: such a change needs a new date in
`integrations/access/versions.py` first.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

os.environ.setdefault("DEBUG", "1")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "configurator_site.settings")

FOLDER = Path(__file__).parents[3] / "docs" / "api" / "openapi"


def contract(told: Any, is_named: bool = False) -> Any:
    """Return a document, or a part of it, without what only people read; `is_named` where the
    members are names of things.
    """
    if isinstance(told, list):
        return [contract(each) for each in told]
    if not isinstance(told, dict):
        return told
    if "responses" in told and not is_named:
        answers = {status: each for status, each in told["responses"].items() if status < "3"}
        told = {**told, "responses": answers}
    return {
        name: contract(each, name in {"properties", "schemas"} and not is_named)
        for name, each in told.items()
        if is_named or name not in {"description", "summary", "example", "examples", "tags"}
    }


def main() -> None:
    import django

    django.setup()
    from integrations.access.versions import newest
    from integrations.api.openapi import document
    from tests.integrations.api.breaking import breaking

    told = contract(json.loads(json.dumps(document())))
    path = FOLDER / f"{newest()}.json"
    if path.exists() and (broken := breaking(json.loads(path.read_text()), told)):
        sys.exit("\n".join(["This breaks callers, and needs a new date:", *broken]))
    path.write_text(json.dumps(told, indent=1, ensure_ascii=False, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
