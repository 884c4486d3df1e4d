"""No handed case goes without a test that names its file."""

from pathlib import Path

from tests.cases.reading import CASES, needs_cases

# Pages, shops and the administration are tried in a browser, beside the tests of those faces.
OF_PAGES = (
    "111-second-visit-without-a-reload.html",
    "113-one-wrong-address-of-two.html",
    "123-rename-what-twenty-places-use.md",
    "124-doors-with-plates.yaml",
    "125-a-typed-slip-in-another-row.md",
    "126-printing-the-shop-page.html",
    "132-a-product-in-one-language.yaml",
)


@needs_cases
def test_every_handed_case_is_named_by_a_test():
    sources = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py"))
    files = {path.name for path in CASES.iterdir() if path.suffix != ".jsonl"} - {"README.md"}
    assert {name for name in files if f'"{name}"' not in sources} == set()
