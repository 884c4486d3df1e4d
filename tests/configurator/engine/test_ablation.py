"""No piece that only makes the engine faster changes an answer: each is taken out of it in turn."""

import pytest

from benchmarks.ablation import PIECES, Run, Story, run, story

PRODUCT = "base_cabinet"


@pytest.fixture(scope="module")
def asked() -> Story:
    return story(PRODUCT)


@pytest.fixture(scope="module")
def whole(asked: Story) -> Run:
    return run(PRODUCT, asked, None)


@pytest.mark.parametrize("piece", PIECES)
def test_answers_are_the_same_without(
    piece: str, asked: Story, whole: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for owner, name, instead in PIECES[piece]:
        monkeypatch.setattr(owner, name, instead)
    without = run(PRODUCT, asked, None)
    assert without.answers == whole.answers


def test_a_piece_that_matters_is_noticed(
    asked: Story, whole: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for owner, name, instead in PIECES["one-flip moves"]:
        monkeypatch.setattr(owner, name, instead)
    assert run(PRODUCT, asked, None).calls > whole.calls
