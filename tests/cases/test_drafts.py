"""The handed cases about drafts and what is sold meanwhile."""

import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from configurator.operations import published
from pricing.in_force import Buyer
from tests.cases.reading import CASES, needs_cases
from tests.factories import make_merchant

pytestmark = [needs_cases, pytest.mark.django_db]


@pytest.mark.database
def test_a_list_for_one_product_blocks_publishing_no_other(tmp_path: Path):
    text = (CASES / "80-a-list-for-one-product-blocks-the-next.sh").read_text()
    make_merchant()
    out = StringIO()
    for name, content in re.findall(r"cat > (\S+) <<'Y'\n(.*?)^Y$", text, re.MULTILINE | re.DOTALL):
        (tmp_path / name).write_text(content)
        call_command("import_product", str(tmp_path / name), "--publish", stdout=out)

    assert out.getvalue().count("published as version 1") == 2
    assert published("joinery", "b").price_list.key == "eur"
    assert published("joinery", "a", buyer=Buyer(channel="pro")).price_list.key == "own"
