"""Pages of the documentation that list what there is list all of it."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_decision_stands_in_the_index() -> None:
    index = (ROOT / "docs/adr/README.md").read_text()
    pages = sorted(path.name for path in (ROOT / "docs/adr").glob("0*.md"))
    assert [name for name in pages if f"]({name}) |" not in index] == []


def test_every_file_of_the_engine_stands_on_its_map() -> None:
    page = (ROOT / "docs/modelling/engine.md").read_text()
    folder = ROOT / "configurator/engine"
    files = sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*.py")
        if path.stem != "__init__"
    )
    assert [name for name in files if f"| `{name}` |" not in page] == []


def test_every_file_that_the_page_of_the_code_names_is_there() -> None:
    named = re.findall(r"`([a-z0-9_/]+\.(?:py|html))`", (ROOT / "docs/code.md").read_text())
    assert len(named) > 30
    assert [name for name in named if not (ROOT / name).is_file()] == []
