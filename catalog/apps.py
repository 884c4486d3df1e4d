"""The catalog room as a Django app."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "catalog"

    def ready(self) -> None:
        from catalog import (
            checks,
            glb_contents,
            model_checks,
            operations,
            part_numbers,
            translations,
        )

        glb_contents.register(operations.model_content)
        for check in model_checks.CHECKS:
            checks.register(check, basic=True)
        checks.register(part_numbers.part_number_findings)
        checks.register_beside(operations.newer_versions)
        checks.register_wide(operations.newer_version_findings)
        checks.register_beside(operations.languages_of)
        checks.register_wide(translations.translation_findings)
