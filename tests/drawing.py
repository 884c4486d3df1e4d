"""What tests of drawn pictures need."""

from importlib.util import find_spec

import pytest

needs_drawing = pytest.mark.skipif(
    find_spec("embreex") is None, reason="embreex has no build for this machine"
)
