"""The runs that a table's column marks say what a matrix of entries by cells would, and grow with
what is written.
"""

import numpy as np
import pytest

from catalog.product_model import ProductModel, read
from configurator.engine.answers.deduce import deduce
from configurator.engine.constraints.formulas import Rows, leaves
from configurator.engine.constraints.marks import Marks, marks_of_runs
from configurator.engine.constraints.reading import Reader
from configurator.engine.constraints.slots import slots_of
from configurator.engine.constraints.value_classes import classes_of
from configurator.engine.solver.compiled import compile_model


@pytest.mark.parametrize("seed", range(30))
def test_marks_answer_as_a_matrix_does(seed: int) -> None:
    chance = np.random.default_rng(seed)
    kinds, cells = int(chance.integers(1, 9)), int(chance.integers(1, 12))
    runs = [
        [
            tuple(sorted(chance.integers(0, cells + 1, 2).tolist()))
            for _ in range(chance.integers(0, 4))
        ]
        for _ in range(kinds)
    ]
    matrix = np.zeros((kinds, cells), bool)
    for kind, own in enumerate(runs):
        for first, stop in own:
            matrix[kind, first:stop] = True
    marks = marks_of_runs(cells, [[(first, stop) for first, stop in own] for own in runs])
    assert (written(marks) == matrix).all()
    wanted, allowed = chance.random(kinds) < 0.5, chance.random(cells) < 0.3
    assert (marks.of_any(wanted) == matrix[wanted].any(axis=0)).all()
    assert (marks.marking_any(allowed) == (matrix & allowed).any(axis=1)).all()
    for cell in range(cells):
        assert (marks.marking(cell) == matrix[:, cell]).all()
        alike = (matrix == matrix[:, [cell]]).all(axis=0)
        assert ((marks.apart == marks.apart[cell]) == alike).all()
    kept = np.flatnonzero(chance.random(cells) < 0.6)
    if len(kept):
        assert (written(marks.projected(kept)) == matrix[:, kept]).all()
    different, numbers = marks.without_repeats()
    assert (written(different)[numbers] == matrix).all()
    assert len(different) == len(np.unique(matrix, axis=0))


def written(marks: Marks) -> np.ndarray:
    return np.array([marks.of(kind) for kind in range(len(marks))])


def articles(count: int) -> ProductModel:
    """Return a product with a table in which every row names another article."""
    values = [{"key": f"a{number}", "label": "a"} for number in range(count)]
    return read(
        {
            "product": "a",
            "name": "A",
            "options": [
                {"key": "no", "kind": "choice", "label": "n", "values": values},
                {
                    "key": "colour",
                    "kind": "choice",
                    "label": "c",
                    "values": [{"key": k, "label": k} for k in "rgb"],
                },
            ],
            "tables": [
                {
                    "key": "t",
                    "options": ["no", "colour"],
                    "rows": [[f"a{n}", "rgb"[n % 3]] for n in range(count)],
                }
            ],
        }
    )


def test_a_column_of_articles_takes_as_much_as_its_rows() -> None:
    sizes = []
    for count in (600, 1_200):
        model = articles(count)
        slots = slots_of(model)
        demands = [each.formula for each in Reader(model, slots).constraints({})]
        assert classes_of(slots, demands).of_cell[0].max() < count + 1
        (rows,) = (leaf for demand in demands for leaf in leaves(demand) if isinstance(leaf, Rows))
        sizes.append(sum(len(marks.owner) for marks in rows.marks))
    assert sizes[1] <= 2 * sizes[0]


def test_a_large_column_of_articles_has_exact_domains() -> None:
    compiled = compile_model(articles(900))
    assert sum(map(len, compiled.search.program.clauses)) < 30 * 900
    found = deduce(compiled, {"colour": "g"}).domains["no"]
    assert found.values == tuple(f"a{n}" for n in range(900) if n % 3 == 1)
