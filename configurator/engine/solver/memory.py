"""Answers kept for the next one who asks the same: a version never changes, so they stay right."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

from catalog.product_model import Choice
from configurator.engine.solver.effort import effort

MOST_ANSWERS = 1_000


class Memory:
    """The latest answers of one product, by question and choices; the order of choices does not
    matter.
    """

    def __init__(self, most: int = MOST_ANSWERS) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._answers: OrderedDict[Any, Any] = OrderedDict()

    def __reduce__(self) -> tuple[Any, ...]:
        return Memory, (self._most,)

    def answer[Answer](
        self,
        question: str,
        choices: Mapping[str, Choice],
        make: Callable[[], Answer],
        keep: Callable[[Answer], bool] = lambda answer: True,
    ) -> Answer:
        """Return the answer kept for `question` about `choices`, or what `make` returns, kept where
        `keep` says so.
        """
        key = (
            question,
            frozenset((option, type(choice), choice) for option, choice in choices.items()),
        )
        counts = effort()
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
                kept: Answer = self._answers[key]
                if counts:
                    counts.remembered += 1
                return kept
        if counts:
            counts.made += 1
        made = make()
        if not keep(made):
            return made
        with self._lock:
            self._answers[key] = made
            while len(self._answers) > self._most:
                self._answers.popitem(last=False)
        return made

    def first_answers(self) -> dict[Any, Any]:
        """Return what is kept of questions about no choice or a single one: those that everybody
        asks first.
        """
        with self._lock:
            return {key: answer for key, answer in self._answers.items() if len(key[1]) <= 1}

    def learn(self, answers: Mapping[Any, Any]) -> None:
        """Take in answers that another memory of the same product kept."""
        with self._lock:
            self._answers.update(answers)

    def forget(self) -> None:
        """Forget all answers."""
        with self._lock:
            self._answers.clear()
