"""No handed case goes without a test that names its file."""

from pathlib import Path

from tests.cases.reading import CASES, needs_cases


@needs_cases
def test_every_handed_case_is_named_by_a_test():
    sources = "".join(path.read_text() for path in Path(__file__).parents[1].rglob("test_*.py"))
    files = {path.name for path in CASES.iterdir() if path.suffix != ".jsonl"} - {"README.md"}
    assert {name for name in files if f'"{name}"' not in sources} == set()
