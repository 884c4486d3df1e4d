"""`django.tasks` on rows of ours: `task.enqueue(…)` writes a Job in the open transaction, and a
worker carries it out.

A transaction that is rolled back leaves no job, and a job whose worker was killed is done by
another one (ADR 0190).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.tasks import Task, TaskResult, TaskResultStatus
from django.tasks.backends.base import BaseTaskBackend
from django.tasks.base import TaskError
from django.tasks.exceptions import TaskResultDoesNotExist
from django.tasks.signals import task_enqueued
from django.utils.module_loading import import_string

from catalog.jobs import clock
from catalog.jobs.models import Job, new_job_id

type AnyTask = Task[..., Any]
type Result = TaskResult[..., Any]


class DurableBackend(BaseTaskBackend):
    """Keeps tasks in the table of jobs. What a task returns is not kept: results belong in rows of
    their own.
    """

    supports_defer = True
    supports_priority = True
    supports_get_result = True

    def enqueue(self, task: AnyTask, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Result:  # type: ignore[override]
        """Write down that `task` is to be run; refuse with TypeError arguments that are no JSON."""
        self.validate_task(task)
        result = _result(task, new_job_id(), self.alias, list(args), dict(kwargs))
        Job.objects.create(
            public_id=result.id,
            task=task.module_path,
            arguments=result.args,
            named=result.kwargs,
            priority=task.priority,
            due_at=task.run_after or clock.now(),
        )
        task_enqueued.send(type(self), task_result=result)
        transaction.on_commit(_wake)
        return result

    def get_result(self, result_id: str) -> Result:
        """Return what has become of a job; refuse with TaskResultDoesNotExist what is none, or was
        swept away.
        """
        job = Job.objects.filter(public_id=result_id).first()
        if job is None:
            raise TaskResultDoesNotExist(result_id)
        result = _result(
            import_string(job.task), job.public_id, self.alias, job.arguments, job.named
        )
        found = {
            "status": _status(job),
            "enqueued_at": job.created_at,
            "started_at": job.started_at,
            "last_attempted_at": job.started_at,
            "finished_at": job.ended_at,
            "errors": [TaskError(exception_class_path="builtins.Exception", traceback=job.error)]
            if job.error
            else [],
            "worker_ids": [job.worker] * job.attempts,
        }
        for name, value in found.items():
            object.__setattr__(result, name, value)
        return result


def _result(task: AnyTask, id: str, alias: str, args: list[Any], kwargs: dict[str, Any]) -> Result:
    return TaskResult(
        task=task,
        id=id,
        status=TaskResultStatus.READY,
        enqueued_at=None,
        started_at=None,
        finished_at=None,
        last_attempted_at=None,
        args=args,
        kwargs=kwargs,
        backend=alias,
        errors=[],
        worker_ids=[],
    )


def _status(job: Job) -> TaskResultStatus:
    if job.state == Job.State.WAITING:
        return TaskResultStatus.RUNNING if job.worker else TaskResultStatus.READY
    return TaskResultStatus.SUCCESSFUL if job.state == Job.State.DONE else TaskResultStatus.FAILED


def _wake() -> None:
    from catalog.jobs.worker import wake

    wake()
