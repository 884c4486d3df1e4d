"""How passwords of people are kept."""

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.utils.module_loading import import_string


def test_passwords_are_kept_by_argon2() -> None:
    ours = [each for each in settings.PASSWORD_HASHERS if "MD5" not in each]
    assert import_string(ours[0])().algorithm == "argon2"
    assert check_password("correct horse", make_password("correct horse", hasher="argon2"))
