"""What is remembered stays within its size, whatever is asked."""

import sys
import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from catalog.memory import ENTRY_BYTES, WEIGHED_AFTER, Remembered, size_of


def test_a_value_weighs_what_it_takes():
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    value = [
        {"key": "x" * 100 + str(number), "cells": tuple(range(number, number + 50))}
        for number in range(2_000)
    ]
    took = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()

    assert 0.8 < size_of(value) / took < 1.2


def test_what_is_shared_weighs_once_and_what_is_left_out_nothing():
    text = "x" * 10_000

    assert size_of([text, text]) < 11_000
    assert size_of([text], apart=[text]) < 200
    assert size_of(lambda: text) >= sys.getsizeof(text)
    assert size_of(str) == 0


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 3_000))), st.integers(1_000, 20_000))
def test_entries_never_take_more_than_they_may(asked, most):
    kept = Remembered(most, lambda _, answer: len(answer))
    for key, size in asked:
        kept.keep(key, "x" * size)
        assert kept.get(key) == "x" * size
        inside = sum(len(each.answer) + ENTRY_BYTES for each in kept._kept.values())
        assert kept.bytes == inside
        assert kept.bytes <= most or len(kept) == 1


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 5))))
def test_what_entries_hold_together_counts_as_long_as_one_is_there(asked):
    kept = Remembered(8_000, lambda *_: 0, lambda answer: (answer, lambda: 2_000))
    for key, model in asked:
        kept.keep(key, model)
        models = {each.answer for each in kept._kept.values()}
        assert kept.bytes == len(kept) * ENTRY_BYTES + len(models) * 2_000
        assert kept._held.keys() == models


def test_what_was_not_used_for_longest_goes_first():
    kept = Remembered(3 * ENTRY_BYTES, lambda *_: 0)
    for key in "abc":
        kept.keep(key, key)
    kept.get("a")
    kept.keep("d", "d")

    assert [kept.get(key) for key in "abcd"] == ["a", None, "c", "d"]


def test_what_grows_is_weighed_again():
    kept = Remembered(10_000, lambda _, answer: len(answer), grows=True)
    growing = bytearray()
    kept.keep("old", bytearray(5_000))
    kept.keep("growing", growing)
    growing.extend(bytes(6_000))
    for _ in range(WEIGHED_AFTER):
        assert kept.get("growing") is growing

    assert kept.get("old") is None
    assert kept.bytes == 6_000 + ENTRY_BYTES
