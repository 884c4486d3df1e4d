"""Tasks for the tests of jobs, and what they did."""

from django.tasks import task

from catalog.jobs.models import Job
from catalog.jobs.progress import tell

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
def count(most: int) -> None:
    """Count, and tell how far it is; what is read of the job meanwhile is noted."""
    for number in range(1, most + 1):
        tell("Desks counted", number, most)
        DONE.append(Job.objects.get().progress)
    if TROUBLE:
        raise TROUBLE.pop()


@task
def again() -> None:
    DONE.append("again")
