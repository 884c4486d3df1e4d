"""Handed folders of other systems: what a configurator does not need does not stop what it needs."""

import re
from io import StringIO

from django.core.management import call_command

from tests.cases.reading import CASES, needs_cases


@needs_cases
def test_records_that_are_nothing_for_a_configurator_are_told_and_passed_over(tmp_path):
    script = (CASES / "41-an-unrelated-record-stops-the-import.sh").read_text(encoding="utf-8")
    content = re.search(r"<<'X'\n(.*?)\nX\n", script, re.DOTALL)
    assert content is not None
    (tmp_path / "p.xml").write_text(content[1], encoding="utf-8")
    out = StringIO()
    call_command("import_oca", str(tmp_path), "--dry-run", stdout=out)
    told = out.getvalue()
    assert "1 × res.partner: this kind of record is not carried over." in told
    assert "drink: Drink, 1 option, 2 values" in told
    assert "1 product could be imported" in told
