"""The configurator room as a Django app."""

from django.apps import AppConfig


class ConfiguratorConfig(AppConfig):
    name = "configurator"

    def ready(self) -> None:
        from datetime import timedelta

        from catalog import checks
        from catalog.jobs.periodic import every
        from catalog.signals import version_published
        from configurator.engine_checks.findings import findings
        from configurator.engine_checks.nothing_offered import nothing_offered_findings
        from configurator.expiring import tell_expired
        from configurator.preparing import prepare_published
        from configurator.production.checks import part_findings
        from configurator.quoting.ending import tell_expired_quotes
        from configurator.signals import choices_changed, configuration_saved
        from configurator.uploads import hold_uploads, sweep_uploads

        checks.register(part_findings)
        checks.register(nothing_offered_findings)
        checks.register_wide(findings)
        version_published.connect(prepare_published)
        every(timedelta(hours=1), tell_expired)
        every(timedelta(minutes=10), tell_expired_quotes)
        every(timedelta(hours=6), sweep_uploads)
        for kept in (configuration_saved, choices_changed):
            kept.connect(hold_uploads)
