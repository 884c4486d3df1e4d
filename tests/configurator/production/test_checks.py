from configurator.production.checks import part_findings
from tests.examples.desk import desk


def told(**line):
    found = part_findings(desk(bom_lines=[{"key": "line", "label": "Line", **line}]))
    return [(finding.severity, finding.code, finding.path, finding.example) for finding in found]


def test_the_parts_of_the_desk_are_all_numbered():
    assert part_findings(desk()) == []


def test_an_unknown_option_is_found():
    assert told(option="topp")[0][:3] == ("error", "unknown-option", "bom_lines/line/option")


def test_an_option_without_listed_values_is_found():
    assert told(option="width")[0][1] == "part-option"


def test_a_line_without_any_part_is_found():
    assert told()[0][:2] == ("warning", "no-part")


def test_a_part_number_beside_an_option_is_found():
    assert told(option="top", part="T")[0][1] == "idle-part"
