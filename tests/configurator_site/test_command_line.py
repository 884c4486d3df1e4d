"""What `manage.py` needs of its surroundings: nothing to work on files and rows, a key to serve
pages.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DESK = "configurator_site/demo/desk.yaml"


def manage(
    tmp_path: Path, *arguments: str, given: str = "", **told: str
) -> subprocess.CompletedProcess[str]:
    """Run manage.py as on a fresh clone: in an empty data folder, without any setting but those
    that are `told`.
    """
    settings = {
        "SECRET_KEY",
        "SEALING_SECRETS",
        "ALLOWED_HOSTS",
        "DEBUG",
        "DATABASE_URL",
        "DJANGO_SETTINGS_MODULE",
    }
    environment = {name: value for name, value in os.environ.items() if name not in settings}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**environment, "DATA_DIR": str(tmp_path / "data"), **told},
        input=given,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_file_is_checked_without_any_setting(tmp_path: Path) -> None:
    ran = manage(tmp_path, "check_product", DESK)
    assert (ran.returncode, ran.stdout.splitlines()[-1]) == (
        0,
        "desk: 0 errors, 0 warnings, 2 notes",
    )


def test_choices_are_evaluated_without_any_setting_and_without_a_database(tmp_path: Path) -> None:
    ran = manage(tmp_path, "evaluate", DESK, given='{"frame": "oak"}\n')
    assert '"frame":"oak"' in ran.stdout, ran.stderr
    assert not list((tmp_path / "data").iterdir())


@pytest.mark.parametrize("arguments", [("runserver", "--noreload"), ("check", "--deploy")])
def test_what_serves_pages_says_in_one_sentence_that_it_needs_a_key(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    ran = manage(tmp_path, *arguments)
    assert ran.returncode == 1
    assert ran.stderr.startswith("Set SECRET_KEY: ")
    assert len(ran.stderr.splitlines()) == 1


def test_a_server_started_otherwise_needs_a_key_whatever_its_arguments(tmp_path: Path) -> None:
    code = "import sys; sys.argv = ['gunicorn', 'demo']; import configurator_site.settings"
    environment = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path)}
    ran = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Set SECRET_KEY" in ran.stderr


def test_no_signing_key_is_made_with_a_secret_that_the_server_does_not_have(tmp_path: Path) -> None:
    database = {"DATABASE_URL": f"sqlite:///{tmp_path}/keys.sqlite3"}
    assert manage(tmp_path, "migrate", "-v", "0", **database).returncode == 0
    make = "from catalog.models import Merchant; Merchant.objects.create(slug='joinery', name='Joinery')"
    assert manage(tmp_path, "shell", "-c", make, **database).returncode == 0

    refused = manage(tmp_path, "rotate_signing_key", "joinery", **database)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "Set SECRET_KEY" in refused.stderr
    rotated = manage(
        tmp_path, "rotate_signing_key", "joinery", SECRET_KEY="that of the server", **database
    )
    assert rotated.stdout.startswith("joinery: "), rotated.stderr
