"""`manage.py listen`: an endpoint for as long as it runs, and each event verified as a receiver
would.
"""

import base64
import http.client
import threading
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from integrations.webhooks.management.commands import listen
from integrations.webhooks.models import Endpoint
from integrations.webhooks.signing import new_secret, signed_headers, told_secret
from tests.factories import make_merchant

pytestmark = [pytest.mark.database, pytest.mark.django_db]

BODY = b'{"type": "product.published", "object": {"id": "desk", "sequence": 2}, "data": {"version": 3}}'


def sending(headers: Callable[[str], dict[str, str]], monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a message arrive as soon as somebody listens."""
    listening = listen.Command._listen

    def with_sender(self: Any, server: Any, most: int | None) -> None:
        def send() -> None:
            connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=30)
            connection.request("POST", "/", BODY, headers(server.secret))
            connection.getresponse().read()
            connection.close()

        sender = threading.Thread(target=send)
        sender.start()
        listening(self, server, most)
        sender.join()

    monkeypatch.setattr(listen.Command, "_listen", with_sender)


def heard(*options: str) -> str:
    out = StringIO()
    call_command("listen", "joinery", "--most", "1", *options, stdout=out)
    return out.getvalue()


def signed_by(secret: str) -> dict[str, str]:
    return signed_headers(
        [base64.b64decode(secret.removeprefix("whsec_"))], "evt_1", timezone.now(), BODY
    )


def test_what_is_ours_is_shown_as_such_and_the_endpoint_is_gone_after_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_merchant()
    sending(signed_by, monkeypatch)
    told = heard()
    assert "verified  product.published  desk  #2" in told
    assert "start `manage.py worker`" in told
    assert not Endpoint.objects.exists()


def test_what_is_not_ours_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    make_merchant()
    other = told_secret(new_secret())
    sending(lambda _: signed_by(other), monkeypatch)
    assert "NOT OURS  product.published" in heard("--full", "--events", "product.published")


def test_where_this_machine_may_not_be_called_it_says_so(settings: Any) -> None:
    settings.EGRESS_ALLOWED = []
    make_merchant()
    with pytest.raises(CommandError, match="EGRESS_ALLOWED"):
        heard()
    assert not Endpoint.objects.exists()
