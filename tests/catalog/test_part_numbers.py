"""Part numbers that values share or borrow."""

from catalog.part_numbers import part_number_findings, speaks_of
from catalog.product_model import read


def engine(**skus):
    values = [
        {"key": key, "label": key.removeprefix("v_"), "sku": sku} for key, sku in skus.items()
    ]
    option = {"key": "engine", "kind": "choice", "label": "Engine", "values": values}
    return read({"product": "car", "name": "Car", "options": [option]})


def test_values_with_numbers_of_their_own_are_fine():
    assert list(part_number_findings(engine(v_220d="ENG-220D", v_228i="ENG-228I", none=""))) == []


def test_two_values_with_one_number_are_found_with_an_example():
    (finding,) = part_number_findings(engine(v_220d="E-1", v_228i="E-1"))
    assert (finding.code, finding.severity) == ("duplicate-sku", "warning")
    assert finding.example == {"engine": "v_228i"}


def test_a_number_that_speaks_of_another_value_is_found():
    found = [
        each.code
        for each in part_number_findings(engine(v_220d="engine_228i_coupe", v_228i="ENG-1"))
    ]
    assert found == ["sku-of-another-value"]


def test_labels_are_compared_by_words():
    assert speaks_of("product_engine_228i_coupé", "228i Coupe")
    assert not speaks_of("product_engine_228i", "28i")
