"""How a flat picture is seen aslant."""

from collections.abc import Sequence

import numpy as np

type Corner = Sequence[float]


def perspective(target: Sequence[Corner], source: Sequence[Corner]) -> tuple[float, ...]:
    """Return the eight numbers by which Pillow finds the source of each target pixel, of four
    corners of both.
    """
    rows, answers = [], []
    for (x, y), (u, v) in zip(target, source, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y])
        answers += [u, v]
    return tuple(np.linalg.solve(np.asarray(rows, dtype=float), np.asarray(answers, dtype=float)))
