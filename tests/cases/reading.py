"""The handed cases: small inputs with the right answer, kept beside the project and read from
there.
"""

import contextlib
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

CASES = Path(__file__).resolve().parents[2].parent / "shared" / "cases"
needs_cases = pytest.mark.skipif(not CASES.is_dir(), reason=f"reads the handed cases in {CASES}")


def answers(
    name: str, *lines: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> list[dict[str, Any]]:
    """Return what `manage.py evaluate` answers to `lines` about the case's product file; its own
    .jsonl without any.
    """
    path = CASES / name
    text = "\n".join(map(json.dumps, lines)) if lines else path.with_suffix(".jsonl").read_text()
    out = StringIO()
    monkeypatch.setattr("sys.stdin", StringIO(text))
    call_command("evaluate", str(path), stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def findings(name: str) -> str:
    """Return what `manage.py check_product` prints about the case's product file, whether it passes
    or not.
    """
    out = StringIO()
    with contextlib.suppress(SystemExit):
        call_command("check_product", str(CASES / name), stdout=out, stderr=out)
    return out.getvalue()
