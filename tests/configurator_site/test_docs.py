"""Pages of the documentation that list what there is list all of it."""

from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_decision_stands_in_the_index() -> None:
    index = (ROOT / "docs/adr/README.md").read_text()
    pages = sorted(path.name for path in (ROOT / "docs/adr").glob("0*.md"))
    assert [name for name in pages if f"]({name}) |" not in index] == []


def test_every_file_of_the_engine_stands_on_its_map() -> None:
    page = (ROOT / "docs/modelling/engine.md").read_text()
    files = sorted(path.name for path in (ROOT / "configurator/engine").glob("*.py") if path.stem != "__init__")
    assert [name for name in files if f"| `{name}` |" not in page] == []
