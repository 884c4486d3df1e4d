"""Work beside the requests as a Django app."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "catalog.jobs"
    label = "jobs"

    def ready(self) -> None:
        from datetime import timedelta

        from django.conf import settings

        from catalog.jobs import running, sweeping, worker
        from catalog.jobs.periodic import every

        worker.register(worker.Source("jobs", 2, running.claimed))
        every(timedelta(hours=1), sweeping.sweep_jobs)
        every(timedelta(hours=24), sweeping.sweep_sessions)
        if settings.CELERY_BROKER_URL:
            from catalog.jobs import on_celery

            # Where Celery imports that file first, it is not whole yet.
            worker.when_waking(lambda: on_celery.send_all())
