"""Automations as a Django app: they hear of events beside the endpoints of webhooks, and workers do
their steps.
"""

from django.apps import AppConfig


class AutomationsConfig(AppConfig):
    name = "integrations.automations"
    label = "automations"
    verbose_name = "Automations"

    def ready(self) -> None:
        from datetime import timedelta

        from catalog.jobs.periodic import every
        from catalog.jobs.worker import Source
        from catalog.jobs.worker import register as work_for
        from configurator.signals import personal_data_erased
        from integrations.automations import disabled_endpoints, erasing, hearing, running
        from integrations.automations.actions import register
        from integrations.automations.kinds import approvals, calls, files, mails
        from integrations.automations.tasks import sweep_runs
        from integrations.webhooks import outbox

        for action in (mails.ACTION, calls.ACTION, files.ACTION, approvals.ACTION):
            register(action)
        personal_data_erased.connect(erasing.on_erased)
        outbox.register("automations", hearing.HEARER)
        outbox.register("disabled endpoints", disabled_endpoints.HEARER)
        work_for(Source("automations", running.THREADS, running.claimed))
        every(timedelta(hours=1), sweep_runs)
