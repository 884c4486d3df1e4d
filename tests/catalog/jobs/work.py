"""Tasks for the tests of jobs, and what they did."""

from django.tasks import task

DONE: list[object] = []
TROUBLE: list[Exception] = []


@task
def note(word: str, times: int = 1) -> None:
    DONE.extend([word] * times)


@task
def stumble(word: str) -> None:
    """Fail as long as there is trouble, then do it."""
    if TROUBLE:
        raise TROUBLE.pop()
    DONE.append(word)


@task
def again() -> None:
    DONE.append("again")
