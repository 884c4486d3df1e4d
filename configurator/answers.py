"""Answers that a process remembers, counted for whoever asks what an answer took."""

from collections.abc import Hashable

from catalog.memory import Remembered
from configurator.engine.face.examination import effort


class Answers[Key: Hashable, Answer](Remembered[Key, Answer]):
    """Remembered answers; each that need not be made again counts as remembered."""

    def get(self, key: Key) -> Answer | None:
        """Return what is kept under `key`, None where nothing is."""
        found = super().get(key)
        if found is not None and (counts := effort()):
            counts.remembered += 1
        return found
