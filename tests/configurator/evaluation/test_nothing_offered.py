"""Options that are asked while nothing is offered."""

from catalog.product_model import read
from configurator.engine_checks.nothing_offered import nothing_offered_findings
from tests.examples.desk import desk


def cabinet(**box):
    values = [{"key": key, "label": key.title()} for key in ("contractor", "elegance", "signature")]
    boxes = [
        {"key": "melamine", "label": "Melamine", "when": "series == contractor"},
        {"key": "maple", "label": "Maple", "when": "series == signature"},
    ]
    options = [
        {"key": "series", "kind": "choice", "label": "Series", "values": values},
        {"key": "box", "kind": "choice", "label": "Box", "required": False, "values": boxes, **box},
    ]
    return read({"product": "cabinet", "name": "Cabinet", "options": options})


def test_an_option_with_nothing_to_offer_is_found_with_a_smallest_example():
    (finding,) = nothing_offered_findings(cabinet())
    assert (finding.code, finding.path) == ("option-left-without-value", "options/box")
    assert finding.example == {"series": "elegance"}
    assert "With 'Elegance' as Series" in finding.sentence


def test_a_condition_of_the_option_itself_settles_it():
    assert list(nothing_offered_findings(cabinet(when="series != elegance"))) == []


def test_an_unanswered_question_before_it_is_no_fault():
    model = cabinet()
    values = [{"key": key, "label": key} for key in ("contractor", "signature")]
    series = {
        "key": "series",
        "kind": "choice",
        "label": "Series",
        "required": False,
        "values": values,
    }
    options = [
        read({"product": "a", "name": "A", "options": [series]}).options[0],
        model.options[1],
    ]
    assert (
        list(nothing_offered_findings(read({"product": "a", "name": "A", "options": options})))
        == []
    )


def test_the_desk_always_has_something_to_offer():
    assert list(nothing_offered_findings(desk())) == []
